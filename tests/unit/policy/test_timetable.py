"""Timetables say what Prefect's own reading of a cron expression says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from prefect._vendor.croniter import croniter

from config.stages import deployed_stages
from policy.timetable import timetable

NOW = datetime(2026, 10, 5, 12, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "last", "coming"),
    [
        ("*/5 * * * *", "2026-10-05 12:00", "2026-10-05 12:05"),
        ("1-56/5 * * * *", "2026-10-05 12:01", "2026-10-05 12:06"),
        ("3-53/10 * * * *", "2026-10-05 12:03", "2026-10-05 12:13"),
        ("4 * * * *", "2026-10-05 11:04", "2026-10-05 12:04"),
        ("0 12 3 * *", "2026-10-03 12:00", "2026-11-03 12:00"),
        ("0 9 * * 1-5", "2026-10-05 09:00", "2026-10-06 09:00"),
        ("0 9 * * 0", "2026-10-04 09:00", "2026-10-11 09:00"),
        ("0 9 * * 7", "2026-10-04 09:00", "2026-10-11 09:00"),  # Sunday has two numbers
        ("0 9 13 * 5", "2026-10-02 09:00", "2026-10-09 09:00"),  # the 13th, and every Friday
        ("0 9 */1 * */2", "2026-10-04 09:00", "2026-10-06 09:00"),  # every day is no restriction beside a star
        ("0 0 29 2 *", "2024-02-29 00:00", "2028-02-29 00:00"),
        ("0,30 8-10/2 * * *", "2026-10-05 10:30", "2026-10-06 08:00"),
    ],
)
def test_what_was_due_last_and_what_comes(cron: str, last: str, coming: str):
    table = timetable(cron, "UTC")
    assert table is not None
    assert table.last_until(NOW) == datetime.fromisoformat(last).replace(tzinfo=UTC)
    assert table.next_after(NOW) == datetime.fromisoformat(coming).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "coming"),
    [
        (
            "2026-10-24 12:00",
            "2026-10-25 01:30",
        ),  # 02:30 comes twice that night; once is enough, the first in summer time
        ("2026-03-28 12:00", "2026-03-29 01:30"),  # 02:30 is passed over: 03:30 in summer time
        ("2026-12-01 12:00", "2026-12-02 01:30"),
    ],
)
def test_local_times_follow_the_clocks(now: str, coming: str):
    table = timetable("30 2 * * *", "Europe/Berlin")
    assert table is not None
    found = table.next_after(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found is not None
    assert found - datetime.fromisoformat(coming).replace(tzinfo=UTC) in (timedelta(0), timedelta(hours=-1))


@pytest.mark.parametrize(
    "cron",
    ["", "* * * *", "* * * * * *", "@daily", "0 0 L * *", "0 9 * * MON", "60 * * * *", "5-1 * * * *", "*/0 * * * *",
     "0 9 * * 1#2", "a * * * *", "0 0 31 2 8"],
)  # fmt: skip
def test_what_is_not_understood_is_no_timetable(cron: str):
    assert timetable(cron, "UTC") is None


def test_a_day_that_never_comes_has_no_instants():
    table = timetable("0 0 30 2 *", "UTC")
    assert table is not None
    assert table.next_after(NOW) is None
    assert table.last_until(NOW) is None


def test_every_schedule_that_we_ship_is_understood():
    crons = [cron for stage in deployed_stages() for cron in stage.crons]
    assert len(crons) == len(deployed_stages()), "each stage has one"
    assert all(timetable(*cron) for cron in crons)


def _field(least: int, most: int) -> some.SearchStrategy[str]:
    number = some.integers(least, most)
    span = some.lists(number, min_size=2, max_size=2, unique=True).map(sorted).map(lambda pair: f"{pair[0]}-{pair[1]}")
    stepped = some.tuples(span, some.integers(1, 20)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    listed = some.lists(number, min_size=1, max_size=4).map(lambda numbers: ",".join(map(str, numbers)))
    return some.one_of(some.just("*"), some.integers(1, 20).map(lambda step: f"*/{step}"), listed, span, stepped)


CRONS = some.tuples(_field(0, 59), _field(0, 23), _field(1, 31), _field(1, 12), _field(0, 6)).map(" ".join)


@given(CRONS, some.integers(0, 3 * 365 * 24 * 60))
def test_prefect_reads_it_alike(cron: str, minutes: int):
    now = NOW + timedelta(minutes=minutes)
    table = timetable(cron, "UTC")
    assert table is not None
    coming, last = table.next_after(now), table.last_until(now)
    if coming is None or last is None or coming - now > timedelta(days=360) or now - last > timedelta(days=360):
        return  # theirs gives up after a year
    assert coming == croniter(cron, now).get_next(datetime)
    assert last == croniter(cron, last - timedelta(minutes=1)).get_next(datetime)
    assert coming == croniter(cron, last).get_next(datetime), "there is nothing between the last and the next"
