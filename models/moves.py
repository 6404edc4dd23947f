"""The legal moves of a case, and the only statements that write a stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam
from sqlalchemy.sql.dml import ReturningUpdate

from models.log import SYSTEM, NewEntry, append
from models.store import insert_new
from models.tables import cases
from vocabulary import Clause, Disposition, Event, Stage

MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.PLANNED: frozenset({Stage.ASKED, Stage.ENDED}),
    Stage.ASKED: frozenset({Stage.ANSWERED, Stage.ENDED}),
    Stage.ANSWERED: frozenset({Stage.ASKED, Stage.ESCALATED, Stage.ENDED}),
    Stage.ESCALATED: frozenset({Stage.RECOVERING, Stage.ENDED}),
    Stage.RECOVERING: frozenset({Stage.ESCALATED, Stage.ENDED}),
    Stage.ENDED: frozenset({Stage.ANSWERED, Stage.CLOSED}),
    Stage.CLOSED: frozenset(),
}
"""From a stage to those that may follow. A case begins as PLANNED, or as ENDED with the reason it is not followed up.

ENDED to ANSWERED: the customer may change an answer until the record is sealed.
ANSWERED to ASKED: the only answer turned out to be unconfirmed, before anybody judged it.
"""

BEGINNINGS = frozenset({Stage.PLANNED, Stage.ENDED})


class IllegalMove(Exception):
    """A programming error: the procedure has no such move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One case's move. `values` are columns written with it; all moves of one call name the same columns."""

    case_id: int
    clause: Clause | str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)


def advance(
    db: Connection, source: Stage, target: Stage, moves: Sequence[Move], *, at: datetime, actor: str = SYSTEM
) -> frozenset[int]:
    """Move every case that is still in `source`; log each move in the caller's transaction.

    Returns the ids that moved: the others were taken by somebody else, and nothing was written for them.
    """
    if target not in MOVES[source]:
        raise IllegalMove(f"{source} to {target} is no move of the procedure")
    if not moves:
        return frozenset()
    same = moves[0].values if all(move.values == moves[0].values for move in moves) else {}
    given = {"of_cases": [move.case_id for move in moves], "source": source, "target": target}
    given |= {f"new_{name}": value for name, value in same.items()}
    moved = {row.id: row.policy_version for row in db.execute(_swap(tuple(same)), given)}
    taken = [move for move in moves if move.case_id in moved]
    if not same:
        _write_values(db, taken)
    append(db, [_entry(move, source, target, moved[move.case_id], at, actor) for move in taken])
    return frozenset(moved)


@cache
def _swap(names: tuple[str, ...]) -> ReturningUpdate[Any]:
    """Put together once, because answers come one by one, and putting it together takes longer than running it."""
    return (
        cases.update()
        .where(cases.c.id.in_(bindparam("of_cases", expanding=True)), cases.c.stage == bindparam("source"))
        .values({"stage": bindparam("target")} | {name: bindparam(f"new_{name}") for name in names})
        .returning(cases.c.id, cases.c.policy_version)
    )


def ending(disposition: Disposition, *, at: datetime, next_at: datetime, reason: str, clause: str) -> dict[str, Any]:
    """The columns of a case whose outcome is known. `next_at`: when its record may be checked and sealed."""
    return {"disposition": disposition, "reason": reason, "clause": clause, "ended_at": at, "next_at": next_at}


def begin(db: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Open cases, one per service; a service that has one already is left as it is. New case ids by service id."""
    for row in rows:
        if row["stage"] not in BEGINNINGS:
            raise IllegalMove(f"no case begins as {row['stage']}")
    opened = insert_new(db, cases, rows, unique=["service_id"], returning=["service_id", "id"])
    return {row.service_id: row.id for row in opened}


def _write_values(db: Connection, moves: Sequence[Move]) -> None:
    if not moves or not moves[0].values:
        return
    targets: dict[str, Any] = {name: bindparam(f"new_{name}") for name in moves[0].values}
    rows = [{"of_case": move.case_id} | {f"new_{name}": value for name, value in move.values.items()} for move in moves]
    db.execute(cases.update().where(cases.c.id == bindparam("of_case")).values(targets), rows)


def _entry(move: Move, source: Stage, target: Stage, version: str, at: datetime, actor: str) -> NewEntry:
    return NewEntry(
        event=Event.STAGE_CHANGED,
        at=at,
        clause=move.clause,
        case_id=move.case_id,
        actor=actor,
        policy_version=version,
        detail={"from": source, "to": target, "reason": move.reason, **move.detail},
    )
