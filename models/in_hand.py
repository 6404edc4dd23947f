"""Messages in a worker's hands: claimed, begun, given back or parked, and what became of them.

A claim lasts as long as its lease, which is renewed while work goes on. A message is begun directly before its first
byte: whoever ends before that leaves it as it was. Of one that was begun nobody knows, until its provider says so.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, or_, select

from models import leases
from models.deliveries import WAITS_FOR_A_READER, still_wanted
from models.holds import held_back
from models.log import NewEntry, append
from models.tables import columns, messages
from vocabulary import Channel, Clause, Delivery, Event

_IN_HAND = messages.c.state == Delivery.CLAIMED
_KNOWN = (Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.FAILED)
"""What the provider has said already."""


def claim(
    db: Connection,
    channel: Channel,
    owner: str,
    now: datetime,
    *,
    size: int,
    until: datetime,
    spare: timedelta = timedelta(),
) -> int:
    """Put up to `size` due messages into the hands of `owner` until an instant; how many. Two workers never get the
    same one.

    None that is held back, or whose customer's reply waits for a person. One whose contact window has closed, or closes
    within `spare`, is not due any more, however long the queue was.
    """
    in_window = or_(messages.c.not_after.is_(None), messages.c.not_after > now + spare)
    wanted = and_(messages.c.channel == channel, in_window, ~WAITS_FOR_A_READER, ~held_back())
    return leases.take(db, messages, wanted, owner, now, size=size, until=until)


def claimed(db: Connection, owner: str) -> Sequence[Row[Any]]:
    return leases.held(db, messages, owner)


def begin(db: Connection, owner: str, refs: Sequence[str], now: datetime, *, at: datetime) -> set[str]:
    """Mark as begun those that `owner` still holds and that may go out now; their refs.

    `now`: the instant as at which opt-outs, pauses and contact windows count. `at`: what is written down.
    """
    if not refs:
        return set()
    in_window = or_(messages.c.not_after.is_(None), messages.c.not_after > now)
    wanted = messages.c.id.in_(still_wanted(db, refs, now))
    mine = and_(_IN_HAND, messages.c.owner == owner)
    swap = messages.update().where(wanted, mine, in_window, ~held_back()).values(begun_at=at)
    return set(db.execute(swap.returning(messages.c.ref)).scalars())


def renew(db: Connection, owner: str, until: datetime) -> None:
    """What `owner` still holds, it holds until then."""
    db.execute(messages.update().where(_IN_HAND, messages.c.owner == owner).values(lease_until=until))


def settle(db: Connection, owner: str, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Write outcomes of messages that `owner` still holds; the ids that were written.

    Each row: "message_id" and the columns state, due_at, code, cause, provider_id, settled_at, attempts, begun_at. Of a
    message that is no longer held only this is written: that its provider has accepted it. That is true whoever has it
    by now, and keeps a second copy from going out.
    """
    written = leases.settle(db, messages, owner, rows, key="message_id")
    late = [row for row in rows if row["message_id"] not in written and row["state"] == Delivery.ACCEPTED]
    return written | _merge_accepted(db, late)


def _merge_accepted(db: Connection, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    if not rows:
        return set()
    ids = [row["message_id"] for row in rows]
    unsaid = select(messages.c.id).where(messages.c.id.in_(ids), messages.c.state.not_in(_KNOWN))
    mine = set(db.execute(unsaid.order_by(messages.c.id).with_for_update()).scalars())
    names = ("state", "code", "cause", "provider_id", "settled_at")
    accepted = [{f"new_{name}": row[name] for name in (*names, "message_id")} for row in rows
                if row["message_id"] in mine]  # fmt: skip
    if accepted:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        db.execute(messages.update().where(messages.c.id == bindparam("new_message_id")).values(values), accepted)
    return mine


def give_back(db: Connection, owner: str) -> int:
    """What `owner` holds and has not begun is due again, as if it had never been claimed; how many."""
    return _give_back(db, messages.c.owner == owner)


def owners(db: Connection) -> set[str]:
    """Whoever holds messages."""
    return set(db.execute(select(messages.c.owner).where(_IN_HAND).distinct()).scalars()) - {None}


def end_lost_claims(db: Connection, now: datetime, *, gone: Collection[str]) -> tuple[int, int]:
    """Messages whose lease is over, or whose owner is `gone`: those that were not begun are due again, those that were
    may or may not have been sent; how many of each.
    """
    lost = or_(messages.c.lease_until < now, messages.c.owner.in_(gone))
    return _give_back(db, lost), _park(db, and_(lost, messages.c.begun_at.is_not(None)), now, "worker lost")


def park(db: Connection, owner: str, now: datetime, *, code: str) -> int:
    """What `owner` has begun and knows nothing more of is unknown, never simply due again; how many."""
    return _park(db, messages.c.owner == owner, now, code)


def _give_back(db: Connection, which: ColumnElement[bool]) -> int:
    swap = messages.update().where(_IN_HAND, messages.c.begun_at.is_(None), which)
    free = {"state": Delivery.DUE, "owner": None, "lease_until": None, "attempts": messages.c.attempts - 1}
    return len(db.execute(swap.values(free).returning(messages.c.id)).all())


def _park(db: Connection, which: ColumnElement[bool], now: datetime, code: str) -> int:
    swap = messages.update().where(_IN_HAND, which)
    values = {"state": Delivery.UNKNOWN, "code": code, "settled_at": now}
    rows = db.execute(swap.values(values).returning(*columns(messages, "id", "case_id"))).all()
    append(db, [NewEntry(event=Event.MESSAGE_UNKNOWN, at=now, clause=Clause.RECORD, case_id=row.case_id, ref_id=row.id,
                         detail={"code": code}) for row in rows])  # fmt: skip
    return len(rows)
