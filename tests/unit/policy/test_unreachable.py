"""Clauses 4.4 and 6 in a table: what must have been tried before a customer counts as unreachable."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from casework.calendars import calendar_for
from policy.closing_rules import UnreachableRules
from policy.file import read_policy
from policy.unreachable import Attempt, Tried, tried
from vocabulary import Channel

SHIPPED = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
RULES = UnreachableRules(attempts=3, channels=2, business_days=5)
BERLIN = calendar_for("DE-BE", "Europe/Berlin", SHIPPED.calendar)
MONDAY = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
NEXT_MONDAY = MONDAY + timedelta(days=7)
PHONE, EMAIL, SMS = Channel.PHONE, Channel.EMAIL, Channel.SMS


def looked(
    channels: Sequence[Channel], now: datetime = NEXT_MONDAY, usable: int = 3, first: datetime = MONDAY
) -> Tried:
    """An attempt an hour, on these channels."""
    attempts = [Attempt(first + timedelta(hours=n), channel) for n, channel in enumerate(channels)]
    return tried(attempts, usable, now, BERLIN, RULES)


@pytest.mark.parametrize(
    ("channels", "now", "usable", "lacks"),
    [
        ([PHONE, PHONE, EMAIL], NEXT_MONDAY, 3, ()),
        ([PHONE, EMAIL, SMS, PHONE], NEXT_MONDAY, 3, ()),
        ([PHONE, EMAIL], NEXT_MONDAY, 3, ("2 of 3 attempts were made",)),
        ([PHONE, PHONE, PHONE], NEXT_MONDAY, 3, ("1 of 2 channels were tried",)),
        ([PHONE, PHONE, PHONE], NEXT_MONDAY, 1, ()),  # a customer who can only be called
        ([PHONE, PHONE, PHONE], NEXT_MONDAY, 0, ()),  # every channel was refused meanwhile
        ([EMAIL, EMAIL, EMAIL], NEXT_MONDAY, 2, ("1 of 2 channels were tried",)),
        (
            [PHONE, PHONE, EMAIL],
            NEXT_MONDAY - timedelta(days=1),
            3,
            ("5 business days from the first attempt are over on 2026-10-12",),
        ),
        (
            [],
            NEXT_MONDAY,
            3,
            (
                "0 of 3 attempts were made",
                "0 of 2 channels were tried",
                "5 business days have to pass from the first attempt",
            ),
        ),
    ],
)
def test_three_attempts_over_two_channels_and_five_business_days(
    channels: list[Channel], now: datetime, usable: int, lacks: tuple[str, ...]
):
    assert looked(channels, now, usable).lacks == lacks


@pytest.mark.parametrize(
    ("first", "over_on"),
    [
        ("2026-10-05T08:00", date(2026, 10, 12)),  # Monday to Monday
        ("2026-10-09T21:30", date(2026, 10, 16)),  # still Friday in Berlin
        ("2026-10-09T22:30", date(2026, 10, 16)),  # already Saturday there
        ("2026-12-23T08:00", date(2027, 1, 6)),  # Christmas, the closure between the years, New Year's Day
        ("2026-03-27T08:00", date(2026, 4, 7)),  # over the change of the clocks, Good Friday and Easter Monday
    ],
)
def test_business_days_are_those_of_the_branch(first: str, over_on: date):
    first_at = datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert looked([PHONE], first=first_at).days_over_on == over_on


def test_what_was_tried_is_named_in_the_order_in_which_it_was_tried_first():
    found = looked([PHONE, EMAIL, PHONE])
    assert (found.attempts, found.channels, found.first_at) == (3, (PHONE, EMAIL), MONDAY)
    assert (found.attempts_needed, found.channels_needed) == (3, 2)


def test_a_policy_may_ask_for_more():
    strict = replace(RULES, attempts=4, channels=3, business_days=10)
    attempts = [Attempt(MONDAY, PHONE), Attempt(MONDAY, EMAIL), Attempt(MONDAY, PHONE)]
    assert len(tried(attempts, 3, NEXT_MONDAY, BERLIN, strict).lacks) == 3


@given(st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(days=30)), st.sampled_from(Channel)), max_size=6),
       st.timedeltas(timedelta(0), timedelta(days=40)), st.integers(0, 3))  # fmt: skip
def test_one_more_attempt_or_one_more_day_never_takes_evidence_away(
    made: list[tuple[timedelta, Channel]], later: timedelta, usable: int
):
    attempts = sorted((Attempt(MONDAY + after, channel) for after, channel in made), key=lambda one: one.at)
    now = MONDAY + timedelta(days=31)
    before = tried(attempts, usable, now, BERLIN, RULES)
    more = [*attempts, Attempt(now, PHONE)]
    assert len(tried(more, usable, now + later, BERLIN, RULES).lacks) <= len(before.lacks)
    if not before.lacks:
        assert len(attempts) >= RULES.attempts
        assert len({one.channel for one in attempts}) >= min(RULES.channels, max(usable, 1))
