"""Messages of which nobody knows whether they were sent: which of them are to be looked for, and what was found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select

from models.tables import cases, columns, links, messages, services
from vocabulary import Channel, Delivery

_HAS_LINK = select(links.c.token_sha256).where(links.c.message_id == messages.c.id).correlate(messages).exists()


def take_unknown(db: Connection, channel: Channel, *, parked_before: datetime, size: int) -> Sequence[Row[Any]]:
    """Up to `size` messages to customers that are to be looked for now; each is taken twice, by one worker each time.

    At once, and again when it has been unknown since before `parked_before`. Only those with a link of their own, by
    which they can be recognised. Each row: id, ref, case_id, purpose, channel, attempts, email, phone, and since, the
    earliest instant at which it can have been handed over.
    """
    wanted = (
        select(messages.c.id)
        .where(messages.c.state == Delivery.UNKNOWN, messages.c.channel == channel, messages.c.to_address.is_(None))
        .where(or_(messages.c.sought == 0, and_(messages.c.sought == 1, messages.c.settled_at <= parked_before)))
        .where(messages.c.case_id.is_not(None), _HAS_LINK)
        .order_by(messages.c.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    first = wanted.cte("first").prefix_with("MATERIALIZED", dialect="postgresql")
    swap = messages.update().where(messages.c.id.in_(select(first.c.id)), messages.c.state == Delivery.UNKNOWN)
    taken = db.execute(swap.values(sought=messages.c.sought + 1).returning(messages.c.id)).scalars().all()
    since = select(func.min(links.c.created_at, type_=links.c.created_at.type)).where(
        links.c.message_id == messages.c.id
    )
    return db.execute(
        select(
            *columns(messages, "id", "ref", "case_id", "purpose", "channel", "attempts"),
            *columns(services, "email", "phone"),
            since.scalar_subquery().label("since"),
        )
        .join_from(messages, cases, cases.c.id == messages.c.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .where(messages.c.id.in_(taken))
        .order_by(messages.c.id)
    ).all()


def tokens_of(db: Connection, message_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """The SHA-256 of the tokens in the links of these messages: also of an earlier copy of the same message."""
    wanted = select(*columns(links, "message_id", "token_sha256")).where(links.c.message_id.in_(message_ids))
    found: dict[int, frozenset[str]] = {}
    for message_id, token in db.execute(wanted).tuples():
        found[message_id] = found.get(message_id, frozenset()) | {token}
    return found


def settle_found(db: Connection, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Write what the provider has, of messages that are still unknown; the ids that were written.

    Each row: "message_id" and the columns state, code, cause, provider_id. When it was sent stays what we wrote down.
    """
    ids = [row["message_id"] for row in rows]
    still = select(messages.c.id).where(messages.c.id.in_(ids), messages.c.state == Delivery.UNKNOWN)
    mine = set(db.execute(still.order_by(messages.c.id).with_for_update()).scalars())
    writable = [{f"new_{name}": value for name, value in row.items()} for row in rows if row["message_id"] in mine]
    if writable:
        targets: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("state", "code", "cause", "provider_id")}
        db.execute(messages.update().where(messages.c.id == bindparam("new_message_id")).values(targets), writable)
    return mine
