"""What is due: ids in batches, each read once per sweep, so that a sweep's memory does not grow with its work."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, case, func, or_, select, tuple_

from models.store import Store
from models.tables import calls, cases, columns, escalations, messages, replies, services, suppressions
from models.tables.contact import ANY_CHANNEL
from models.unread import is_held
from vocabulary import Channel, Delivery, Disposition, Stage


def due_cases(store: Store, stage: Stage, now: datetime, *, size: int) -> Iterator[list[int]]:
    """Cases of a stage whose next date has come, oldest first."""
    return _in_batches(store, cases, "next_at", now, [cases.c.stage == stage], size)


def unjudged_cases(store: Store, now: datetime, *, size: int) -> Iterator[list[int]]:
    """Cases with an answer that nobody has judged."""
    return _in_batches(store, cases, "judge_at", now, [], size)


def due_escalations(store: Store, now: datetime, *, size: int) -> Iterator[list[int]]:
    """Escalations whose next date has come."""
    return _in_batches(store, escalations, "next_at", now, [], size)


def due_replies(store: Store, now: datetime, *, size: int) -> Iterator[list[int]]:
    """Replies that nobody has read and whose deadline asks for a warning."""
    return _in_batches(store, replies, "next_at", now, [replies.c.settled_at.is_(None)], size)


def waiting_services(store: Store, now: datetime, *, size: int) -> Iterator[list[int]]:
    """Services without a case that were closed by `now`."""
    return _in_batches(store, services, "closed_at", now, [services.c.taken_at.is_(None)], size)


def count_due(store: Store, stage: Stage, now: datetime) -> int:
    with store.read() as db:
        return int(db.execute(
            select(func.count()).select_from(cases).where(cases.c.stage == stage, cases.c.next_at <= now)
        ).scalar_one())  # fmt: skip


def open_cases(db: Connection) -> int:
    """How many cases there are that have not ended."""
    ended = (Stage.ENDED, Stage.CLOSED)
    return int(db.execute(select(func.count()).select_from(cases).where(cases.c.stage.not_in(ended))).scalar_one())


def count_waiting(store: Store, now: datetime) -> int:
    with store.read() as db:
        waiting = select(func.count()).select_from(services)
        return int(db.execute(waiting.where(services.c.taken_at.is_(None), services.c.closed_at <= now)).scalar_one())


def count_concerns(store: Store, now: datetime) -> int:
    """Answers to be judged, escalations with something to do, and replies that nobody reads."""
    counted = (
        select(func.count()).select_from(cases).where(cases.c.judge_at <= now),
        select(func.count()).select_from(escalations).where(escalations.c.next_at <= now),
        select(func.count()).select_from(replies).where(replies.c.next_at <= now, replies.c.settled_at.is_(None)),
    )
    with store.read() as db:
        return sum(int(db.execute(one).scalar_one()) for one in counted)


def count_messages(store: Store, now: datetime) -> int:
    with store.read() as db:
        due = select(func.count()).select_from(messages)
        return int(db.execute(due.where(messages.c.state == Delivery.DUE, messages.c.due_at <= now)).scalar_one())


def open_calls(db: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Calls to be made by `now` that are still wanted, most urgent first, with the case they belong to."""
    return db.execute(
        select(
            *columns(calls, "id", "case_id", "attempt", "reason", "due_from", "due_to", "escalation_id"),
            *columns(cases, "department", "branch", "kind", "recipient_timezone", "contact_due_at"),
            *columns(services, "customer_name", "phone"),
        )
        .join_from(calls, cases, cases.c.id == calls.c.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .where(calls.c.due_from <= now, *still_wanted(now))
        .order_by(calls.c.due_to, calls.c.id)
    ).all()


def still_wanted(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """That a call (joined with its case) is still to be made, now or later."""
    waits = or_(cases.c.stage == _waiting_for_the_call(), _may_have_changed())
    return calls.c.done_at.is_(None), calls.c.withdrawn_at.is_(None), waits, ~_does_not_want_calls(now), ~is_held()


def _waiting_for_the_call() -> ColumnElement[str]:
    """The stage of a case whose call is wanted: who has answered, opted out or been given up is not called."""
    return case((calls.c.escalation_id.is_(None), Stage.ASKED), else_=Stage.RECOVERING)


def _does_not_want_calls(now: datetime) -> ColumnElement[bool]:
    return (
        select(suppressions.c.address_key)
        .where(
            suppressions.c.address_key.in_([cases.c.email_key, cases.c.phone_key]),
            suppressions.c.channel.in_([ANY_CHANNEL, Channel.PHONE]),
            or_(suppressions.c.until.is_(None), suppressions.c.until > now),
        )
        .correlate(cases)
        .exists()
    )


def _may_have_changed() -> ColumnElement[bool]:
    """An answer counts, and a later one is unconfirmed: it can be asked about until the record is sealed."""
    confirming = and_(calls.c.confirms.is_not(None), calls.c.escalation_id.is_(None))
    answered = cases.c.disposition.in_((Disposition.SATISFIED, Disposition.NEUTRAL))  # who has opted out is not called
    return and_(confirming, cases.c.stage == Stage.ENDED, answered)


def _in_batches(
    store: Store, table: Table, date: str, now: datetime, conditions: Sequence[ColumnElement[bool]], size: int
) -> Iterator[list[int]]:
    wanted = (
        select(table.c.id, table.c[date].label("at"))
        .where(table.c[date] <= now, *conditions)
        .order_by(table.c[date], table.c.id)
        .limit(size)
    )
    last: Any = None
    while True:
        page = wanted if last is None else wanted.where(tuple_(table.c[date], table.c.id) > tuple_(last.at, last.id))
        with store.read() as db:
            rows = db.execute(page).all()
        if not rows:
            return
        yield [row.id for row in rows]
        last = rows[-1]
