"""Business days and hours of one branch, worked by hand. Times are local unless they end in Z."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from policy.calendar import BranchCalendar, local_instant

SAT_SUN, FRI_SAT = frozenset({5, 6}), frozenset({4, 5})


def branch(
    zone: str = "Europe/Berlin",
    weekend: frozenset[int] = SAT_SUN,
    closed: dict[date, str] | None = None,
    worked: frozenset[date] = frozenset(),
    opens: time = time(9),
    closes: time = time(17),
    cut_off: time = time(17),
) -> BranchCalendar:
    return BranchCalendar(
        zone=ZoneInfo(zone),
        weekend=weekend,
        holidays=closed or {},
        worked=worked,
        opens=opens,
        closes=closes,
        cut_off=cut_off,
    )


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("closed_at", "day_0"),
    [
        ("2026-10-05T10:00", "2026-10-05"),  # Monday
        ("2026-10-05T00:00", "2026-10-05"),  # the day's first instant, before the branch opens
        ("2026-10-05T16:59:59", "2026-10-05"),
        ("2026-10-05T17:00", "2026-10-05"),  # at the cut-off is not after it
        ("2026-10-05T17:00:00.000001", "2026-10-06"),
        ("2026-10-05T17:00:01", "2026-10-06"),
        ("2026-10-05T23:59:59.999999", "2026-10-06"),
        ("2026-10-02T16:00", "2026-10-02"),  # Friday
        ("2026-10-02T18:30", "2026-10-05"),  # Friday evening: Monday
        ("2026-10-03T11:00", "2026-10-05"),  # Saturday morning
        ("2026-10-04T23:30", "2026-10-05"),  # Sunday after the cut-off: not a day later than Sunday morning
    ],
)
def test_day_0_is_the_day_of_closing_or_the_next_working_day(closed_at: str, day_0: str) -> None:
    assert branch().first_working_day(at(closed_at)) == date.fromisoformat(day_0)


def test_day_0_is_a_day_of_the_branch_and_not_of_utc() -> None:
    closed_at = datetime(
        2026, 10, 5, 22, 30, tzinfo=UTC
    )  # Monday in UTC, Tuesday 00:30 in Berlin, Tuesday 11:30 in Auckland
    assert branch().first_working_day(closed_at) == date(2026, 10, 6)
    assert branch("Pacific/Auckland").first_working_day(closed_at) == date(2026, 10, 6)
    assert branch("America/New_York").first_working_day(closed_at) == date(
        2026, 10, 6
    )  # Monday 18:30: after the cut-off
    assert branch("America/Los_Angeles").first_working_day(closed_at) == date(2026, 10, 5)  # Monday 15:30


def test_an_instant_may_come_in_any_zone() -> None:
    in_tokyo = at("2026-10-05T10:00").astimezone(ZoneInfo("Asia/Tokyo"))
    assert branch().contact_due(in_tokyo, 2, time(20)) == at("2026-10-07T20:00")
    assert branch().add_business_hours(in_tokyo, 4) == at("2026-10-05T14:00")
    night = branch(weekend=frozenset(), opens=time(0), closes=time(8))
    midnight = datetime(2026, 3, 29, tzinfo=night.zone)  # in the branch's own zone Python would add by the wall clock
    assert night.add_business_hours(midnight, 4).isoformat() == "2026-03-29T03:00:00+00:00"


@pytest.mark.parametrize(
    ("zone", "closed_at", "due"),
    [
        ("Europe/Berlin", "2026-10-05T10:00", "2026-10-07T18:00Z"),  # Monday: Wednesday 20:00
        ("Europe/Berlin", "2026-10-02T18:30", "2026-10-07T18:00Z"),  # Friday evening: day 0 is Monday
        # Clocks forward on Sunday 29 March: Friday noon (CET) to Tuesday 20:00 (CEST).
        ("Europe/Berlin", "2026-03-27T12:00", "2026-03-31T18:00Z"),
        ("Europe/Berlin", "2026-03-29T03:30", "2026-04-01T18:00Z"),
        # Clocks back on Sunday 25 October: Friday noon (CEST) to Tuesday 20:00 (CET).
        ("Europe/Berlin", "2026-10-23T12:00", "2026-10-27T19:00Z"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-28T19:00Z"),
        ("America/New_York", "2026-03-06T12:00", "2026-03-11T00:00Z"),  # Tuesday 20:00 EDT is Wednesday in UTC
        ("America/New_York", "2026-10-30T12:00", "2026-11-04T01:00Z"),  # four days and nine hours, not eight
        # 2028 has a 29 February, a Tuesday.
        ("Europe/Berlin", "2028-02-28T10:00", "2028-03-01T19:00Z"),
        ("Europe/Berlin", "2028-02-29T10:00", "2028-03-02T19:00Z"),
        ("Europe/Berlin", "2027-02-26T10:00", "2027-03-02T19:00Z"),  # Friday in a year without one
    ],
)
def test_contact_is_due_on_the_second_business_day_by_the_clock_of_the_branch(
    zone: str, closed_at: str, due: str
) -> None:
    assert branch(zone).contact_due(at(closed_at, zone), 2, time(20)) == datetime.fromisoformat(due)


def test_both_passes_of_a_repeated_hour_have_the_same_deadline() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # both 02:30
    assert branch().contact_due(first, 2, time(20)) == branch().contact_due(second, 2, time(20))


def test_a_cut_off_in_a_repeated_hour_passes_once() -> None:
    night = branch(weekend=frozenset(), cut_off=time(2, 30))
    first_0245, second_0215 = datetime(2026, 10, 25, 0, 45, tzinfo=UTC), datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert night.first_working_day(first_0245) == date(2026, 10, 26)
    assert night.first_working_day(second_0215) == date(
        2026, 10, 26
    )  # the clock shows 02:15 again; the cut-off is over


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-10-05T10:00", 4, "2026-10-05T14:00"),
        ("2026-10-05T13:00", 4, "2026-10-05T17:00"),  # ends with the day, not with the next morning
        ("2026-10-05T13:00:00.000001", 4, "2026-10-06T09:00:00.000001"),
        ("2026-10-05T15:00", 4, "2026-10-06T11:00"),
        ("2026-10-05T06:00", 4, "2026-10-05T13:00"),  # before opening
        ("2026-10-05T17:00", 4, "2026-10-06T13:00"),  # at closing
        ("2026-10-02T16:00", 4, "2026-10-05T12:00"),  # Friday: one hour, then three on Monday
        ("2026-10-03T11:00", 4, "2026-10-05T13:00"),  # Saturday
        ("2026-10-05T09:00", 80, "2026-10-16T17:00"),  # two weeks
        ("2026-10-03T11:00", 0, "2026-10-03T11:00"),  # nothing to wait for, even on a closed day
        ("2026-03-27T15:00", 4, "2026-03-30T11:00"),  # clocks forward between Friday and Monday
        ("2026-10-23T15:00", 4, "2026-10-26T11:00"),  # clocks back
    ],
)
def test_business_hours_run_only_while_the_branch_is_open(start: str, hours: int, end: str) -> None:
    assert branch().add_business_hours(at(start), hours) == at(end)


@pytest.mark.parametrize(
    ("zone", "start", "hours", "end"),
    [
        # Night shift 00:00-08:00, every day. The night of the change has seven hours in spring and nine in autumn.
        ("Europe/Berlin", "2026-03-28T23:00Z", 4, "2026-03-29T03:00Z"),  # 00:00 CET to 05:00 CEST
        ("Europe/Berlin", "2026-03-28T23:00Z", 7, "2026-03-29T06:00Z"),  # 08:00 CEST, the end of the shift
        ("Europe/Berlin", "2026-03-28T23:00Z", 8, "2026-03-29T23:00Z"),  # 01:00 CEST, the next night
        ("Europe/Berlin", "2026-10-24T22:00Z", 9, "2026-10-25T07:00Z"),  # 08:00 CET
        ("America/New_York", "2026-03-08T05:00Z", 8, "2026-03-09T05:00Z"),  # 01:00 EDT, the next night
        ("America/New_York", "2026-11-01T04:00Z", 9, "2026-11-01T13:00Z"),  # 08:00 EST
        # Cairo has no midnight on Friday 24 April 2026: the shift opens at 01:00 and has seven hours.
        ("Africa/Cairo", "2026-04-23T20:00Z", 7, "2026-04-24T05:00Z"),
        ("Africa/Cairo", "2026-04-23T20:00Z", 8, "2026-04-24T22:00Z"),
    ],
)
def test_business_hours_are_real_hours_when_the_clocks_change(zone: str, start: str, hours: int, end: str) -> None:
    night = branch(zone, weekend=frozenset(), opens=time(0), closes=time(8))
    assert night.add_business_hours(datetime.fromisoformat(start), hours) == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("Europe/Berlin", "2026-07-01T09:00", "2026-07-01T07:00Z"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30Z"),  # skipped: 03:30 CEST
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30Z"),  # shown twice: the first, CEST
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T07:00Z"),  # skipped: 03:00 EDT
        ("America/New_York", "2026-11-01T01:00", "2026-11-01T05:00Z"),  # shown twice: the first, EDT
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00Z"),  # a day without midnight: 01:00
        ("America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00Z"),  # the same south of the equator
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45Z"),  # a gap of half an hour: 02:45
        ("Asia/Kathmandu", "2026-10-05T09:00", "2026-10-05T03:15Z"),
    ],
)
def test_a_skipped_time_moves_forward_and_of_a_repeated_one_the_first_counts(
    zone: str, local: str, instant: str
) -> None:
    wanted = datetime.fromisoformat(local)
    for fold in (1, 0):  # which pass the caller's time claims to be of does not matter
        assert local_instant(wanted.date(), wanted.time().replace(fold=fold), ZoneInfo(zone)) == datetime.fromisoformat(
            instant
        )


@pytest.mark.parametrize(
    ("day", "n", "result"),
    [
        ("2026-10-05", 0, "2026-10-05"),
        ("2026-10-03", 0, "2026-10-03"),  # a Saturday stays where it is
        ("2026-10-02", 1, "2026-10-05"),
        ("2026-10-03", 1, "2026-10-05"),  # from Saturday the first working day after is Monday
        ("2026-10-02", 6, "2026-10-12"),
        ("2026-12-23", 2, "2026-12-28"),  # 24, then 28: the 25th is a holiday here, 26 and 27 a weekend
    ],
)
def test_business_days_are_counted_from_the_day_after(day: str, n: int, result: str) -> None:
    calendar = branch(closed={date(2026, 12, 25): "Christmas Day"})
    assert calendar.add_business_days(date.fromisoformat(day), n) == date.fromisoformat(result)


def test_the_weekend_is_the_branch_s_own() -> None:
    gulf = branch("Asia/Riyadh", weekend=FRI_SAT)
    thursday = at("2026-10-08T12:00", "Asia/Riyadh")
    assert gulf.contact_due(thursday, 2, time(20)) == datetime(2026, 10, 12, 17, tzinfo=UTC)  # Sunday, Monday
    split = branch("Asia/Brunei", weekend=frozenset({4, 6}))  # Friday and Sunday
    assert split.add_business_days(date(2026, 10, 8), 2) == date(2026, 10, 12)  # Saturday, Monday


def test_a_closed_day_says_why() -> None:
    new_year, exchanged = date(2026, 1, 1), date(2026, 1, 10)
    calendar = branch(closed={new_year: "New Year's Day"}, worked=frozenset({exchanged}))
    assert calendar.why_closed(new_year) == "New Year's Day"
    assert calendar.why_closed(date(2026, 1, 3)) == "weekend (Saturday)"
    assert calendar.why_closed(date(2026, 1, 5)) is None
    assert calendar.why_closed(exchanged) is None  # a Saturday worked in exchange for a bridge day
    assert calendar.is_working_day(exchanged)


def test_a_naive_datetime_is_refused_by_the_name_of_its_argument() -> None:
    naive = datetime(2026, 10, 5, 10)  # noqa: DTZ001 - the subject of the test
    with pytest.raises(ValueError, match=r"^closed_at = 2026-10-05T10:00:00 has no time zone"):
        branch().first_working_day(naive)
    with pytest.raises(ValueError, match=r"^closed_at = "):
        branch().contact_due(naive, 2, time(20))
    with pytest.raises(ValueError, match=r"^instant = "):
        branch().add_business_hours(naive, 4)


def test_an_instant_is_not_taken_for_a_day() -> None:
    with pytest.raises(TypeError, match="Pass a local date"):
        branch().is_working_day(datetime(2026, 1, 1, tzinfo=UTC))


def test_counting_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="n = -1"):
        branch().add_business_days(date(2026, 10, 5), -1)
    with pytest.raises(ValueError, match="hours = -1"):
        branch().add_business_hours(at("2026-10-05T10:00"), -1)


def test_a_calendar_in_which_nothing_is_worked_is_refused() -> None:
    with pytest.raises(ValueError, match="weekend"):
        branch(weekend=frozenset(range(7)))
    with pytest.raises(ValueError, match="weekend"):
        branch(weekend=frozenset({7}))
    with pytest.raises(ValueError, match="opens = 17:00:00 must be earlier"):
        branch(opens=time(17))
    years = range(date(2026, 1, 1).toordinal(), date(2037, 1, 1).toordinal())
    shut = branch(closed={date.fromordinal(day): "shut" for day in years})
    with pytest.raises(ValueError, match="no working day"):
        shut.contact_due(at("2026-01-05T10:00"), 2, time(20))
    with pytest.raises(ValueError, match="4 business hours do not end"):
        shut.add_business_hours(at("2026-01-05T10:00"), 4)
