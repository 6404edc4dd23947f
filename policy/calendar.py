"""Business days and business hours of one branch (clauses 4.1 and 4.4).

A business day is a local date; a deadline on it is a wall-clock time of the branch. Business hours are real time that
elapses while the branch is open, so they stay true across a change of the clocks. Instants go in and come out in UTC.
"""
# ruff: noqa: A005 - imported as policy.calendar only; nothing here needs the calendar of the standard library

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from policy.checks import utc

_DAY = timedelta(days=1)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SEARCH_DAYS = 3660
"""A calendar without a working day in ten years is a mistake in the closures, not something to wait for."""


@lru_cache(maxsize=16_384)
def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the clocks in `zone` show `at` on `day`.

    A time that the clocks skip moves forward by the length of the gap; of a time that they show twice, the first
    counts. Python's `fold=0` means both: it reads the time with the offset from before the change.
    """
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BranchCalendar:
    """When a branch works. Build one per branch and keep it: two calendars are never equal.

    `ValueError` when no day or no hour of the week is worked.
    """

    zone: ZoneInfo
    weekend: frozenset[int]
    """Weekly days off, 0 = Monday to 6 = Sunday."""
    holidays: Mapping[date, str]
    """Public holidays and company closures with their names."""
    opens: time
    closes: time
    cut_off: time
    """A service closed later than this (local time, to the microsecond) counts from the next working day."""
    worked: frozenset[date] = frozenset()
    """Days of the weekend that are worked in exchange for a bridge day, as in China or Hungary."""
    early: Mapping[date, time] = field(default_factory=dict)
    """Half days: when the branch closes on them. Nothing is due later, and nobody is contacted later."""

    def __post_init__(self) -> None:
        if not self.weekend < frozenset(range(len(_WEEKDAYS))):
            raise ValueError(f"weekend = {sorted(self.weekend)}: use some, but not all, of 0 (Monday) to 6 (Sunday).")
        if self.opens >= self.closes:
            raise ValueError(f"opens = {self.opens} must be earlier than closes = {self.closes}.")

    def contact_due(self, closed_at: datetime, business_days: int, due_time: time) -> datetime:
        """`due_time` on the n-th working day after day 0 (clause 4.1). `ValueError` for a naive `closed_at`."""
        due_day = self.add_business_days(self.first_working_day(closed_at), business_days)
        return local_instant(due_day, self.ends(due_day, due_time), self.zone)

    def first_working_day(self, closed_at: datetime) -> date:
        """Day 0: the local day of closing, or the next working day when that is closed or the cut-off has passed."""
        instant = utc(closed_at, "closed_at")
        day = instant.astimezone(self.zone).date()
        # Instants are compared: in an hour that is shown twice, the wall clock runs back over the cut-off.
        if self.is_working_day(day) and instant <= local_instant(day, self.ends(day, self.cut_off), self.zone):
            return day
        return self._next_working_day(day)

    def add_business_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which need not be one itself; 0 gives `day` back."""
        if n < 0:
            raise ValueError(f"n = {n}: business days are only counted forwards.")
        for _ in range(n):
            day = self._next_working_day(day)
        return day

    def add_business_hours(self, instant: datetime, hours: int) -> datetime:
        """The first instant at which the branch has been open for `hours` since `instant`; 0 gives `instant` back.

        Open means from `opens` to `closes` on working days. The end of the last hour may be the minute of closing.
        """
        if hours < 0:
            raise ValueError(f"hours = {hours}: business hours are only counted forwards.")
        start, left = utc(instant, "instant"), timedelta(hours=hours)
        if not left:
            return start
        day = start.astimezone(self.zone).date()
        for _ in range(_SEARCH_DAYS):
            if self.is_working_day(day):
                start = max(start, local_instant(day, self.opens, self.zone))
                room = local_instant(day, self.ends(day, self.closes), self.zone) - start
                if left <= room:
                    return start + left
                left -= max(room, timedelta())
            day += _DAY
        raise ValueError(f"{hours} business hours do not end within {_SEARCH_DAYS} days of {instant}.")

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """For how long the branch was open from `start` to `end`; nothing when `end` is not later."""
        start, end = utc(start, "start"), utc(end, "end")
        day, last, total = start.astimezone(self.zone).date(), end.astimezone(self.zone).date(), timedelta()
        while day <= last:
            if self.is_working_day(day):
                hours = self.opens, self.ends(day, self.closes)
                opens, closes = (local_instant(day, at, self.zone) for at in hours)
                total += max(min(end, closes) - max(start, opens), timedelta())
            day += _DAY
        return total

    def ends(self, day: date, at: time) -> time:
        """`at`, or the earlier time at which a half day ends."""
        return min(at, self.early.get(day, at))

    def is_working_day(self, day: date) -> bool:
        if isinstance(day, datetime):  # it is a date to the type checker, but never found among the holidays
            raise TypeError(f"day = {day.isoformat()} is an instant. Pass a local date.")
        if day in self.holidays:
            return False
        return day.weekday() not in self.weekend or day in self.worked

    def why_closed(self, day: date) -> str | None:
        """The holiday, the closure or `weekend (Saturday)`; None for a working day."""
        if self.is_working_day(day):
            return None
        return self.holidays.get(day) or f"weekend ({_WEEKDAYS[day.weekday()]})"

    def _next_working_day(self, day: date) -> date:
        for _ in range(_SEARCH_DAYS):
            day += _DAY
            if self.is_working_day(day):
                return day
        raise ValueError(
            f"no working day in the {_SEARCH_DAYS} days up to {day}. Check calendar.closures of the policy."
        )
