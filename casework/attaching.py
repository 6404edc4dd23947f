"""Concerns of one customer that are one matter: the others are attached to one of them, and their cases follow it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.escalations import EscalationError, held, log_concern, open_subtasks
from models.following import waiting_for_their_end
from models.going_on import go_on
from models.moves import Move, advance, ending
from models.notes import Author, NewNote, NoteKind, add_note, worded
from models.pauses import PauseEnd
from models.tables import cases, escalations
from vocabulary import Clause, Disposition, Event, Stage

OUTCOME = "attached"


def attach(db: Connection, escalation_id: int, to: int, reason: str, *, by: Author, at: datetime) -> None:
    """Attach a concern to another one of the same customer, in the caller's transaction. Raises EscalationError.

    It is closed as attached, in the hands of those who have the other one. Its case waits where it is, and ends when
    that of the other one ends, in the same way. What is attached to it already goes along.
    """
    if escalation_id == to:
        raise EscalationError("a concern cannot be attached to itself")
    of_both = select(escalations.c.case_id).where(escalations.c.id.in_([escalation_id, to]))
    db.execute(select(cases.c.id).where(cases.c.id.in_(of_both)).order_by(cases.c.id).with_for_update())
    rows = {number: held(db, number) for number in (escalation_id, to)}
    concern, main = rows[escalation_id], rows[to]
    _check(db, concern, main)
    why = worded(reason, "the reason", least=5)
    note = NewNote(case_id=concern.case_id, kind=NoteKind.ATTACHED, text=why, escalation_id=concern.id)
    note_id = add_note(db, note, by=by, at=at, clause=Clause.ESCALATE, logged=False)
    go_on(db, concern, at=at, by=by.name, because=PauseEnd.CLOSED)
    db.execute(escalations.update().where(escalations.c.attached_to == concern.id).values(attached_to=main.id))
    db.execute(
        escalations.update()
        .where(escalations.c.id == concern.id)
        .values(closed_at=at, outcome=OUTCOME, attached_to=main.id, next_at=None, taken_at=concern.taken_at or at,
                acknowledged_at=concern.acknowledged_at or at,
                acknowledged_by=concern.acknowledged_by or by.name)
    )  # fmt: skip
    db.execute(escalations.update().where(escalations.c.id == main.id).values(repeats=escalations.c.repeats + 1))
    log_concern(db, Event.ESCALATION_ATTACHED, concern, at, by.name, {"to concern": main.id, "note": note_id})
    log_concern(db, Event.ESCALATION_REPEATED, main, at, by.name,
                {"severity": concern.severity, "attached": concern.id, "department": main.department})  # fmt: skip


def _check(db: Connection, concern: Row[Any], main: Row[Any]) -> None:
    if concern.case_id == main.case_id:
        raise EscalationError("both are of the same case")
    of = select(cases).where(cases.c.id.in_([concern.case_id, main.case_id]))
    one, other = db.execute(of).all()
    same = (one.email_key and one.email_key == other.email_key) or (one.phone_key and one.phone_key == other.phone_key)
    if not same:
        raise EscalationError(f"escalations {concern.id} and {main.id} are not of the same customer")
    if concern.resolved_at is not None:
        raise EscalationError(f"escalation {concern.id} is resolved, and its customer is asked: it cannot be attached")
    waiting = open_subtasks(db, concern.id)
    if waiting:
        raise EscalationError(f"sub-task {', '.join(map(str, waiting))} of escalation {concern.id} is still open: have "
                              "it done, or withdraw it with a reason")  # fmt: skip


def follow(db: Connection, case_ids: Sequence[int], *, at: datetime) -> int:
    """End the cases whose concern is attached to one whose case has ended, in the same way; how many."""
    done = 0
    for row in waiting_for_their_end(db, case_ids):
        reason = f"attached to concern {row.main_id}: {row.reason}"
        clause = row.clause or Clause.ESCALATE
        values = ending(Disposition(row.disposition), at=at, next_at=at, reason=reason, clause=clause)
        move = Move(case_id=row.case_id, clause=clause, reason=reason, values=values)
        if advance(db, Stage.ESCALATED, Stage.ENDED, [move], at=at):
            resolution = {name: row._mapping[name] for name in ("root_cause", "action", "resolved_at", "resolved_by")}
            db.execute(escalations.update().where(escalations.c.id == row.concern_id).values(resolution))
            done += 1
    return done
