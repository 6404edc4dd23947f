"""Replies: what customers send back, each kept once, and what a person made of those that only a person understands."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select, true

from models.answers import Said, TooLate, record
from models.going_on import customer_spoke
from models.log import SYSTEM, NewEntry, append
from models.notes import NoteKind
from models.optouts import opt_out, suppress_address
from models.refused import Refused
from models.senders import of_case, whose
from models.store import insert_new
from models.tables import cases, columns, entries, notes, replies, services
from models.tokens import without_tokens
from models.unreachable import MACHINES
from models.unread import wake
from vocabulary import Channel, Clause, Event

_COMMENT_LENGTH = 4000


class ReplyError(Refused):
    """A reply cannot be settled like that. The text says why and what to do."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom we wrote to, as our letters name them. `written`: what our people wrote to them in their own words."""

    customer_name: str | None
    kind: str
    department: str
    branch: str
    timezone: str
    service_closed_at: datetime
    written: tuple[str, ...]


def addressee_of(db: Connection, case_id: int) -> Addressee:
    found = (
        select(*columns(services, "customer_name", "kind", "department", "branch", "timezone", "closed_at"))
        .join_from(cases, services, services.c.id == cases.c.service_id)
        .where(cases.c.id == case_id)
    )
    row = db.execute(found).one()
    ours = select(notes.c.text).where(notes.c.case_id == case_id, notes.c.kind == NoteKind.WRITTEN)
    return Addressee(
        customer_name=row.customer_name, kind=row.kind, department=row.department, branch=row.branch,
        timezone=row.timezone, service_closed_at=row.closed_at, written=tuple(db.execute(ours).scalars()),
    )  # fmt: skip


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


_OF_SAME_CASE = or_(entries.c.case_id == replies.c.case_id, entries.c.case_id.is_(None) & replies.c.case_id.is_(None))
_ENTRY = (entries.c.ref_id == replies.c.id) & (entries.c.event == Event.REPLY_RECEIVED) & _OF_SAME_CASE
"""What was logged of a reply. The case says where to look in a log of millions."""
_LISTED = (
    select(
        *columns(replies, "id", "channel", "case_id", "received_at", "text", "attachments", "understood"),
        *columns(replies, "settled_at", "settled_by", "settlement", "answer_id"),
        *columns(cases, "department", "branch", "stage"),
        *columns(services, "customer_name", "email", "phone", "kind"),
        entries.c.detail,
    )
    .outerjoin_from(replies, cases, cases.c.id == replies.c.case_id)
    .outerjoin(services, services.c.id == cases.c.service_id)
    .outerjoin(entries, _ENTRY)
    .order_by(replies.c.received_at, replies.c.id)
)


def listed(db: Connection, *, everything: bool) -> Sequence[Row[Any]]:
    """Replies that wait for a person, oldest first; or all of them."""
    return db.execute(_LISTED if everything else _LISTED.where(replies.c.settled_at.is_(None))).all()


def waiting(db: Connection, departments: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """Replies that wait for a person, oldest first: about cases of these departments ("*": all), and of no case."""
    return db.execute(_LISTED.where(replies.c.settled_at.is_(None), _seen_by(departments)).limit(most)).all()


def count_waiting(db: Connection, departments: Collection[str]) -> int:
    counted = select(func.count()).outerjoin_from(replies, cases, cases.c.id == replies.c.case_id)
    return int(db.execute(counted.where(replies.c.settled_at.is_(None), _seen_by(departments))).scalar_one())


def _seen_by(departments: Collection[str]) -> ColumnElement[bool]:
    if "*" in departments:
        return true()
    return or_(replies.c.case_id.is_(None), cases.c.department.in_(departments))


def find(db: Connection, reply_id: int) -> Row[Any]:
    found = db.execute(_LISTED.where(replies.c.id == reply_id)).one_or_none()
    if found is None:
        raise ReplyError(f"there is no reply {reply_id}; `./aftercare replies list` shows those that wait")
    return found


def policy_version_of(db: Connection, reply_id: int) -> str | None:
    """The policy version that the reply's case goes by; None when it belongs to no case."""
    return db.execute(
        select(cases.c.policy_version)
        .join_from(replies, cases, cases.c.id == replies.c.case_id)
        .where(replies.c.id == reply_id)
    ).scalar_one_or_none()


def settle(
    db: Connection, reply_id: int, how: Settlement, *, by: str, at: datetime, change_for: timedelta,
    rating: int | None = None, comment: str | None = None,
) -> None:  # fmt: skip
    """What a person makes of a reply, once, with what follows from it, in the caller's transaction.

    The case that waited for it is looked at at once.
    """
    reply = _take(db, reply_id, how, by, at)
    append(db, [NewEntry(event=Event.REPLY_SETTLED, at=at, clause=Clause.RECORD, case_id=reply.case_id, ref_id=reply_id,
                         actor=by, policy_version=policy_version_of(db, reply_id),
                         detail={"as": how, "rating": rating, "comment": bool(comment)})])  # fmt: skip
    if how is Settlement.ANSWER:
        _as_answer(db, reply, rating, comment or reply.text[:_COMMENT_LENGTH], by, at, change_for)
    elif how is Settlement.OPT_OUT:
        _as_opt_out(db, reply, by, at)
    if reply.case_id is not None:
        wake(db, reply.case_id, at)


def _take(db: Connection, reply_id: int, how: Settlement, by: str, at: datetime) -> Row[Any]:
    swap = replies.update().where(replies.c.id == reply_id, replies.c.settled_at.is_(None))
    values = {"settled_at": at, "settled_by": by, "settlement": how}
    taken = db.execute(swap.values(values).returning(*replies.c)).one_or_none()
    if taken is None:
        known = find(db, reply_id)
        raise ReplyError(f"reply {reply_id} was settled already, as {known.settlement!r} by {known.settled_by}")
    return taken


def _as_answer(
    db: Connection, reply: Row[Any], rating: int | None, comment: str, by: str, at: datetime, change_for: timedelta
) -> None:
    if reply.case_id is None:
        raise ReplyError(f"reply {reply.id} belongs to no case: it can be settled as an opt-out or noted")
    of = db.execute(of_case().where(cases.c.id == reply.case_id)).one()
    said = Said(nonce=f"reply:{reply.id}", channel=Channel(reply.channel), rating=rating, comment=comment or None,
                contact_me=False, entered_by=by, received_at=reply.received_at)  # fmt: skip
    try:
        recorded = record(db, reply.case_id, said, at=at, change_for=change_for, escalation_id=of.escalation_id)
    except TooLate:
        raise ReplyError(
            f"case {reply.case_id} takes no answers: it is {of.stage}. Settle the reply as noted, and call the customer"
        ) from None
    name_answer(db, reply.id, recorded.answer_id)


def _as_opt_out(db: Connection, reply: Row[Any], by: str, at: datetime) -> None:
    source = f"reply by {reply.channel}, read by {by}"
    said_by = reply.from_key if reply.channel == Channel.SMS else None
    if reply.case_id is not None:
        opt_out(db, reply.case_id, at=at, source=source, said_by=said_by)
    elif reply.from_key:
        suppress_address(db, reply.from_key, at=at, source=source, said_by=said_by)
    else:
        raise ReplyError(f"reply {reply.id} belongs to no case and has no sender: settle it as noted")
