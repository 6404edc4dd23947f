"""What was between us and the customer of some cases so far: messages, calls, answers and replies, the newest first."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, or_, select

from models.doubts import is_unconfirmed
from models.tables import answers, calls, columns, messages, notes, replies
from vocabulary import Delivery, Purpose

_STATES = {
    Delivery.ACCEPTED: "sent",
    Delivery.DELIVERED: "delivered",
    Delivery.FAILED: "did not arrive",
    Delivery.REJECTED: "refused",
    Delivery.UNKNOWN: "not known whether it was sent",
}


_BY_PEOPLE = (Purpose.CONCERN_UPDATE, Purpose.ANSWER_TO_REPLY)


@dataclass(frozen=True, slots=True)
class Happened:
    at: datetime
    what: str
    said: str | None = None
    """In the customer's words, or in those of the person who wrote to them."""
    reply_id: int | None = None


def contacts_of(db: Connection, *case_ids: int) -> Sequence[Happened]:
    found = [*_messages(db, case_ids), *_calls(db, case_ids), *_answers(db, case_ids), *_replies(db, case_ids)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _messages(db: Connection, case_ids: Sequence[int]) -> Iterator[Happened]:
    """To the customer, not to staff: those that have gone out or failed to, and what people wrote that is to go out."""
    gone = messages.c.settled_at.is_not(None) & messages.c.state.in_(_STATES)
    under_way = messages.c.purpose.in_(_BY_PEOPLE) & messages.c.state.in_((Delivery.DUE, Delivery.CLAIMED))
    rows = _of_cases(db, messages, case_ids, messages.c.to_address.is_(None), or_(gone, under_way))
    words = _words(db, rows)
    for row in rows:
        state = _STATES.get(row.state, "is scheduled")
        what = f"{row.purpose.replace('_', ' ')} by {_by(row.channel)}: {state}"
        yield Happened(row.settled_at or row.owed_at, what, words.get(row.id))


def _words(db: Connection, rows: Sequence[Row[Any]]) -> dict[int, str]:
    """Of messages that people wrote: by whom, and what."""
    noted = {row.id: json.loads(row.note)["note_id"] for row in rows if row.purpose in _BY_PEOPLE}
    if not noted:
        return {}
    found = db.execute(select(*columns(notes, "id", "by", "text")).where(notes.c.id.in_(noted.values())))
    texts = {row.id: f"{row.by}: {row.text}" for row in found}
    return {message_id: texts[note_id] for message_id, note_id in noted.items()}


def _calls(db: Connection, case_ids: Sequence[int]) -> Iterator[Happened]:
    for row in _of_cases(db, calls, case_ids, calls.c.done_at.is_not(None)):
        yield Happened(row.done_at, f"call {row.attempt} by {row.done_by}: {row.outcome}")


def _answers(db: Connection, case_ids: Sequence[int]) -> Iterator[Happened]:
    wanted = select(*columns(answers, "received_at", "channel", "rating", "comment", "contact_me", "entered_by"),
                    is_unconfirmed().label("unconfirmed"))  # fmt: skip
    for row in db.execute(wanted.where(answers.c.case_id.in_(case_ids))):
        said = f"rating {row.rating} of 5" if row.rating else "no rating"
        asks = ", asks to be contacted" if row.contact_me else ""
        doubt = " (unconfirmed: it may be a program's)" if row.unconfirmed else ""
        yield Happened(row.received_at, f"answer by {_by(row.channel)}: {said}{asks}{doubt}", row.comment)


def _replies(db: Connection, case_ids: Sequence[int]) -> Iterator[Happened]:
    """Those that were recorded as an answer are there as one."""
    for row in _of_cases(db, replies, case_ids, replies.c.answer_id.is_(None)):
        state = f"reviewed as {row.settlement}" if row.settled_at else "to review"
        yield Happened(row.received_at, f"reply by {_by(row.channel)}: {state}", row.text, row.id)


def _of_cases(db: Connection, table: Table, case_ids: Sequence[int], *conditions: Any) -> Sequence[Row[Any]]:
    return db.execute(select(table).where(table.c.case_id.in_(case_ids), *conditions)).all()


def _by(channel: str) -> str:
    return {"email": "e-mail", "sms": "SMS"}.get(channel, channel)
