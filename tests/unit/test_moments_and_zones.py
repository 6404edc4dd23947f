"""Times and time zones as exports write them: the instant, or a fault that shows what may be meant."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.places import ZoneError
from models.zones import check_zone_of, zones_of
from tests.seed import report

PIECES = st.sampled_from(
    ["2026-10-05", "2026-10-25", "02:30", " ", "T", ":", "7", "30", "+02", "UTC", "Z", ".5", "/", "PM"]
)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-30T14:00:00+01", "2026-11-30T14:00:00+01:00"),
        ("2026-11-30T14:00:00+0100", "2026-11-30T14:00:00+01:00"),
        ("2026-11-30 14:00:00 +0100", "2026-11-30T14:00:00+01:00"),
        ("2026-11-30 14:00:00 UTC", "2026-11-30T14:00:00+00:00"),
        ("2026-11-30T14:00:00Z", "2026-11-30T14:00:00+00:00"),
        ("2026-11-30 14:00:00", "2026-11-30T14:00:00+01:00"),
        ("2026-11-30 14:00", "2026-11-30T14:00:00+01:00"),
        ("2026-07-01T14:00", "2026-07-01T14:00:00+02:00"),
    ],
)
def test_a_time_in_iso_order_is_an_instant(text: str, instant: str):
    assert report(closed_at=text).closed_at.isoformat() == instant


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-10-25 02:30", r"showed twice; write 2026-10-25T02:30:00\+02:00 or 2026-10-25T02:30:00\+01:00"),
        ("2026-03-29 02:30", r"left out; write 2026-03-29T02:30:00\+01:00 or 2026-03-29T02:30:00\+02:00"),
        ("2026-11-30", "has no time of day"),
        ("04/05/2026 09:00", "may be 2026-05-04 09:00 or 2026-04-05 09:00"),
        ("04/05/06 14:00", "may be 2006-05-04 14:00 or 2006-04-05 14:00 or 2004-05-06 14:00"),
        ("30/11/2026 14:00", "write 2026-11-30 14:00 if that is meant"),
        ("11/30/2026 2:00 PM", "write 2026-11-30 14:00 if that is meant"),
        ("30.11.2026 14:00", "write 2026-11-30 14:00 if that is meant"),
        ("11/May/26 03:26 PM", "2026-05-11 15:26"),
        ("29-02-2024 01:16", "write 2024-02-29 01:16 if that is meant"),
        ("46356.58", "the number may be 2026-11-30 13:55"),
        ("1791201600", "the number may be 2026-10-05T12:00:00"),
        ("1791201600000", "the number may be 2026-10-05T12:00:00"),
        ("yesterday", "is not a date and time"),
        ("2026-10-05 2:00 PM", r"is not a date and time \(.*\); write 2026-10-05T14:00:00"),
        ("2026-10-05 14:00 CET", r"is not a date and time \(.*\); write 2026-10-05T14:00:00"),  # one of several clocks
        ("2026-10-05T14:00:00 Europe/Berlin", r"is not a date and time \(.*\); write 2026-10-05T14:00:00"),
        ("2026-02-30 14:00", r"is not a date and time \(.*\); write 2026-10-05T14:00:00"),
        ("0001-01-01 00:00", "is not a time at which a service was closed"),
        ("9999-12-31 23:59", "is not a time at which a service was closed"),
    ],
)
def test_another_time_is_refused_with_what_it_may_be(text: str, why: str):
    with pytest.raises(ValueError, match=why):
        report(closed_at=text)


@pytest.mark.parametrize(
    ("region", "zone", "remedy"),
    [
        ("CA", "America/Los_Angeles", "write region US-CA"),
        ("BY", "Europe/Berlin", "write region DE-BY"),
        ("IN", "America/Indiana/Indianapolis", "write region US-IN"),
        ("GA", "America/New_York", "write region US-GA"),
        ("DE", "Asia/Tokyo", "write one of Europe/Berlin"),
        ("DE", "UTC", "write one of Europe/Berlin"),  # no branch's clocks show it: see docs/decisions.md
        ("GB", "GMT", "write one of Europe/London"),
        ("US-CA", "Etc/GMT+8", "write one of America/New_York"),
    ],
)
def test_a_zone_of_another_country_is_refused_with_the_remedy(region: str, zone: str, remedy: str):
    with pytest.raises(ZoneError, match=f"{re.escape(zone)}.*{region}.*{remedy}"):
        check_zone_of(region, zone)
    with pytest.raises(ValueError, match=remedy):
        report(region=region, timezone=zone, phone=None)


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        ("US-CA", "America/Los_Angeles"),
        ("US", "US/Pacific"),
        ("CA", "Canada/Pacific"),
        ("IN", "Asia/Calcutta"),
        ("IN", "Asia/Kolkata"),
        ("UA", "Europe/Kiev"),
        ("UA", "Europe/Kyiv"),
        ("SE", "Europe/Stockholm"),
        ("NO", "Europe/Berlin"),  # which Norway shares
        ("VN", "Asia/Saigon"),
        ("AR", "America/Buenos_Aires"),
        ("GB-ENG", "GB"),
        ("XK", "Europe/Belgrade"),  # not listed
    ],
)
def test_a_zone_of_the_country_is_taken_under_each_of_its_names(region: str, zone: str):
    assert check_zone_of(region, zone) == zone


def test_a_customer_may_live_by_any_clock():
    assert report(customer_timezone="UTC").customer_timezone == "UTC"


@given(st.text() | st.lists(PIECES, max_size=8).map("".join))
def test_any_text_is_a_time_with_offset_or_refused_in_words(text: str):
    at, said = _outcome(text, "Europe/Berlin")
    assert at is not None or all(each.startswith(("is ", "has ", "may ")) for each in said), said
    assert at is None or report(closed_at=at.isoformat()).closed_at == at


@given(st.integers(0, 99_000_000), st.sampled_from(["Europe/Berlin", "Europe/Busingen"]))
def test_a_time_of_the_branch_is_the_one_that_its_clocks_showed_once(minutes: int, zone: str):
    local = (datetime(2001, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).replace(tzinfo=None)
    at, said = _outcome(local.isoformat(" "), zone)
    assert at is not None or "showed twice" in said[0] or "left out" in said[0]
    assert at is None or at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


def _outcome(text: str, zone: str) -> tuple[datetime | None, list[str]]:
    """The instant, or None and what is wrong with the text."""
    try:
        return report(closed_at=text, timezone=zone).closed_at, []
    except ValidationError as error:
        return None, [each["msg"].removeprefix("Value error, ") for each in error.errors()]


@pytest.mark.parametrize("country", ["DE", "US", "CA", "BR", "ID", "RU", "AU", "CN"])
def test_each_zone_that_the_tables_list_is_taken(country: str):
    assert {check_zone_of(country, zone) for zone in zones_of(country)} <= available_timezones()
