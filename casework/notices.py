"""Mails about a concern: to those who take it, and to the customer who raised it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from casework.contact import Contact
from models.owed import OwedMessage
from policy.concern import route_of
from policy.deadlines import Rung, person
from vocabulary import Clause, Purpose


def notice(contact: Contact, concern: Row[Any], role: str, now: datetime, *, repeat: int | None = None) -> OwedMessage:
    """To owner or supervisor, at once. `repeat`: the id of the later answer that this one is about."""
    name, address = held_by(contact, concern, role)
    return OwedMessage(
        key=f"escalation:{concern.id}:notice:{role}:{repeat or 'first'}",
        purpose=Purpose.ESCALATION_NOTICE,
        clause=Clause.ESCALATE if role == "owner" else Clause.SUPERVISOR,
        case_id=contact.case.id,
        escalation_id=concern.id,
        due_at=now,
        to_name=name,
        to_address=address,
        note={"role": role, "repeat": repeat is not None},
    )


def warning(contact: Contact, concern: Row[Any], role: str, rung: Rung, now: datetime) -> OwedMessage:
    """To one of those whom a rung of the ladder tells."""
    name, address = held_by(contact, concern, role)
    return OwedMessage(
        key=f"escalation:{concern.id}:{concern.reopened}:warning:{rung.number}:{role}",
        purpose=Purpose.DEADLINE_WARNING,
        clause=Clause.ESCALATE if role == "owner" else Clause.SUPERVISOR,
        case_id=contact.case.id,
        escalation_id=concern.id,
        due_at=now,
        to_name=name,
        to_address=address,
        note={"role": role, "percent": rung.percent, "what": "deadline",
              "time_left": _left(concern.deadline_at, now)},
    )  # fmt: skip


def overdue(contact: Contact, concern: Row[Any], role: str, now: datetime) -> OwedMessage:
    """The resolution target has passed."""
    name, address = held_by(contact, concern, role)
    return OwedMessage(
        key=f"escalation:{concern.id}:{concern.reopened}:overdue:{role}",
        purpose=Purpose.DEADLINE_WARNING,
        clause=Clause.ESCALATE if role == "owner" else Clause.SUPERVISOR,
        case_id=contact.case.id,
        escalation_id=concern.id,
        due_at=now,
        to_name=name,
        to_address=address,
        note={"role": role, "percent": 100, "what": "resolution", "time_left": _left(concern.resolve_by, now)},
    )


def handed_over(
    contact: Contact, concern: Row[Any], role: str, to: tuple[str, str], note_id: int, now: datetime
) -> OwedMessage:
    """To the new owner of a concern, or to the former one. `note_id`: the note with the reason; each is told once."""
    name, address = to
    return OwedMessage(
        key=f"escalation:{concern.id}:handed:{note_id}:{role}",
        purpose=Purpose.CONCERN_HANDED_OVER,
        clause=Clause.ESCALATE,
        case_id=contact.case.id,
        escalation_id=concern.id,
        due_at=now,
        to_name=name,
        to_address=address,
        note={"role": role, "note_id": note_id},
    )


def not_taken_again(contact: Contact, concern: Row[Any], role: str, now: datetime) -> OwedMessage:
    """The owner that a concern was handed to has not acknowledged it in time."""
    name, address = held_by(contact, concern, role)
    return OwedMessage(
        key=f"escalation:{concern.id}:{concern.reopened}:untaken:{concern.retake_by.isoformat()}:{role}",
        purpose=Purpose.DEADLINE_WARNING,
        clause=Clause.ESCALATE if role == "owner" else Clause.SUPERVISOR,
        case_id=contact.case.id,
        escalation_id=concern.id,
        due_at=now,
        to_name=name,
        to_address=address,
        note={"role": role, "percent": 100, "what": "acknowledgement", "time_left": _left(concern.retake_by, now)},
    )


def subtask_notice(subtask: Row[Any], role: str, to: tuple[str, str], now: datetime) -> OwedMessage:
    """To the department that is to do a sub-task, or to those who wait for it. `role`: "asked", "done", "withdrawn"."""
    name, address = to
    return OwedMessage(
        key=f"subtask:{subtask.id}:{role}:{address.lower()}",
        purpose=Purpose.SUBTASK_NOTICE,
        clause=Clause.ESCALATE,
        case_id=subtask.case_id,
        escalation_id=subtask.escalation_id,
        due_at=now,
        to_name=name,
        to_address=address,
        note={"role": role, "subtask_id": subtask.id},
    )


def message_lost(contact: Contact, concern: Row[Any], role: str, lost_id: int, now: datetime) -> OwedMessage:
    """To who waits for what another message was to bring about: it did not arrive. `lost_id`: its number."""
    name, address = held_by(contact, concern, role)
    return OwedMessage(
        key=f"lost:{lost_id}:{role}",
        purpose=Purpose.MESSAGE_LOST,
        clause=Clause.ESCALATE if role == "owner" else Clause.SUPERVISOR,
        case_id=contact.case.id,
        escalation_id=concern.id,
        due_at=now,
        to_name=name,
        to_address=address,
        note={"role": role, "lost_id": lost_id},
    )


def signature(contact: Contact, concern: Row[Any], request_id: int, role: str, now: datetime) -> OwedMessage:
    """To a supervisor who is to sign that the customer cannot be reached; to the owner when it was declined."""
    name, address = held_by(contact, concern, role)
    return OwedMessage(
        key=f"signature:{request_id}:{role}",
        purpose=Purpose.SIGNATURE_REQUEST,
        clause=Clause.SUPERVISOR,
        case_id=contact.case.id,
        escalation_id=concern.id,
        due_at=now,
        to_name=name,
        to_address=address,
        note={"role": role, "request_id": request_id},
    )


def thanks(contact: Contact, now: datetime, *, concern: Row[Any] | None = None) -> list[OwedMessage]:
    """To the customer, when there is a way to write: with a concern, by when somebody will be in touch."""
    if contact.written is None:
        return []
    by = None if concern is None else concern.deadline_at.isoformat()
    note = {"has_concern": concern is not None, "contact_by": None, "deadline_at": by}
    key = "thanks" if concern is None else f"thanks:{concern.id}"
    return [contact.message(Purpose.THANK_YOU, key, now, channel=contact.written, note=note)]


def held_by(contact: Contact, concern: Row[Any], role: str) -> tuple[str, str]:
    """Name and address. Owner and supervisor as when it was opened, those above them as the policy names them."""
    if role == "owner":
        return concern.owner, concern.owner_email
    if role == "supervisor":
        return concern.supervisor, concern.supervisor_email
    rules = contact.rules.escalation
    return person(role, route_of(concern.department, contact.case.department, rules), rules)


def _left(until: datetime, now: datetime) -> str:
    minutes = round(abs((until - now).total_seconds()) / 60)
    text = f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{text} left" if until > now else f"{text} late"
