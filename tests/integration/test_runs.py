"""Rows of runs: begun before the work, ended with its outcome, known to its entries, forgotten when of no use."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from sqlalchemy import func, select

import policy
from flows.clock import clock
from models import runs as rows
from models.log import NewEntry, append, written_by
from models.records import evidence
from models.store import Store
from models.tables import entries, runs
from tasks.place import Place
from tasks.runs import forget_runs, note_counts, recorded
from tests.seed import planned
from vocabulary import Clause, Event, RunState

ROOT = Path(policy.__file__).parent.parent
AT = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


def log(store: Store, case_id: int | None = None) -> None:
    entry = NewEntry(event=Event.STAGE_CHANGED, at=AT, clause=Clause.CONTACT, case_id=case_id)
    with store.write() as db:
        append(db, [entry])


def all_runs(store: Store) -> list[Any]:
    with store.read() as db:
        return list(db.execute(select(runs).order_by(runs.c.id)))


def written(store: Store) -> list[int | None]:
    """The runs that wrote the entries, in their order."""
    with store.read() as db:
        return list(db.execute(select(entries.c.run_id).order_by(entries.c.id)).scalars())


def past_run(store: Store, *, days: float, stage: str = "document", counts: dict[str, int] | None = None,
             written: int = 0, ends: RunState | None = RunState.COMPLETED) -> int:  # fmt: skip
    """A run of so many days ago."""
    at = clock() - timedelta(days=days)
    with store.write() as db:
        number = rows.begin_run(db, stage, at=at)
        if ends is not None:
            rows.end_run(db, number, ends, word="Documented", at=at, counts=counts, written=written)
    return number


def test_a_run_is_a_row_with_its_counts_and_its_word(place: Place):
    @recorded("send-survey", clock)
    def work() -> State[Any]:
        (row,) = all_runs(place.store)
        assert (row.state, row.ended_at) == (RunState.RUNNING, None)
        note_counts({"asked": 34, "calls": 2, "left as they are": 0})
        return Completed(name="Asked", message="34 asked, 2 calls")

    before = clock()
    assert work().name == "Asked"
    (row,) = all_runs(place.store)
    assert (row.flow, row.state, row.word) == ("send-survey", RunState.COMPLETED, "Asked")
    assert json.loads(row.counts) == {"asked": 34, "calls": 2}
    assert before <= row.started_at <= row.ended_at <= clock()
    assert (row.as_of, row.prefect_run_id) == (None, None)


def test_a_run_that_fails_says_so_without_the_words_of_the_error(place: Place):
    @recorded("escalate", clock)
    def work() -> State[Any]:
        note_counts({"concerns opened": 1})
        raise LookupError("no owner for ann@example.com")

    with pytest.raises(LookupError):
        work()
    (row,) = all_runs(place.store)
    assert (row.state, row.word) == (RunState.FAILED, "LookupError")
    assert row.ended_at is not None
    assert json.loads(row.counts) == {"concerns opened": 1}, "what it had done before is told"


def test_a_run_whose_state_is_no_success_has_failed(place: Place):
    @recorded("escalate", clock)
    def work() -> State[Any]:
        return Failed(name="Refused", message="nothing was sent")

    work()
    (row,) = all_runs(place.store)
    assert (row.state, row.word) == (RunState.FAILED, "Refused")


def test_entries_know_the_run_that_wrote_them_and_people_have_none(place: Place):
    @recorded("document", clock)
    def work() -> State[Any]:
        log(place.store)
        return Completed()

    log(place.store)
    work()
    log(place.store)
    work()
    first, second = all_runs(place.store)
    assert (first.entries, second.entries) == (1, 1)
    assert written(place.store) == [None, first.id, None, second.id]


def test_a_failed_run_no_longer_owns_what_comes_after_it(place: Place):
    @recorded("document", clock)
    def work() -> State[Any]:
        raise LookupError

    with pytest.raises(LookupError):
        work()
    log(place.store)
    note_counts({"closed": 1})  # outside of runs it is nobody's
    assert written(place.store) == [None]
    assert all_runs(place.store)[0].counts == "{}"


DYING = """
import os, signal
from flows.clock import clock
from models.log import NewEntry, append
from tasks.place import place
from tasks.runs import recorded
from vocabulary import Clause, Event

@recorded("deliver-messages", clock)
def work():
    with place().store.write() as db:
        append(db, [NewEntry(event=Event.MESSAGE_OWED, at=clock(), clause=Clause.CONTACT)])
    os.kill(os.getpid(), signal.SIGKILL)

