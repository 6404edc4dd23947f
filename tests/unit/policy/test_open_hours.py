"""For how long a branch was open between two instants: the other side of counting business hours forwards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from casework.calendars import calendar_for
from policy.file import read_policy

RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules.calendar
BERLIN = calendar_for("DE-BE", "Europe/Berlin", RULES)
NEW_YORK = calendar_for("US-NY", "America/New_York", RULES)
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN.zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-10-05T10:00", "2026-10-05T12:00", 2),
        ("2026-10-05T07:00", "2026-10-05T23:00", 8),
        ("2026-10-05T15:00", "2026-10-06T11:00", 4),  # the night does not count
        ("2026-10-09T16:00", "2026-10-12T10:00", 2),  # nor does the weekend
        ("2026-10-02T16:00", "2026-10-05T10:00", 2),  # nor the 3rd of October, a Saturday anyway
        ("2026-12-23T09:00", "2027-01-04T09:00", 24),  # two days, Christmas, the closure, one day, New Year
        ("2026-10-23T16:00", "2026-10-26T10:00", 2),  # the clocks go back over the weekend
        ("2026-10-05T18:00", "2026-10-06T08:00", 0),
        ("2026-10-05T12:00", "2026-10-05T12:00", 0),
        ("2026-10-05T12:00", "2026-10-05T10:00", 0),
    ],
)
def test_only_open_hours_count(start: str, end: str, hours: int):
    assert BERLIN.open_between(local(start), local(end)) == hours * HOUR


@given(st.sampled_from([BERLIN, NEW_YORK]), st.timedeltas(timedelta(0), timedelta(days=400)), st.integers(1, 24))
def test_after_so_many_business_hours_so_many_have_passed(calendar, after: timedelta, hours: int):
    start = datetime(2026, 1, 1, tzinfo=UTC) + after
    end = calendar.add_business_hours(start, hours)
    assert calendar.open_between(start, end) == hours * HOUR
    assert calendar.open_between(start, end - timedelta(microseconds=1)) < hours * HOUR


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=40)), min_size=3, max_size=3))
def test_parts_add_up(after: list[timedelta]):
    first, middle, last = (datetime(2026, 10, 1, tzinfo=UTC) + one for one in sorted(after))
    whole = BERLIN.open_between(first, last)
    assert whole == BERLIN.open_between(first, middle) + BERLIN.open_between(middle, last)
