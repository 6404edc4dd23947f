"""Clause 4.4: a concern that goes from one person to another. The clock of its receipt runs on."""

from datetime import datetime


def take_again_by(handed_at: datetime, business_hours_later: datetime, resolve_by: datetime) -> datetime:
    """By when the new owner of a concern that had been taken is to acknowledge it: the acknowledgement target, counted
    from the handing over, but not beyond the target for resolving it while that is still to come.
    """
    return min(business_hours_later, resolve_by) if resolve_by > handed_at else business_hours_later


def next_after(retake_by: datetime, resolve_by: datetime, now: datetime) -> datetime | None:
    """The next date of a concern that was handed over and not taken again: the two targets, whichever is to come."""
    return min((at for at in (retake_by, resolve_by) if at > now), default=None)


def resolution_is_late(retake_by: datetime, resolve_by: datetime, now: datetime) -> bool:
    """Which of the two dates to speak of at a visit: a warning that was missed meanwhile is not sent late."""
    return retake_by <= resolve_by <= now
