"""Mails about a concern: to those who take it, and to the customer who raised it."""

from dataclasses import replace
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
    key = f"escalation:{concern.id}:notice:{role}:{repeat or 'first'}"
    return _to_role(contact, concern, role, Purpose.ESCALATION_NOTICE, key, now, repeat=repeat is not None)


def warning(contact: Contact, concern: Row[Any], role: str, rung: Rung, now: datetime) -> OwedMessage:
    """To one of those whom a rung of the ladder tells."""
    key = f"escalation:{concern.id}:{concern.reopened}:warning:{rung.number}:{role}"
    return _to_role(contact, concern, role, Purpose.DEADLINE_WARNING, key, now, percent=rung.percent, what="deadline",
                    time_left=time_left(concern.deadline_at, now))  # fmt: skip


def overdue(contact: Contact, concern: Row[Any], role: str, now: datetime) -> OwedMessage:
    """The resolution target has passed."""
    key = f"escalation:{concern.id}:{concern.reopened}:overdue:{role}"
    return _to_role(contact, concern, role, Purpose.DEADLINE_WARNING, key, now, percent=100, what="resolution",
                    time_left=time_left(concern.resolve_by, now))  # fmt: skip


def not_taken_again(contact: Contact, concern: Row[Any], role: str, now: datetime) -> OwedMessage:
    """The owner that a concern was handed to has not acknowledged it in time."""
    key = f"escalation:{concern.id}:{concern.reopened}:untaken:{concern.retake_by.isoformat()}:{role}"
    return _to_role(contact, concern, role, Purpose.DEADLINE_WARNING, key, now, percent=100, what="acknowledgement",
                    time_left=time_left(concern.retake_by, now))  # fmt: skip


def message_lost(contact: Contact, concern: Row[Any], role: str, lost_id: int, now: datetime) -> OwedMessage:
    """To who waits for what another message was to bring about: it did not arrive. `lost_id`: its number."""
    return _to_role(contact, concern, role, Purpose.MESSAGE_LOST, f"lost:{lost_id}:{role}", now, lost_id=lost_id)


def signature(contact: Contact, concern: Row[Any], request_id: int, role: str, now: datetime) -> OwedMessage:
    """To a supervisor who is to sign that the customer cannot be reached; to the owner when it was declined."""
    key = f"signature:{request_id}:{role}"
    owed = _to_role(contact, concern, role, Purpose.SIGNATURE_REQUEST, key, now, request_id=request_id)
    return replace(owed, clause=Clause.SUPERVISOR)


def handed_over(
    contact: Contact, concern: Row[Any], role: str, to: tuple[str, str], note_id: int, now: datetime
) -> OwedMessage:
    """To the new owner of a concern, or to the former one. `note_id`: the note with the reason; each is told once."""
    key = f"escalation:{concern.id}:handed:{note_id}:{role}"
    note = {"role": role, "note_id": note_id}
    return _mail(contact.case.id, concern.id, to, Purpose.CONCERN_HANDED_OVER, Clause.ESCALATE, key, now, note)


def subtask_notice(subtask: Row[Any], role: str, to: tuple[str, str], now: datetime) -> OwedMessage:
    """To the department that is to do a sub-task, or to those who wait for it. `role`: "asked", "done", "withdrawn"."""
    key = f"subtask:{subtask.id}:{role}:{to[1].lower()}"
    note = {"role": role, "subtask_id": subtask.id}
    return _mail(subtask.case_id, subtask.escalation_id, to, Purpose.SUBTASK_NOTICE, Clause.ESCALATE, key, now, note)


def _to_role(
    contact: Contact, concern: Row[Any], role: str, purpose: Purpose, key: str, now: datetime, **note: Any
) -> OwedMessage:
    clause = Clause.ESCALATE if role == "owner" else Clause.SUPERVISOR
    to = held_by(contact, concern, role)
    return _mail(contact.case.id, concern.id, to, purpose, clause, key, now, {"role": role, **note})


def _mail(
    case_id: int, escalation_id: int, to: tuple[str, str], purpose: Purpose, clause: Clause, key: str, now: datetime,
    note: dict[str, Any],
) -> OwedMessage:  # fmt: skip
    name, address = to
    return OwedMessage(
        key=key, purpose=purpose, clause=clause, case_id=case_id, escalation_id=escalation_id, due_at=now, to_name=name,
        to_address=address, note=note,
    )  # fmt: skip


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


def time_left(until: datetime, now: datetime) -> str:
    minutes = round(abs((until - now).total_seconds()) / 60)
    text = f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{text} left" if until > now else f"{text} late"
