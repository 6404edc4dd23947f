"""Replies: what customers send back, each kept once, and those that only a person understands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select, true

from models.going_on import customer_spoke
from models.log import SYSTEM, NewEntry, append
from models.refused import Refused
from models.store import insert_new
from models.tables import cases, columns, entries, escalations, replies, services
from models.tables.record import OF_REPLIES
from models.unreachable import MACHINES
from vocabulary import Channel, Clause, Event, Stage

_REMEMBERED = timedelta(days=30)
"""For this long a text from a number belongs to its last case, also when that is closed."""
_WAITING = (Stage.ASKED, Stage.ANSWERED, Stage.ESCALATED, Stage.RECOVERING)


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
    channel: Channel
    external_id: str
    case_id: int | None
    policy_version: str | None
    from_key: str | None
    text: str
    attachments: int
    understood: str
    to_person: str | None
    """Why a person is to look at it; None when nobody needs to."""


def keep(db: Connection, new: NewReply, *, at: datetime) -> int | None:
    """Write a reply down and log it; its id, or None when we had it."""
    done = {"settled_at": at, "settled_by": SYSTEM, "settlement": new.understood}
    row = {
        "channel": new.channel,
        "external_id": new.external_id,
        "case_id": new.case_id,
        "from_key": new.from_key,
        "received_at": at,
        "text": new.text,
        "attachments": new.attachments,
        "understood": new.understood,
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
    """The case that a text from this number is about: the newest open one, else the newest of the last 30 days.

    The columns are those that `models.answers.still_answerable` looks at, and the customer's language.
    """
    order = case((cases.c.stage.in_(_WAITING), 0), (cases.c.stage == Stage.PLANNED, 1), else_=2)
    still_known = or_(cases.c.stage.not_in((Stage.ENDED, Stage.CLOSED)), cases.c.opened_at >= now - _REMEMBERED)
    found = _of_case().where(cases.c.phone_key == phone_key, still_known).order_by(order, cases.c.id.desc()).limit(1)
    return db.execute(found.with_for_update(of=cases)).one_or_none()


def case_asked(db: Connection, case_id: int) -> Row[Any]:
    """A case with the columns of `case_of_number`."""
    return db.execute(_of_case().where(cases.c.id == case_id)).one()


def _of_case() -> Any:
    """A case, with the concern whose resolution the customer is being asked about."""
    asked_about = (
        (escalations.c.case_id == cases.c.id)
        & escalations.c.closed_at.is_(None)
        & escalations.c.recovery_until.is_not(None)
        & (cases.c.stage == Stage.RECOVERING)
    )
    return (
        select(
            cases.c.id.label("case_id"),
            *columns(cases, "stage", "disposition", "answered_at", "change_until", "policy_version"),
            *columns(cases, "email_key", "phone_key"),
            escalations.c.id.label("escalation_id"),
            escalations.c.closed_at,
            services.c.language,
        )
        .join_from(cases, services, services.c.id == cases.c.service_id)
        .outerjoin(escalations, asked_about)
    )


_LISTED = (
    select(
        *columns(replies, "id", "channel", "case_id", "received_at", "text", "attachments", "understood", "from_key"),
        *columns(replies, "raw", "subject", "sender", "proposal", "read_by", "warned", "handled_by", "handed_why"),
        *columns(replies, "settled_at", "settled_by", "settlement", "reason", "answer_id"),
        *columns(cases, "department", "branch", "stage"),
        *columns(services, "customer_name", "email", "phone", "kind"),
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
