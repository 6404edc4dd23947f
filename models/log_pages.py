"""The Customer Feedback Log by pages: for eyes, newest entry first, and for a file, oldest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, tuple_

from models.listing import log_entries
from models.store import Store
from models.tables import cases, entries

PAGE = 50
_OF_A_FILE = 1000
_FEW_CASES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries; what is empty does not matter. `from_` is included, `before` is not."""

    event: str = ""
    department: str = ""
    """Of the case. Entries that are about no case have none."""
    from_: datetime | None = None
    before: datetime | None = None


def newest_entries(db: Connection, wanted: Wanted, *, after: tuple[datetime, int] | None = None) -> Sequence[Row[Any]]:
    """One more than a page, newest first; `after`: the time and number of the entry that ended the page before."""
    statement = _wanted(db, wanted)
    if after is not None:
        statement = statement.where(tuple_(entries.c.at, entries.c.id) < after)
    return db.execute(statement.order_by(entries.c.at.desc(), entries.c.id.desc()).limit(PAGE + 1)).all()


def are_more_than(db: Connection, wanted: Wanted, most: int) -> bool:
    """Whether there are more entries than so many."""
    few = _wanted(db, wanted).with_only_columns(entries.c.id).limit(most + 1).subquery()
    return int(db.execute(select(func.count()).select_from(few)).scalar_one()) > most


def entries_for_file(store: Store, wanted: Wanted) -> Iterator[Sequence[Row[Any]]]:
    """All that there were at the beginning, oldest first, in pieces that fit into memory.

    Each piece is read in a transaction of its own: entries are never edited, so that what is read is the same, and
    whoever takes their time to receive a year keeps no transaction open.
    """
    last = 0
    with store.read() as db:
        newest = db.execute(select(func.max(entries.c.id))).scalar_one() or 0
    while True:
        with store.read() as db:
            piece = _wanted(db, wanted).where(entries.c.id > last, entries.c.id <= newest)
            rows = db.execute(piece.order_by(entries.c.id).limit(_OF_A_FILE)).all()
        if not rows:
            return
        yield rows
        last = int(rows[-1].id)


def _wanted(db: Connection, wanted: Wanted) -> Select[Any]:
    statement = log_entries()
    if wanted.event:
        statement = statement.where(entries.c.event == wanted.event)
    if wanted.department:
        statement = statement.where(_is_of(db, wanted.department))
    if wanted.from_ is not None:
        statement = statement.where(entries.c.at >= wanted.from_)
    if wanted.before is not None:
        statement = statement.where(entries.c.at < wanted.before)
    return statement


def _is_of(db: Connection, department: str) -> ColumnElement[bool]:
    """Whether an entry is about a case of the department.

    Of a department with few cases, all of their entries are looked at; of another, entries are read in their order,
    because there are some among any few. SQLite would do the first for both, which takes seconds for a large one.
    """
    found = select(cases.c.id).where(cases.c.department == department)
    if len(db.execute(found.limit(_FEW_CASES + 1)).all()) <= _FEW_CASES:
        return entries.c.case_id.in_(found)
    return func.coalesce(cases.c.department, "") == department  # an expression, for which there is no index
