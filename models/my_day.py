"""What is due for one person: each list one statement, short, the most urgent first."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, or_, select, true

from models.tables import cases, channel_states, columns, escalations, people, services, subtasks
from vocabulary import Stage

_SIGNATURE = "signature"
"""In `cases.missing`, of a case that a supervisor is to sign (`policy.record`)."""
NEXT = case(
    (escalations.c.taken_at.is_(None), escalations.c.deadline_at),
    (escalations.c.acknowledged_at.is_(None), func.coalesce(escalations.c.retake_by, escalations.c.resolve_by)),
    else_=escalations.c.resolve_by,
)
"""The date that an open concern runs for."""


def concerns_owned(db: Connection, addresses: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """Concerns that are not resolved and in the hands of these people (addresses in lower case)."""
    return _concerns(db, most, func.lower(escalations.c.owner_email).in_(addresses))


def concerns_in_danger(
    db: Connection, addresses: Collection[str], now: datetime, *, received_until: datetime, most: int
) -> Sequence[Row[Any]]:
    """Of those that these people supervise: nobody has taken them and they came before `received_until`, or late."""
    waiting = escalations.c.taken_at.is_(None) & (escalations.c.received_at <= received_until)
    return _concerns(db, most, func.lower(escalations.c.supervisor_email).in_(addresses), or_(waiting, now > NEXT))


def _concerns(db: Connection, most: int, *conditions: ColumnElement[bool]) -> Sequence[Row[Any]]:
    still_open = escalations.c.closed_at.is_(None), escalations.c.resolved_at.is_(None)
    return db.execute(
        select(
            *columns(escalations, "id", "case_id", "severity", "department", "owner", "owner_email", "received_at"),
            *columns(escalations, "acknowledge_by", "deadline_at", "resolve_by", "acknowledged_at", "acknowledged_by"),
            *columns(escalations, "taken_at", "retake_by"),
            *columns(cases, "kind", "branch"),
            services.c.customer_name,
        )
        .join_from(escalations, cases, cases.c.id == escalations.c.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .where(*still_open, *conditions)
        .order_by(NEXT, escalations.c.id)
        .limit(most)
    ).all()


def subtasks_owned(db: Connection, addresses: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """Open sub-tasks that these people (addresses in lower case) are to see to, by the time they are due."""
    return _subtasks(db, func.lower(subtasks.c.owner_email).in_(addresses), most)


def subtasks_asked(
    db: Connection, departments: Collection[str], *, but: Collection[str], most: int
) -> Sequence[Row[Any]]:
    """Open sub-tasks of these departments ("*": of all), without those that the people of `but` are to see to."""
    mine = true() if "*" in departments else subtasks.c.department.in_(departments)
    return _subtasks(db, mine & func.lower(subtasks.c.owner_email).not_in(but), most)


def _subtasks(db: Connection, which: ColumnElement[bool], most: int) -> Sequence[Row[Any]]:
    wanted = select(*columns(subtasks, "id", "escalation_id", "department", "owner", "what", "due_at", "asked_by"))
    wanted = wanted.where(subtasks.c.ended_at.is_(None), which)
    return db.execute(wanted.order_by(subtasks.c.due_at, subtasks.c.id).limit(most)).all()


def to_sign(db: Connection, departments: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """Cases of customers who could not be reached, which a supervisor is to sign; those that ended first come first."""
    return _incomplete(db, departments, cases.c.missing.contains(_SIGNATURE), most=most)


def incomplete(db: Connection, departments: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """Cases that ended and whose record lacks something."""
    return _incomplete(db, departments, cases.c.missing.is_not(None), most=most)


def _incomplete(
    db: Connection, departments: Collection[str], lacks: ColumnElement[bool], *, most: int
) -> Sequence[Row[Any]]:
    mine = true() if "*" in departments else cases.c.department.in_(departments)
    return db.execute(
        select(*columns(cases, "id", "department", "branch", "kind", "disposition", "missing", "ended_at"))
        .where(cases.c.stage == Stage.ENDED, lacks, mine)
        .order_by(cases.c.ended_at, cases.c.id)
        .limit(most)
    ).all()


def addresses_known(db: Connection) -> frozenset[str]:
    """Of the people who can sign in."""
    return frozenset(db.execute(select(people.c.email).where(people.c.disabled_at.is_(None))).scalars())


def stopped_channels(db: Connection) -> Sequence[Row[Any]]:
    return db.execute(select(channel_states).order_by(channel_states.c.channel)).all()
