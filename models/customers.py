"""What is known of the customer behind a reply: their cases, open concerns, and what else came from the same sender."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from models.cases import keys_of
from models.replies import seen_by
from models.tables import cases, columns, escalations, replies


@dataclass(frozen=True, slots=True)
class Known:
    """Newest first. `elsewhere`: how many more cases there are in departments that the reader does not see."""

    cases: Sequence[Row[Any]]
    elsewhere: int
    concerns: Sequence[Row[Any]]
    strays: Sequence[Row[Any]]
    """Replies of the same sender that belong to no case."""


def known_of(db: Connection, reply: Row[Any], departments: Collection[str], *, most: int) -> Known:
    """`departments`: whose cases the reader sees; "*" for all. The reply's own case is always among them."""
    keys = _keys(db, reply)
    own = or_(cases.c.email_key.in_(keys), cases.c.phone_key.in_(keys))
    rows = db.execute(_CASES.where(or_(own, cases.c.id == reply.case_id)).order_by(cases.c.id.desc())).all()
    seen = [row for row in rows if row.id == reply.case_id or "*" in departments or row.department in departments]
    return Known(seen[:most], len(rows) - len(seen), _open_concerns(db, [row.id for row in seen]),
                 _strays(db, reply, departments, most))  # fmt: skip


_CASES = select(*columns(cases, "id", "kind", "department", "branch", "closed_at", "stage", "disposition", "rating"))


def _keys(db: Connection, reply: Row[Any]) -> set[str]:
    """Of the sender and, where the reply is about a case, of its customer."""
    keys = {reply.from_key} if reply.from_key else set()
    if reply.case_id is not None:
        case = db.execute(select(*columns(cases, "email_key", "phone_key")).where(cases.c.id == reply.case_id)).one()
        keys |= set(keys_of(case))
    return keys


def _open_concerns(db: Connection, case_ids: Sequence[int]) -> Sequence[Row[Any]]:
    wanted = columns(escalations, "id", "case_id", "severity", "department", "owner", "received_at")
    of_cases = escalations.c.case_id.in_(case_ids), escalations.c.closed_at.is_(None)
    return db.execute(select(*wanted).where(*of_cases).order_by(escalations.c.id.desc())).all()


def _strays(db: Connection, reply: Row[Any], departments: Collection[str], most: int) -> Sequence[Row[Any]]:
    if not reply.from_key:
        return []
    wanted = select(*columns(replies, "id", "received_at", "channel", "text", "settled_at", "settlement"))
    wanted = wanted.outerjoin_from(replies, cases, cases.c.id == replies.c.case_id)
    of_sender = replies.c.from_key == reply.from_key, replies.c.case_id.is_(None), replies.c.id != reply.id
    newest = wanted.where(*of_sender, seen_by(departments)).order_by(replies.c.received_at.desc())
    return db.execute(newest.limit(most)).all()
