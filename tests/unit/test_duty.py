"""Shifts as people type them, and as calendars of several programs have them."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.duty import shift_of, shifts_in
from models.duty import DutyError, NewShift

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 10, 12, tzinfo=UTC)
TYPED = {"department": "Heating", "name": "Nadia", "email": "nadia@staff.example.com", "phone": "",
         "starts": "2026-10-09 17:00", "ends": "2026-10-12 08:00"}  # fmt: skip


def calendar(*events: str) -> str:
    whole = "".join(f"BEGIN:VEVENT\r\nUID:{at}@x\r\n{event}\r\nEND:VEVENT\r\n" for at, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{whole}END:VCALENDAR\r\n"


def read(text: str) -> list[NewShift]:
    return shifts_in(text, department="Heating", zone=BERLIN, now=NOW)


def test_a_shift_is_typed_in_the_times_of_its_writer():
    shift = shift_of(**TYPED, zone=BERLIN)
    assert (shift.starts_at, shift.phone) == (datetime(2026, 10, 9, 15, tzinfo=UTC), None)
    assert shift_of(**TYPED | {"phone": "+49 151 12345678"}, zone=BERLIN).phone == "+4915112345678"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " "}, "who is on call"),
        ({"department": ""}, "for which department"),
        ({"email": "nadia"}, "is no e-mail address"),
        ({"phone": "0151 12345678"}, "country's code"),
        ({"starts": "tomorrow"}, "2026-12-05 17:00"),
    ],
)
def test_what_is_wrong_with_a_shift_is_said(wrong: dict[str, str], told: str):
    with pytest.raises(DutyError, match=told):
        shift_of(**TYPED | wrong, zone=BERLIN)


def test_a_weekly_shift_of_a_calendar_is_one_each_week_through_the_end_of_summer_time():
    event = ("DTSTART;TZID=Europe/Berlin:20261009T170000\r\nDTEND;TZID=Europe/Berlin:20261012T080000\r\n"
             "RRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY:Nadia Night\r\n"
             "ATTENDEE;CN=Nadia:mailto:nadia@staff.example.com\r\nLOCATION:+49 151 12345678")  # fmt: skip
    found = read(calendar(event))
    assert [f"{one.starts_at:%m-%d %H:%M}" for one in found] == [
        "10-09 15:00", "10-16 15:00", "10-23 15:00", "10-30 16:00",
    ]  # fmt: skip
    assert {(one.name, one.email, one.phone) for one in found} == {
        ("Nadia Night", "nadia@staff.example.com", "+4915112345678")
    }
    assert {one.uid for one in found} == {"0@x"}


def test_a_whole_day_begins_at_midnight_there_and_an_address_may_stand_in_the_title():
    event = "DTSTART;VALUE=DATE:20261017\r\nDTEND;VALUE=DATE:20261018\r\nSUMMARY:Tom tom@staff.example.com"
    [shift] = read(calendar(event))
    assert (shift.name, shift.email) == ("Tom", "tom@staff.example.com")
    assert (shift.starts_at.hour, shift.ends_at.hour, shift.phone) == (22, 22, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no calendar|no event"),
        ("Mon Nadia\nTue Tom", "no calendar|no event"),
        (calendar("DTSTART:20200101T000000Z\r\nDTEND:20200102T000000Z\r\nSUMMARY:Old o@example.com"), "no event"),
        (calendar("DTSTART:20261017T000000Z\r\nDTEND:20261018T000000Z\r\nSUMMARY:Tom"), "no e-mail address"),
        (calendar("DTSTART:20261017T000000Z\r\nDTEND:20261018T000000Z\r\nSUMMARY:t@example.com"), "no summary"),
    ],
)
def test_a_calendar_that_does_not_say_enough_is_refused_with_the_reason(text: str, told: str):
    with pytest.raises(DutyError, match=told):
        read(text)


def test_a_cancelled_event_is_no_shift():
    event = "DTSTART:20261017T000000Z\r\nDTEND:20261018T000000Z\r\nSUMMARY:{} {}@example.com\r\nSTATUS:{}"
    found = read(calendar(event.format("Tom", "t", "CONFIRMED"), event.format("Ann", "a", "CANCELLED")))
    assert [one.name for one in found] == ["Tom"]


@pytest.mark.parametrize("often", ["SECONDLY", "MINUTELY"])
def test_a_rule_that_repeats_without_an_end_is_refused_and_not_cut(often: str):
    event = f"DTSTART:20261017T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ={often}\r\nSUMMARY:Tom t@example.com"
    with pytest.raises(DutyError, match="more than 2000 events"):
        read(calendar(event))


@given(st.text() | st.text().map(lambda text: calendar(f"DTSTART:20261017T000000Z\r\n{text}")))
def test_whatever_is_given_is_read_or_refused(text: str):
    with suppress(DutyError):
        assert read(text)
