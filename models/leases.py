"""Rows that one worker at a time has in hand: taken for as long as a lease lasts, and written only by who holds them.

A table of such rows has the columns state, due_at, owner, lease_until and attempts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, Update, and_, bindparam, select

from vocabulary import Delivery


def take(
    db: Connection, table: Table, wanted: ColumnElement[bool], owner: str, now: datetime, *, size: int, until: datetime
) -> int:
    """Put up to `size` due rows that are `wanted` into the hands of `owner`, until an instant of the day; how many. Two
    workers never get the same one.
    """
    due = (
        select(table.c.id)
        .where(table.c.state == Delivery.DUE, table.c.due_at <= now, wanted)
        .order_by(table.c.due_at, table.c.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    # PostgreSQL may run a subquery once per row, each time with the next `size` rows; this it runs once.
    first = due.cte("first").prefix_with("MATERIALIZED", dialect="postgresql")
    swap = table.update().where(table.c.id.in_(select(first.c.id)), table.c.state == Delivery.DUE)
    values = {"state": Delivery.CLAIMED, "owner": owner, "lease_until": until, "attempts": table.c.attempts + 1}
    return len(db.execute(swap.values(values).returning(table.c.id)).all())


def held(db: Connection, table: Table, owner: str) -> Sequence[Row[Any]]:
    """What `owner` has in hand, oldest first."""
    return db.execute(select(table).where(_is_held(table, owner)).order_by(table.c.id)).all()


def settle(db: Connection, table: Table, owner: str, rows: Sequence[Mapping[str, Any]], *, key: str) -> set[int]:
    """Write the columns of rows that `owner` still holds; the ids that were written. Each row: its id under `key`, and
    the same columns. A worker that lost its lease writes nothing.
    """
    if not rows:
        return set()
    lock = select(table.c.id).where(_is_held(table, owner)).with_for_update()
    mine = set(db.execute(lock).scalars())
    writable = [row for row in rows if row[key] in mine]
    if writable:
        targets: dict[str, Any] = {name: bindparam(f"new_{name}") for name in writable[0] if name != key}
        statement: Update = table.update().where(table.c.id == bindparam(f"new_{key}")).values(targets)
        db.execute(statement, [{f"new_{name}": value for name, value in row.items()} for row in writable])
    return {row[key] for row in writable}


def _is_held(table: Table, owner: str) -> ColumnElement[bool]:
    return and_(table.c.owner == owner, table.c.state == Delivery.CLAIMED)
