"""What the policy says of single days: added, taken away, half. And what is asked of a country kept by its parts."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendars import calendar_for
from casework.public_days import part_wanted, warnings_about
from policy.file import PolicyError, parse_policy, read_policy
from policy.holiday_rules import Holiday
from policy.rules import CalendarRules, Closure
from policy.slots import Slot, find_slot, next_window, window_end
from tests.house.project import ROOT

POLICY = read_policy(ROOT / "policy" / "sop.toml")
CONTACT = POLICY.rules.contact
BERLIN = "Europe/Berlin"


def rules(*holidays: Holiday, closures: tuple[Closure, ...] = ()) -> CalendarRules:
    return CalendarRules(opens=time(9), closes=time(17), cut_off=time(17), holidays=holidays, closures=closures)


def added(region: str, first: str, **more: object) -> Holiday:
    return Holiday(name="Added", region=region, first=date.fromisoformat(first), **more)  # type: ignore[arg-type]


def taken(region: str, first: str, **more: object) -> Holiday:
    return added(region, first, day="open", **more)


def half(region: str, first: str, closes: int = 13, **more: object) -> Holiday:
    return added(region, first, day="half", closes=time(closes), **more)


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


ASSUMPTION = added("DE-BY", "2026-08-15", every_year=True)


@pytest.mark.parametrize(
    ("region", "day", "policy", "works"),
    [
        ("DE-BY", "2028-08-15", rules(ASSUMPTION), False),  # Tuesday, two years later
        ("DE-BE", "2028-08-15", rules(ASSUMPTION), True),
        ("DE-BY", "2028-08-15", rules(), True),  # the library knows it for the Catholic communes only
        ("US-TX", "2026-03-02", rules(), False),  # Monday; Texas Independence Day, a day of partial staffing
        ("US-TX", "2026-03-02", rules(taken("US-TX", "2026-03-02")), True),
        ("US-TX", "2026-07-03", rules(taken("US", "2026-07-03")), True),  # of the whole country
        ("US-TX", "2026-07-03", rules(taken("US", "2026-07-03"), added("US-TX", "2026-07-03")), False),  # narrower
        ("US-TX", "2026-07-03", rules(added("US-TX", "2026-07-03"), taken("*", "2026-07-03")), False),  # in any order
        ("US-TX", "2026-07-04", rules(taken("US", "2026-07-04")), False),  # Saturday
        ("FR", "2026-12-24", rules(added("*", "2026-12-24", last=date(2026, 12, 31))), False),
        ("FR", "2026-12-31", rules(half("*", "2026-12-31")), True),
        ("JP", "2026-12-31", rules(half("*", "2026-12-31")), False),  # a half day does not open a holiday
        ("FR", "2028-02-29", rules(added("FR", "2024-02-29", every_year=True)), False),
        ("FR", "2027-02-28", rules(added("FR", "2024-02-29", every_year=True)), False),  # a Sunday, not that day
        ("FR", "2027-03-01", rules(added("FR", "2024-02-29", every_year=True)), True),
    ],
)
def test_a_day_is_added_or_taken_away(region: str, day: str, policy: CalendarRules, works: bool):
    assert calendar_for(region, BERLIN, policy).is_working_day(date.fromisoformat(day)) is works


def test_a_closure_of_the_company_stays_one():
    closure = Closure(name="Stocktaking", region="DE", first=date(2026, 10, 5), last=date(2026, 10, 5))
    calendar = calendar_for("DE-BE", BERLIN, rules(taken("DE", "2026-10-05"), closures=(closure,)))
    assert calendar.why_closed(date(2026, 10, 5)) == "Stocktaking"


@pytest.mark.parametrize(
    ("region", "day", "works"),
    [
        # Great Britain keeps its days by parts: Easter Monday everywhere but in Scotland.
        ("GB-ENG", "2026-04-06", False),
        ("GB-SCT", "2026-04-06", True),
        ("GB", "2026-04-06", False),  # three quarters of the parts: rather a day later
        ("GB", "2026-08-31", False),
        ("GB-SCT", "2026-08-31", True),
        ("GB-SCT", "2026-06-15", False),  # the day of the World Cup …
        ("GB-ENG", "2026-06-15", True),  # … is Scotland's alone
        ("GB", "2026-08-03", True),  # Scotland's bank holiday
        # Hong Kong's offices keep the general holidays, of which labour law knows only some.
        ("HK", "2026-04-03", False),
        ("HK", "2026-04-02", True),
        ("MO", "2026-04-03", False),
        ("JP", "2026-12-31", False),
        ("JP", "2027-01-04", True),
        ("SE", "2026-06-19", False),  # Midsummer Eve, a holiday by agreement alone
        ("SE", "2026-01-05", True),  # Twelfth Night from two o'clock: for banks
        ("AT", "2026-04-03", True),  # Good Friday: for banks
        ("NL", "2026-05-05", True),  # Liberation Day: every fifth year
        ("US", "2026-07-03", False),  # observed for Saturday
        ("US-CA", "2026-11-27", False),
        ("US", "2026-11-27", True),
        ("CA-ON", "2026-08-03", True),  # Civic Holiday is not statutory
        ("CA", "2026-08-03", True),
        ("CA", "2026-11-11", False),
        ("DE", "2028-10-31", True),  # nine of sixteen parts are not enough to wait
        ("AE", "2026-10-09", True),  # Friday
        ("AE", "2026-10-10", False),
        ("IL", "2026-09-21", False),  # Yom Kippur
        ("IL", "2026-09-20", True),
        ("IL", "2026-09-29", True),  # in the week of Sukkot, which everybody chooses
    ],
)
def test_what_offices_of_a_country_keep(region: str, day: str, works: bool):
    assert calendar_for(region, BERLIN, rules()).is_working_day(date.fromisoformat(day)) is works


REGIONS = st.sampled_from(["DE-BY", "US-TX", "GB", "GB-SCT", "HK", "IL", "AE", "HU", "JP"])
DAYS = st.dates(date(2025, 1, 1), date(2030, 12, 31))


@given(REGIONS, DAYS)
def test_a_day_taken_away_is_a_working_day_unless_it_is_a_weekend_and_an_added_one_never_is(region: str, day: date):
    plain = calendar_for(region, BERLIN, rules())
    of_week = day.weekday() not in plain.weekend or day in plain.worked
    less, more = (calendar_for(region, BERLIN, rules(made(region, str(day)))) for made in (taken, added))
    assert less.is_working_day(day) is of_week
    assert not more.is_working_day(day)
    others = [day + timedelta(days=n) for n in (-7, -1, 1, 7)]
    assert [less.is_working_day(one) for one in others] == [plain.is_working_day(one) for one in others]
    assert [more.is_working_day(one) for one in others] == [plain.is_working_day(one) for one in others]


EVE = rules(half("IL", "2026-09-20"))
"""The eve of Yom Kippur, a Sunday and so a working day."""
JERUSALEM = "Asia/Jerusalem"


def test_what_is_due_on_a_half_day_is_due_when_it_ends():
    calendar = calendar_for("IL", JERUSALEM, EVE)
    closed = at("2026-09-16T12:00", JERUSALEM)  # Wednesday; Thursday, Sunday
    assert calendar.contact_due(closed, 2, time(20)) == at("2026-09-20T13:00", JERUSALEM)
    assert calendar.contact_due(closed, 2, time(12)) == at("2026-09-20T12:00", JERUSALEM)


def test_a_service_closed_after_a_half_day_counts_from_the_next_working_day():
    calendar = calendar_for("IL", JERUSALEM, EVE)
    assert calendar.first_working_day(at("2026-09-20T13:00", JERUSALEM)) == date(2026, 9, 20)
    assert calendar.first_working_day(at("2026-09-20T13:01", JERUSALEM)) == date(2026, 9, 22)


def test_business_hours_of_a_half_day_end_early():
    calendar = calendar_for("IL", JERUSALEM, EVE)
    assert calendar.add_business_hours(at("2026-09-20T11:00", JERUSALEM), 4) == at("2026-09-22T11:00", JERUSALEM)
    day = at("2026-09-20T00:00", JERUSALEM)
    assert calendar.open_between(day, day + timedelta(days=1)) == timedelta(hours=4)


@pytest.mark.parametrize(
    ("now", "opens", "ends"),
    [
        ("2026-09-20T08:00", "2026-09-20T09:00", "2026-09-20T13:00"),
        ("2026-09-20T12:59", "2026-09-20T12:59", "2026-09-20T13:00"),
        ("2026-09-20T13:00", "2026-09-22T09:00", "2026-09-22T20:00"),  # Yom Kippur is between
        ("2026-09-17T19:00", "2026-09-17T19:00", "2026-09-17T20:00"),  # an ordinary day
    ],
)
def test_nobody_is_contacted_after_a_half_day(now: str, opens: str, ends: str):
    calendar, zone = calendar_for("IL", JERUSALEM, EVE), ZoneInfo(JERUSALEM)
    found = next_window(at(now, JERUSALEM), calendar, zone, CONTACT)
    assert found == at(opens, JERUSALEM)
    assert window_end(found, calendar, zone, CONTACT) == at(ends, JERUSALEM)


def test_the_check_of_a_deadline_names_the_earlier_time():
    slot = find_slot(
        at("2026-09-16T12:00", JERUSALEM),
        at("2026-09-16T13:00", JERUSALEM),
        calendar_for("IL", JERUSALEM, EVE),
        ZoneInfo(JERUSALEM),
        CONTACT,
    )
    assert isinstance(slot, Slot)
    assert "until 13:00 Asia/Jerusalem" in slot.checks[1].input


def test_both_eves_of_every_year_are_half_days():
    eves = (half("*", "2026-12-24", every_year=True), half("*", "2026-12-31", every_year=True))
    calendar = calendar_for("FR", "Europe/Paris", rules(*eves))
    assert {day for day in calendar.early if day.year == 2031} == {date(2031, 12, 24), date(2031, 12, 31)}


@pytest.mark.parametrize(
    ("region", "named"),
    [
        ("GB", ["Easter Monday", "GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"]),
        ("CH", ["Easter Monday", "CH-ZH"]),
        ("CA", ["Family Day", "CA-ON"]),
        ("ES", ["Maundy Thursday", "ES-MD"]),
        ("GB-ENG", None),
        ("FR", None),  # its overseas parts differ, and most of it keeps what the country keeps
        ("US", None),
        ("HK", None),
        ("AE", None),
    ],
)
def test_a_country_that_keeps_its_holidays_by_parts_asks_for_the_part(region: str, named: list[str] | None):
    wanted = part_wanted(region)
    assert (wanted is None) is (named is None)
    assert all(name in (wanted or "") for name in named or [])


def test_a_warning_counts_the_services_of_a_region():
    [warning] = warnings_about({"GB": 7, "GB-ENG": 9, "FR": 3})
    assert warning.startswith("7 services are in region GB: ")


def with_holiday(lines: str) -> str:
    return POLICY.text.replace("[contact]\n", f'[[calendar.holidays]]\nname = "A day"\n{lines}\n\n[contact]\n', 1)


def test_a_policy_from_before_there_were_holidays_has_none():
    assert POLICY.rules.calendar.holidays == ()


def test_a_holiday_of_the_file_is_read():
    text = with_holiday('region = "IL"\nfirst = 2026-09-20\nday = "half"\ncloses = 13:00:00')
    [holiday] = parse_policy(text).rules.calendar.holidays
    assert holiday == Holiday(name="A day", region="IL", first=date(2026, 9, 20), day="half", closes=time(13))


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('region = "IL"\nfirst = 2026-09-20\nlast = 2026-09-19', "must not be before first"),
        ('region = "IL"\nfirst = 2026-09-20\nday = "half"', "which needs one"),
        ('region = "IL"\nfirst = 2026-09-20\ncloses = 13:00:00', 'closes belongs to day = "half"'),
        ('region = "IL"\nfirst = 2026-09-20\nday = "half"\ncloses = 09:00:00', "must be later than calendar.opens"),
        ('region = "IL"\nfirst = 2026-12-24\nlast = 2027-01-02\nevery_year = true', "must lie in one year"),
        ('region = "IL"\nfirst = 2026-12-24\nday = "quarter"', "calendar.holidays.0.day"),
        ('region = "Israel"\nfirst = 2026-12-24', "calendar.holidays.0.region"),
    ],
)
def test_what_makes_no_sense_is_a_fault(lines: str, fault: str):
    with pytest.raises(PolicyError) as raised:
        parse_policy(with_holiday(lines))
    assert fault in str(raised.value)