work()
"""


def test_a_killed_run_is_a_row_without_an_end(place: Place):
    done = subprocess.run([sys.executable, "-c", DYING], cwd=ROOT, env=os.environ.copy(), check=False)
    assert done.returncode == -signal.SIGKILL
    (row,) = all_runs(place.store)
    assert (row.flow, row.state, row.ended_at) == ("deliver-messages", RunState.RUNNING, None)
    assert written(place.store) == [row.id]
    with place.store.read() as db:
        since = row.started_at - timedelta(days=7)
        still = rows.troubled_runs(db, since, silent_since=row.started_at, most=10)
        lost = rows.troubled_runs(db, since, silent_since=row.started_at + timedelta(seconds=1), most=10)
    assert (len(still), [one.id for one in lost]) == (0, [row.id])


def test_a_case_leads_to_the_runs_that_touched_it(place: Place):
    mine, other = planned(place).case_id, planned(place).case_id

    def run(stage: str, *cases: int) -> None:
        @recorded(stage, clock)
        def work() -> State[Any]:
            for case in cases:
                log(place.store, case)
            return Completed(name="Asked")

        work()

    run("send-survey", mine, other, mine)
    run("await-response", other)
    run("document", mine)
    with place.store.read() as db:
        found = [(row.flow, row.on_case) for row in rows.of_case(db, mine)]
        assert rows.of_case(db, 999) == []
    assert found == [("send-survey", 2), ("document", 1)]


def test_a_seal_does_not_depend_on_runs(place: Place):
    """Seals from before there were runs are still good: the same entry is the same line, whoever wrote it."""
    alone, by_run = planned(place).case_id, planned(place).case_id
    log(place.store, alone)
    with written_by(past_run(place.store, days=1)):
        log(place.store, by_run)
    with place.store.read() as db:
        found = evidence(db, [alone, by_run])
    number = re.compile(r"^\d+")
    assert number.sub("", found[alone].lines[-1]) == number.sub("", found[by_run].lines[-1])
    assert number.sub("", found[alone].lines[-1]) == f"|{AT.isoformat()}|stage_changed|aftercare|4.1|{{}}"


def test_the_newest_and_the_last_of_each_stage(place: Place):
    for stage, days in (("escalate", 3), ("document", 2), ("escalate", 1)):
        past_run(place.store, days=days, stage=stage)
    with place.store.read() as db:
        newest = rows.newest_run(db)
        last = rows.last_runs(db, ["document", "escalate", "monthly-review"])
    assert newest is not None
    assert newest.id == 3
    assert {stage: row.id for stage, row in last.items()} == {"document": 2, "escalate": 3}


def test_an_empty_store_has_no_newest_run(place: Place):
    with place.store.read() as db:
        assert rows.newest_run(db) is None
        assert rows.work_since(db, AT) == {}


def test_what_the_stages_did_lately_is_added_up(place: Place):
    past_run(place.store, days=2, counts={"closed": 100})
    for counts in ({"closed": 2}, {"closed": 3, "incomplete": 1}, {"closed": 2}, {}):
        past_run(place.store, days=0.5, counts=counts)
    past_run(place.store, days=0.1, ends=None)
    with place.store.read() as db:
        assert rows.work_since(db, clock() - timedelta(days=1)) == {
            "document": {"runs": 4, "closed": 7, "incomplete": 1}
        }


def test_a_run_ends_once(place: Place):
    number = past_run(place.store, days=1, counts={"closed": 1})
    with place.store.write() as db:
        rows.end_run(db, number, RunState.FAILED, word="late", at=clock())
    assert all_runs(place.store)[0].state == RunState.COMPLETED


def test_old_runs_are_forgotten_but_not_those_that_something_needs(place: Place):
    store = place.store
    old = past_run(store, days=200, counts={"closed": 1})
    lost = past_run(store, days=200, ends=None)
    needed = past_run(store, days=200, counts={"closed": 1}, written=1)
    idle = past_run(store, days=8)
    kept = [past_run(store, days=8, counts={"closed": 1}), past_run(store, days=8, ends=None), past_run(store, days=1)]
    only = past_run(store, days=200, stage="monthly-review")
    assert forget_runs.fn(clock()) == 2
    left = [row.id for row in all_runs(store)]
    assert left == sorted([lost, needed, *kept, only])
    assert not {old, idle} & {*left}


def test_forgetting_goes_on_until_nothing_old_is_left(place: Place):
    size = place.policy.rules.batches.size
    old = [{"flow": "document", "started_at": AT - timedelta(days=1000), "state": RunState.COMPLETED, "counts": "{}",
            "entries": 0}]  # fmt: skip
    with place.store.write() as db:
        db.execute(runs.insert(), old * (2 * size + 3))
    past_run(place.store, days=0)
    assert forget_runs.fn(clock()) == 2 * size + 3
    with place.store.read() as db:
        assert db.execute(select(func.count()).select_from(runs)).scalar_one() == 1
