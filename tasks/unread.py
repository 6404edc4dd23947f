"""Replies that nobody has read are warned of, ever higher up, until somebody reads them."""

from collections.abc import Sequence
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from casework.unread import warn_of_unread
from tasks.place import place
from tasks.tally import Tally


@task(cache_policy=NO_CACHE)
def warn_of_replies(reply_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: those of these replies that nobody has read yet."""
    here = place()
    with here.store.write() as db:
        done = warn_of_unread(db, reply_ids, in_force=here.policy.rules, at=now)
    return Tally({"unread replies warned of": done.near, "replies not read in time": done.late})
