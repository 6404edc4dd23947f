"""Holds on sending: who holds back what and why, and which messages that stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.exc import IntegrityError

from models.deliveries import TO_CUSTOMERS
from models.log import SYSTEM, NewEntry, append
from models.tables import cases, holds, messages
from models.tables.holding import IN_FORCE
from vocabulary import Channel, Clause, Delivery, Event, Fuse, Scope


@dataclass(frozen=True, slots=True)
class Held:
    """A hold. `name`: of the branch or channel; `fuse`: None when a person holds."""

    id: int
    scope: Scope
    name: str
    fuse: Fuse | None
    reason: str
    held_by: str
    since: datetime


def in_force(db: Connection) -> Sequence[Held]:
    """Oldest first."""
    rows = db.execute(select(holds).where(IN_FORCE).order_by(holds.c.id))
    return [Held(row.id, Scope(row.scope), row.name, Fuse(row.fuse) if row.fuse else None, row.reason, row.held_by,
                 row.since) for row in rows]  # fmt: skip


def is_held(db: Connection, scope: Scope) -> bool:
    return db.execute(select(holds.c.id).where(IN_FORCE, holds.c.scope == scope)).first() is not None


def hold(
    db: Connection, scope: Scope, name: str, *, reason: str, by: str, at: datetime, fuse: Fuse | None = None
) -> int | None:
    """Hold back, and log it; the number of the hold. None when the same is held already."""
    if db.execute(select(holds.c.id).where(IN_FORCE, holds.c.scope == scope, holds.c.name == name)).first():
        return None
    row = {"scope": scope, "name": name, "fuse": fuse, "reason": reason, "held_by": by, "since": at}
    try:
        with db.begin_nested():
            number = int(db.execute(holds.insert().values(row).returning(holds.c.id)).scalar_one())
    except IntegrityError:  # somebody else was faster
        return None
    _log(db, Event.SENDING_HELD, number, scope, name, fuse, by=SYSTEM if fuse else by, at=at)
    return number


def release(db: Connection, number: int, *, by: str, at: datetime) -> Held | None:
    """Let it go on, and log it; what was held. None when it is not held, or no more."""
    found = next((one for one in in_force(db) if one.id == number), None)
    swap = holds.update().where(holds.c.id == number, IN_FORCE).values(released_at=at, released_by=by)
    if found is None or not db.execute(swap).rowcount:
        return None
    _log(db, Event.SENDING_RELEASED, number, found.scope, found.name, found.fuse, by=by, at=at)
    return found


def last_release(db: Connection, fuse: Fuse) -> datetime | None:
    """When a person last gave their word: from then on it is counted anew."""
    newest = func.max(holds.c.released_at, type_=holds.c.since.type)
    return db.execute(select(newest).where(holds.c.fuse == fuse)).scalar()


def held_back() -> ColumnElement[bool]:
    """That a message is held. What goes to staff never is: they are to hear of concerns and dangers."""
    branch = select(cases.c.branch).where(cases.c.id == messages.c.case_id).correlate(messages).scalar_subquery()
    applies = or_(
        holds.c.scope == Scope.COMPANY,
        and_(holds.c.scope == Scope.CHANNEL, holds.c.name == messages.c.channel),
        and_(holds.c.scope == Scope.BRANCH, holds.c.name == branch),
    )
    held = select(holds.c.id).where(IN_FORCE, applies).correlate(messages).exists()
    return and_(messages.c.purpose.in_(TO_CUSTOMERS), held)


def count_held(db: Connection, now: datetime) -> int:
    """Due messages that are held back."""
    due = and_(messages.c.state == Delivery.DUE, messages.c.due_at <= now, held_back())
    return int(db.execute(select(func.count()).select_from(messages).where(due)).scalar_one())


def count_due(db: Connection, now: datetime, channel: Channel | None = None) -> int:
    """Due messages to customers that nothing holds back, on one channel or on all."""
    return _count(db, and_(messages.c.state == Delivery.DUE, messages.c.due_at <= now, ~held_back()), channel)


def count_begun(db: Connection, since: datetime, channel: Channel | None = None) -> int:
    """Messages to customers that were begun after an instant, on one channel or on all."""
    return _count(db, messages.c.begun_at > since, channel)


def count_claimed(db: Connection, channel: Channel | None = None) -> int:
    """Messages to customers that workers have in hand and have not begun."""
    return _count(db, and_(messages.c.state == Delivery.CLAIMED, messages.c.begun_at.is_(None)), channel)


def _count(db: Connection, which: ColumnElement[bool], channel: Channel | None) -> int:
    counted = and_(which, messages.c.purpose.in_(TO_CUSTOMERS))
    on = counted if channel is None else and_(counted, messages.c.channel == channel)
    return int(db.execute(select(func.count()).select_from(messages).where(on)).scalar_one())


def _log(
    db: Connection, event: Event, number: int, scope: Scope, name: str, fuse: Fuse | None, *, by: str, at: datetime
) -> None:
    """Without the reason, which is in somebody's words: it stands in the row."""
    detail = {"what": scope, "name": name, "fuse": fuse}
    told = {key: value for key, value in detail.items() if value}
    append(db, [NewEntry(event=event, at=at, clause=Clause.ASK, ref_id=number, actor=by, detail=told)])
