"""Clauses 4.4 and 6 in tables: where the clocks of a concern stand, and how that is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from casework.calendars import calendar_for
from policy.concern_clock import Clocks, Dated, State, clocks, length, next_rung, time_left
from policy.deadlines import dates
from policy.file import read_policy

RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
BERLIN = calendar_for("DE-BE", "Europe/Berlin", RULES.calendar)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
MONDAY = datetime(2026, 10, 5, 13, 0, tzinfo=UTC)  # 15:00 in Berlin: 4 business hours end on Tuesday at 11:00


def concern(received_at: datetime = MONDAY, **changes: datetime | timedelta | None) -> Dated:
    by = BERLIN.add_business_hours(received_at, RULES.escalation.acknowledge_business_hours)
    found = dates(received_at, by, RULES.escalation)
    fresh = Dated(received_at=received_at, acknowledge_by=found.acknowledge_by, deadline_at=found.deadline_at,
                  resolve_by=found.resolve_by, acknowledged_at=None, resolved_at=None, closed_at=None)  # fmt: skip
    return replace(fresh, **changes)  # type: ignore[arg-type]


def after(hours: float, of: Dated | None = None) -> Clocks:
    of = of or concern()
    return clocks(of, of.received_at + hours * HOUR, BERLIN, RULES.escalation)


@pytest.mark.parametrize(
    ("hours", "hands", "acknowledgement"),
    [
        (0, (State.RUNNING, "24 h 00 min left", 0), (State.RUNNING, "20 h 00 min left", 0)),
        (1, (State.RUNNING, "23 h 00 min left", 4), (State.RUNNING, "19 h 00 min left", 25)),
        (10, (State.RUNNING, "14 h 00 min left", 41), (State.RUNNING, "10 h 00 min left", 50)),  # night: nothing goes
        (19, (State.RUNNING, "5 h 00 min left", 79), (State.RUNNING, "1 h 00 min left", 75)),
        (20, (State.RUNNING, "4 h 00 min left", 83), (State.LATE, "late by under a minute", 100)),
        (23.99, (State.RUNNING, "under a minute left", 99), (State.LATE, "late by 3 h 59 min", 100)),
        (24, (State.LATE, "late by under a minute", 100), (State.LATE, "late by 4 h 00 min", 100)),
        (26.17, (State.LATE, "late by 2 h 10 min", 100), (State.LATE, "late by 6 h 10 min", 100)),
    ],
)
def test_the_two_clocks_of_a_concern_that_nobody_has_taken_stand_side_by_side(
    hours: float, hands: tuple[State, str, int], acknowledgement: tuple[State, str, int]
):
    found = after(hours)
    assert (found.hands.state, found.hands.words, found.hands.percent) == hands
    of = found.acknowledgement
    assert (of.state, of.words, of.percent) == acknowledgement


@pytest.mark.parametrize(
    ("taken_after", "hands", "acknowledgement"),
    [
        (3, (State.MET, "met, 21 h 00 min before"), (State.MET, "met, 17 h 00 min before")),
        (20, (State.MET, "met, 4 h 00 min before"), (State.MET, "met, under a minute before")),  # the instant counts
        (22, (State.MET, "met, 2 h 00 min before"), (State.MISSED, "met late, by 2 h 00 min")),
        (30, (State.MISSED, "met late, by 6 h 00 min"), (State.MISSED, "met late, by 10 h 00 min")),
    ],
)
def test_a_clock_stops_when_somebody_takes_the_concern_and_says_whether_in_time(
    taken_after: float, hands: tuple[State, str], acknowledgement: tuple[State, str]
):
    found = after(500, concern(acknowledged_at=MONDAY + taken_after * HOUR))
    assert (found.hands.state, found.hands.words) == hands
    assert (found.acknowledgement.state, found.acknowledgement.words) == acknowledgement
    assert found.hands.late is (hands[0] is State.MISSED)


def test_over_a_weekend_the_acknowledgement_target_is_the_hard_limit_and_counts_like_it():
    friday_night = datetime(2026, 10, 9, 20, 0, tzinfo=UTC)
    found = after(12, concern(friday_night))
    assert found.acknowledgement.due_at == found.hands.due_at
    assert found.acknowledgement.percent == found.hands.percent == 50


@pytest.mark.parametrize(
    "received",
    [
        "2026-10-24T10:00",  # the clocks go back in the night: 25 hours on the wall, 24 by ours
        "2026-03-28T10:00",
        "2026-12-24T10:00",  # a holiday, a weekend and a closure follow
    ],
)
def test_24_hours_are_24_hours_over_a_change_of_the_clocks_and_over_holidays(received: str):
    of = concern(datetime.fromisoformat(received).replace(tzinfo=UTC))
    assert after(12, of).hands.percent == 50
    assert after(23, of).hands.words == "1 h 00 min left"
    assert after(24, of).hands.state is State.LATE


def test_the_resolution_runs_on_until_it_is_resolved_and_a_pause_holds_it():
    taken = concern(acknowledged_at=MONDAY + HOUR)
    assert after(48, taken).resolution.words == "2 d 0 h left"
    assert after(48, taken).resolution.percent == 50
    paused = replace(taken, paused_at=MONDAY + 24 * HOUR)
    for hours in (24, 48, 500):
        of = after(hours, paused).resolution
        assert (of.state, of.words, of.percent) == (State.PAUSED, "paused, 3 d 0 h left", 25)
    going_on = replace(taken, resolve_by=taken.resolve_by + 100 * HOUR, paused_for=100 * HOUR)
    assert after(124, going_on).resolution.percent == 25, "a pause takes nothing of the time"
    assert after(124, going_on).resolution.words == "3 d 0 h left"
    resolved = replace(going_on, resolved_at=MONDAY + 200 * HOUR)
    assert after(999, resolved).resolution.words == "met late, by 4 h 00 min"


def test_a_pause_never_holds_the_way_into_a_persons_hands():
    of = after(25, concern(paused_at=MONDAY + HOUR))
    assert of.hands.state is State.LATE
    assert of.acknowledgement.state is State.LATE


def test_a_concern_that_was_closed_without_a_resolution_is_over():
    of = after(500, concern(acknowledged_at=MONDAY + HOUR, closed_at=MONDAY + 50 * HOUR)).resolution
    assert (of.state, of.words, of.late) == (State.ENDED, "closed before", False)


@pytest.mark.parametrize(
    ("hours", "changes", "name"),
    [
        (1, {}, "acknowledged"),
        (21, {}, "in a person's hands"),  # the target is missed: now the hard limit counts
        (30, {}, "in a person's hands"),
        (30, {"acknowledged_at": MONDAY + HOUR}, "resolved"),
    ],
)
def test_the_next_clock_is_the_one_that_can_still_be_won(hours: float, changes: dict[str, datetime], name: str):
    assert after(hours, concern(**changes)).next.name == name


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(), "under a minute"),
        (59 * SECOND, "under a minute"),
        (MINUTE, "1 min"),
        (59 * MINUTE + 59 * SECOND, "59 min"),
        (HOUR, "1 h 00 min"),
        (5 * HOUR + 20 * MINUTE, "5 h 20 min"),
        (48 * HOUR - SECOND, "47 h 59 min"),
        (48 * HOUR, "2 d 0 h"),
        (100 * HOUR, "4 d 4 h"),
    ],
)
def test_lengths_in_words(time: timedelta, said: str):
    assert length(time) == said
    assert time_left(MONDAY, MONDAY + time) == f"late by {said}"
    if time:
        assert time_left(MONDAY + time, MONDAY) == f"{said} left"


def test_who_is_told_next_is_known_until_everybody_has_been():
    tells = [rung.tell if (rung := next_rung(MONDAY, worked, RULES.escalation)) else None for worked in range(7)]
    assert tells == [
        ("owner",), ("owner", "supervisor"), ("owner", "supervisor", "head"), ("owner", "supervisor"), ("head",),
        ("management",), None,
    ]  # fmt: skip


@given(st.timedeltas(timedelta(0), timedelta(days=365)), st.lists(st.floats(0, 200), min_size=2, max_size=2))
def test_a_clock_only_goes_forward(received_after: timedelta, hours: list[float]):
    of, (earlier, later) = concern(MONDAY + received_after), sorted(hours)
    for name in ("hands", "acknowledgement", "resolution"):
        before, then = getattr(after(earlier, of), name), getattr(after(later, of), name)
        assert 0 <= before.percent <= then.percent <= 100
        assert (then.percent == 100) == (then.state is State.LATE)
        assert not (before.late and not then.late)
