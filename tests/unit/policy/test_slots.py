"""The first lawful moment for a contact, worked by hand. The branch is in Berlin, 09:00-17:00, Monday to Friday."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import policy
from policy.calendar import BranchCalendar
from policy.file import read_policy
from policy.rules import ContactRules
from policy.slots import NoSlot, Slot, find_slot, in_window, next_window

RULES = replace(
    read_policy(Path(policy.__file__).with_name("sop.toml")).rules.contact,
    due_business_days=2,
    due_time=time(20),
    not_before_business_hours=4,
    window_opens=time(9),
    window_closes=time(20),
)
BERLIN = BranchCalendar(
    zone=ZoneInfo("Europe/Berlin"),
    weekend=frozenset({5, 6}),
    holidays={date(2026, 12, 25): "Christmas Day", date(2027, 1, 1): "New Year's Day"},
    opens=time(9),
    closes=time(17),
    cut_off=time(17),
)
DAILY = BranchCalendar(
    zone=ZoneInfo("UTC"), weekend=frozenset(), holidays={}, opens=time(0), closes=time(23, 59), cut_off=time(23)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "Z").astimezone(UTC)


def found(closed_at: str, now: str, zone: str, rules: ContactRules = RULES) -> Slot | NoSlot:
    return find_slot(utc(closed_at), utc(now), BERLIN, ZoneInfo(zone), rules)


@pytest.mark.parametrize(
    ("zone", "closed_at", "now", "slot"),
    [
        # Monday 5 October, closed at 10:00 in Berlin (CEST): the pause ends at 14:00.
        ("Europe/Berlin", "2026-10-05T08:00", "2026-10-05T08:05", "2026-10-05T12:00"),
        (
            "Europe/Berlin",
            "2026-10-05T08:00",
            "2026-10-05T15:30",
            "2026-10-05T15:30",
        ),  # taken up later, window still open
        ("Europe/Berlin", "2026-10-05T08:00", "2026-10-05T17:59:59", "2026-10-05T17:59:59"),  # its last second
        ("Europe/Berlin", "2026-10-05T08:00", "2026-10-05T18:00", "2026-10-06T07:00"),  # 20:00: the window has closed
        ("Europe/Berlin", "2026-10-05T08:00", "2026-10-05T23:00", "2026-10-06T07:00"),
        ("Europe/Berlin", "2026-10-05T08:00", "2026-10-07T17:59", "2026-10-07T17:59"),  # a minute before the deadline
        ("Europe/Berlin", "2026-10-02T16:30", "2026-10-02T16:30", "2026-10-05T11:00"),  # Friday 18:30: Monday 13:00
        (
            "Europe/Berlin",
            "2026-10-02T08:00",
            "2026-10-02T19:00",
            "2026-10-05T07:00",
        ),  # the pause is over, but the weekend is not
        # A customer in Auckland (NZDT, +13) of the branch in Berlin: 14:00 in Berlin is 01:00 on the next day there.
        ("Pacific/Auckland", "2026-10-05T08:00", "2026-10-05T08:05", "2026-10-05T20:00"),
        # Closed on Friday 10:00: Saturday 01:00 in Auckland, so Monday 09:00 there, which is Sunday evening in Berlin.
        ("Pacific/Auckland", "2026-10-02T08:00", "2026-10-02T08:05", "2026-10-04T20:00"),
        # Honolulu (-10): 14:00 in Berlin is 02:00 there.
        ("Pacific/Honolulu", "2026-10-05T08:00", "2026-10-05T08:05", "2026-10-05T19:00"),
        ("Asia/Kathmandu", "2026-10-05T08:00", "2026-10-05T14:30", "2026-10-06T03:15"),  # 20:15 there (+05:45)
        # Christmas: closed on Thursday 24 December at 16:00 (CET). Three hours of the pause are left for Monday 28.
        ("Europe/Berlin", "2026-12-24T15:00", "2026-12-24T15:00", "2026-12-28T11:00"),
        # The clocks of the recipient change in between, those of the branch not until a week later.
        ("America/New_York", "2026-10-30T15:00", "2026-10-30T15:00", "2026-11-02T14:00"),
    ],
)
def test_the_earliest_lawful_moment_is_chosen(zone: str, closed_at: str, now: str, slot: str) -> None:
    outcome = found(closed_at, now, zone)
    assert isinstance(outcome, Slot)
    assert outcome.at == utc(slot)


def test_a_slot_carries_the_pause_and_the_deadline() -> None:
    outcome = found("2026-10-05T08:00", "2026-10-05T08:05", "Pacific/Auckland")
    assert outcome.not_before_at == utc("2026-10-05T12:00")
    assert outcome.due_at == utc("2026-10-07T18:00")  # 20:00 in Berlin, whatever the recipient's clock shows


def test_the_deadline_itself_is_in_time() -> None:
    noon = replace(RULES, due_time=time(12))
    assert isinstance(found("2026-10-05T08:00", "2026-10-07T10:00", "Europe/Berlin", noon), Slot)
    assert isinstance(found("2026-10-05T08:00", "2026-10-07T10:00:00.000001", "Europe/Berlin", noon), NoSlot)


@pytest.mark.parametrize(
    ("zone", "now", "rules", "reason"),
    [
        (
            "Europe/Berlin",
            "2026-10-08T07:00",
            RULES,
            "the deadline 2026-10-07T18:00Z had already passed at 2026-10-08T07:00Z",
        ),
        (
            "Europe/Berlin",
            "2026-10-05T08:00",
            replace(RULES, not_before_business_hours=30),
            "the pause after closing ends at 2026-10-08T14:00Z, after the deadline 2026-10-07T18:00Z",
        ),
        (  # At the deadline itself it has not passed, but the window has closed.
            "Europe/Berlin",
            "2026-10-07T18:00",
            RULES,
            "the recipient's window (09:00-20:00 Europe/Berlin) opens next at 2026-10-08T07:00Z,"
            " after the deadline 2026-10-07T18:00Z",
        ),
        (  # Wednesday 20:00 in Berlin is Thursday 07:00 in Auckland; on Wednesday 20:30 there the window is over.
            "Pacific/Auckland",
            "2026-10-07T07:30",
            RULES,
            "the recipient's window (09:00-20:00 Pacific/Auckland) opens next at 2026-10-07T20:00Z,"
            " after the deadline 2026-10-07T18:00Z",
        ),
    ],
)
def test_where_no_lawful_moment_is_left_the_reason_is_plain(
    zone: str, now: str, rules: ContactRules, reason: str
) -> None:
    outcome = found("2026-10-05T08:00", now, zone, rules)
    assert isinstance(outcome, NoSlot)
    assert outcome.reason == reason
    assert outcome.checks[-1].verdict == reason


def test_the_checks_tell_the_decision_in_its_order() -> None:
    outcome = found("2026-12-24T15:00", "2026-12-24T15:00", "Europe/Berlin")
    assert [(check.rule, check.clause, check.input, check.verdict) for check in outcome.checks] == [
        (
            "not before",
            "4.1",
            "closed at 2026-12-24T15:00Z, 4 business hours (09:00-17:00 Europe/Berlin)",
            "2026-12-28T11:00Z",
        ),
        (
            "deadline",
            "4.1",
            "day 0 is 2026-12-24 (cut-off 17:00), 2 business days, until 20:00 Europe/Berlin",
            "2026-12-29T19:00Z",
        ),
        (
            "window",
            "4.1",
            "2026-12-28T11:00Z is 12:00 on 2026-12-28 for the recipient, window 09:00-20:00 Europe/Berlin",
            "inside",
        ),
        ("working day", "4.1", "from 2026-12-28", "2026-12-28 is a working day"),
        ("slot", "4.1", "deadline 2026-12-29T19:00Z", "contact at 2026-12-28T11:00Z"),
    ]


def test_the_days_passed_over_are_named() -> None:
    eager = replace(RULES, not_before_business_hours=0)
    outcome = found("2026-12-24T15:00", "2026-12-24T20:00", "Europe/Berlin", eager)  # 21:00 on Christmas Eve
    assert outcome.checks[2].verdict == "outside, wait for the opening"
    assert outcome.checks[3].verdict == (
        "2026-12-28 is a working day; passed over:"
        " 2026-12-25 Christmas Day, 2026-12-26 weekend (Saturday), 2026-12-27 weekend (Sunday)"
    )


def test_a_long_closure_is_not_listed_day_by_day() -> None:
    august = {date(2026, 8, day): "Summer holidays" for day in range(3, 29)}
    eager = replace(RULES, not_before_business_hours=0)
    calendar = replace(BERLIN, holidays=august)
    outcome = find_slot(utc("2026-08-01T10:00"), utc("2026-08-01T10:00"), calendar, calendar.zone, eager)
    assert outcome.checks[3].verdict.startswith(
        "2026-08-31 is a working day; passed over: 2026-08-01 weekend (Saturday),"
    )
    assert outcome.checks[3].verdict.endswith(", 2026-08-07 Summer holidays, 23 more")


@pytest.mark.parametrize(
    ("zone", "instant", "opening"),
    [
        ("Europe/Berlin", "2026-03-29T05:00", "2026-03-29T07:00"),  # clocks forward in the night: 09:00 CEST
        ("Europe/Berlin", "2026-10-25T05:00", "2026-10-25T08:00"),  # clocks back: 09:00 CET
        ("America/New_York", "2026-03-08T12:00", "2026-03-08T13:00"),
        ("America/New_York", "2026-11-01T12:00", "2026-11-01T14:00"),
        ("Africa/Cairo", "2026-04-23T21:59", "2026-04-24T06:00"),  # 23:59, and the next day begins at 01:00
        ("America/Santiago", "2026-09-06T03:59:59", "2026-09-06T12:00"),
        (
            "Pacific/Apia",
            "2011-12-30T09:30",
            "2011-12-30T19:00",
        ),  # Samoa had no 30 December 2011: 29th 23:30, then the 31st
        ("Pacific/Kiritimati", "2026-10-05T18:59", "2026-10-05T19:00"),  # +14
        ("Asia/Kolkata", "2026-10-05T03:30", "2026-10-05T03:30"),  # 09:00: the opening belongs to the window
        ("Asia/Kolkata", "2026-10-05T14:30", "2026-10-06T03:30"),  # 20:00: the closing does not
    ],
)
def test_the_next_window_opens_by_the_recipient_s_clock(zone: str, instant: str, opening: str) -> None:
    recipient = ZoneInfo(zone)
    assert next_window(utc(instant), DAILY, recipient, RULES) == utc(opening)
    assert in_window(utc(opening), recipient, RULES)


def test_a_date_that_a_zone_skipped_is_not_taken_for_the_next_one() -> None:
    new_year_s_eve = replace(DAILY, holidays={date(2011, 12, 31): "closed"})
    apia = ZoneInfo("Pacific/Apia")  # the 29th at 23:30; there was no 30th, and the 31st is closed
    assert next_window(utc("2011-12-30T09:30"), new_year_s_eve, apia, RULES) == utc("2011-12-31T19:00")


def test_no_setting_opens_the_window_before_8_or_after_21() -> None:
    wide = replace(
        RULES, window_opens=time(0), window_closes=time(23, 59)
    )  # the policy file refuses these numbers itself
    zone = ZoneInfo("Europe/Berlin")
    assert next_window(utc("2026-10-05T03:00"), DAILY, zone, wide) == utc("2026-10-05T06:00")
    assert in_window(utc("2026-10-05T18:59:59"), zone, wide)
    assert not in_window(utc("2026-10-05T19:00"), zone, wide)
    assert not in_window(utc("2026-10-05T05:59:59"), zone, wide)


def test_a_window_with_nothing_in_it_is_a_mistake() -> None:
    empty = replace(RULES, window_opens=time(21), window_closes=time(21))
    with pytest.raises(ValueError, match="leave no time"):
        in_window(utc("2026-10-05T10:00"), ZoneInfo("UTC"), empty)


def test_a_naive_datetime_is_refused_by_the_name_of_its_argument() -> None:
    naive, aware, zone = datetime(2026, 10, 5), utc("2026-10-05T08:00"), ZoneInfo("UTC")  # noqa: DTZ001 - the subject
    with pytest.raises(ValueError, match=r"^closed_at = "):
        find_slot(naive, aware, BERLIN, zone, RULES)
    with pytest.raises(ValueError, match=r"^now = "):
        find_slot(aware, naive, BERLIN, zone, RULES)
    with pytest.raises(ValueError, match=r"^instant = "):
        next_window(naive, BERLIN, zone, RULES)
    with pytest.raises(ValueError, match=r"^instant = "):
        in_window(naive, zone, RULES)
