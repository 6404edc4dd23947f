"""Cases as they are looked for: by words, by what they are, newest service first, a page at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select, tuple_

from models.store import insert_new
from models.tables import case_words, cases, columns, services

PAGE = 50
_SHOWN = ("id", "stage", "disposition", "reason", "department", "branch", "kind", "closed_at", "rating", "contacted_at")
MOST_FOUND = 2000
"""So many of the newest cases are looked at when words are looked for: who finds more needs another word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. Everything that is given must hold; `departments`: None for all."""

    words: tuple[str, ...] = ()
    """Folded, each the beginning of a word."""
    departments: Collection[str] | None = None
    department: str | None = None
    branch: str | None = None
    stage: str | None = None
    disposition: str | None = None
    closed_from: datetime | None = None
    closed_before: datetime | None = None
    after: tuple[datetime, int] | None = None
    """Where the page before ended: time of closing and number of its last case."""


def keep_words(db: Connection, words: Iterable[tuple[int, str]]) -> None:
    """Words by which cases are to be found: number of the case, word. Those that are kept already stay."""
    rows = [{"word": word, "case_id": case_id} for case_id, word in sorted(set(words))]
    insert_new(db, case_words, rows, unique=["word", "case_id"], returning=["case_id"])


def find_cases(db: Connection, wanted: Wanted) -> Sequence[Row[Any]]:
    """One page and, where there are more, one row beyond it: the sign that there is a next page.

    First the numbers, from an index alone; then the rows of those that are shown.
    """
    newest_first = cases.c.closed_at.desc(), cases.c.id.desc()
    numbers = select(cases.c.id).where(*_conditions(wanted)).order_by(*newest_first).limit(PAGE + 1)
    ids = db.execute(numbers).scalars().all()
    rows = select(*columns(cases, *_SHOWN), *columns(services, "customer_name", "source", "external_id"))
    rows = rows.join_from(cases, services, services.c.id == cases.c.service_id)
    return db.execute(rows.where(cases.c.id.in_(ids)).order_by(*newest_first)).all()


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    c = cases.c
    same = {c.department: wanted.department, c.branch: wanted.branch, c.stage: wanted.stage,
            c.disposition: wanted.disposition}  # fmt: skip
    conditions = [column == value for column, value in same.items() if value]
    if wanted.departments is not None:
        conditions.append(c.department.in_(sorted(wanted.departments)))
    if wanted.closed_from is not None:
        conditions.append(c.closed_at >= wanted.closed_from)
    if wanted.closed_before is not None:
        conditions.append(c.closed_at < wanted.closed_before)
    if wanted.after is not None:
        conditions.append(tuple_(c.closed_at, c.id) < wanted.after)
    if wanted.words:
        conditions.append(c.id.in_(_with_words(wanted.words)))
    return conditions


def _with_words(words: Sequence[str]) -> Select[tuple[int]]:
    """The newest cases with words that begin so; the longest word first, because it is the rarest."""
    first, *others = sorted(set(words), key=lambda word: (-len(word), word))
    found = select(case_words.c.case_id).distinct().where(_begins(first))
    for word in others:
        found = found.where(case_words.c.case_id.in_(select(case_words.c.case_id).where(_begins(word))))
    newest = found.order_by(case_words.c.case_id.desc()).limit(MOST_FOUND).subquery()
    return select(newest.c.case_id)


def _begins(word: str) -> ColumnElement[bool]:
    """As a range, which the index answers. U+10FFFF stands behind every letter."""
    return (case_words.c.word >= word) & (case_words.c.word <= word + "\U0010ffff")


def to_choose_from(db: Connection) -> tuple[list[str], list[str]]:
    """Departments and branches of the newest cases, by name: for lists to choose from."""
    newest = select(cases.c.department, cases.c.branch).order_by(cases.c.closed_at.desc()).limit(MOST_FOUND)
    rows = db.execute(newest).all()
    return sorted({row.department for row in rows}), sorted({row.branch for row in rows})
