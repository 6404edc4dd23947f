"""Alarms: dangers that customers reported, once each, until somebody has dealt with them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, String, and_, bindparam, cast, func, literal, or_, select

from models.refused import Refused
from models.store import Store, insert_new
from models.tables import alarms, cases, columns, duty_shifts, entries, messages, replies, services
from vocabulary import Channel, Delivery, Event

LAST_RUNG = 3
"""Of the ladder in `policy.alarm`: whoever is there is told again at the interval alone, whatever comes of the mail."""
_EVENTS = (Event.DANGER_RAISED, Event.DANGER_PASSED_ON, Event.DANGER_TAKEN, Event.DANGER_ENDED)
_DID_NOT_ARRIVE = (Delivery.FAILED, Delivery.REJECTED, Delivery.WITHDRAWN)


class AlarmError(Refused):
    """An alarm cannot be taken or ended like that. The text says why and what to do."""


def add(db: Connection, row: Mapping[str, Any]) -> int | None:
    """Write an alarm down; its number, or None when the same was raised before."""
    new = insert_new(db, alarms, [row], unique=["key"])
    return int(new[0].id) if new else None


def due_alarms(store: Store, now: datetime, *, size: int) -> Iterator[list[int]]:
    """Alarms that nobody has taken in time, or of which nobody could be told, in batches; each once."""
    last = 0
    while True:
        with store.read() as db:
            due = select(alarms.c.id).where(alarms.c.id > last, *_to_pass_on(now))
            ids = list(db.execute(due.order_by(alarms.c.id).limit(size)).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def held(db: Connection, ids: Collection[int], now: datetime) -> Sequence[Row[Any]]:
    """Of these alarms those that are still to be passed on, locked."""
    due = select(alarms).where(alarms.c.id.in_(ids), *_to_pass_on(now))
    return db.execute(due.order_by(alarms.c.id).with_for_update()).all()


def _to_pass_on(now: datetime) -> tuple[ColumnElement[bool], ...]:
    unreached = and_(alarms.c.rung < LAST_RUNG, _told(), ~_told(messages.c.state.not_in(_DID_NOT_ARRIVE)))
    return alarms.c.ended_at.is_(None), alarms.c.taken_at.is_(None), or_(alarms.c.next_at <= now, unreached)


def _told(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """That there is a message to whoever was told last."""
    of_rung = literal("alarm:") + cast(alarms.c.id, String) + ":" + cast(alarms.c.rung, String) + ":"
    keys = [of_rung + channel for channel in (Channel.EMAIL, Channel.SMS)]
    return select(messages.c.id).where(messages.c.key.in_(keys), *where).correlate(alarms).exists()


def pass_on(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each row: "of", and the new rung, next_at and told."""
    if rows:
        swap = alarms.update().where(alarms.c.id == bindparam("of"), alarms.c.taken_at.is_(None))
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("rung", "next_at", "told")}
        db.execute(
            swap.values(values), [{"of": row["of"], **{f"new_{name}": row[name] for name in values}} for row in rows]
        )


def take(db: Connection, alarm_id: int, *, by: str, at: datetime) -> Row[Any]:
    """Somebody takes it into their hands: it is passed on no more. Raises AlarmError when another was faster."""
    swap = alarms.update().where(alarms.c.id == alarm_id, alarms.c.taken_at.is_(None), alarms.c.ended_at.is_(None))
    taken = db.execute(swap.values(taken_at=at, taken_by=by, next_at=None).returning(*alarms.c)).one_or_none()
    if taken is None:
        known = find(db, alarm_id)
        raise AlarmError(f"alarm {alarm_id} is in other hands already: {known.taken_by or known.ended_by} took it")
    return taken


def end(db: Connection, alarm_id: int, outcome: str, *, by: str, at: datetime) -> Row[Any]:
    """It was dealt with. Raises AlarmError when that was said before."""
    swap = alarms.update().where(alarms.c.id == alarm_id, alarms.c.ended_at.is_(None))
    values = {
        "ended_at": at,
        "ended_by": by,
        "outcome": outcome,
        "next_at": None,
        "taken_at": func.coalesce(alarms.c.taken_at, at),
        "taken_by": func.coalesce(alarms.c.taken_by, by),
    }
    ended = db.execute(swap.values(values).returning(*alarms.c)).one_or_none()
    if ended is None:
        raise AlarmError(f"alarm {alarm_id} is over: {find(db, alarm_id).ended_by} ended it")
    return ended


_SHOWN = (
    select(
        alarms, *columns(cases, "branch", "recipient_timezone", "kind"),
        *columns(services, "customer_name", "email", "phone"), replies.c.sender,
    )
    .outerjoin_from(alarms, cases, cases.c.id == alarms.c.case_id)
    .outerjoin(services, services.c.id == cases.c.service_id)
    .outerjoin(replies, replies.c.id == alarms.c.reply_id)
)  # fmt: skip


def find(db: Connection, alarm_id: int) -> Row[Any]:
    found = db.execute(_SHOWN.where(alarms.c.id == alarm_id)).one_or_none()
    if found is None:
        raise AlarmError(f"there is no alarm {alarm_id}; `./aftercare alarms list` shows those that are open")
    return found


def listed(db: Connection, *, everything: bool = False) -> Sequence[Row[Any]]:
    """Open alarms, the oldest first; or all of them."""
    return db.execute((_SHOWN if everything else _SHOWN.where(alarms.c.ended_at.is_(None))).order_by(alarms.c.id)).all()


def ended_lately(db: Connection, *, most: int) -> Sequence[Row[Any]]:
    """The last alarms that somebody has dealt with, the newest first."""
    return db.execute(_SHOWN.where(alarms.c.ended_at.is_not(None)).order_by(alarms.c.id.desc()).limit(most)).all()


def entries_of(db: Connection, alarm_id: int) -> Sequence[Row[Any]]:
    """What the log says of an alarm, in the order in which it happened."""
    of = entries.c.ref_id == alarm_id, entries.c.event.in_(_EVENTS)
    return db.execute(select(entries).where(*of).order_by(entries.c.id)).all()


def advised_by(db: Connection, alarm_id: int) -> str | None:
    """The channel on which advice goes or went to the customer; None when none does: a person has to give it."""
    advice = messages.c.key == f"alarm:{alarm_id}:advice", messages.c.state.not_in(_DID_NOT_ARRIVE)
    return db.execute(select(messages.c.channel).where(*advice)).scalar_one_or_none()


def open_in(db: Connection, departments: Collection[str]) -> Sequence[Row[Any]]:
    """Open alarms that people of these departments ("*": all) see; those of no case are everybody's."""
    found = select(*columns(alarms, "id", "department", "dangers", "taken_by")).where(alarms.c.ended_at.is_(None))
    if "*" not in departments:
        found = found.where(alarms.c.department.in_([*departments, "*"]))
    return db.execute(found.order_by(alarms.c.id)).all()


def on_call(db: Connection, department: str, at: datetime) -> Row[Any] | None:
    """Who is on call for a department at an instant; one of its own before one for all, the latest beginning first."""
    running = duty_shifts.c.starts_at <= at, duty_shifts.c.ends_at > at, duty_shifts.c.department.in_([department, "*"])
    order = (duty_shifts.c.department == "*").asc(), duty_shifts.c.starts_at.desc(), duty_shifts.c.id.desc()
    return db.execute(select(duty_shifts).where(*running).order_by(*order).limit(1)).one_or_none()
