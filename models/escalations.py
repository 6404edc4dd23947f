"""Escalations: opened by the flow that judges answers, acknowledged and resolved by people."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, or_, select

from models.going_on import go_on
from models.log import NewEntry, append
from models.moves import Move, advance
from models.pauses import PauseEnd
from models.refused import Refused
from models.tables import answers, cases, columns, escalations, judgements, subtasks
from vocabulary import Clause, Event, Stage


class EscalationError(Refused):
    """What was asked cannot be done with this escalation. The text says why and what to do."""


class Outcome(StrEnum):
    """How a concern was closed."""

    RECOVERED = "recovered"
    """The customer is satisfied with the resolution, or accepts it."""
    UNCONFIRMED = "resolved, unconfirmed"
    """Resolved, and the customer did not say whether it helped."""
    UNREACHABLE = "unreachable"
    """The customer could not be reached about it, and a supervisor has signed that."""


def unjudged_answers(db: Connection, case_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Answers that have no judgement, by case, oldest first."""
    found: dict[int, list[Row[Any]]] = {}
    statement = (
        select(answers)
        .outerjoin_from(answers, judgements, judgements.c.answer_id == answers.c.id)
        .where(answers.c.case_id.in_(case_ids), judgements.c.answer_id.is_(None))
        .order_by(answers.c.case_id, answers.c.version)
    )
    for row in db.execute(statement):
        found.setdefault(row.case_id, []).append(row)
    return found


