"""What was between us and the customer of a case so far: messages, calls, answers and replies, the newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from models.doubts import is_unconfirmed
from models.tables import answers, calls, columns, messages, replies
from vocabulary import Delivery

_STATES = {
    Delivery.ACCEPTED: "sent",
    Delivery.DELIVERED: "delivered",
    Delivery.FAILED: "did not arrive",
    Delivery.REJECTED: "refused",
    Delivery.UNKNOWN: "not known whether it was sent",
}


@dataclass(frozen=True, slots=True)
class Happened:
    at: datetime
    what: str
    said: str | None = None
    """In the customer's words."""


def contacts_of(db: Connection, case_id: int) -> Sequence[Happened]:
    found = [*_messages(db, case_id), *_calls(db, case_id), *_answers(db, case_id), *_replies(db, case_id)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _messages(db: Connection, case_id: int) -> Iterator[Happened]:
    """To the customer, not to staff; those that have gone out or failed to."""
    gone = messages.c.to_address.is_(None), messages.c.settled_at.is_not(None), messages.c.state.in_(_STATES)
    for row in _of_case(db, messages, case_id, *gone):
        what = f"{row.purpose.replace('_', ' ')} by {_by(row.channel)}: {_STATES[row.state]}"
        yield Happened(row.settled_at, what)


def _calls(db: Connection, case_id: int) -> Iterator[Happened]:
    for row in _of_case(db, calls, case_id, calls.c.done_at.is_not(None)):
        yield Happened(row.done_at, f"call {row.attempt} by {row.done_by}: {row.outcome}")


def _answers(db: Connection, case_id: int) -> Iterator[Happened]:
    wanted = select(*columns(answers, "received_at", "channel", "rating", "comment", "contact_me", "entered_by"),
                    is_unconfirmed().label("unconfirmed"))  # fmt: skip
    for row in db.execute(wanted.where(answers.c.case_id == case_id)):
        said = f"rating {row.rating} of 5" if row.rating else "no rating"
        asks = ", asks to be contacted" if row.contact_me else ""
        doubt = " (unconfirmed: it may be a program's)" if row.unconfirmed else ""
        yield Happened(row.received_at, f"answer by {_by(row.channel)}: {said}{asks}{doubt}", row.comment)


def _replies(db: Connection, case_id: int) -> Iterator[Happened]:
    """Those that were recorded as an answer are there as one."""
    for row in _of_case(db, replies, case_id, replies.c.answer_id.is_(None)):
        state = f"settled as {row.settlement}" if row.settled_at else "waits for a person"
        yield Happened(row.received_at, f"reply by {_by(row.channel)}: {state}", row.text)


def _of_case(db: Connection, table: Table, case_id: int, *conditions: Any) -> Sequence[Row[Any]]:
    return db.execute(select(table).where(table.c.case_id == case_id, *conditions)).all()


def _by(channel: str) -> str:
    return {"email": "e-mail", "sms": "SMS"}.get(channel, channel)
