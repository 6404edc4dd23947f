"""Every move from every stage to every other, against a real store: what is legal happens once, the rest never."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count, product
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, select

from models.moves import BEGINNINGS, MOVES, IllegalMove, Move, advance, begin, ending
from models.store import Store
from models.tables import cases, entries, services
from vocabulary import Clause, Disposition, Event, Stage

AT = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
LATER = AT + timedelta(days=3)
PAIRS = [*product(Stage, Stage)]
LEGAL = [(source, target) for source, target in PAIRS if target in MOVES[source]]
_NUMBERS = count(1)


def new_service(db: Connection) -> int:
    row = {
        "source": "crm", "external_id": f"J-{next(_NUMBERS)}", "closing": 1, "body_sha256": "", "received_at": AT,
        "closed_at": AT, "kind": "job completed", "department": "Heating", "branch": "Berlin", "region": "DE-BE",
        "timezone": "Europe/Berlin",
    }  # fmt: skip
    return int(db.execute(services.insert().returning(services.c.id), row).scalar_one())


def opening(service_id: int, stage: Stage) -> dict[str, Any]:
    return {
        "service_id": service_id, "stage": stage, "opened_at": AT, "policy_version": "abc123", "kind": "job completed",
        "department": "Heating", "branch": "Berlin", "region": "DE-BE", "timezone": "Europe/Berlin",
        "recipient_timezone": "Europe/Berlin", "closed_at": AT, "contact_not_before_at": AT, "contact_due_at": AT,
        "next_at": AT,
    }  # fmt: skip


def new_case(store: Store, stage: Stage) -> int:
    """A case that stands there already, however it came there."""
    with store.write() as db:
        row = opening(new_service(db), stage)
        return int(db.execute(cases.insert().returning(cases.c.id), row).scalar_one())


def moved(store: Store, source: Stage, target: Stage, *case_ids: int, **values: Any) -> frozenset[int]:
    moves = [Move(case_id=id, clause=Clause.ASK, reason="a reason", values=values) for id in case_ids]
    with store.write() as db:
        return advance(db, source, target, moves, at=AT, actor="Ann")


def seen(store: Store, case_id: int) -> tuple[Any, list[Any]]:
    """The case and its entries."""
    with store.read() as db:
        of_case = select(entries).where(entries.c.case_id == case_id).order_by(entries.c.id)
        return db.execute(select(cases).where(cases.c.id == case_id)).one(), list(db.execute(of_case))


def test_the_table_names_every_stage_and_only_a_closed_case_goes_nowhere():
    assert MOVES.keys() == set(Stage)
    assert [stage for stage in Stage if not MOVES[stage]] == [Stage.CLOSED]
    assert all(source not in targets for source, targets in MOVES.items())
    reached, coming = set(BEGINNINGS), set(BEGINNINGS)
    while coming := {target for stage in coming for target in MOVES[stage]} - reached:
        reached |= coming
    assert reached == set(Stage)


@pytest.mark.parametrize(("source", "target"), LEGAL)
def test_a_legal_move_happens_and_leaves_exactly_one_entry(store: Store, source: Stage, target: Stage):
    case_id = new_case(store, source)
    assert moved(store, source, target, case_id) == {case_id}
    case, [entry] = seen(store, case_id)
    assert case.stage == target
    assert (entry.event, entry.at, entry.actor, entry.clause) == (Event.STAGE_CHANGED, AT, "Ann", Clause.ASK)
    assert entry.policy_version == "abc123"
    assert json.loads(entry.detail) == {"from": source, "to": target, "reason": "a reason"}


def test_an_illegal_move_is_a_programming_error_and_writes_nothing(store: Store):
    """All of them in one store: each leaves it as it was."""
    before = {stage: new_case(store, stage) for stage in Stage}
    for source, target in sorted(set(PAIRS) - set(LEGAL)):
        with pytest.raises(IllegalMove, match=f"{source} to {target} is no move"):
            moved(store, source, target, before[source], reason="changed")
    for stage, case_id in before.items():
        case, logged = seen(store, case_id)
        assert (case.stage, case.reason, logged) == (stage, None, [])


def test_a_case_in_another_stage_is_left_alone_and_nothing_is_written_for_it(store: Store):
    elsewhere = {stage: new_case(store, stage) for stage in Stage}
    for (source, target), (stage, case_id) in product(LEGAL, elsewhere.items()):
        if stage != source:
            assert moved(store, source, target, case_id, reason="changed") == frozenset()
            case, logged = seen(store, case_id)
            assert (case.stage, case.reason, logged) == (stage, None, [])


def test_of_a_batch_those_move_that_are_still_there(store: Store):
    here, gone, too = new_case(store, Stage.ASKED), new_case(store, Stage.CLOSED), new_case(store, Stage.ASKED)
    assert moved(store, Stage.ASKED, Stage.ANSWERED, here, gone, too, 999_999, next_at=LATER) == {here, too}
    assert [seen(store, id)[0].next_at for id in (here, gone, too)] == [LATER, AT, LATER]
    assert [len(seen(store, id)[1]) for id in (here, gone, too)] == [1, 0, 1]


def test_a_move_of_nothing_is_nothing(store: Store):
    assert moved(store, Stage.ASKED, Stage.ANSWERED) == frozenset()


def test_each_case_gets_its_own_values(store: Store):
    first, second = new_case(store, Stage.ASKED), new_case(store, Stage.ASKED)
    moves = [
        Move(case_id=first, clause="4.3", reason="one", values=ending(
            Disposition.NO_ANSWER, at=AT, next_at=AT, reason="one", clause="4.3")),
        Move(case_id=second, clause="2.4", reason="two", values=ending(
            Disposition.OPTED_OUT, at=LATER, next_at=LATER, reason="two", clause="2.4"), detail={"calls": 3}),
    ]  # fmt: skip
    with store.write() as db:
        advance(db, Stage.ASKED, Stage.ENDED, moves, at=LATER)
    ended = [seen(store, id)[0] for id in (first, second)]
    assert [(case.disposition, case.reason, case.clause, case.ended_at, case.next_at) for case in ended] == [
        ("no answer", "one", "4.3", AT, AT),
        ("opted out", "two", "2.4", LATER, LATER),
    ]
    assert json.loads(seen(store, second)[1][0].detail)["calls"] == 3


def test_a_move_is_undone_with_the_transaction_it_was_part_of(store: Store):
    case_id = new_case(store, Stage.ASKED)

    def fails() -> None:
        with store.write() as db:
            advance(db, Stage.ASKED, Stage.ENDED, [Move(case_id=case_id, clause="4.3", reason="x")], at=AT)
            raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        fails()
    case, logged = seen(store, case_id)
    assert (case.stage, logged) == (Stage.ASKED, [])


@pytest.mark.parametrize("stage", Stage)
def test_a_case_begins_planned_or_ended_and_never_elsewhere(store: Store, stage: Stage):
    with store.write() as db:
        row = opening(new_service(db), stage)
        if stage in BEGINNINGS:
            [service_id] = begin(db, [row])
            assert service_id == row["service_id"]
            assert begin(db, [row]) == {}, "a service has one case"
        else:
            with pytest.raises(IllegalMove, match=f"no case begins as {stage}"):
                begin(db, [row])
    with store.read() as db:
        assert len(db.execute(select(cases)).all()) == (stage in BEGINNINGS)


def test_of_many_who_move_a_case_at_once_exactly_one_succeeds(store: Store):
    rivals, rounds = 4, 15
    waiting = [new_case(store, Stage.ANSWERED) for _ in range(rounds)]
    start = Barrier(rivals)

    def race(number: int) -> list[frozenset[int]]:
        target = Stage.ESCALATED if number % 2 else Stage.ENDED
        start.wait()
        return [moved(store, Stage.ANSWERED, target, case_id, reason=f"rival {number}") for case_id in waiting]

    with ThreadPoolExecutor(rivals) as threads:
        won = list(threads.map(race, range(rivals)))
    for turn, case_id in enumerate(waiting):
        winners = [number for number in range(rivals) if won[number][turn]]
        case, logged = seen(store, case_id)
        assert len(winners) == len(logged) == 1
        assert case.reason == f"rival {winners[0]}", "the values are the winner's"
