"""Cases: taking the due ones into a transaction, and what else is known of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, literal, or_, select

from models.store import take_turns
from models.tables import calls, cases, columns, messages, services, suppressions
from vocabulary import CallOutcome, Delivery, Purpose, Stage

_CONTACTING = (Purpose.SURVEY, Purpose.REMINDER)
_UNDER_WAY = (Delivery.CLAIMED, Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.UNKNOWN)


def take_due(db: Connection, ids: Sequence[int], stage: Stage, now: datetime, *, lease: timedelta) -> list[Row[Any]]:
    """The cases that are still in `stage` and still due, locked by this transaction, by id.

    Their next date is put off by `lease`, so that a second sweep at the same time finds none of them.
    """
    claim = (
        cases.update()
        .where(cases.c.id.in_(ids), cases.c.stage == stage, cases.c.next_at <= now)
        .values(next_at=now + lease)
        .returning(*cases.c)
    )
    return sorted(db.execute(claim).all(), key=lambda row: int(row.id))


def due_of(db: Connection, ids: Sequence[int], stage: Stage, now: datetime) -> Sequence[Row[Any]]:
    """The same, to be looked at only."""
    due = select(cases).where(cases.c.id.in_(ids), cases.c.stage == stage, cases.c.next_at <= now)
    return db.execute(due.order_by(cases.c.id)).all()


def take_unjudged(db: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """The cases that have answers to be judged, locked and marked as judged by this transaction."""
    claim = (
        cases.update()
        .where(cases.c.id.in_(ids), cases.c.judge_at.is_not(None))
        .values(judge_at=None)
        .returning(*cases.c)
    )
    return sorted(db.execute(claim).all(), key=lambda row: int(row.id))


def stages_of(db: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Stage and disposition as they are now, by case id."""
    found = db.execute(select(*columns(cases, "id", "stage", "disposition")).where(cases.c.id.in_(ids)))
    return {row.id: row for row in found}


def put_off(db: Connection, dates: Mapping[int, datetime]) -> None:
    """Set the next date of cases that this transaction has taken."""
    if dates:
        statement = cases.update().where(cases.c.id == bindparam("of_case")).values(next_at=bindparam("at"))
        db.execute(statement, [{"of_case": case_id, "at": at} for case_id, at in dates.items()])


