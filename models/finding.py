"""Cases as they are looked for: by words, by what they are, newest service first, a page at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    Table,
    and_,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from models.store import insert_new
from models.tables import case_contact_words, case_words, cases, columns, services

PAGE = 50
_SHOWN = ("id", "stage", "disposition", "reason", "department", "branch", "kind", "closed_at", "rating", "contacted_at")
_COMMON = 20_000
"""A word that more cases have is common."""
_LOOKED_AT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. Everything that is given must hold; `departments`: None for all."""

    words: tuple[str, ...] = ()
    """Folded, each the beginning of a word."""
    contacts_in: Collection[str] | None = ()
    """Departments in whose cases words of e-mail addresses and telephone numbers are looked at, too; None for all."""
    departments: Collection[str] | None = None
    department: str | None = None
    branch: str | None = None
    stage: str | None = None
    disposition: str | None = None
    closed_from: datetime | None = None
    closed_before: datetime | None = None
    after: tuple[datetime, int] | None = None
    """Where the page before ended: time of closing and number of its last case."""


def keep_words(db: Connection, words: Iterable[tuple[int, str]], of_contacts: Iterable[tuple[int, str]]) -> None:
    """Words by which cases are to be found: number of the case, word. Those that are kept already stay.

    `of_contacts`: by which only those find them who may see contact data.
    """
    for table, found in ((case_words, words), (case_contact_words, of_contacts)):
        rows = [{"word": word, "case_id": case_id} for case_id, word in sorted(set(found))]
        insert_new(db, table, rows, unique=["word", "case_id"], returning=["case_id"])


def find_cases(db: Connection, wanted: Wanted) -> Sequence[Row[Any]]:
    """One page and, where there are more, one row beyond it: the sign that there is a next page.

    First the numbers, from an index alone; then the rows of those that are shown.
    """
    newest_first = cases.c.closed_at.desc(), cases.c.id.desc()
    conditions = [*_conditions(wanted), *_with_words(db, wanted)]
    numbers = select(cases.c.id).where(*conditions).order_by(*newest_first).limit(PAGE + 1)
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
    return conditions


def _with_words(db: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    """That a case has words which begin so. Of words that few cases have, the cases are looked up; where very many have
    one, every case that is listed is asked instead."""
    return [
        _has(word, wanted) if _is_common(db, word, wanted) else cases.c.id.in_(_having(word, wanted))
        for word in sorted(set(wanted.words))
    ]


def _is_common(db: Connection, word: str, wanted: Wanted) -> bool:
    """Among the words that are looked at for this person: how long the answer takes tells nothing of the others."""
    few = _having(word, wanted).limit(_COMMON + 1).subquery()
    return db.execute(select(func.count()).select_from(few)).scalar_one() > _COMMON


def _having(word: str, wanted: Wanted) -> Select[tuple[int]] | CompoundSelect[tuple[int]]:
    """The cases that have the word; one may be there twice."""
    found = select(case_words.c.case_id).where(_begins(case_words, word))
    if not _looks_at_contacts(wanted):
        return found
    of_contacts = select(case_contact_words.c.case_id).where(_begins(case_contact_words, word))
    if wanted.contacts_in is not None:
        theirs = _THEIRS.c.department.in_(sorted(wanted.contacts_in))
        of_contacts = of_contacts.join(_THEIRS, _THEIRS.c.id == case_contact_words.c.case_id).where(theirs)
    return union_all(found, of_contacts)


_THEIRS = cases.alias("theirs")


def _has(word: str, wanted: Wanted) -> ColumnElement[bool]:
    """That the case which is listed has the word."""
    has = _in(case_words, word)
    if not _looks_at_contacts(wanted):
        return has
    of_contacts = _in(case_contact_words, word)
    if wanted.contacts_in is not None:
        of_contacts = and_(cases.c.department.in_(sorted(wanted.contacts_in)), of_contacts)
    return or_(has, of_contacts)


def _looks_at_contacts(wanted: Wanted) -> bool:
    return wanted.contacts_in is None or bool(wanted.contacts_in)


def _in(table: Table, word: str) -> ColumnElement[bool]:
    return select(table.c.case_id).where(table.c.case_id == cases.c.id, _begins(table, word)).exists()


def _begins(table: Table, word: str) -> ColumnElement[bool]:
    """As a range, which the index answers. U+10FFFF stands behind every letter."""
    return (table.c.word >= word) & (table.c.word <= word + "\U0010ffff")


def to_choose_from(db: Connection) -> tuple[list[str], list[str]]:
    """Departments and branches of the newest cases, by name: for lists to choose from."""
    newest = select(cases.c.department, cases.c.branch).order_by(cases.c.closed_at.desc()).limit(_LOOKED_AT)
    rows = db.execute(newest).all()
    return sorted({row.department for row in rows}), sorted({row.branch for row in rows})
