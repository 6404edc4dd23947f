"""The list of concerns, a page at a time, and one of them with all that is known of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal, or_, select, tuple_

from models.doubts import is_unconfirmed
from models.tables import answers, cases, columns, escalations, services, subtasks


class State(StrEnum):
    """Which concerns to list."""

    OPEN = "open"
    """In somebody's hands, or waiting to be."""
    LATE = "late"
    """Of the open ones: the 24 hours are over and nobody has it, or a later target has passed."""
    RESOLVED = "resolved"
    """The customer is to say whether it helped."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to list. None: whatever it is."""

    state: State = State.OPEN
    departments: Collection[str] | None = None
    """Whose concerns the person may see: of services of these, or with these. None for everything."""
    addresses: Collection[str] = ()
    """Besides those, what an owner or supervisor with one of these addresses (lower case) has."""
    owners: Collection[str] | None = None
    """Addresses, in lower case."""
    department: str | None = None
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the next one begins behind it."""

    at: datetime
    id: int


def concerns_page(
    db: Connection, wanted: Wanted, now: datetime, *, size: int, after: Place | None = None
) -> tuple[Sequence[Row[Any]], Place | None]:
    """One page of concerns and where the next one begins. Open ones by their deadline, closed ones newest first."""
    e, closed = escalations.c, wanted.state is State.CLOSED
    order = e.closed_at if closed else e.deadline_at
    statement = (
        select(*columns(escalations, "id", "case_id", "severity", "department", "owner", "owner_email", "received_at"),
               *columns(escalations, "acknowledge_by", "deadline_at", "resolve_by", "acknowledged_at", "taken_at"),
               *columns(escalations, "acknowledged_by", "retake_by", "resolved_at", "closed_at", "outcome", "repeats"),
               *columns(escalations, "reopened", "root_cause"),
               *columns(cases, "kind", "branch", "timezone"), services.c.customer_name, order.label("at"))
        .join_from(escalations, cases, cases.c.id == e.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .where(*_conditions(wanted, now))
        .limit(size + 1)
    )  # fmt: skip
    key = tuple_(order, e.id)
    if after is not None:
        behind = tuple_(literal(after.at, order.type), literal(after.id))
        statement = statement.where(key < behind if closed else key > behind)
    directions = (order.desc(), e.id.desc()) if closed else (order, e.id)
    rows = db.execute(statement.order_by(*directions)).all()
    page = rows[:size]
    return page, Place(page[-1].at, page[-1].id) if len(rows) > size else None


def count_concerns(db: Connection, wanted: Wanted, now: datetime) -> int:
    counted = select(func.count()).join_from(escalations, cases, cases.c.id == escalations.c.case_id)
    return int(db.execute(counted.where(*_conditions(wanted, now))).scalar_one())


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    e = escalations.c
    of_state: dict[State, list[ColumnElement[bool]]] = {
        State.OPEN: [e.closed_at.is_(None), e.resolved_at.is_(None)],
        State.LATE: [e.closed_at.is_(None), e.resolved_at.is_(None), _late(now)],
        State.RESOLVED: [e.closed_at.is_(None), e.resolved_at.is_not(None)],
        State.CLOSED: [e.closed_at.is_not(None)],
    }
    conditions = of_state[wanted.state]
    if wanted.departments is not None:
        conditions.append(_may_be_seen(wanted.departments, wanted.addresses))
    if wanted.owners is not None:
        conditions.append(func.lower(e.owner_email).in_(wanted.owners))
    if wanted.department is not None:
        conditions.append(e.department == wanted.department)
    if wanted.severity is not None:
        conditions.append(e.severity == wanted.severity)
    return conditions


def _may_be_seen(departments: Collection[str], addresses: Collection[str]) -> ColumnElement[bool]:
    e = escalations.c
    theirs = [e.department.in_(departments), cases.c.department.in_(departments)]
    held = [func.lower(e.owner_email).in_(addresses), func.lower(e.supervisor_email).in_(addresses)]
    return or_(*theirs, *held)


def _late(now: datetime) -> ColumnElement[bool]:
    e = escalations.c
    untaken = and_(e.taken_at.is_(None), or_(e.deadline_at < now, e.acknowledge_by < now))
    return or_(untaken, and_(e.acknowledged_at.is_(None), e.retake_by < now), e.resolve_by < now)


def concern_of(db: Connection, escalation_id: int) -> Row[Any] | None:
    """A concern with its case, its service and customer, and the answer that raised it."""
    return db.execute(
        select(
            *escalations.c,
            *columns(cases, "stage", "kind", "branch", "region", "timezone", "recipient_timezone", "policy_version"),
            *columns(cases, "disposition", "contact_channel", "email_key", "phone_key", "service_id"),
            cases.c.department.label("service_department"),
            *columns(services, "customer_name", "email", "phone", "language", "agent", "customer_ref"),
            services.c.closed_at.label("service_closed_at"),
            *columns(answers, "rating", "comment", "contact_me"),
        )
        .join_from(escalations, cases, cases.c.id == escalations.c.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .join(answers, answers.c.id == escalations.c.answer_id)
        .where(escalations.c.id == escalation_id)
    ).one_or_none()


def last_said(db: Connection, case_id: int) -> Row[Any] | None:
    """The newest thing that the customer is known to have said in this case."""
    said = select(*columns(answers, "received_at", "rating", "comment", "contact_me", "channel"))
    newest = answers.c.received_at.desc(), answers.c.id.desc()
    return db.execute(
        said.where(answers.c.case_id == case_id, ~is_unconfirmed()).order_by(*newest).limit(1)
    ).one_or_none()


def subtasks_of(db: Connection, escalation_id: int) -> Sequence[Row[Any]]:
    """Open ones first, by the time they are due."""
    order = subtasks.c.ended_at.is_not(None), subtasks.c.due_at, subtasks.c.id
    return db.execute(select(subtasks).where(subtasks.c.escalation_id == escalation_id).order_by(*order)).all()


def subtask_of(db: Connection, subtask_id: int) -> Row[Any] | None:
    """A sub-task with its concern."""
    return db.execute(
        select(*subtasks.c, *columns(escalations, "severity", "closed_at"),
               escalations.c.department.label("concern_department"), escalations.c.owner.label("concern_owner"),
               *columns(cases, "kind", "branch", "timezone"))
        .join_from(subtasks, escalations, escalations.c.id == subtasks.c.escalation_id)
        .join(cases, cases.c.id == subtasks.c.case_id)
        .where(subtasks.c.id == subtask_id)
    ).one_or_none()  # fmt: skip


def attached_to(db: Connection, escalation_id: int) -> Sequence[int]:
    """The numbers of the concerns that are attached to this one."""
    of = select(escalations.c.id).where(escalations.c.attached_to == escalation_id)
    return db.execute(of.order_by(escalations.c.id)).scalars().all()


def concerns_of(db: Connection, case_id: int) -> Sequence[Row[Any]]:
    """The concerns of a case, oldest first."""
    wanted = select(escalations)
    return db.execute(wanted.where(escalations.c.case_id == case_id).order_by(escalations.c.id)).all()
