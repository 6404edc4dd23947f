"""Clause 4.2 on the phone: attempts spread over the parts of the day. The branch and its customer are in Berlin."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.calendar import BranchCalendar
from policy.calls import call_window, part_of_day
from policy.file import read_policy
from policy.slots import in_window

SHIPPED = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
RULES = replace(
    SHIPPED,
    contact=replace(SHIPPED.contact, window_opens=time(9), window_closes=time(20)),
    phone=replace(SHIPPED.phone, attempts=3, spacing_hours=4),
)
BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = BranchCalendar(
    zone=BERLIN,
    weekend=frozenset({5, 6}),
    holidays={date(2026, 12, 25): "Christmas Day"},
    opens=time(9),
    closes=time(17),
    cut_off=time(17),
)


AUTUMN = st.integers(0, 91 * 24 * 60).map(lambda minutes: datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=minutes))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def window(earliest: str, *tried: str, zone: ZoneInfo = BERLIN) -> tuple[str, str]:
    """In the local time of the recipient, as `Mon 09:00`."""
    found = call_window(berlin(earliest), [berlin(at) for at in tried], CALENDAR, zone, RULES)
    return tuple(f"{at.astimezone(zone):%a %H:%M}" for at in found)  # type: ignore[return-value]


@pytest.mark.parametrize(  # 5 October 2026 is a Monday
    ("earliest", "tried", "opens", "ends"),
    [
        ("2026-10-05T07:00", [], "Mon 09:00", "Mon 20:00"),
        ("2026-10-05T14:00", [], "Mon 14:00", "Mon 20:00"),  # the first call may be made at any time of the window
        ("2026-10-05T20:00", [], "Tue 09:00", "Tue 20:00"),
        ("2026-10-09T20:00", [], "Mon 09:00", "Mon 20:00"),  # Friday evening
        # One part of the day tried: the next call comes in another one, and ends with it.
        ("2026-10-05T10:00", ["2026-10-05T10:00"], "Mon 14:00", "Mon 20:00"),  # four hours later it is afternoon
        ("2026-10-05T09:00", ["2026-10-05T06:00"], "Mon 12:00", "Mon 20:00"),  # not 10:00, which is morning again
        ("2026-10-05T12:30", ["2026-10-05T12:30"], "Mon 17:00", "Mon 20:00"),  # 16:30 is afternoon again
        ("2026-10-05T18:00", ["2026-10-05T18:00"], "Tue 09:00", "Tue 17:00"),  # until the part that was tried begins
        # Two parts tried: only the third is left.
        ("2026-10-05T18:00", ["2026-10-05T13:00", "2026-10-05T18:00"], "Tue 09:00", "Tue 12:00"),
        ("2026-10-06T09:00", ["2026-10-05T18:00", "2026-10-06T09:00"], "Tue 13:00", "Tue 17:00"),
        # 16:00 and four hours is the end of the window: the evening comes again tomorrow.
        ("2026-10-05T16:00", ["2026-10-05T10:00", "2026-10-05T16:00"], "Tue 17:00", "Tue 20:00"),
        # All parts tried: any will do.
        ("2026-10-06T09:00", ["2026-10-05T13:00", "2026-10-05T18:00", "2026-10-06T09:00"], "Tue 13:00", "Tue 20:00"),
        ("2026-12-24T18:00", ["2026-12-24T18:00"], "Mon 09:00", "Mon 17:00"),  # over Christmas and a weekend
    ],
)
def test_each_call_comes_in_another_part_of_the_day_and_at_least_four_hours_later(
    earliest: str, tried: list[str], opens: str, ends: str
):
    assert window(earliest, *tried) == (opens, ends)


def test_the_parts_of_the_day_are_those_of_the_recipient():
    lisbon = ZoneInfo("Europe/Lisbon")  # an hour behind: 12:30 in Berlin is still morning there
    assert window("2026-10-05T12:30", "2026-10-05T12:30", zone=lisbon) == ("Mon 15:30", "Mon 20:00")
    assert window("2026-10-05T09:30", zone=lisbon) == ("Mon 09:00", "Mon 20:00")


def test_a_calendar_with_little_room_does_not_lead_astray():
    narrow = replace(RULES, contact=replace(RULES.contact, window_opens=time(9), window_closes=time(11)))
    tried = [berlin("2026-10-05T09:30")]
    opens, ends = call_window(berlin("2026-10-05T09:30"), tried, CALENDAR, BERLIN, narrow)
    assert (opens, ends) == (berlin("2026-10-06T09:00"), berlin("2026-10-06T11:00"))  # there is only the morning


@given(
    earliest=AUTUMN,
    ages_h=st.lists(st.integers(0, 100), max_size=4),
    zone=st.sampled_from([BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Apia")]),
)
def test_a_call_is_always_lawful_spaced_and_has_time(earliest: datetime, ages_h: list[int], zone: ZoneInfo):
    tried = sorted(earliest - timedelta(hours=hours) for hours in ages_h)
    opens, ends = call_window(earliest, tried, CALENDAR, zone, RULES)
    assert earliest <= opens < ends
    assert in_window(opens, zone, RULES.contact)
    assert CALENDAR.is_working_day(opens.astimezone(zone).date())
    assert in_window(ends - timedelta(microseconds=1), zone, RULES.contact)
    assert all(opens - at >= timedelta(hours=RULES.phone.spacing_hours) for at in tried)


@given(
    earliest=AUTUMN,
    parts=st.sets(st.sampled_from([time(10), time(14), time(18)]), min_size=1, max_size=2),
)
def test_no_moment_of_the_window_lies_in_a_part_that_was_tried(earliest: datetime, parts: set[time]):
    day = earliest.astimezone(BERLIN).date() - timedelta(days=1)
    tried = sorted(datetime.combine(day, part, BERLIN).astimezone(UTC) for part in parts)
    opens, ends = call_window(earliest, tried, CALENDAR, BERLIN, RULES)
    span = (opens.astimezone(BERLIN).time(), (ends - timedelta(microseconds=1)).astimezone(BERLIN).time())
    of = {time(10): (time(0), time(12)), time(14): (time(12), time(17)), time(18): (time(17), time(23, 59))}
    assert all(span[1] < of[part][0] or span[0] >= of[part][1] for part in parts)


@pytest.mark.parametrize(
    ("at", "zone", "part"),
    [
        ("2026-10-05 09:00", "Europe/Berlin", "morning"),
        ("2026-10-05 11:59", "Europe/Berlin", "morning"),
        ("2026-10-05 12:00", "Europe/Berlin", "afternoon"),
        ("2026-10-05 17:00", "Europe/Berlin", "evening"),
        ("2026-10-05 17:00", "America/New_York", "morning"),
    ],
)
def test_a_part_of_the_day_is_named_as_it_is_where_the_customer_is(at: str, zone: str, part: str):
    assert part_of_day(berlin(at), ZoneInfo(zone)) == part
