"""What we owe people: messages and calls are rows with a unique key before they are anything else."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models.log import SYSTEM, NewEntry, append
from models.store import insert_new
from models.tables import calls, columns, messages
from vocabulary import Channel, Clause, Delivery, Event, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedMessage:
    """`key` makes it the same message when it is owed twice. Staff have name and address; customers' are looked up."""

    key: str
    purpose: Purpose
    clause: Clause
    due_at: datetime
    not_after: datetime | None = None
    channel: Channel = Channel.EMAIL
    case_id: int | None = None
    escalation_id: int | None = None
    to_name: str | None = None
    to_address: str | None = None
    note: Mapping[str, Any] = field(default_factory=dict)
    why: Mapping[str, Any] = field(default_factory=dict)
    """What the log keeps besides: the reason, and the checks that led to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedCall:
    case_id: int
    attempt: int
    reason: str
    due_from: datetime
    due_to: datetime
    escalation_id: int | None = None
    confirms: int | None = None
    """The unconfirmed answer that it is about."""
    why: Mapping[str, Any] = field(default_factory=dict)
    """What the log keeps besides: the checks that led to it."""


def owe_messages(db: Connection, owed: Sequence[OwedMessage], *, at: datetime, actor: str = SYSTEM) -> int:
    """Write the messages that are not owed yet, and log them; how many were new."""
    owed = list({message.key: message for message in owed}.values())
    rows = [
        {
            "ref": secrets.token_hex(16),
            "key": message.key,
            "case_id": message.case_id,
            "escalation_id": message.escalation_id,
            "purpose": message.purpose,
            "channel": message.channel,
            "to_name": message.to_name,
            "to_address": message.to_address,
            "note": json.dumps(message.note, ensure_ascii=False),
            "owed_at": at,
            "due_at": message.due_at,
            "not_after": message.not_after,
            "state": Delivery.DUE,
            "attempts": 0,
            "possible_duplicate": False,
        }
        for message in owed
    ]
    new = {row.key: row.id for row in insert_new(db, messages, rows, unique=["key"], returning=["key", "id"])}
    append(db, [_message_entry(message, new[message.key], at, actor) for message in owed if message.key in new])
    return len(new)


def owe_calls(db: Connection, owed: Sequence[OwedCall], *, at: datetime) -> int:
    """Write the calls that are not owed yet, and log them; how many were new."""
    owed = list({(call.case_id, call.attempt): call for call in owed}.values())
    rows = [
        {
            "case_id": call.case_id,
            "escalation_id": call.escalation_id,
            "attempt": call.attempt,
            "reason": call.reason,
            "owed_at": at,
            "due_from": call.due_from,
            "due_to": call.due_to,
            "confirms": call.confirms,
        }
        for call in owed
    ]
    new = insert_new(db, calls, rows, unique=["case_id", "attempt"], returning=["case_id", "attempt", "id"])
    ids = {(row.case_id, row.attempt): row.id for row in new}
    append(db, [_call_entry(call, ids[call.case_id, call.attempt], at) for call in owed
                if (call.case_id, call.attempt) in ids])  # fmt: skip
    return len(new)


def give_reason(db: Connection, call_id: int, reason: str) -> None:
    """Say anew what an open call is about."""
    still_open = calls.c.done_at.is_(None), calls.c.withdrawn_at.is_(None)
    db.execute(calls.update().where(calls.c.id == call_id, *still_open).values(reason=reason))


def withdraw_confirming(
    db: Connection, case_ids: Sequence[int], *, at: datetime, reason: str, escalation_id: int | None = None
) -> int:
    """Take back the calls that were to confirm an answer and have not been made; how many."""
    if not case_ids:
        return 0
    confirming = calls.c.confirms.is_not(None), calls.c.escalation_id.is_not_distinct_from(escalation_id)
    still_open = calls.c.done_at.is_(None), calls.c.withdrawn_at.is_(None)
    swap = calls.update().where(calls.c.case_id.in_(case_ids), *confirming, *still_open)
    gone = db.execute(swap.values(withdrawn_at=at).returning(*columns(calls, "id", "case_id"))).all()
    append(db, [NewEntry(event=Event.CALL_WITHDRAWN, at=at, clause=Clause.CHANNEL, case_id=row.case_id, ref_id=row.id,
                         detail={"reason": reason}) for row in gone])  # fmt: skip
    return len(gone)


def _message_entry(message: OwedMessage, message_id: int, at: datetime, actor: str) -> NewEntry:
    return NewEntry(
        event=Event.MESSAGE_OWED,
        at=at,
        clause=message.clause,
        case_id=message.case_id,
        ref_id=message_id,
        actor=actor,
        detail={"purpose": message.purpose, "channel": message.channel, "due": message.due_at.isoformat(),
                **message.why},
    )  # fmt: skip


def _call_entry(call: OwedCall, call_id: int, at: datetime) -> NewEntry:
    return NewEntry(
        event=Event.CALL_OWED,
        at=at,
        clause=Clause.CHANNEL,
        case_id=call.case_id,
        ref_id=call_id,
        detail={"attempt": call.attempt, "reason": call.reason, "due": call.due_from.isoformat(), **call.why},
    )
