"""What providers tell of our messages, once each: which message it is about, and what was told of it before.

Whoever takes in news holds the messages that it is about until the transaction ends, so that two posts at the same
time do not each overlook the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from models.store import insert_new
from models.tables import cases, columns, messages, provider_events
from vocabulary import Channel, Delivery

_MESSAGE = ("id", "case_id", "to_address", "purpose", "channel", "state", "code", "owed_at", "settled_at",
            "provider_id", "reported_at", "ref")  # fmt: skip
_HELD = select(*columns(messages, *_MESSAGE)).order_by(messages.c.id).with_for_update()
_BY_REF = _HELD.where(messages.c.ref.in_(bindparam("keys", expanding=True)))
_BY_NUMBER = _HELD.where(messages.c.provider_id.in_(bindparam("keys", expanding=True)))
_TOLD = (
    select(*columns(provider_events, "message_id", "event_id", "kind", "news", "code", "happened_at", "provider_id"))
    .where(provider_events.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(provider_events.c.id)
)

_ON_THEIR_WAY = (Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.UNKNOWN)
_LONGEST_WAY = timedelta(days=5)
"""Mail servers try for three days, and the last of them may say so a day or two later."""
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """One thing that a provider tells. `ref` is ours, `provider_id` the provider's number of the message."""

    provider: str
    event_id: str
    kind: str
    news: str | None
    ref: str | None
    provider_id: str | None
    happened_at: datetime
    code: str | None
    lost_at: tuple[Channel, str] | None = None
    """Of a message that did not arrive, and has neither number: the channel, and the key of its address."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A message of which something new was told, with everything that was told of it before."""

    message: Row[Any]
    before: list[Row[Any]]
    new: list[NewEvent]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is new of a post: by event, the message that it is about (None while nobody can say)."""

    new: Mapping[str, Row[Any] | None]
    reported: Sequence[Reported]


def keep(db: Connection, events: Sequence[NewEvent], *, at: datetime) -> Kept:
    """Write down the events that are not known yet. `events` are of one provider, and none is there twice."""
    about = _messages(db, events)
    # In one order for all, so that two posts with the same events do not wait for each other.
    rows = [_row(event, about.get(event.event_id), at) for event in sorted(events, key=lambda event: event.event_id)]
    unique = ["provider", "event_id"]
    inserted = {row.event_id for row in insert_new(db, provider_events, rows, unique=unique, returning=["event_id"])}
    new = {event.event_id: about.get(event.event_id) for event in events if event.event_id in inserted}
    return Kept(new, _reported(db, [event for event in events if event.event_id in inserted], about, inserted))


def _messages(db: Connection, events: Sequence[NewEvent]) -> dict[str, Row[Any]]:
    """By event, the message that it is about, locked: the one with our reference, else with the provider's number."""
    by_ref = {row.ref: row for row in _held(db, _BY_REF, {event.ref for event in events if event.ref})}
    others = {event.provider_id for event in events if event.ref not in by_ref and event.provider_id}
    by_number = {row.provider_id: row for row in _held(db, _BY_NUMBER, others)}
    found = {event.event_id: by_ref.get(event.ref) or by_number.get(event.provider_id) for event in events}
    found |= {event.event_id: _only_possible(db, *event.lost_at, event.happened_at)
              for event in events if event.lost_at and not (event.ref or event.provider_id)}  # fmt: skip
    return {event_id: row for event_id, row in found.items() if row is not None}


def _only_possible(db: Connection, channel: Channel, key: str, happened_at: datetime) -> Row[Any] | None:
    """The newest message of the only case that wrote to this address in time; None when several cases did, or none.

    Which of one case's messages it was makes no difference: the address is dead for all of them.
    """
    address = cases.c.email_key if channel is Channel.EMAIL else cases.c.phone_key
    wanted = (
        select(*columns(messages, "id", "case_id"))
        .join_from(messages, cases, cases.c.id == messages.c.case_id)
        .where(address == key, messages.c.to_address.is_(None), messages.c.channel == channel)
        .where(messages.c.state.in_(_ON_THEIR_WAY))
        .where(messages.c.settled_at.between(happened_at - _LONGEST_WAY, happened_at + _CLOCKS_DIFFER))
        .order_by(messages.c.id)
    )
    found = db.execute(wanted).all()
    if len({row.case_id for row in found}) != 1:
        return None
    return db.execute(_HELD.where(messages.c.id == found[-1].id)).one()


def _held(db: Connection, statement: Any, keys: Iterable[str | None]) -> Sequence[Row[Any]]:
    wanted = sorted(key for key in keys if key)
    return db.execute(statement, {"keys": wanted}).all() if wanted else []


def _row(event: NewEvent, message: Row[Any] | None, at: datetime) -> dict[str, Any]:
    return {
        "provider": event.provider,
        "event_id": event.event_id,
        "kind": event.kind,
        "news": event.news,
        "message_id": message.id if message is not None else None,
        "provider_id": event.provider_id,
        "happened_at": event.happened_at,
        "received_at": at,
        "code": event.code,
    }


def _reported(
    db: Connection, new: Sequence[NewEvent], about: Mapping[str, Row[Any]], inserted: set[str]
) -> list[Reported]:
    touched: dict[int, Reported] = {}
    for event in new:
        message = about.get(event.event_id)
        if message is not None:
            touched.setdefault(message.id, Reported(message, [], [])).new.append(event)
    told_before = sorted(id for id, one in touched.items() if one.message.reported_at is not None)
    for row in db.execute(_TOLD, {"ids": told_before}) if told_before else ():
        if row.event_id not in inserted:
            touched[row.message_id].before.append(row)
    return list(touched.values())


_CHANGED: Mapping[str, Any] = {name: bindparam(f"new_{name}") for name in
                               ("state", "code", "cause", "settled_at", "provider_id", "reported_at")}  # fmt: skip
_SWAP = (
    messages.update().where(messages.c.id == bindparam("of"), messages.c.state == bindparam("was")).values(**_CHANGED)
)


def write_standings(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write where messages stand, of those that this transaction holds.

    Each row: "of" (id), "was" (state) and new_state, new_code, new_cause, new_settled_at, new_provider_id,
    new_reported_at.
    """
    if rows:
        db.execute(_SWAP, [dict(row) for row in rows])
