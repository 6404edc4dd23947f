"""Cases whose concern is attached to another one of the same customer end as that one does."""

from collections.abc import Sequence
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from casework.attaching import follow
from tasks.place import place
from tasks.tally import Tally


@task(cache_policy=NO_CACHE)
def follow_attached(case_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: those of these cases that still wait, and whose other concern has come to its end."""
    with place().store.write() as db:
        return Tally({"ended with the concern they are attached to": follow(db, case_ids, at=now)})
