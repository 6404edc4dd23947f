"""Calendars of real regions: their holidays and weekends, and what the policy adds. Worked by hand."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from casework.calendars import RegionError, ZoneError, calendar_for, check_region, check_zone
from policy.rules import CalendarRules, Closure, Weekend


def rules(closures: tuple[Closure, ...] = (), weekends: tuple[Weekend, ...] = ()) -> CalendarRules:
    return CalendarRules(opens=time(9), closes=time(17), cut_off=time(17), closures=closures, weekends=weekends)


def closure(region: str, first: str, last: str | None = None, name: str = "Company holidays") -> Closure:
    return Closure(name=name, region=region, first=date.fromisoformat(first), last=date.fromisoformat(last or first))


PLAIN = rules()
BRIDGED = rules(closures=(closure("DE", "2026-12-28", "2026-12-30"),))
TWO_EVES = rules(closures=(closure("DE-BY", "2026-12-24"), closure("*", "2026-12-31")))


@pytest.mark.parametrize(
    ("region", "zone", "policy", "closed_at", "due"),
    [
        # The year's end in Bavaria. 25 Dec (Fri) and 1 Jan (Fri) are holidays, 26 Dec is a Saturday.
        ("DE-BY", "Europe/Berlin", PLAIN, "2026-12-23T12:00", "2026-12-28"),  # Thu 24, Mon 28
        ("DE-BY", "Europe/Berlin", BRIDGED, "2026-12-23T12:00", "2026-12-31"),  # Thu 24, Thu 31
        ("DE-BY", "Europe/Berlin", TWO_EVES, "2026-12-23T12:00", "2026-12-29"),  # Mon 28, Tue 29
        ("DE-BY", "Europe/Berlin", BRIDGED, "2026-12-23T18:00", "2027-01-04"),  # day 0 is Thu 24; Thu 31, Mon 4
        ("DE-BY", "Europe/Berlin", BRIDGED, "2026-12-29T10:00", "2027-01-05"),  # day 0 is Thu 31; Mon 4, Tue 5
        ("DE-BY", "Europe/Berlin", PLAIN, "2026-12-31T18:00", "2027-01-07"),  # Epiphany is a holiday in Bavaria …
        ("DE-BE", "Europe/Berlin", PLAIN, "2026-12-31T18:00", "2027-01-06"),  # … and not in Berlin
        ("AT", "Europe/Vienna", BRIDGED, "2026-12-23T12:00", "2026-12-28"),  # a closure of another country
        # Thanksgiving. California also keeps the day after.
        ("US-CA", "America/Los_Angeles", PLAIN, "2026-11-25T12:00", "2026-12-01"),
        ("US", "America/New_York", PLAIN, "2026-11-25T12:00", "2026-11-30"),
        ("US", "America/New_York", PLAIN, "2026-07-01T12:00", "2026-07-06"),  # 4 July, a Saturday, is kept on Friday
        ("GB-ENG", "Europe/London", PLAIN, "2026-12-24T12:00", "2026-12-30"),  # Boxing Day moves to Monday 28
        ("GB-SCT", "Europe/London", PLAIN, "2026-12-31T12:00", "2027-01-06"),  # 2 January moves to Monday 4
        ("US", "America/New_York", PLAIN, "2028-02-28T12:00", "2028-03-01"),  # 29 February counts
        # Weekends. The Emirates have moved theirs to Saturday and Sunday; Saudi Arabia keeps Friday and Saturday.
        ("AE", "Asia/Dubai", PLAIN, "2026-10-09T12:00", "2026-10-13"),
        ("SA", "Asia/Riyadh", PLAIN, "2026-10-08T12:00", "2026-10-12"),
        ("IL", "Asia/Jerusalem", PLAIN, "2026-11-12T12:00", "2026-11-16"),  # Thursday; Sunday, Monday
        ("IL", "Asia/Jerusalem", PLAIN, "2026-11-13T09:00", "2026-11-17"),  # Friday; day 0 is Sunday
        ("IL", "Asia/Jerusalem", PLAIN, "2026-10-22T12:00", "2026-10-26"),  # clocks back on working Sunday, 25 October
        (
            "MY-03",
            "Asia/Kuala_Lumpur",
            PLAIN,
            "2026-11-11T12:00",
            "2026-11-15",
        ),  # Kelantan rests on Friday and Saturday …
        ("MY-10", "Asia/Kuala_Lumpur", PLAIN, "2026-11-11T12:00", "2026-11-13"),  # … Selangor on Saturday and Sunday
        ("HU", "Europe/Budapest", PLAIN, "2026-08-06T12:00", "2026-08-08"),  # Saturday 8 August is worked for the 21st
    ],
)
def test_the_second_business_day_of_a_region(
    region: str, zone: str, policy: CalendarRules, closed_at: str, due: str
) -> None:
    calendar = calendar_for(region, zone, policy)
    closed = datetime.fromisoformat(closed_at).replace(tzinfo=ZoneInfo(zone))
    expected = datetime.combine(date.fromisoformat(due), time(20), ZoneInfo(zone))
    assert calendar.contact_due(closed, 2, time(20)) == expected.astimezone(UTC)


def test_the_policy_may_set_the_weekend_of_a_country() -> None:
    fri_sat = rules(weekends=(Weekend(country="AE", days=("fri", "sat")),))
    assert calendar_for("AE", "Asia/Dubai", fri_sat).add_business_days(date(2026, 10, 8), 2) == date(2026, 10, 12)
    assert calendar_for("US", "America/New_York", fri_sat).weekend == {5, 6}
    none = rules(weekends=(Weekend(country="AE", days=()),))
    assert calendar_for("AE", "Asia/Dubai", none).add_business_days(date(2026, 10, 8), 2) == date(2026, 10, 10)


def test_days_moved_to_the_country_s_weekend_mean_nothing_to_another_weekend() -> None:
    worked = date(2026, 8, 8)  # a Saturday that Hungary works
    assert calendar_for("HU", "Europe/Budapest", PLAIN).is_working_day(worked)
    own = rules(weekends=(Weekend(country="HU", days=("sat", "sun")),))
    assert not calendar_for("HU", "Europe/Budapest", own).is_working_day(worked)
    shut = rules(closures=(closure("HU", "2026-08-08", name="Inventory"),))
    assert calendar_for("HU", "Europe/Budapest", shut).why_closed(worked) == "Inventory"


@pytest.mark.parametrize(
    ("region", "closed"),
    [("*", {"DE-BY", "DE", "US"}), ("DE", {"DE-BY", "DE"}), ("DE-BY", {"DE-BY"}), ("DE-BE", set())],
)
def test_a_closure_holds_everywhere_in_a_country_or_in_one_region(region: str, closed: set[str]) -> None:
    day, policy = date(2026, 10, 6), rules(closures=(closure(region, "2026-10-06", name="Works outing"),))
    reasons = {place: calendar_for(place, "Europe/Berlin", policy).why_closed(day) for place in ("DE-BY", "DE", "US")}
    assert {place for place, why in reasons.items() if why} == closed
    assert set(reasons.values()) <= {"Works outing", None}


def test_a_closed_day_has_its_english_name_whatever_the_language_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    calendar = calendar_for("DE-BW", "Europe/Berlin", rules(closures=(closure("DE", "2026-12-24", "2026-12-26"),)))
    assert calendar.why_closed(date(2026, 12, 24)) == "Company holidays"
    assert calendar.why_closed(date(2026, 12, 25)) == "Christmas Day"  # a closure does not hide the holiday


def test_a_closure_without_end_costs_no_more_than_the_years_we_know() -> None:
    policy = rules(closures=(closure("US", "0001-01-01", "9999-12-31"),))
    with pytest.raises(ValueError, match=r"Check calendar\.closures"):
        calendar_for("US", "America/New_York", policy).add_business_days(date(2026, 10, 6), 1)


def test_a_calendar_is_built_once() -> None:
    assert calendar_for("DE-BY", "Europe/Berlin", rules()) is calendar_for("DE-BY", "Europe/Berlin", rules())


@pytest.mark.parametrize(
    "region", ["DE-BY", "US", "GB-ENG", "AE", "US-CA", "DE-Augsburg", "NZ-South Canterbury", "IN-MH"]
)
def test_a_known_region_passes_and_has_a_calendar(region: str) -> None:
    assert check_region(region) == region
    assert calendar_for(region, "UTC", PLAIN).holidays


@pytest.mark.parametrize(
    ("region", "remedy"),
    [
        ("DE-XX", "region 'DE-XX': the country DE has no subdivision 'XX'; known: Augsburg, BB, BE, BW, BY,"),
        ("DE-by", "did you mean DE-BY?"),
        ("de-BY", "did you mean DE?"),
        ("DE-", "has no subdivision ''"),
        ("DE-BY-", "has no subdivision 'BY-'"),
        ("AE-DU", "the country AE has one calendar for all of it; write AE."),
        ("UK", "the code of the United Kingdom is GB."),
        ("XX", "'XX' is not the code of a country"),
        ("", "'' is not the code of a country"),
        ("DEU", "'DEU' is not the code of a country"),
        ("Germany", "'Germany' is not the code of a country"),
        ("HolidayBase", "'HolidayBase' is not the code of a country"),  # a name of the library, not of a place
        ("NYSE", "'NYSE' is not the code of a country"),  # a stock exchange
        (" DE", "' DE' is not the code of a country"),
        ("DE\n", r"'DE\n' is not the code of a country"),
        ("X" * 10_000, "XXXX…'"),
    ],
)
def test_an_unknown_region_is_refused_with_a_remedy(region: str, remedy: str) -> None:
    with pytest.raises(RegionError) as refusal:
        check_region(region)
    assert remedy in str(refusal.value)
    assert len(str(refusal.value)) < 600
    with pytest.raises(RegionError):
        calendar_for(region, "Europe/Berlin", PLAIN)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+5", "Asia/Kathmandu"]
)
def test_a_known_zone_passes(zone: str) -> None:
    assert check_zone(zone) == zone


@pytest.mark.parametrize(
    ("zone", "remedy"),
    [
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("Europe/Berlim", "did you mean Europe/Berlin?"),
        ("America/New York", "did you mean America/New_York?"),
        ("Berlin", "use an IANA name such as Europe/Berlin"),
        ("", "use an IANA name"),
        ("../../etc/passwd", "use an IANA name"),
        ("/etc/localtime", "use an IANA name"),
        ("Europe/../Europe/Berlin", "there is no time zone of this name"),
        ("Europe/Berlin\x00", "there is no time zone of this name"),
        ("posix/Europe/Berlin", "there is no time zone of this name"),
        ("localtime", "there is no time zone of this name"),  # whatever the host is set to
        ("Factory", "there is no time zone of this name"),
        ("+02:00", "use an IANA name"),
        ("Z" * 10_000, "ZZZZ…'"),
    ],
)
def test_an_unknown_zone_is_refused_with_a_remedy(zone: str, remedy: str) -> None:
    with pytest.raises(ZoneError) as refusal:
        check_zone(zone)
    assert remedy in str(refusal.value)
    assert len(str(refusal.value)) < 200
    with pytest.raises(ZoneError):
        calendar_for("DE", zone, PLAIN)
