"""Clause 4.2 on the phone: when the next attempt is due. Attempts are spread over the parts of the day."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from policy.calendar import BranchCalendar, local_instant
from policy.rules import Rules
from policy.slots import next_window, window_end

_PARTS = (time(0), time(12), time(17))
"""Morning, afternoon and evening begin here, in the recipient's time zone."""
_NAMES = ("morning", "afternoon", "evening")
_TRIES = 12


def call_window(
    earliest: datetime, tried_at: Sequence[datetime], calendar: BranchCalendar, zone: ZoneInfo, rules: Rules
) -> tuple[datetime, datetime]:
    """From when to when (UTC) the next call may be made: spaced, in a part of the day not tried yet if there is one."""
    if tried_at:
        earliest = max(earliest, tried_at[-1] + timedelta(hours=rules.phone.spacing_hours))
    tried = {_part(at, zone) for at in tried_at}
    at = first = next_window(earliest, calendar, zone, rules.contact)
    for _ in range(_TRIES):
        if _part(at, zone) not in tried:
            return at, min(window_end(at, calendar, zone, rules.contact), _end_of_untried(at, tried, zone))
        at = next_window(_next_part(at, zone), calendar, zone, rules.contact)
    return first, window_end(first, calendar, zone, rules.contact)


def part_of_day(at: datetime, zone: ZoneInfo) -> str:
    """ "morning", "afternoon" or "evening", where the recipient is."""
    return _NAMES[_part(at, zone)]


def _part(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone).time()
    return sum(begins <= local for begins in _PARTS) - 1


def _end_of_untried(at: datetime, tried: set[int], zone: ZoneInfo) -> datetime:
    """When the next part of the day begins that was tried, or the next day."""
    at = _next_part(at, zone)
    while _part(at, zone) > 0 and _part(at, zone) not in tried:
        at = _next_part(at, zone)
    return at


def _next_part(at: datetime, zone: ZoneInfo) -> datetime:
    day, part = at.astimezone(zone).date(), _part(at, zone)
    if part + 1 < len(_PARTS):
        return local_instant(day, _PARTS[part + 1], zone)
    return local_instant(day + timedelta(days=1), _PARTS[0], zone)
