"""One month's figures of services, contacts and answers, counted by the database: no row of a customer is loaded.

A month is that of the services: what became of the services closed in it, up to the moment of counting. So the same
month can be counted again later, and only what happened since has changed.
"""

import statistics
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, func, not_, select

from models.month import InMonth
from models.tables import cases, escalations, services
from vocabulary import Disposition, Stage

_ENDED = (Stage.ENDED, Stage.CLOSED)
FIRST_CONTACT = func.coalesce(cases.c.contacted_at, cases.c.answered_at)
"""A customer who answered was contacted, also when the provider never confirmed the message."""
_NEVER_ASKED = and_(
    FIRST_CONTACT.is_(None),
    func.coalesce(cases.c.disposition, "").in_((Disposition.OPTED_OUT, Disposition.CANCELLED)),
)
FOLLOWED_UP = and_(cases.c.ladder != "", not_(_NEVER_ASKED))
"""There was a channel to use, and neither an opt-out nor a reopening came before the first contact."""
_ENDINGS = (cases.c.disposition, cases.c.reason, cases.c.clause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the policy calls low (1 to `low_max`) and satisfied (`satisfied_min` to 5)."""

    low_max: int
    satisfied_min: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How many cases ended so, for this reason, by this clause."""

    disposition: str
    reason: str
    clause: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where every service that was reported for the month has gone."""

    reported: int
    sources: Mapping[str, int]
    endings: Sequence[Ending]
    open: Mapping[str, int]
    """Open cases by stage."""
    waiting: int
    """Still in the inbox, without a case."""

    @property
    def ended(self) -> int:
        return sum(ending.count for ending in self.endings)

    @property
    def accounted(self) -> int:
        return self.ended + sum(self.open.values()) + self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The cases of one department, branch, channel or kind of service; of the whole month when `name` is empty."""

    name: str
    cases: int
    followed_up: int
    contacted: int
    answered: int
    rated: int
    satisfied: int
    low: int
    may_answer: int
    """Contacted, silent, and still waited for."""
    concerns: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """Hours; None when there is nothing to measure."""

    count: int
    median: float | None
    ninetieth: float | None
    """Nine of ten took at most this long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """`late` includes those that have not been met though their time is over."""

    kept: int
    late: int
    not_yet_due: int


def account(db: Connection, month: InMonth) -> Account:
    """Services and cases are counted in their own tables, so that a service that fell between them shows."""
    reported, waiting = func.count(), func.count().filter(services.c.taken_at.is_(None))
    by_source = select(services.c.source, reported, waiting).where(month(services)).group_by(services.c.source)
    sources = db.execute(by_source.order_by(services.c.source)).all()
    of_stage = select(cases.c.stage, func.count()).where(month(cases), cases.c.stage.not_in(_ENDED))
    found: dict[str, int] = dict(db.execute(of_stage.group_by(cases.c.stage)).tuples().all())
    return Account(
        reported=sum(count for _, count, _ in sources),
        sources={source: count for source, count, _ in sources},
        endings=endings(db, month(cases)),
        open={stage: found[stage] for stage in Stage if stage in found},
        waiting=sum(count for _, _, count in sources),
    )


def endings(db: Connection, *conditions: ColumnElement[bool]) -> list[Ending]:
    """Ended cases by disposition, reason and clause. One that lacks any of them is not explained, and not counted."""
    wanted = select(*_ENDINGS, func.count()).where(cases.c.stage.in_(_ENDED), *conditions)
    explained = [column.is_not(None) for column in _ENDINGS]
    rows = db.execute(wanted.where(*explained).group_by(*_ENDINGS))
    order = list(Disposition)
    found = [Ending(*row) for row in rows]
    return sorted(found, key=lambda one: (order.index(Disposition(one.disposition)), -one.count, one.reason))


def not_followed_up(db: Connection, month: InMonth) -> list[Ending]:
    return endings(db, month(cases), not_(FOLLOWED_UP))


def whole(db: Connection, month: InMonth, scale: Scale) -> Group:
    return Group(name="", concerns=sum(_concerns(db, month, cases.c.kind).values()),
                 **db.execute(_counts(scale).where(month(cases))).one()._mapping)  # fmt: skip


def groups(db: Connection, month: InMonth, column: Column[Any], scale: Scale) -> list[Group]:
    """The month by a column of cases, in the order of its names; cases without a value belong to no group."""
    wanted = _counts(scale).add_columns(column.label("name")).where(month(cases), column.is_not(None))
    concerns = _concerns(db, month, column)
    rows = db.execute(wanted.group_by(column)).all()
    found = [Group(concerns=concerns.get(row.name, 0), **row._mapping) for row in rows]
    return sorted(found, key=lambda group: (group.name.casefold(), group.name))


def _counts(scale: Scale) -> Select[Any]:
    rating, silent = cases.c.rating, cases.c.answered_at.is_(None)
    conditions = {
        "followed_up": FOLLOWED_UP,
        "contacted": FIRST_CONTACT.is_not(None),
        "answered": cases.c.answered_at.is_not(None),
        "rated": rating.is_not(None),
        "satisfied": rating >= scale.satisfied_min,
        "low": rating <= scale.low_max,
        "may_answer": and_(FIRST_CONTACT.is_not(None), silent, cases.c.stage == Stage.ASKED),
    }
    counted: list[Any] = [func.count().filter(condition).label(name) for name, condition in conditions.items()]
    return select(func.count().label("cases"), *counted)


def _concerns(db: Connection, month: InMonth, column: Column[Any]) -> dict[str, int]:
    wanted = select(column, func.count()).join_from(escalations, cases, cases.c.id == escalations.c.case_id)
    return dict(db.execute(wanted.where(month(cases)).group_by(column)).tuples().all())


def ratings(db: Connection, month: InMonth) -> dict[int, int]:
    """How often each rating from 1 to 5 was given; the last answer of a case counts."""
    wanted = select(cases.c.rating, func.count()).where(month(cases), cases.c.rating.is_not(None))
    found: dict[int, int] = dict(db.execute(wanted.group_by(cases.c.rating)).tuples().all())
    return {rating: found.get(rating, 0) for rating in range(1, 6)}


def first_contact(db: Connection, month: InMonth, now: datetime) -> tuple[Deadline, Spread]:
    """Of those that are followed up: the contact deadline, and hours from closing to first contact."""
    of_month = and_(month(cases), FOLLOWED_UP)
    due, kept = cases.c.contact_due_at, cases.c.contact_due_at >= FIRST_CONTACT
    waiting = and_(FIRST_CONTACT.is_(None), due >= now)
    counted = select(func.count(), func.count().filter(kept), func.count().filter(waiting)).where(of_month)
    total, in_time, not_yet = db.execute(counted).one()
    hours = spread(db, select(cases.c.closed_at, FIRST_CONTACT).where(of_month, FIRST_CONTACT.is_not(None)))
    return Deadline(kept=in_time, late=total - in_time - not_yet, not_yet_due=not_yet), hours


def policies(db: Connection, month: InMonth) -> dict[str, int]:
    """Cases by the policy version that they were opened under."""
    wanted = select(cases.c.policy_version, func.count()).where(month(cases)).group_by(cases.c.policy_version)
    return dict(db.execute(wanted.order_by(cases.c.policy_version)).tuples().all())


_PAGE = 2000


def spread(db: Connection, from_to: Select[Any]) -> Spread:
    """Of the hours between two instants of each row. Only the hours are kept in memory: 8 bytes a row."""
    rows: Iterable[Any] = db.execute(from_to, execution_options={"yield_per": _PAGE})
    hours = array("d", ((until - since).total_seconds() / 3600 for since, until in rows))
    if not hours:
        return Spread(0, None, None)
    tenths = statistics.quantiles(hours, n=10, method="inclusive") if len(hours) > 1 else [hours[0]] * 9
    return Spread(len(hours), round(statistics.median(hours), 2), round(tenths[-1], 2))
