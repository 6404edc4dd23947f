"""Dangers that nobody has taken in time go to the next one, at whatever hour."""

from collections.abc import Sequence
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from casework.alarms import pass_alarms_on
from tasks.place import place
from tasks.tally import Tally


@task(cache_policy=NO_CACHE)
def pass_dangers_on(alarm_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: those of these alarms that are still in nobody's hands."""
    here = place()
    with here.store.write() as db:
        return Tally({"dangers passed on": pass_alarms_on(db, alarm_ids, rules=here.policy.rules, at=now)})
