"""Replies that a person has yet to read. While one waits, nothing is sent to its customer by itself, and no case of
theirs ends for silence: whatever they wrote may be an opt-out, and it is certainly not silence.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, or_, select, union_all

from models.outcomes import look_now
from models.tables import cases, columns, replies

_BY_MACHINES = ("bounce", "automatic")
"""As `policy.replies.Meaning` calls them: no customer wrote these."""
_OTHER = cases.alias("other_case")
_KEYS = ("email_key", "phone_key")
"""By which a customer is the same one."""


def is_unread(of: Any = replies) -> ColumnElement[bool]:
    return of.c.settled_at.is_(None) & of.c.understood.not_in(_BY_MACHINES)  # type: ignore[no-any-return]


def is_held(of: Any = cases) -> ColumnElement[bool]:
    """Whether a reply of a case's customer waits: about this case, another one of theirs, or from their address."""
    waiting_of = select(replies.c.id).where(is_unread())
    found = [
        waiting_of.where(replies.c.case_id == of.c.id),
        waiting_of.where(replies.c.from_key.in_([of.c.email_key, of.c.phone_key])),
        *(waiting_of.join(_OTHER, _OTHER.c.id == replies.c.case_id).where(_OTHER.c[key] == of.c[key]) for key in _KEYS),
    ]
    return or_(*(one.correlate(of).exists() for one in found))


def unread_since(db: Connection, case_ids: Collection[int]) -> dict[int, datetime]:
    """When the oldest reply came that waits for a person, for each case whose customer wrote one."""
    wanted = select(cases.c.id.label("case_id"), replies.c.received_at).where(cases.c.id.in_(case_ids), is_unread())
    found = union_all(
        wanted.join(replies, replies.c.case_id == cases.c.id),
        wanted.join(replies, replies.c.from_key.in_([cases.c.email_key, cases.c.phone_key])),
        *(
            wanted.join(_OTHER, _OTHER.c[key] == cases.c[key]).join(replies, replies.c.case_id == _OTHER.c.id)
            for key in _KEYS
        ),
    ).subquery()
    first = select(found.c.case_id, func.min(found.c.received_at)).group_by(found.c.case_id)
    return dict(db.execute(first).tuples().all())


def unread_of(db: Connection, case_id: int) -> Row[Any] | None:
    """The oldest one of a case: its id and received_at."""
    found = select(replies.c.id, replies.c.received_at).where(replies.c.case_id == case_id, is_unread())
    return db.execute(found.order_by(replies.c.received_at, replies.c.id).limit(1)).one_or_none()


def waiting(db: Connection) -> tuple[int, datetime | None]:
    """How many replies wait for a person, of whatever kind, and since when the oldest."""
    found = select(func.count(), func.min(replies.c.received_at)).where(replies.c.settled_at.is_(None))
    count, oldest = db.execute(found).one()
    return int(count), oldest


def wake(db: Connection, case_id: int, now: datetime) -> None:
    """A reply was read: the cases of its customer are looked at at once."""
    of = db.execute(select(*columns(cases, "email_key", "phone_key")).where(cases.c.id == case_id)).one()
    same = [cases.c[name] == key for name, key in of._mapping.items() if key]
    look_now(db, list(db.execute(select(cases.c.id).where(or_(cases.c.id == case_id, *same))).scalars()), now)


_TO_READ = select(
    *columns(replies, "id", "case_id", "received_at", "read_by", "warned", "handled_by", "settled_at"),
    *columns(cases, "department", "timezone", "policy_version"),
).outerjoin_from(replies, cases, cases.c.id == replies.c.case_id)
"""Whose they are to read, and by when; nothing of what they say."""


def to_read(db: Connection, ids: Collection[int]) -> dict[int, Row[Any]]:
    """These replies with the department, time zone and policy version of their case, by number."""
    return {row.id: row for row in db.execute(_TO_READ.where(replies.c.id.in_(ids)))}


def hold_due(db: Connection, ids: Collection[int], now: datetime) -> Sequence[Row[Any]]:
    """Those of them that are still unread and due to be warned about, as `to_read` gives them, locked."""
    due = replies.c.id.in_(ids), replies.c.next_at <= now, replies.c.settled_at.is_(None)
    return db.execute(_TO_READ.where(*due).order_by(replies.c.id).with_for_update(of=replies)).all()


def set_warned(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each row: "of", the number of a reply that this transaction holds, and its new "warned" and "next_at"."""
    if rows:
        statement = replies.update().where(replies.c.id == bindparam("of"))
        values: dict[str, Any] = {"warned": bindparam("new_warned"), "next_at": bindparam("new_next_at")}
        named = [{"of": row["of"], "new_warned": row["warned"], "new_next_at": row["next_at"]} for row in rows]
        db.execute(statement.values(values), named)
