"""How stages stand, and when silence is an alarm."""

from datetime import UTC, datetime, timedelta

import pytest

from policy.run_rules import RunRules
from policy.running import LastRun, Standing, expected_by, length, silence, standing
from vocabulary import RunState

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
RULES = RunRules()


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def ran(began: datetime, ended: datetime | None = None, state: RunState = RunState.COMPLETED) -> LastRun:
    return LastRun("escalate", began, ended, state)


@pytest.mark.parametrize(
    ("last", "due_at", "expected"),
    [
        (None, ago(minutes=7), Standing.NEVER),  # new, or monthly: no alarm
        (ran(ago(minutes=2), ago(minutes=1)), ago(minutes=8), Standing.WELL),
        (ran(ago(minutes=8), ago(minutes=7)), ago(minutes=8), Standing.WELL),  # began at the very moment
        (ran(ago(minutes=9), ago(minutes=9)), ago(minutes=8), Standing.LATE),
        (ran(ago(minutes=30), ago(minutes=2)), ago(minutes=8), Standing.WELL),  # was at work when it was due
        (ran(ago(days=40), ago(days=40)), None, Standing.WELL),  # without a timetable nothing is late
        (ran(ago(minutes=59), None, RunState.RUNNING), ago(minutes=8), Standing.RUNNING),
        (ran(ago(minutes=60), None, RunState.RUNNING), ago(minutes=8), Standing.UNFINISHED),
        (ran(ago(minutes=2), ago(minutes=1), RunState.FAILED), ago(minutes=8), Standing.FAILED),
        (
            ran(ago(hours=2), ago(hours=2), RunState.FAILED),
            ago(minutes=8),
            Standing.LATE,
        ),  # silent is worse than failed
    ],
)
def test_how_a_stage_stands(last: LastRun | None, due_at: datetime | None, expected: Standing):
    assert standing(last, due_at, NOW, RULES) is expected


def test_only_what_asks_for_somebody_alarms():
    assert {one for one in Standing if one.alarms} == {Standing.LATE, Standing.UNFINISHED, Standing.FAILED}


def test_a_process_has_time_to_start():
    assert expected_by(NOW, RULES) == ago(minutes=5)


@pytest.mark.parametrize(
    ("newest", "told"),
    [
        (None, "Nothing has run here yet."),
        (ran(ago(minutes=9, seconds=59)), None),
        (ran(ago(minutes=10)), "Nothing has run for 10 minutes: since 11:50 UTC, when escalate did."),
        (ran(ago(minutes=30), ago(minutes=3)), None),  # a long run was alive three minutes ago
        (ran(ago(hours=3)), "Nothing has run for 3 hours: since 09:00 UTC, when escalate did."),
        (ran(ago(hours=13)), "Nothing has run for 13 hours: since 2026-10-04 23:00 UTC, when escalate did."),
        (ran(ago(days=3)), "Nothing has run for 3 days: since 2026-10-02 12:00 UTC, when escalate did."),
        (ran(NOW + timedelta(hours=1)), None),  # another clock is ahead of ours
        (
            ran(ago(minutes=11), None, RunState.RUNNING),
            "Nothing has run for 11 minutes: since 11:49 UTC, when escalate",
        ),
    ],
)
def test_silence_is_told_with_its_beginning_and_a_remedy(newest: LastRun | None, told: str | None):
    said = silence(newest, NOW, RULES)
    if told is None:
        assert said is None
    else:
        assert said is not None
        assert said.startswith(told)
        assert "`./aftercare up`" in said


def test_the_minutes_are_the_policys():
    assert silence(ran(ago(minutes=9)), NOW, RunRules(silent_minutes=9)) is not None


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ({"seconds": 59}, "0 minutes"),
        ({"minutes": 1}, "1 minute"),
        ({"minutes": 119}, "119 minutes"),
        ({"minutes": 120}, "2 hours"),
        ({"hours": 47}, "47 hours"),
        ({"hours": 48}, "2 days"),
    ],
)
def test_a_length_is_told_in_its_largest_fitting_unit(span: dict[str, float], words: str):
    assert length(timedelta(**span)) == words
