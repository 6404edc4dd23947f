"""Sub-tasks: what another department is to do before a concern can be resolved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from casework.notices import subtask_notice
from casework.rules import rules_of
from models.escalations import EscalationError, case_of, held, log_concern
from models.notes import Author, NewNote, NoteKind, SubtaskEnd, add_note, worded
from models.owed import owe_messages
from models.tables import escalations, subtasks
from policy.concern import route_of
from vocabulary import Clause, Event

_SHORTEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a department is asked to do, and by when."""

    department: str
    what: str
    due_at: datetime


def ask(db: Connection, escalation_id: int, asking: Asking, *, by: Author, at: datetime) -> int:
    """Ask a department for something, in the caller's transaction; its owner is mailed. The number of the sub-task.

    Raises EscalationError.
    """
    concern = held(db, escalation_id)
    if concern.resolved_at is not None:
        raise EscalationError(f"escalation {escalation_id} is resolved: nothing more can be asked of others for it")
    what = worded(asking.what, "what is to be done", least=_SHORTEST)
    if asking.due_at <= at:
        raise EscalationError("the time by which it is to be done is over: name a later one")
    case = case_of(db, escalation_id)
    rules = rules_of(db, case.policy_version).escalation
    known = dict.fromkeys(route.handled_by for route in rules.routes)
    if asking.department not in known:
        raise EscalationError(f"{asking.department!r} is no department of the policy; these are: {', '.join(known)}")
    owner = route_of(asking.department, case.department, rules).owner
    row = {"escalation_id": concern.id, "case_id": concern.case_id, "department": asking.department,
           "owner": owner.name, "owner_email": owner.email, "what": what, "asked_at": at, "asked_by": by.name,
           "asked_by_email": by.email, "due_at": asking.due_at}  # fmt: skip
    subtask = db.execute(subtasks.insert().returning(*subtasks.c), row).one()
    log_concern(db, Event.SUBTASK_ASKED, concern, at, by.name,
                {"department": asking.department, "due": asking.due_at.isoformat(), "concern": concern.id},
                ref_id=subtask.id)  # fmt: skip
    owe_messages(db, [subtask_notice(subtask, "asked", (owner.name, owner.email), at)], at=at, actor=by.name)
    return int(subtask.id)


def finish(db: Connection, subtask_id: int, result: str, *, by: Author, at: datetime) -> None:
    """The department has done it; the concern's owner is told. Raises EscalationError."""
    said = worded(result, "what was done", least=_SHORTEST)
    subtask, concern = _end(db, subtask_id, SubtaskEnd.DONE, said, by, at)
    log_concern(db, Event.SUBTASK_DONE, concern, at, by.name,
                {"department": subtask.department, "in time": at <= subtask.due_at, "concern": concern.id},
                ref_id=subtask.id)  # fmt: skip
    told = {concern.owner_email.lower(): (concern.owner, concern.owner_email)}
    if subtask.asked_by_email:
        told.setdefault(subtask.asked_by_email.lower(), (subtask.asked_by, subtask.asked_by_email))
    told.pop((by.email or "").lower(), None)  # who has done it knows
    owe_messages(db, [subtask_notice(subtask, "done", to, at) for to in told.values()], at=at, actor=by.name)


def withdraw(db: Connection, subtask_id: int, reason: str, *, by: Author, at: datetime) -> None:
    """It is not needed any more; the department is told. Raises EscalationError."""
    why = worded(reason, "the reason", least=_SHORTEST)
    subtask, concern = _end(db, subtask_id, SubtaskEnd.WITHDRAWN, why, by, at)
    note = NewNote(case_id=concern.case_id, kind=NoteKind.WITHDRAWN, text=why, escalation_id=concern.id)
    note_id = add_note(db, note, by=by, at=at, clause=Clause.ESCALATE, logged=False)
    log_concern(db, Event.SUBTASK_WITHDRAWN, concern, at, by.name,
                {"department": subtask.department, "concern": concern.id, "note": note_id},
                ref_id=subtask.id)  # fmt: skip
    to = subtask.owner, subtask.owner_email
    owe_messages(db, [subtask_notice(subtask, "withdrawn", to, at)], at=at, actor=by.name)


def _end(
    db: Connection, subtask_id: int, how: SubtaskEnd, result: str, by: Author, at: datetime
) -> tuple[Row[Any], Row[Any]]:
    """Whoever is first ends it; the others are told who was."""
    known = db.execute(select(subtasks).where(subtasks.c.id == subtask_id)).one_or_none()
    if known is None:
        raise EscalationError(f"there is no sub-task {subtask_id}")
    concern = held(db, known.escalation_id, closed=True)
    values = {"ended_at": at, "ended_by": by.name, "ended_as": how, "result": result}
    swap = subtasks.update().where(subtasks.c.id == subtask_id, subtasks.c.ended_at.is_(None)).values(values)
    ended = db.execute(swap.returning(*subtasks.c)).one_or_none()
    if ended is None:
        first = db.execute(select(subtasks).where(subtasks.c.id == subtask_id)).one()
        raise EscalationError(f"sub-task {subtask_id} is {first.ended_as} already, by {first.ended_by}")
    return ended, db.execute(select(escalations).where(escalations.c.id == concern.id)).one()
