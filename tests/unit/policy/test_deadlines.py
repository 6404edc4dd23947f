"""Clauses 4.4 and 6 in tables: the dates of an escalation, and the rungs of its ladder."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.concern import route
from policy.deadlines import Rung, dates, due_rung, ladder, person, told_instead
from policy.escalation_rules import EscalationRules
from policy.file import read_policy

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)
RULES = replace(
    read_policy(Path(policy.__file__).with_name("sop.toml")).rules.escalation,
    deadline_hours=24,
    warn_percent=(50, 75, 90),
    resolve_days=4,
)


def rung_at(hours: float, worked: int = 0, rules: EscalationRules = RULES) -> tuple[int | None, float | None]:
    """The number of the rung to work, and after how many hours the next one comes."""
    rung, next_at = due_rung(START, worked, START + hours * HOUR, rules)
    return rung.number if rung else None, (next_at - START) / HOUR if next_at else None


def test_the_ladder_warns_at_50_75_and_90_percent_and_then_climbs():
    assert ladder(START, RULES) == (
        Rung(1, START + 12 * HOUR, 50, ("owner",)),
        Rung(2, START + 18 * HOUR, 75, ("owner", "supervisor")),
        Rung(3, START + 21.6 * HOUR, 90, ("owner", "supervisor", "head")),
        Rung(4, START + 24 * HOUR, 100, ("owner", "supervisor")),
        Rung(5, START + 28 * HOUR, 100, ("head",)),
        Rung(6, START + 32 * HOUR, 100, ("management",)),
    )


@pytest.mark.parametrize(
    ("warn_percent", "told"),
    [
        ((), []),
        ((80,), [("owner",)]),
        ((50, 90), [("owner",), ("owner", "supervisor")]),
        ((25, 50, 75, 90), [("owner",), *[("owner", "supervisor")] * 2, ("owner", "supervisor", "head")]),
    ],
)
def test_fewer_or_more_warnings_tell_the_same_people_in_the_same_order(
    warn_percent: tuple[int, ...], told: Sequence[tuple[str, ...]]
):
    rungs = ladder(START, replace(RULES, warn_percent=warn_percent))
    assert [rung.tell for rung in rungs if rung.percent < 100] == told
    assert [rung.tell for rung in rungs if rung.percent == 100] == [("owner", "supervisor"), ("head",), ("management",)]
    assert [rung.number for rung in rungs] == list(range(1, len(rungs) + 1))


@pytest.mark.parametrize(
    ("worked", "hours", "rung", "next_after"),
    [
        (0, 0, None, 12),
        (0, 11.99, None, 12),
        (0, 12, 1, 18),  # the instant itself counts
        (1, 12, None, 18),
        (1, 18, 2, 21.6),
        (2, 21.6, 3, 24),
        (3, 24, 4, 28),
        (4, 28, 5, 32),
        (5, 32, 6, None),
        (6, 32, None, None),  # everybody has been told
        (6, 900, None, None),
        # After a downtime: of the warnings only the highest, …
        (0, 19, 2, 21.6),
        (0, 23, 3, 24),
        (1, 23, 3, 24),
        # … and after the deadline none, but each rung of the breach, one at a time.
        (0, 24, 4, 28),
        (0, 40, 4, 28),
        (4, 40, 5, 32),
        (5, 40, 6, None),
    ],
)
def test_missed_warnings_are_not_sent_late_but_every_breach_is_told(
    worked: int, hours: float, rung: int | None, next_after: float | None
):
    assert rung_at(hours, worked) == (rung, next_after)


def test_without_warnings_the_first_rung_is_the_breach():
    silent = replace(RULES, warn_percent=())
    assert rung_at(23.9, rules=silent) == (None, 24)
    assert rung_at(24, rules=silent) == (1, 28)


@pytest.mark.parametrize(
    ("received", "zone"),
    [
        ("2026-03-28T12:00", "Europe/Berlin"),  # the clocks go forward in the night: 25 hours on the wall
        ("2026-10-24T12:00", "Europe/Berlin"),  # and back
        ("2026-03-07T12:00", "America/New_York"),
        ("2026-10-31T12:00", "America/New_York"),
        ("2026-10-05T12:00", "Asia/Kathmandu"),
    ],
)
def test_24_hours_are_24_hours_whatever_the_clocks_do(received: str, zone: str):
    received_at = datetime.fromisoformat(received).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    found = dates(received_at, received_at + HOUR, RULES)
    assert found.deadline_at - received_at == 24 * HOUR
    assert found.resolve_by - received_at == 4 * 24 * HOUR
    assert ladder(received_at, RULES)[3].at == found.deadline_at


@pytest.mark.parametrize(
    ("business_hours_end_after", "acknowledged_within"),
    [(4, 4), (24, 24), (24.001, 24), (70, 24)],  # over a weekend the hard limit comes first
)
def test_acknowledging_counts_business_hours_but_never_outlasts_the_hard_limit(
    business_hours_end_after: float, acknowledged_within: float
):
    found = dates(START, START + business_hours_end_after * HOUR, RULES)
    assert found.acknowledge_by == START + acknowledged_within * HOUR


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("owner", "Petra Lindqvist"),
        ("supervisor", "Marek Novak"),
        ("head", "Dr. Ines Albrecht"),
        ("management", "Managing Director"),
    ],
)
def test_every_rung_names_a_person(role: str, name: str):
    held_by, address = person(role, route("Heating", RULES), RULES)
    assert held_by == name
    assert address.endswith("@staff.example.com")


RULESETS = st.builds(
    lambda hours, percents: replace(RULES, deadline_hours=hours, warn_percent=tuple(sorted(percents))),
    st.integers(1, 24),
    st.sets(st.integers(1, 99), max_size=5),
)


@given(RULESETS, st.lists(st.timedeltas(timedelta(0), timedelta(hours=30)), max_size=12))
def test_however_the_sweeps_fall_nobody_above_is_left_out_and_nothing_is_told_twice(
    rules: EscalationRules, pauses: list[timedelta]
):
    worked, told, now = 0, [], START
    for pause in [*pauses, *[timedelta(hours=12)] * 6]:
        now += pause
        rung, next_at = due_rung(START, worked, now, rules)
        if rung is not None:
            assert rung.at <= now
            worked = rung.number
            told.append(rung)
        assert next_at is None or next_at > START
    numbers = [rung.number for rung in told]
    assert numbers == sorted(set(numbers))
    assert [rung.tell for rung in told if rung.percent == 100] == [("owner", "supervisor"), ("head",), ("management",)]


@given(RULESETS, st.integers(0, 8), st.timedeltas(timedelta(0), timedelta(hours=40)))
def test_between_two_rungs_there_is_nothing_to_do_and_the_next_date_says_when(
    rules: EscalationRules, worked: int, after: timedelta
):
    rung, next_at = due_rung(START, worked, START + after, rules)
    if rung is None and next_at is not None:
        assert due_rung(START, worked, next_at - INSTANT, rules)[0] is None
        assert due_rung(START, worked, next_at, rules)[0] is not None


ADDRESSES = {"owner": "o@x.com", "supervisor": "s@x.com", "head": "h@x.com", "management": "m@x.com"}


@pytest.mark.parametrize(
    ("role", "lost", "told"),
    [
        ("owner", ["o@x.com"], "supervisor"),
        ("supervisor", ["s@x.com"], "head"),
        ("head", ["h@x.com"], "management"),
        ("management", ["m@x.com"], None),
        ("owner", ["o@x.com", "S@X.com"], "head"),  # the supervisor's mail has failed, too
        ("owner", ["o@x.com", "s@x.com", "h@x.com", "m@x.com"], None),
        ("head", [], "management"),
    ],
)
def test_who_is_told_when_a_mail_to_staff_did_not_arrive(role: str, lost: list[str], told: str | None):
    assert told_instead(role, ADDRESSES, lost) == told


def test_who_holds_two_roles_is_not_written_to_again_at_the_address_that_failed():
    assert told_instead("owner", ADDRESSES | {"supervisor": "O@x.com"}, ["o@x.com"]) == "head"
