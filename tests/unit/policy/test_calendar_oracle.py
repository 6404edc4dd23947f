"""Deadlines, pauses and slots of over 100,000 generated closings, compared with an independent reckoning in numpy.

The oracle shares no step with the code under test: business days come from `numpy.busday_offset`, local time from
tables of clock changes, business hours and windows from one sorted array of open intervals. Times are microseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import numpy.typing as npt
import pytest

import policy
from casework.calendars import calendar_for
from policy.calendar import BranchCalendar
from policy.file import read_policy
from policy.rules import CalendarRules, Closure, Weekend
from policy.slots import NoSlot, Slot, find_slot

Micros = npt.NDArray[np.int64]

SECOND, HOUR, DAY = 1_000_000, 3_600_000_000, 86_400_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CONTACT = replace(
    read_policy(Path(policy.__file__).with_name("sop.toml")).rules.contact,
    due_business_days=2,
    due_time=time(20),
    not_before_business_hours=4,
    window_opens=time(9),
    window_closes=time(20),
)
PER_BRANCH = 11_000
EVERY_NTH_SLOT = 4
CLOSURE = Closure(name="Between the years", region="DE", first=date(2026, 12, 28), last=date(2026, 12, 30))


@dataclass(frozen=True)
class Branch:
    region: str
    zone: str
    week: str
    """Seven digits from Monday, 1 for a working day, as numpy reads them."""
    recipient: str
    opens: time = time(9)
    closes: time = time(17)
    cut_off: time = time(17)
    every_day: bool = False

    def calendar(self) -> BranchCalendar:
        own = (Weekend(country=self.region[:2], days=()),) if self.every_day else ()
        hours = {"opens": self.opens, "closes": self.closes, "cut_off": self.cut_off}
        return calendar_for(self.region, self.zone, CalendarRules(**hours, closures=(CLOSURE,), weekends=own))

    def numpy_calendar(self) -> np.busdaycalendar:
        country, _, subdivision = self.region.partition("-")
        closed = set(holidays.country_holidays(country, subdivision or None, years=range(2025, 2031)))
        if country == "DE":
            closed |= {date(2026, 12, 28), date(2026, 12, 29), date(2026, 12, 30)}
        return np.busdaycalendar(self.week, np.array(sorted(closed), dtype="datetime64[D]"))


BRANCHES = (
    Branch("DE-BY", "Europe/Berlin", "1111100", "Europe/Berlin"),
    Branch("DE", "Europe/Berlin", "1111111", "Pacific/Auckland", time(0), time(23, 59), time(2, 30), every_day=True),
    Branch("US-CA", "America/Los_Angeles", "1111100", "Pacific/Honolulu"),
    Branch("US", "America/New_York", "1111100", "Asia/Kathmandu", time(8, 30), time(18, 15), time(16, 45)),
    Branch("US", "America/New_York", "1111111", "America/New_York", time(0), time(8), time(7), every_day=True),
    Branch("GB-SCT", "Europe/London", "1111100", "America/St_Johns"),
    Branch("IL", "Asia/Jerusalem", "1111001", "Asia/Jerusalem", time(1), time(22), time(12)),
    Branch("SA", "Asia/Riyadh", "1111001", "Pacific/Kiritimati"),
    # Days that begin at 01:00: Cairo's clocks skip the midnight of a Friday, Santiago's that of a Sunday.
    Branch("EG", "Africa/Cairo", "1111111", "Africa/Cairo", time(0), time(23, 30), time(0, 30), every_day=True),
    Branch("CL", "America/Santiago", "1111111", "America/Santiago", time(0), time(6), time(0), every_day=True),
)


class Clocks:
    """Local time of one zone as two tables: when the clocks change, and by how much they differ from UTC."""

    def __init__(self, zone: str) -> None:
        def offset(second: int) -> timedelta:
            return datetime.fromtimestamp(second, ZoneInfo(zone)).utcoffset() or timedelta()

        first, last, step = 1_735_689_600, 1_893_456_000, 6 * 3600  # 2025 to 2029; clocks change on a half hour of UTC
        steps = [second for second in range(first, last, step) if offset(second) != offset(second + step)]
        changes = [next(s for s in range(at, at + step + 1, 1800) if offset(s) != offset(at)) for at in steps]
        shifts = [offset(second) // timedelta(microseconds=1) for second in (first, *changes)]
        self.changes: Micros = np.array(changes, dtype=np.int64) * SECOND
        self.offsets: Micros = np.array(shifts, dtype=np.int64)

    def local(self, instants: Micros) -> Micros:
        wall: Micros = instants + self.offsets[np.searchsorted(self.changes, instants, side="right")]
        return wall

    def utc(self, wall: Micros) -> Micros:
        """A skipped time keeps the offset from before the change, and so does the first pass of a repeated one."""
        from_here = self.changes + np.maximum(self.offsets[:-1], self.offsets[1:])
        instants: Micros = wall - self.offsets[np.searchsorted(from_here, wall, side="right")]
        return instants


class Intervals:
    """Every stretch from `opens` to `closes` on a working day, 2025 to 2029."""

    def __init__(self, clocks: Clocks, calendar: np.busdaycalendar, opens: time, closes: time) -> None:
        days = np.arange("2025-12-01", "2029-12-01", dtype="datetime64[D]")
        midnights = days[np.is_busday(days, busdaycal=calendar)].astype(np.int64) * DAY
        self.opens, self.closes = (clocks.utc(midnights + micros_of(at)) for at in (opens, closes))
        self.ends: Micros = np.cumsum(self.closes - self.opens)
        self.starts: Micros = self.ends - (self.closes - self.opens)

    def add(self, instants: Micros, open_time: int) -> Micros:
        last = np.searchsorted(self.opens, instants, side="right") - 1
        spent: Micros = self.starts[last] + np.minimum(instants, self.closes[last]) - self.opens[last]
        found = np.searchsorted(self.ends, spent + open_time, side="left")
        return self.opens[found] + spent + open_time - self.starts[found]

    def next(self, instants: Micros) -> Micros:
        return np.maximum(instants, self.opens[np.searchsorted(self.closes, instants, side="right")])


@dataclass(frozen=True)
class Case:
    """One branch with its generated closings and what the oracle says of them."""

    branch: Branch
    closed: Micros
    now: Micros
    due: Micros
    not_before: Micros
    slot: Micros


def micros_of(value: time) -> int:
    return (value.hour * 60 + value.minute) * 60 * SECOND


def closings(branch: Branch, clocks: Clocks, seed: int) -> Micros:
    """A quarter each: anywhere, within two seconds of the cut-off, of midnight, and around changes of the clocks."""
    random = np.random.default_rng(seed)
    first, last = np.datetime64("2026-01-01").astype(int) * DAY, np.datetime64("2029-01-01").astype(int) * DAY
    part = PER_BRANCH // 4
    midnights = random.integers(first // DAY, last // DAY, 2 * part) * DAY
    edges = midnights + np.repeat([micros_of(branch.cut_off), 0], part)
    nudges = random.choice([-SECOND, -1, 0, 1, SECOND], 2 * part) + random.integers(-1, 2, 2 * part) * SECOND // 2
    changes = clocks.changes[(clocks.changes > first) & (clocks.changes < last)]
    near = random.choice(changes if len(changes) else np.array([first + DAY]), part) + random.integers(
        -36 * HOUR, 36 * HOUR, part
    )
    anywhere = random.integers(first, last, PER_BRANCH - 3 * part)
    return np.concatenate([anywhere, clocks.utc(edges) + nudges, near])


def reckon(branch: Branch, seed: int) -> Case:
    clocks, calendar = Clocks(branch.zone), branch.numpy_calendar()
    closed = closings(branch, clocks, seed)
    wall = clocks.local(closed)
    day = (wall // DAY).astype("datetime64[D]")
    late = closed > clocks.utc((wall // DAY) * DAY + micros_of(branch.cut_off))
    after = late & np.is_busday(day, busdaycal=calendar)
    day_0 = np.busday_offset(day, after.astype(np.int64), roll="forward", busdaycal=calendar)
    due_day = np.busday_offset(day_0, CONTACT.due_business_days, roll="forward", busdaycal=calendar)
    due = clocks.utc(due_day.astype(np.int64) * DAY + micros_of(CONTACT.due_time))
    not_before = Intervals(clocks, calendar, branch.opens, branch.closes).add(closed, 4 * HOUR)
    windows = Intervals(Clocks(branch.recipient), calendar, CONTACT.window_opens, CONTACT.window_closes)
    now = closed + np.random.default_rng(seed + 1).integers(0, 4 * DAY, len(closed))
    return Case(branch, closed, now, due, not_before, windows.next(np.maximum(not_before, now)))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [reckon(branch, seed) for seed, branch in enumerate(BRANCHES)]


def instants(micros: Micros) -> list[datetime]:
    return [EPOCH + timedelta(microseconds=value) for value in micros.tolist()]


def test_deadline_and_pause_agree_with_the_oracle_for_every_closing(cases: list[Case]) -> None:
    compared = 0
    for case in cases:
        calendar = case.branch.calendar()
        columns = (case.closed, case.due, case.not_before)
        for closed, due, not_before in zip(*map(instants, columns), strict=True):
            assert calendar.contact_due(closed, 2, CONTACT.due_time) == due, (case.branch, closed)
            assert calendar.add_business_hours(closed, 4) == not_before, (case.branch, closed)
            compared += 1
    print(f"\n{compared} closings of {len(cases)} branches compared")
    assert compared >= 100_000


def test_slots_agree_with_the_oracle(cases: list[Case]) -> None:
    found = missed = 0
    for case in cases:
        calendar, zone = case.branch.calendar(), ZoneInfo(case.branch.recipient)
        columns = (case.closed, case.now, case.due, case.slot)
        for closed, now, due, at in zip(*(instants(column[::EVERY_NTH_SLOT]) for column in columns), strict=True):
            match find_slot(closed, now, calendar, zone, CONTACT):
                case Slot() as slot:
                    assert (slot.at, slot.due_at) == (at, due), (case.branch, closed, now)
                    found += 1
                case NoSlot() as none:
                    assert at > due, (case.branch, closed, now, none.reason)
                    missed += 1
    print(f"\n{found} slots and {missed} refusals compared")
    assert found >= 10_000
    assert missed >= 1_000


def due_by_the_offset_of_closing(calendar: BranchCalendar, closed: datetime) -> datetime:
    """Wrong: keeps the offset that was valid at closing."""
    offset = closed.astimezone(calendar.zone).utcoffset()
    assert offset is not None
    day = calendar.add_business_days(calendar.first_working_day(closed), 2)
    return datetime.combine(day, CONTACT.due_time, timezone(offset)).astimezone(UTC)


def pause_by_the_wall_clock(calendar: BranchCalendar, closed: datetime) -> datetime:
    """Wrong: subtracts and adds local times, which Python does by what the clocks show."""
    at, left, day = closed.astimezone(calendar.zone), timedelta(hours=4), closed.astimezone(calendar.zone).date()
    while True:
        if calendar.is_working_day(day):
            at = max(at, datetime.combine(day, calendar.opens, calendar.zone))
            room = datetime.combine(day, calendar.closes, calendar.zone) - at
            if left <= room:
                return (at + left).astimezone(UTC)
            left -= max(room, timedelta())
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("wrong", "column"), [(due_by_the_offset_of_closing, "due"), (pause_by_the_wall_clock, "not_before")]
)
def test_the_oracle_finds_the_usual_mistakes(
    cases: list[Case], wrong: Callable[[BranchCalendar, datetime], datetime], column: str
) -> None:
    mistakes = total = 0
    for case in cases:
        calendar = case.branch.calendar()
        expected: Micros = getattr(case, column)
        pairs = list(zip(instants(case.closed[::20]), instants(expected[::20]), strict=True))
        mistakes += sum(wrong(calendar, closed) != right for closed, right in pairs)
        total += len(pairs)
    print(f"\n{wrong.__name__}: {mistakes} of {total} wrong")
    assert 0 < mistakes < total // 2
