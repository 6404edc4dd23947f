"""Rows for lists and exports, streamed: a year of cases does not have to fit into memory."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, select

from models.doubts import is_unconfirmed
from models.tables import answers, calls, cases, columns, entries, escalations, replies, services
from models.unread import is_unread
from vocabulary import Event, Stage

_PAGE = 1000
_UNCONFIRMED = (
    select(func.count())
    .select_from(answers)
    .where(answers.c.case_id == cases.c.id, is_unconfirmed())
    .correlate(cases)
    .scalar_subquery()
    .label("unconfirmed")
)
"""How many answers of the case no person has confirmed. Its rating is never one of theirs."""
_UNREAD = (
    select(func.count())
    .select_from(replies)
    .where(replies.c.case_id == cases.c.id, is_unread())
    .correlate(cases)
    .scalar_subquery()
    .label("unread_replies")
)
"""How many replies of its customer wait for a person."""


def case_rows(db: Connection, *, stage: Stage | None = None, newest: int | None = None) -> Iterator[Row[Any]]:
    """Cases with the service they follow up, oldest first; or only the `newest` ones."""
    statement = select(cases, _UNCONFIRMED, _UNREAD, *columns(services, "source", "external_id")).join_from(
        cases, services, services.c.id == cases.c.service_id
    )
    if stage is not None:
        statement = statement.where(cases.c.stage == stage)
    if newest is not None:
        return iter(db.execute(statement.order_by(cases.c.id.desc()).limit(newest)).all()[::-1])
    return _paged(db, statement, cases.c.id)


LOG_COLUMNS = ("id", "at", "event", "case_id", "source", "external_id", "department", "branch", "actor", "clause",
               "policy_version", "channel", "rating", "comment", "contact_me", "unconfirmed", "detail")  # fmt: skip
"""Of an entry in a file, in this order. None holds contact data, but a comment may."""


def log_rows(db: Connection) -> Iterator[Row[Any]]:
    """Entries of the Customer Feedback Log, oldest first, with the service and, for answers, what was said."""
    return _paged(db, log_entries(), entries.c.id)


def log_entries() -> Select[Any]:
    """Entries with all `LOG_COLUMNS`, in no order."""
    return (
        select(
            entries,
            *columns(services, "source", "external_id"),
            *columns(cases, "department", "branch"),
            *columns(answers, "rating", "comment", "contact_me", "channel"),
            case((is_unconfirmed(), "yes"), else_=None).label("unconfirmed"),
        )
        .outerjoin_from(entries, cases, cases.c.id == entries.c.case_id)
        .outerjoin(services, services.c.id == cases.c.service_id)
        .outerjoin(answers, (answers.c.id == entries.c.ref_id) & (entries.c.event == Event.ANSWER_RECEIVED))
    )


def _paged(db: Connection, statement: Select[Any], key: Any) -> Iterator[Row[Any]]:
    last = 0
    while True:
        rows = db.execute(statement.where(key > last).order_by(key).limit(_PAGE)).all()
        if not rows:
            return
        yield from rows
        last = int(rows[-1].id)


def entries_of(db: Connection, case_id: int) -> Sequence[Row[Any]]:
    """The whole story of a case, first entry first."""
    return db.execute(select(entries).where(entries.c.case_id == case_id).order_by(entries.c.id)).all()


def case_row(db: Connection, case_id: int) -> Row[Any] | None:
    statement = select(cases, *columns(services, "source", "external_id")).join_from(
        cases, services, services.c.id == cases.c.service_id
    )
    return db.execute(statement.where(cases.c.id == case_id)).one_or_none()


def account(db: Connection) -> dict[str, int]:
    """Every service of the inbox under exactly one word: its disposition, or where it stands."""
    word = func.coalesce(cases.c.disposition, cases.c.stage, "not taken up yet")
    statement = (
        select(word, func.count())
        .outerjoin_from(services, cases, cases.c.service_id == services.c.id)
        .group_by(word)
        .order_by(func.count().desc(), word)
    )
    return dict(db.execute(statement).tuples().all())


def promises(db: Connection) -> dict[str, int]:
    """How the two deadlines were kept: first contact (SOP 4.1) and concerns taken within 24 hours (SOP 4.4)."""
    followed = cases.c.contacted_at.is_not(None)
    kept = select(func.count()).select_from(cases).where(followed, cases.c.contacted_at <= cases.c.contact_due_at)
    late = select(func.count()).select_from(cases).where(followed, cases.c.contacted_at > cases.c.contact_due_at)
    never = select(func.count()).select_from(cases).where(
        cases.c.contacted_at.is_(None), cases.c.asked_at.is_not(None), cases.c.stage.in_((Stage.ENDED, Stage.CLOSED))
    )  # fmt: skip
    every = select(func.count()).select_from(escalations)
    taken = every.where(escalations.c.taken_at <= escalations.c.deadline_at)
    missed = every.where(escalations.c.taken_at > escalations.c.deadline_at)
    return {
        "contacted in time": _count(db, kept),
        "contacted late": _count(db, late),
        "never contacted": _count(db, never),
        "concerns": _count(db, every),
        "concerns taken within 24 hours": _count(db, taken),
        "concerns taken late": _count(db, missed),
        "calls made": _count(db, select(func.count()).select_from(calls).where(calls.c.done_at.is_not(None))),
    }


def _count(db: Connection, statement: Select[Any]) -> int:
    return int(db.execute(statement).scalar_one())
