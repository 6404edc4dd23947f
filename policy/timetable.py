"""When a stage runs by its schedule: the instants that a cron expression names.

Only what prefect.yaml needs is understood: five fields of numbers, lists, ranges and steps, in a time zone. For the
rest (names, `L`, `#`, intervals, rules) there is no timetable, and Prefect alone knows the next run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?")
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_FAR = timedelta(days=1500)
"""29 February comes at least once in it (save around 2100)."""
_EVERY_DAY = 31
_SUNDAY = 7


@dataclass(frozen=True, slots=True)
class Timetable:
    """Local times of a zone. A time that the clocks pass over is moved by the hour they skip, as zoneinfo reads it."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """1 is Monday, 7 is Sunday."""
    either: bool
    """Both days of the month and of the week are restricted: then one of them suffices, as cron has it."""
    zone: str

    def next_after(self, now: datetime) -> datetime | None:
        """The first instant after `now`, in UTC; None when there is none within four years."""
        first = now.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)
        return next((at for at in self._instants(first, 1) if at > now), None)

    def last_until(self, now: datetime) -> datetime | None:
        """The last instant that is not after `now`, in UTC; None when there was none within four years."""
        first = now.astimezone(ZoneInfo(self.zone)).date() + timedelta(days=1)
        return next((at for at in self._instants(first, -1) if at <= now), None)

    def _instants(self, day: date, step: int) -> Iterator[datetime]:
        """From a local day on, forwards (1) or backwards (-1)."""
        end = day + step * _FAR
        while day != end:
            if self._has(day):
                yield from sorted(self._of(day), reverse=step < 0)
            day += timedelta(days=step)

    def _of(self, day: date) -> set[datetime]:
        zone = ZoneInfo(self.zone)
        local = (datetime.combine(day, time(hour, minute), zone) for hour in self.hours for minute in self.minutes)
        return {at.astimezone(UTC) for at in local}

    def _has(self, day: date) -> bool:
        of_month, of_week = day.day in self.days, day.isoweekday() in self.weekdays
        return day.month in self.months and (of_month or of_week if self.either else of_month and of_week)


def timetable(cron: str, zone: str) -> Timetable | None:
    """The timetable of a cron expression such as "1-56/5 * * * *"; None when it says more than is understood here."""
    fields = cron.split()
    if len(fields) != len(_BOUNDS):
        return None
    read = [_values(field, *bounds) for field, bounds in zip(fields, _BOUNDS, strict=True)]
    if not all(read):
        return None
    minutes, hours, days, months, weekdays = map(frozenset, read)
    weekdays = frozenset(day or _SUNDAY for day in weekdays)
    of_month, of_week = fields[2], fields[4]
    # Prefect's reader takes all days written out ("*/1", "1-31") for no restriction only beside a star.
    every_day = of_month == "*" or (len(days) == _EVERY_DAY and "*" in of_week)
    every_weekday = of_week == "*" or (len(weekdays) == _SUNDAY and "*" in of_month)
    return Timetable(minutes, hours, days, months, weekdays, either=not (every_day or every_weekday), zone=zone)


def _values(field: str, least: int, most: int) -> set[int]:
    """The numbers of a field, or none when it cannot be read."""
    values: set[int] = set()
    for part in field.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            return set()
        first, last, step = (int(group) if group else None for group in found.groups())
        if first is None:
            first, last = least, most
        elif last is None:
            last = most if step else first
        if not least <= first <= last <= most or step == 0:
            return set()
        values.update(range(first, last + 1, step or 1))
    return values
