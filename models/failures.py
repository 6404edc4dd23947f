"""Messages to staff, and surveys after a resolution, that did not arrive: found until somebody has dealt with them.

Who deals with one says so on its row (`follow_up`) in the transaction that does it. So a sweep that dies has done
nothing, and of two at the same time one finds nothing to do.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, or_, select

from models.store import Store
from models.tables import columns, escalations, messages
from models.tables.contact import TO_FOLLOW
from vocabulary import Delivery, FollowUp, Purpose

_TO_STAFF = messages.c.to_address.is_not(None)
_FAILED = messages.c.state.in_((Delivery.FAILED, Delivery.REJECTED))
_LONGEST_SHOWN = timedelta(days=31)


def _lost(now: datetime, wait: timedelta) -> ColumnElement[bool]:
    """Did not arrive; of a survey also: was taken back, or nobody can say after `wait`.

    Mail to staff of which nothing is heard is sent once more, and probably arrived: a provider that answers nobody must
    not let every concern go up to management. The warnings of the ladder come all the same.
    """
    survey = messages.c.purpose == Purpose.RECOVERY_SURVEY
    unsure = and_(messages.c.state == Delivery.UNKNOWN, messages.c.settled_at <= now - wait)
    return or_(_FAILED, and_(survey, or_(unsure, messages.c.state == Delivery.WITHDRAWN)))


def lost_messages(store: Store, now: datetime, *, wait: timedelta, size: int) -> Iterator[list[int]]:
    """Messages that did not arrive and that nobody has dealt with, in batches, oldest first."""
    states = messages.c.state.in_((Delivery.FAILED, Delivery.REJECTED, Delivery.UNKNOWN, Delivery.WITHDRAWN))
    found, last = select(messages.c.id).where(TO_FOLLOW, states, _lost(now, wait)), 0
    while True:
        with store.read() as db:
            ids = list(db.execute(found.where(messages.c.id > last).order_by(messages.c.id).limit(size)).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def take_lost(db: Connection, ids: Sequence[int], now: datetime, *, wait: timedelta) -> list[Row[Any]]:
    """Those of them that nobody has dealt with, locked by this transaction, which says how (`write_follow_ups`)."""
    swap = messages.update().where(messages.c.id.in_(ids), messages.c.follow_up.is_(None), _lost(now, wait))
    taken = db.execute(swap.values(follow_up=FollowUp.NOTHING).returning(*messages.c)).all()
    return sorted(taken, key=lambda row: int(row.id))


def write_follow_ups(db: Connection, words: Mapping[int, FollowUp]) -> None:
    """What was done about messages that this transaction has taken."""
    if words:
        statement = messages.update().where(messages.c.id == bindparam("of")).values(follow_up=bindparam("word"))
        db.execute(statement, [{"of": id, "word": word} for id, word in words.items()])


def lost_addresses(db: Connection, escalation_ids: Sequence[int]) -> dict[int, set[str]]:
    """Addresses of staff to which a mail about these concerns did not arrive, by concern."""
    found: dict[int, set[str]] = {}
    wanted = select(*columns(messages, "escalation_id", "to_address")).where(
        messages.c.escalation_id.in_(escalation_ids), _TO_STAFF, _FAILED
    )
    for escalation_id, address in db.execute(wanted).tuples():
        found.setdefault(escalation_id, set()).add(address)
    return found


def ask_anew(db: Connection, escalation_ids: Sequence[int], now: datetime) -> None:
    """Let the ladder look at these concerns at its next sweep, if their resolution still waits for the customer."""
    waiting = escalations.c.resolved_at.is_not(None), escalations.c.closed_at.is_(None), escalations.c.next_at > now
    db.execute(escalations.update().where(escalations.c.id.in_(escalation_ids), *waiting).values(next_at=now))


def surveys_since(db: Connection, concern: Row[Any]) -> Sequence[Row[Any]]:
    """The surveys after the resolution of a concern, oldest first."""
    return db.execute(
        select(*columns(messages, "id", "channel", "state", "settled_at", "code"))
        .where(
            messages.c.escalation_id == concern.id,
            messages.c.purpose == Purpose.RECOVERY_SURVEY,
            messages.c.owed_at >= concern.resolved_at,
        )
        .order_by(messages.c.id)
    ).all()


def reached_nobody(db: Connection, now: datetime) -> tuple[list[int], int]:
    """Open concerns about which nobody could be told, and how many bulletins of the last month reached nobody."""
    nobody = messages.c.follow_up == FollowUp.NOBODY
    concerns = (
        select(messages.c.escalation_id)
        .join_from(messages, escalations, escalations.c.id == messages.c.escalation_id)
        .where(nobody, escalations.c.closed_at.is_(None), escalations.c.resolved_at.is_(None))
        .distinct()
        .order_by(messages.c.escalation_id)
    )
    bulletins = select(messages.c.id).where(
        nobody, messages.c.purpose == Purpose.MONTHLY_BULLETIN, messages.c.settled_at > now - _LONGEST_SHOWN
    )
    return list(db.execute(concerns).scalars()), len(db.execute(bulletins).all())
