"""What holds of every calendar and every slot, searched with generated branches, zones, rules and instants."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.calendar import BranchCalendar, local_instant
from policy.file import read_policy
from policy.rules import ContactRules
from policy.slots import NoSlot, Slot, find_slot, in_window, next_window

SHIPPED = read_policy(Path(policy.__file__).with_name("sop.toml")).rules.contact
FIRST, LAST = date(2025, 6, 1), date(2029, 6, 1)
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "America/Havana",
     "Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Tehran",
     "America/Nuuk", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
     "Pacific/Honolulu", "Pacific/Kiritimati", "Antarctica/Troll")]
)  # fmt: skip
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))
# Instants near a change of the clocks are rare among all instants, so whole hours and odd microseconds are both drawn.
INSTANTS = st.one_of(
    st.integers(0, (LAST - FIRST).days * 24).map(lambda h: datetime(2025, 6, 1, tzinfo=UTC) + timedelta(hours=h)),
    st.datetimes(datetime(2025, 6, 1), datetime(2029, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
)


@st.composite
def calendars(draw: st.DrawFn) -> BranchCalendar:
    opens = draw(st.integers(0, 22))
    closes = draw(st.integers(opens + 1, 23))
    return BranchCalendar(
        zone=draw(ZONES),
        weekend=frozenset(draw(st.sets(st.integers(0, 6), max_size=5))),
        holidays=dict.fromkeys(draw(st.lists(st.dates(FIRST, LAST), max_size=60)), "holiday"),
        opens=time(opens, draw(st.sampled_from([0, 30]))),
        closes=time(closes, draw(st.sampled_from([30, 59]))),
        cut_off=draw(MINUTES),
    )


@st.composite
def contact_rules(draw: st.DrawFn) -> ContactRules:
    opens = draw(st.integers(8, 20))
    return replace(
        SHIPPED,
        due_business_days=draw(st.integers(1, 5)),
        due_time=draw(MINUTES),
        not_before_business_hours=draw(st.integers(0, 12)),
        window_opens=time(opens, draw(st.sampled_from([0, 30]))),
        window_closes=time(draw(st.integers(opens + 1, 21))),
    )


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=40)), calendars(), ZONES, contact_rules())
def test_a_slot_keeps_every_rule(
    closed_at: datetime, later: timedelta, calendar: BranchCalendar, zone: ZoneInfo, rules: ContactRules
) -> None:
    now = closed_at + later
    outcome = find_slot(closed_at, now, calendar, zone, rules)
    assert closed_at <= outcome.not_before_at
    assert closed_at < outcome.due_at
    assert len(outcome.checks) == 5
    match outcome:
        case Slot(not_before_at, due_at, at):
            assert max(not_before_at, now) <= at <= due_at
            local = at.astimezone(zone)
            assert time(8) <= rules.window_opens <= local.time() < rules.window_closes <= time(21)
            assert calendar.is_working_day(local.date())
        case NoSlot(not_before_at, due_at):
            earliest = max(not_before_at, now)
            quarters = (earliest + timedelta(minutes=15 * n) for n in range(60 * 96))
            lawful = (
                quarter
                for quarter in quarters
                if in_window(quarter, zone, rules) and calendar.is_working_day(quarter.astimezone(zone).date())
            )
            assert next(lawful, datetime.max.replace(tzinfo=UTC)) > due_at


@given(INSTANTS, calendars(), ZONES, contact_rules())
def test_the_next_window_is_the_earliest_and_stands_still_inside_it(
    instant: datetime, calendar: BranchCalendar, zone: ZoneInfo, rules: ContactRules
) -> None:
    at = next_window(instant, calendar, zone, rules)
    assert at >= instant
    assert next_window(at, calendar, zone, rules) == at
    if at > instant:
        just_before = (at - timedelta(microseconds=1)).astimezone(zone)
        assert not (in_window(just_before, zone, rules) and calendar.is_working_day(just_before.date()))


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=10)), calendars(), ZONES, contact_rules())
def test_who_closes_later_is_due_no_earlier(
    instant: datetime, later: timedelta, calendar: BranchCalendar, zone: ZoneInfo, rules: ContactRules
) -> None:
    other = instant + later
    assert calendar.first_working_day(instant) <= calendar.first_working_day(other)
    assert calendar.contact_due(instant, 2, rules.due_time) <= calendar.contact_due(other, 2, rules.due_time)
    assert calendar.add_business_hours(instant, 4) <= calendar.add_business_hours(other, 4)
    assert next_window(instant, calendar, zone, rules) <= next_window(other, calendar, zone, rules)


@given(INSTANTS, st.integers(0, 40), st.integers(0, 40), calendars())
def test_business_hours_add_up(instant: datetime, first: int, second: int, calendar: BranchCalendar) -> None:
    in_two_steps = calendar.add_business_hours(calendar.add_business_hours(instant, first), second)
    assert in_two_steps == calendar.add_business_hours(instant, first + second)


@given(INSTANTS, st.integers(0, 40), calendars())
def test_business_hours_are_exactly_the_open_time_in_between(
    instant: datetime, hours: int, calendar: BranchCalendar
) -> None:
    end = calendar.add_business_hours(instant, hours)
    assert _open_time(calendar, instant, end) == timedelta(hours=hours)


@given(st.dates(FIRST, LAST), st.integers(0, 20), st.integers(0, 20), calendars())
def test_business_days_add_up_and_end_on_a_working_day(
    day: date, first: int, second: int, calendar: BranchCalendar
) -> None:
    in_two_steps = calendar.add_business_days(calendar.add_business_days(day, first), second)
    assert in_two_steps == calendar.add_business_days(day, first + second)
    assert in_two_steps == day or calendar.is_working_day(in_two_steps)
    assert calendar.is_working_day(day) == (calendar.why_closed(day) is None)


@given(st.dates(FIRST, LAST), MINUTES, ZONES)
def test_a_local_instant_shows_its_time_or_the_clocks_skip_it(day: date, at: time, zone: ZoneInfo) -> None:
    instant = local_instant(day, at, zone)
    shown, wanted = instant.astimezone(zone).replace(tzinfo=None), datetime.combine(day, at)
    assert shown >= wanted
    if shown == wanted:  # and no earlier instant shows it: the first pass counts
        assert (instant - timedelta(hours=1)).astimezone(zone).replace(tzinfo=None) != wanted
    else:  # skipped by both readings, so nothing shows it
        other = datetime.combine(day, at.replace(fold=1), zone).astimezone(UTC).astimezone(zone)
        assert other.replace(tzinfo=None) != wanted


def _open_time(calendar: BranchCalendar, start: datetime, end: datetime) -> timedelta:
    """Counted the slow way, day by day from the day before to the day after."""
    day, total = start.astimezone(calendar.zone).date() - timedelta(days=1), timedelta()
    while day <= end.astimezone(calendar.zone).date() + timedelta(days=1):
        if calendar.is_working_day(day):
            opens = max(start, local_instant(day, calendar.opens, calendar.zone))
            closes = min(end, local_instant(day, calendar.closes, calendar.zone))
            total += max(closes - opens, timedelta())
        day += timedelta(days=1)
    return total
