"""Replies that a person has yet to read: while one waits, its customer is not reminded."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from models.outcomes import look_now
from models.owed import hold_back, let_go
from models.tables import replies

_BY_MACHINES = ("bounce", "automatic")
"""As `policy.replies.Meaning` calls them: no customer wrote these."""


def is_unread(of: Any = replies) -> ColumnElement[bool]:
    return of.c.settled_at.is_(None) & of.c.understood.not_in(_BY_MACHINES)  # type: ignore[no-any-return]


def unread_since(db: Connection, case_ids: Collection[int]) -> dict[int, datetime]:
    """When the oldest reply came that waits for a person, for each case that has one."""
    first = select(replies.c.case_id, func.min(replies.c.received_at)).where(replies.c.case_id.in_(case_ids))
    return dict(db.execute(first.where(is_unread()).group_by(replies.c.case_id)).tuples().all())


def unread_of(db: Connection, case_id: int) -> Row[Any] | None:
    """The oldest one of a case: its id and received_at."""
    found = select(replies.c.id, replies.c.received_at).where(replies.c.case_id == case_id, is_unread())
    return db.execute(found.order_by(replies.c.received_at, replies.c.id).limit(1)).one_or_none()


def waiting(db: Connection) -> tuple[int, datetime | None]:
    """How many replies wait for a person, of whatever kind, and since when the oldest."""
    found = select(func.count(), func.min(replies.c.received_at)).where(replies.c.settled_at.is_(None))
    count, oldest = db.execute(found).one()
    return int(count), oldest


def pause(db: Connection, case_id: int, *, until: datetime) -> None:
    """A reply came that a person is to read: what is owed to the customer and not sent yet waits as well."""
    hold_back(db, case_id, until)


def wake(db: Connection, case_id: int, now: datetime) -> None:
    """A reply was settled: the case is looked at at once. What was held back goes out, unless another reply waits."""
    if not unread_since(db, [case_id]):
        let_go(db, case_id, now)
    look_now(db, [case_id], now)
