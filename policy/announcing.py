"""When an announcement that was not taken is tried again, and when it is given up.

These numbers are no part of the procedure but of an agreement between programs, and its receivers count on them: they
are those that Standard Webhooks 1.0.0 recommends ("deliverability and reliability"), save its first pause of five
seconds, which is less than the time between two rounds of the outbox.
"""

from datetime import datetime, timedelta

_PAUSES = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60, 20 * 60, 24 * 60)
)
GIVE_UP_AFTER = timedelta(hours=76)
"""From when it was owed: a little more than all the pauses together."""


def next_try(attempts: int, owed_at: datetime, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None when that would be too late: it is given up."""
    again_at = now + _PAUSES[min(attempts, len(_PAUSES)) - 1]
    return again_at if again_at <= owed_at + GIVE_UP_AFTER else None
