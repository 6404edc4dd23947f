"""The benchmark of the faults: what explains a copy or an unknown message, which points it meets, what turns it red."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from benchmarks.fault_account import Account, Explained, _unexplained_copies
from benchmarks.fault_crew import Ended
from benchmarks.fault_plants import PLANTS
from benchmarks.fault_points import MOMENTLESS, WEB_POINTS, WORKER_POINTS, Kind, orders
from benchmarks.fault_provider import Fault, Tried
from benchmarks.fault_report import report_lines, total_lines
from benchmarks.fault_story import DEADLINE_S, LEASE_S, StoryClock, stops, write_policy
from cli import bench
from policy.file import read_policy

CLEAN = Account(
    database="sqlite", cases=60, answers=9, mails=100, repeated=2, injected={"accepted": 100, "400": 0},
    kills={"worker: begin": 6}, by_kind={"SIGKILL": 6}, kills_asked=6, states={"accepted": 60}, unknown=3, in_flight=2,
    reports_lost=1, copies=1, unexplained_unknown=[], unexplained_copies=[], lost=[], late=[], fell=[], unsound="",
    seconds=20.0,
)  # fmt: skip


def tried(*faults: Fault, taken: bool = True) -> list[Tried]:
    """Requests of one message, a second apart."""
    return [Tried("r", "a@example.com", float(number), fault, taken) for number, fault in enumerate(faults)]


def a_row(**values: Any) -> Any:
    return SimpleNamespace(**({"id": 1, "ref": "r", "purpose": "survey"} | values))


def copies(rows: list[Any], requests: list[Tried], told: dict[str, float] | None = None, **more: Any) -> list[str]:
    explained = Explained.by(requests, more.get("journals", {}), more.get("ended", []))
    return [*_unexplained_copies(rows, requests, told or {}, explained, {1: more.get("owed", 2)})]


def test_a_copy_that_was_owed_anew_after_a_lost_report_is_explained():
    assert copies([a_row()], tried(Fault.ANSWER_LOST, Fault.QUICK)) == []


def test_a_copy_that_nobody_owed_is_not():
    assert copies([a_row()], tried(Fault.ANSWER_LOST, Fault.QUICK), owed=1)


def test_what_was_refused_for_now_is_handed_over_again():
    assert copies([a_row()], tried(Fault.LIMITED, Fault.QUICK, taken=False), owed=1) == []
    assert copies([a_row()], tried(Fault.RESET, Fault.QUICK, taken=False), owed=1)


def test_a_copy_of_what_was_reported_is_not():
    assert copies([a_row()], tried(Fault.QUICK, Fault.QUICK))


def test_a_copy_of_what_an_event_had_told_of_is_not():
    assert copies([a_row()], tried(Fault.ANSWER_LOST, Fault.QUICK), {"r": -5.0})


def test_the_copy_of_what_was_under_way_when_its_worker_was_killed_is_explained():
    journal = {7: [(0.0, "r", "asked")]}
    assert copies([a_row()], tried(Fault.QUICK, Fault.QUICK), journals=journal, ended=[Ended(7, 1.0)]) == []
    written_down = {7: [(0.0, "r", "asked"), (0.5, "r", "ACCEPTED")]}
    assert copies([a_row()], tried(Fault.QUICK, Fault.QUICK), journals=written_down, ended=[Ended(7, 1.0)])


@pytest.mark.parametrize(
    ("journal", "times"),
    [
        ([(0.0, "r", "asked"), (0.1, "r", "UNKNOWN")], 0),  # too soon for a deadline
        ([(0.0, "r", "asked"), (DEADLINE_S, "r", "UNKNOWN")], 1),
        ([(0.0, "r", "asked"), (LEASE_S, "s", "ACCEPTED")], 1),  # the machine was busy with other things
        ([(0.0, "s", "asked"), (LEASE_S, "r", "asked")], 0),
    ],
)
def test_what_a_journal_explains(journal: list[tuple[float, str, str]], times: int):
    assert Explained.by([], {7: journal}, []).times("r") == times


def test_a_request_that_hung_is_counted_once():
    journal = {7: [(0.0, "r", "asked"), (DEADLINE_S, "r", "UNKNOWN")]}
    assert Explained.by(tried(Fault.HANG), journal, []).times("r") == 1


def test_two_hundred_kills_meet_every_point_with_every_kind():
    rest, web = orders(100, 1, restarts=True)
    assert {order.point for order in rest} == set(WORKER_POINTS)
    assert {order.point for order in web} == set(WEB_POINTS)
    assert {order.kind for order in rest} == set(Kind)
    assert all((order.moment is None) == (order.point in MOMENTLESS) for order in [*rest, *web])
    assert len({*WORKER_POINTS, *WEB_POINTS}) >= 15
    assert max(Counter(order.point for order in [*rest, *web]).values()) <= 6


def test_a_database_in_a_file_is_not_restarted():
    assert Kind.RESTART not in {order.kind for queue in orders(100, 1, restarts=False) for order in queue}


def test_the_clock_runs_ten_times_as_fast_and_never_back(tmp_path: Path):
    clock, (_, first), (_, second) = StoryClock(tmp_path / "clock"), *[next(coming) for coming in [stops()] * 2]
    clock.set(second)
    clock.set(first)
    assert clock.now() >= second


def test_the_policy_of_the_story_can_be_read(tmp_path: Path):
    write_policy(tmp_path / "policy.toml")
    assert read_policy(tmp_path / "policy.toml").rules.batches.lease_s == 10 * LEASE_S


def test_when_every_bar_is_held_nothing_is_said():
    assert CLEAN.faults() == []
    assert total_lines([CLEAN])[-1] == "every bar is held"


@pytest.mark.parametrize(
    "missed",
    [
        {"lost": ["case 1"]}, {"late": ["case 1"]}, {"fell": ["ValueError"]}, {"unsound": "row 3 is missing"},
        {"unexplained_copies": ["message 1"]}, {"unexplained_unknown": ["message 1"]}, {"unknown": 4},
        {"kills": {"worker: begin": 5}}, {"mails": 5000},
    ],
)  # fmt: skip
def test_each_bar_that_is_missed_is_a_line(missed: dict[str, Any]):
    account = replace(CLEAN, **missed)
    assert len(account.faults()) == 1
    assert f"  !! {account.faults()[0]}" in report_lines(account)


def test_the_help_names_every_bug_that_can_be_planted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "300")
    told = CliRunner().invoke(bench.app, ["faults", "--help"]).output
    assert [name for name in PLANTS if name not in told] == []