def set_values(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write columns of cases that this transaction has taken. Each row has "case_id" and the same columns."""
    if not rows:
        return
    targets: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "case_id"}
    statement = cases.update().where(cases.c.id == bindparam("new_case_id")).values(targets)
    db.execute(statement, [{f"new_{name}": value for name, value in row.items()} for row in rows])


def open_alone(db: Connection) -> None:
    """Until this transaction ends nobody else opens cases: two services of one person would not see each other."""
    take_turns(db, "opening cases")


def last_asked(db: Connection, keys: Collection[str], since: datetime) -> dict[str, datetime]:
    """When people were asked last (or will be), by the key of their e-mail address or telephone number."""
    found: dict[str, datetime] = {}
    for column in (cases.c.email_key, cases.c.phone_key):
        statement = select(column, func.max(cases.c.asked_at)).where(column.in_(keys), cases.c.asked_at >= since)
        for key, at in db.execute(statement.group_by(column)):
            found[key] = max(at, found.get(key, at))
    return found


def asked_where(db: Connection, field: str, value: str, since: datetime) -> int:
    """How many customers were asked since then (or will be) about services whose `field` is `value`.

    Kinds and departments are those of cases, which have the policy's spelling.
    """
    wanted = select(func.count()).join_from(cases, services, services.c.id == cases.c.service_id)
    if field == "tag":
        listed = literal(",") + services.c.tags + literal(",")
        of_value = listed.contains(f",{value},", autoescape=True)
    else:
        of_value = (cases if field in ("kind", "department") else services).c[field] == value
    return int(db.execute(wanted.where(cases.c.asked_at >= since, of_value)).scalar_one())


def opted_out(db: Connection, keys: Collection[str], now: datetime) -> dict[str, dict[str, datetime]]:
    """Since when addresses must not be used, by key and then by channel (or `ANY_CHANNEL`). Pauses that are over are
    none."""
    in_force = or_(suppressions.c.until.is_(None), suppressions.c.until > now)
    statement = select(*columns(suppressions, "address_key", "channel", "since"))
    found: dict[str, dict[str, datetime]] = {}
    for row in db.execute(statement.where(suppressions.c.address_key.in_(keys), in_force)):
        found.setdefault(row.address_key, {})[row.channel] = row.since
    return found


def refusals(out: Mapping[str, Mapping[str, datetime]], keys: Collection[str]) -> dict[str, datetime]:
    """Of what `opted_out` found, that of one person: since when, by channel."""
    found: dict[str, datetime] = {}
    for key in keys:
        for channel, since in out.get(key, {}).items():
            found[channel] = min(since, found.get(channel, since))
    return found


def keys_of(row: Row[Any]) -> list[str]:
    """The keys of a person's addresses in a case or service."""
    return [key for key in (row.email_key, row.phone_key) if key]


def reopened(db: Connection, stages: Collection[Stage]) -> list[Row[Any]]:
    """Open cases in `stages` whose service is open again; `asked_at` only if the customer may have heard from us."""
    under_way = messages.c.case_id == cases.c.id, messages.c.state.in_(_UNDER_WAY)
    heard = or_(cases.c.contacted_at.is_not(None), select(messages.c.id).where(*under_way).exists())
    return list(
        db.execute(
            select(*columns(cases, "id", "stage"), case((heard, cases.c.asked_at)).label("asked_at"))
            .join_from(cases, services, services.c.id == cases.c.service_id)
            .where(services.c.reopened_at.is_not(None), cases.c.stage.in_(stages))
            .order_by(cases.c.id)
        )
    )


def last_messages(db: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """The newest survey or reminder of each case."""
    statement = (
        select(
            *columns(messages, "id", "key", "case_id", "state", "due_at", "settled_at", "channel", "purpose", "note"),
            *columns(messages, "code", "cause"),
        )
        .where(messages.c.case_id.in_(ids), messages.c.purpose.in_(_CONTACTING))
        .order_by(messages.c.id)
    )
    return {row.case_id: row for row in db.execute(statement)}


def last_written(db: Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """When the newest survey or reminder of each case went out or is to, if it was not refused, lost or taken back."""
    at = func.max(func.coalesce(messages.c.settled_at, messages.c.due_at))
    statement = select(messages.c.case_id, at).where(
        messages.c.case_id.in_(ids),
        messages.c.purpose.in_(_CONTACTING),
        messages.c.state.not_in((Delivery.REJECTED, Delivery.FAILED, Delivery.WITHDRAWN)),
    )
    return {case_id: when for case_id, when in db.execute(statement.group_by(messages.c.case_id)).tuples() if case_id}


def calls_of(db: Connection, ids: Sequence[int], *, of_survey: bool = True) -> dict[int, list[Row[Any]]]:
    """The calls of each case, first attempt first; those about the survey, or all of them."""
    found: dict[int, list[Row[Any]]] = {}
    statement = (
        select(
            *columns(calls, "id", "case_id", "escalation_id", "attempt", "reason", "due_from", "done_at", "outcome"),
            *columns(calls, "confirms", "withdrawn_at", "owed_at"),
        )
        .where(calls.c.case_id.in_(ids))
        .order_by(calls.c.attempt)
    )
    for row in db.execute(statement.where(calls.c.escalation_id.is_(None)) if of_survey else statement):
        found.setdefault(row.case_id, []).append(row)
    return found


def wrong_number(made: Sequence[Row[Any]]) -> bool:
    return any(call.outcome == CallOutcome.WRONG_NUMBER for call in made)


def is_open(call: Row[Any]) -> bool:
    """Whether the call is still to be made."""
    return call.done_at is None and call.withdrawn_at is None


def next_number(made: Sequence[Row[Any]]) -> int:
    """The number of the next call of a case, from all its calls so far."""
    return 1 + max((call.attempt for call in made), default=0)