def open_escalations(db: Connection, case_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """The open escalation of each case that has one, or the one that is attached to another while its case waits."""
    attached = and_(escalations.c.attached_to.is_not(None), cases.c.stage == Stage.ESCALATED)
    statement = (
        select(escalations)
        .join_from(escalations, cases, cases.c.id == escalations.c.case_id)
        .where(escalations.c.case_id.in_(case_ids), or_(escalations.c.closed_at.is_(None), attached))
    )
    return {row.case_id: row for row in db.execute(statement.order_by(escalations.c.id))}


def take_due(db: Connection, ids: Sequence[int], now: datetime, *, lease: timedelta) -> list[Row[Any]]:
    """The escalations that are still due, locked by this transaction; their next date is put off by `lease`."""
    claim = escalations.update().where(escalations.c.id.in_(ids), escalations.c.next_at <= now)
    taken = db.execute(claim.values(next_at=now + lease).returning(*escalations.c)).all()
    return sorted(taken, key=lambda row: int(row.id))


def set_values(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write columns of escalations that this transaction has taken. Each row: "escalation_id" and the same columns."""
    if not rows:
        return
    targets: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "escalation_id"}
    statement = escalations.update().where(escalations.c.id == bindparam("new_escalation_id")).values(targets)
    db.execute(statement, [{f"new_{name}": value for name, value in row.items()} for row in rows])


def acknowledge(db: Connection, escalation_id: int, *, by: str, at: datetime) -> None:
    """A named person has taken it. From here on only the resolution target runs."""
    found = held(db, escalation_id)
    if found.acknowledged_at is not None:
        raise EscalationError(f"escalation {escalation_id} was acknowledged by {found.acknowledged_by} already")
    again = found.taken_at is not None
    told = again and found.resolve_by <= at  # that the resolution is late was said at its time
    swap = escalations.update().where(escalations.c.id == escalation_id, escalations.c.acknowledged_at.is_(None))
    taken = db.execute(
        swap.values(acknowledged_at=at, acknowledged_by=by, taken_at=found.taken_at or at,
                    next_at=None if told else found.resolve_by)
    )  # fmt: skip
    if taken.rowcount != 1:
        raise EscalationError(f"escalation {escalation_id} was acknowledged by somebody else at the same moment")
    in_time = at <= (found.retake_by if again else found.acknowledge_by)
    log_concern(db, Event.ESCALATION_ACKNOWLEDGED, found, at, by, {"in time": in_time, "again": again or None})


def resolve(
    db: Connection, escalation_id: int, *, by: str, root_cause: str, action: str, known_causes: Sequence[str],
    ask_after: timedelta, at: datetime,
) -> None:  # fmt: skip
    """The concern is resolved: with its root cause and what was done. The customer is asked after `ask_after`."""
    found = held(db, escalation_id)
    if found.resolved_at is not None:
        raise EscalationError(f"escalation {escalation_id} was resolved by {found.resolved_by} already")
    check_evidence(root_cause, action, known_causes)
    waiting = open_subtasks(db, escalation_id)
    if waiting:
        numbers = ", ".join(map(str, waiting))
        raise EscalationError(f"sub-task {numbers} is still open: have it done, or withdraw it with a reason")
    move = Move(case_id=found.case_id, clause=Clause.ESCALATE, reason="the concern was resolved",
                values={"next_at": at + ask_after})  # fmt: skip
    if not advance(db, Stage.ESCALATED, Stage.RECOVERING, [move], at=at, actor=by):
        raise EscalationError(f"escalation {escalation_id} is not open: it was resolved or closed before")
    resolve_by = go_on(db, found, at=at, by=by, because=PauseEnd.RESOLVED)
    taken = {"acknowledged_at": found.acknowledged_at or at, "acknowledged_by": found.acknowledged_by or by,
             "taken_at": found.taken_at or at}  # fmt: skip
    db.execute(
        escalations.update()
        .where(escalations.c.id == escalation_id)
        .values(resolved_at=at, resolved_by=by, root_cause=root_cause, action=action.strip(),
                recovery_at=at + ask_after, recovery_until=None, next_at=at + ask_after, **taken)
    )  # fmt: skip
    detail = {"root cause": root_cause, "in time": at <= resolve_by}
    log_concern(db, Event.ESCALATION_RESOLVED, found, at, by, detail)


def check_cause(root_cause: str, known_causes: Sequence[str]) -> None:
    if root_cause not in known_causes:
        raise EscalationError(f"root cause {root_cause!r} is not in the policy; use one of: {', '.join(known_causes)}")


def open_subtasks(db: Connection, escalation_id: int) -> list[int]:
    """The numbers of the concern's sub-tasks that have no end."""
    still_open = subtasks.c.escalation_id == escalation_id, subtasks.c.ended_at.is_(None)
    return list(db.execute(select(subtasks.c.id).where(*still_open).order_by(subtasks.c.id)).scalars())


_SHORTEST_ACTION = 10


def check_evidence(root_cause: str, action: str, known_causes: Sequence[str]) -> None:
    """What no concern is closed without. Raises EscalationError."""
    check_cause(root_cause, known_causes)
    if len(action.strip()) < _SHORTEST_ACTION:
        raise EscalationError(f"the action must say what was done, in at least {_SHORTEST_ACTION} characters")


def listed(db: Connection, *, everything: bool = False) -> Sequence[Row[Any]]:
    """Escalations for a list, the most urgent first; with `everything` also those that are closed."""
    statement = (
        select(*escalations.c, *columns(cases, "branch", "kind"))
        .join_from(escalations, cases, cases.c.id == escalations.c.case_id)
        .order_by(escalations.c.closed_at.is_not(None), escalations.c.deadline_at, escalations.c.id)
    )
    return db.execute(statement if everything else statement.where(escalations.c.closed_at.is_(None))).all()


def known(db: Connection, escalation_id: int) -> Row[Any]:
    """An escalation to look at, open or closed. Raises EscalationError."""
    found = db.execute(select(escalations).where(escalations.c.id == escalation_id)).one_or_none()
    if found is None:
        raise EscalationError(f"there is no escalation {escalation_id}; `./aftercare escalations list` shows them")
    return found


def held(db: Connection, escalation_id: int, *, closed: bool = False) -> Row[Any]:
    """The escalation, locked after its case until the transaction ends. A closed one only if that is asked for."""
    case_id = select(escalations.c.case_id).where(escalations.c.id == escalation_id).scalar_subquery()
    db.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update())
    found = db.execute(select(escalations).where(escalations.c.id == escalation_id).with_for_update()).one_or_none()
    if found is None:
        raise EscalationError(f"there is no escalation {escalation_id}; `./aftercare escalations list` shows them")
    if found.attached_to is not None and not closed:
        raise EscalationError(f"escalation {escalation_id} is attached to {found.attached_to}: go on there")
    if found.closed_at is not None and not closed:
        raise EscalationError(f"escalation {escalation_id} is closed ({found.outcome})")
    return found


def case_of(db: Connection, escalation_id: int) -> Row[Any]:
    """The case of an escalation. Raises EscalationError when there is no such escalation."""
    of = select(cases).join_from(cases, escalations, escalations.c.case_id == cases.c.id)
    found = db.execute(of.where(escalations.c.id == escalation_id)).one_or_none()
    if found is None:
        raise EscalationError(f"there is no escalation {escalation_id}; `./aftercare escalations list` shows them")
    return found


def log_concern(
    db: Connection, event: Event, of: Row[Any], at: datetime, by: str, detail: Mapping[str, Any],
    *, clause: Clause = Clause.ESCALATE, ref_id: int | None = None,
) -> None:  # fmt: skip
    """An entry about a concern. `ref_id`: the note or sub-task that it is about; the concern itself when left out."""
    entry = NewEntry(event=event, at=at, clause=clause, case_id=of.case_id, ref_id=ref_id or of.id, actor=by,
                     detail=detail)  # fmt: skip
    append(db, [entry])


def reasons_text(reasons: Sequence[str]) -> str:
    """As the reasons of an escalation are stored: JSON."""
    return json.dumps(list(reasons), ensure_ascii=False)
