"""Replies: what customers send back, each kept once, and those that only a person understands."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, true

from models.going_on import customer_spoke
from models.log import SYSTEM, NewEntry, append
from models.refused import Refused
from models.senders import of_case, whose
from models.store import insert_new
from models.tables import cases, columns, entries, replies, services
from models.tables.record import OF_REPLIES
from models.tokens import without_tokens
from models.unreachable import MACHINES
from vocabulary import Channel, Clause, Event


class ReplyError(Refused):
    """A person cannot do that with a reply. The text says why and what to do."""


class Settlement(StrEnum):
    """What a person makes of a reply."""

    ANSWER = "answer"
    CONCERN = "concern"
    """An answer that holds a concern, whatever its rating."""
    CONFIRMED = "confirmed"
    """To the question whether it was put right: yes."""
    NOT_CONFIRMED = "not confirmed"
    """To the question whether it was put right: no. The concern is open again."""
    OPT_OUT = "opt-out"
    AUTOMATIC = "automatic"
    """A machine wrote it: the customer has not answered, and the case goes on."""
    NOTED = "noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReply:
    channel: str
    """Of `vocabulary.Channel`; or "page", for a comment that was written there."""
    external_id: str
    case_id: int | None
    policy_version: str | None
    from_key: str | None
    text: str
    understood: str
    attachments: int = 0
    raw: str | None = None
    """All that came, when `text` is not all of it."""
    subject: str | None = None
    sender: str | None = None
    """The address or number itself, when no case says whose it is."""
    to_person: str | None = None
    """Why a person is to look at it; None when nobody needs to."""
    proposal: Mapping[str, Any] | None = None
    """Our best reading of it: {"as": a word of `Settlement`, "rating": a number or None}."""
    read_by: datetime | None = None
    """Until when a person is to have read it."""
    next_at: datetime | None = None
    """When that deadline is warned of first."""
    answer_id: int | None = None
    """The answer that it is the comment of, when it came by our page."""


def keep(db: Connection, new: NewReply, *, at: datetime) -> int | None:
    """Write a reply down and log it; its id, or None when we had it."""
    done = {"settled_at": at, "settled_by": SYSTEM, "settlement": new.understood}
    row = {
        "channel": new.channel,
        "external_id": new.external_id,
        "case_id": new.case_id,
        "from_key": new.from_key,
        "received_at": at,
        "text": without_tokens(new.text),
        "raw": without_tokens(new.raw) if new.raw else None,
        "subject": without_tokens(new.subject) if new.subject else None,
        "sender": new.sender,
        "attachments": new.attachments,
        "understood": new.understood,
        "proposal": json.dumps(dict(new.proposal)) if new.proposal else None,
        "answer_id": new.answer_id,
        "read_by": new.read_by if new.to_person else None,
        "next_at": new.next_at if new.to_person else None,
        **(dict.fromkeys(done) if new.to_person else done),
    }
    written = insert_new(db, replies, [row], unique=["channel", "external_id"])
    if not written:
        return None
    detail = {"channel": new.channel, "understood as": new.understood, "to a person": new.to_person,
              "attachments refused": new.attachments or None}  # fmt: skip
    append(db, [NewEntry(event=Event.REPLY_RECEIVED, at=at, clause=Clause.RECORD, case_id=new.case_id,
                         ref_id=written[0].id, actor="customer", policy_version=new.policy_version,
                         detail=detail)])  # fmt: skip
    if new.case_id is not None and new.understood not in MACHINES:
        customer_spoke(db, new.case_id, at=at)
    return int(written[0].id)


def name_answer(db: Connection, reply_id: int, answer_id: int) -> None:
    """The reply was recorded as this answer."""
    db.execute(replies.update().where(replies.c.id == reply_id).values(answer_id=answer_id))


def case_of_number(db: Connection, phone_key: str, now: datetime) -> Row[Any] | None:
    """The case that a text from this number is most likely about; `models.senders.whose` says whose else it may be."""
    return whose(db, Channel.SMS, [phone_key], now).case


def case_asked(db: Connection, case_id: int) -> Row[Any]:
    """A case with the columns of `case_of_number`."""
    return db.execute(of_case().where(cases.c.id == case_id)).one()


_LISTED = (
    select(
        *columns(replies, "id", "channel", "case_id", "received_at", "text", "attachments", "understood", "from_key"),
        *columns(replies, "raw", "subject", "sender", "proposal", "read_by", "warned", "handled_by", "handed_why"),
        *columns(replies, "settled_at", "settled_by", "settlement", "reason", "answer_id"),
        *columns(cases, "department", "branch", "stage", "kind"),
        *columns(services, "customer_name", "email", "phone"),
        entries.c.detail,
    )
    .outerjoin_from(replies, cases, cases.c.id == replies.c.case_id)
    .outerjoin(services, services.c.id == cases.c.service_id)
    .outerjoin(entries, and_(entries.c.ref_id == replies.c.id, OF_REPLIES))
)
BY_DEADLINE = (replies.c.read_by, replies.c.id)


def listed(db: Connection, *, everything: bool) -> Sequence[Row[Any]]:
    """Replies to review, by deadline; or all of them, oldest first."""
    if everything:
        return db.execute(_LISTED.order_by(replies.c.received_at, replies.c.id)).all()
    return db.execute(_LISTED.where(replies.c.settled_at.is_(None)).order_by(*BY_DEADLINE)).all()


def waiting(db: Connection, departments: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """Replies to review, by deadline: those that these departments ("*": all) are to read."""
    mine = replies.c.settled_at.is_(None), seen_by(departments)
    return db.execute(_LISTED.where(*mine).order_by(*BY_DEADLINE).limit(most)).all()


def count_waiting(db: Connection, departments: Collection[str]) -> int:
    counted = select(func.count()).outerjoin_from(replies, cases, cases.c.id == replies.c.case_id)
    return int(db.execute(counted.where(replies.c.settled_at.is_(None), seen_by(departments))).scalar_one())


def seen_by(departments: Collection[str]) -> ColumnElement[bool]:
    """A reply is read where it was handed over to, else where its case belongs; one of no case by everybody."""
    if "*" in departments:
        return true()
    of_case = or_(replies.c.case_id.is_(None), cases.c.department.in_(departments))
    return or_(replies.c.handled_by.in_(departments), and_(replies.c.handled_by.is_(None), of_case))


def find(db: Connection, reply_id: int) -> Row[Any]:
    found = db.execute(_LISTED.where(replies.c.id == reply_id)).one_or_none()
    if found is None:
        raise ReplyError(f"there is no reply {reply_id}; `./aftercare replies list` shows those to review")
    return found


def policy_version_of(db: Connection, reply_id: int) -> str | None:
    """The policy version that the reply's case goes by; None when it belongs to no case."""
    return db.execute(
        select(cases.c.policy_version)
        .join_from(replies, cases, cases.c.id == replies.c.case_id)
        .where(replies.c.id == reply_id)
    ).scalar_one_or_none()
