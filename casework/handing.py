"""A concern goes to another person, who is told at once; the clock of its receipt runs on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from casework.contact import Contact, contact_of
from casework.notices import handed_over
from models.escalations import EscalationError, held, log_concern
from models.notes import Author, NewNote, NoteKind, add_note, worded
from models.owed import owe_messages
from models.pauses import PauseEnd, end_pause
from models.tables import cases, escalations
from policy.concern import route_of
from policy.handing import next_after, take_again_by
from vocabulary import Clause, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """To whom a concern is to go, and why. `department` is left out when it stays the same."""

    name: str
    email: str
    reason: str
    department: str | None = None
    seen_email: str | None = None
    """The owner that the person saw who hands it over: somebody else may have been faster."""


def hand_over(db: Connection, escalation_id: int, to: Handing, *, by: Author, at: datetime) -> None:
    """Give an open concern to another owner, in the caller's transaction. Raises EscalationError.

    The 24 hours run from receipt, whoever has it. If it had been taken, they are met for good; the new owner is to
    acknowledge it again within the acknowledgement target, counted from now.
    """
    concern = held(db, escalation_id)
    _check(concern, to)
    contact = contact_of(db, db.execute(select(cases).where(cases.c.id == concern.case_id)).one())
    why = worded(to.reason, "the reason for handing it over", least=5)
    note = NewNote(case_id=concern.case_id, kind=NoteKind.HANDED_OVER, text=why, escalation_id=concern.id)
    note_id = add_note(db, note, by=by, at=at, clause=Clause.ESCALATE, logged=False)
    if end_pause(db, concern, at=at, because=PauseEnd.HANDED_OVER, by=by.name) is not None:
        concern = held(db, escalation_id)  # whether to wait any longer is for its new owner to say
    values = _of_owner(contact, concern, to) | _of_clock(contact, concern, at)
    changed = escalations.update().where(escalations.c.id == concern.id).values(values).returning(*escalations.c)
    now = db.execute(changed).one()
    log_concern(db, Event.ESCALATION_REASSIGNED, concern, at, by.name,
                {"department": now.department, "from department": concern.department,
                 "acknowledge again by": now.retake_by.isoformat() if "retake_by" in values else None,
                 "note": note_id})  # fmt: skip
    notices = [handed_over(contact, now, "owner", (now.owner, now.owner_email), note_id, at)]
    if concern.owner_email != now.owner_email:
        before = concern.owner, concern.owner_email
        notices.append(handed_over(contact, now, "former owner", before, note_id, at))
    owe_messages(db, notices, at=at, actor=by.name)


def _check(concern: Row[Any], to: Handing) -> None:
    if to.seen_email is not None and to.seen_email.lower() != concern.owner_email.lower():
        raise EscalationError(f"it was handed over meanwhile: {concern.owner} has it by now; look at it again")
    if to.email.lower() == concern.owner_email.lower() and to.department in (None, concern.department):
        raise EscalationError(f"it is with {concern.owner} already")


def _of_owner(contact: Contact, concern: Row[Any], to: Handing) -> dict[str, Any]:
    values: dict[str, Any] = {"owner": to.name, "owner_email": to.email}
    if to.department not in (None, concern.department):
        rules = contact.rules.escalation
        if to.department not in {route.handled_by for route in rules.routes}:
            known = ", ".join(dict.fromkeys(route.handled_by for route in rules.routes))
            raise EscalationError(f"{to.department!r} is no department that takes concerns; these do: {known}")
        supervisor = route_of(str(to.department), contact.case.department, rules).supervisor
        values |= {"department": to.department, "supervisor": supervisor.name, "supervisor_email": supervisor.email}
    return values


def _of_clock(contact: Contact, concern: Row[Any], at: datetime) -> dict[str, Any]:
    """Only of a concern that had been taken and is not resolved: until then the ladder goes on as it was."""
    if concern.acknowledged_at is None or concern.resolved_at is not None:
        return {}
    later = contact.calendar.add_business_hours(at, contact.rules.escalation.acknowledge_business_hours)
    by = take_again_by(at, later, concern.resolve_by)
    return {"acknowledged_at": None, "acknowledged_by": None, "retake_by": by,
            "next_at": next_after(by, concern.resolve_by, at)}  # fmt: skip
