"""The alarm for messages that carriers do not take because of who sends them: on the runs' pages and in `doctor`."""

import logging
from datetime import datetime, timedelta

from models.barred import barred
from tasks.place import place
from tasks.tally import Tally

_LOG = logging.getLogger("aftercare.channels")
_SHOWN_DAYS = 7
"""So long the alarm stays after the last such message."""
BARRED = "not carried because of our sender"
"""As runs count them."""


def barred_alarm(now: datetime) -> str | None:
    """One sentence for the operator with counts by the provider's words; None when all is well."""
    with place().store.read() as db:
        found = barred(db, now - timedelta(days=_SHOWN_DAYS))
    if not found:
        return None
    told = ", ".join(f"{one.channel} {one.code}: {one.count}" for one in found)
    return f"ALARM: carriers do not take what we send ({told}, in the last {_SHOWN_DAYS} days)"


def tell_barred(count: int) -> Tally:
    """Counted for the run's page, and written into the log as a warning."""
    if count:
        _LOG.warning("Messages that carriers did not take because of our sender: %d; `doctor` says more.", count)
    return Tally({BARRED: count}) if count else Tally()
