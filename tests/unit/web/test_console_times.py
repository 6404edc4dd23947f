"""Times as staff read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from web.console.times import clock, kept, left, length, moment, zone_text

BERLIN, NEW_YORK, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("UTC")
NOW = datetime(2026, 10, 6, 12, 30, tzinfo=UTC)
"""A Tuesday: 14:30 in Berlin, 08:30 in New York."""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "text"),
    [
        ("2026-10-06 12:30", BERLIN, "today 14:30"),
        ("2026-10-06 22:30", BERLIN, "tomorrow 00:30"),  # it is another day in Berlin
        ("2026-10-06 22:30", NEW_YORK, "today 18:30"),
        ("2026-10-05 21:59", BERLIN, "yesterday 23:59"),
        ("2026-10-05 22:00", BERLIN, "today 00:00"),
        ("2026-10-09 07:05", BERLIN, "Fri 9 Oct 09:05"),
        ("2026-12-31 23:30", BERLIN, "Fri 1 Jan 2027 00:30"),
        ("2025-10-06 12:30", BERLIN, "Mon 6 Oct 2025 14:30"),
        ("2026-10-25 00:30", BERLIN, "Sun 25 Oct 02:30"),  # the hour that is shown twice: the instant tells which
        ("2026-10-25 01:30", BERLIN, "Sun 25 Oct 02:30"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone(at: str, zone: ZoneInfo, text: str):
    assert moment(utc(at), NOW, zone) == {"iso": utc(at).isoformat(), "text": text}


def test_a_moment_of_another_zone_is_the_same_instant():
    there = NOW.astimezone(NEW_YORK)
    assert moment(there, NOW, BERLIN) == moment(NOW, NOW, BERLIN)


@pytest.mark.parametrize(
    ("minutes", "text", "state"),
    [
        (10 * 24 * 60, "10 days left", ""),
        (2 * 24 * 60 + 61, "2 days 1 h left", ""),
        (47 * 60 + 59, "47 h 59 min left", ""),  # the 24 hours of the procedure are told in hours
        (320, "5 h 20 min left", ""),
        (180, "3 h left", ""),
        (120.5, "2 h left", ""),
        (120, "2 h left", "soon"),
        (1, "1 min left", "soon"),
        (0.5, "less than a minute left", "soon"),
        (0, "less than a minute left", "soon"),
        (-0.5, "late by less than a minute", "late"),
        (-130, "late by 2 h 10 min", "late"),
        (-3 * 24 * 60, "late by 3 days", "late"),
    ],
)
def test_what_is_left_of_a_deadline_is_told_in_words(minutes: float, text: str, state: str):
    assert left(NOW + timedelta(minutes=minutes), NOW) == {"text": text, "state": state}


@pytest.mark.parametrize(("soon_from", "state"), [(-1, "soon"), (0, "soon"), (1, "")])
def test_a_procedure_may_say_from_when_a_deadline_is_near(soon_from: int, state: str):
    near = left(NOW + timedelta(hours=12), NOW, soon_from=NOW + timedelta(minutes=soon_from))
    assert near == {"text": "12 h left", "state": state}


@pytest.mark.parametrize(
    ("late", "text", "state"), [(0, "in time", "met"), (-60, "in time", "met"), (61, "done 1 h 1 min late", "late")]
)
def test_a_deadline_that_is_over_was_kept_or_not(late: int, text: str, state: str):
    assert kept(NOW, NOW + timedelta(minutes=late)) == {"text": text, "state": state}


@pytest.mark.parametrize(
    ("zone", "text"), [(BERLIN, "Europe/Berlin (CEST)"), (NEW_YORK, "America/New_York (EDT)"), (UTC_ZONE, "UTC")]
)
def test_a_zone_is_named(zone: ZoneInfo, text: str):
    assert zone_text(NOW, zone) == text


def test_the_clock_of_a_customer():
    assert clock(NOW, NEW_YORK) == "Tue 08:30"
    assert length(timedelta(seconds=59)) == "less than a minute"
