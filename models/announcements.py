"""What is announced, to whom: owed with the entry that it tells of, and given to one worker at a time.

No entry of the log tells of an announcement: it repeats one, and its own row says what became of it.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from models import leases
from models.store import insert_new
from models.tables import announcements, cases, columns, escalations, target_states
from vocabulary import Announced, Delivery, Event, Stage

_OF_CONCERNS = {
    Event.ESCALATION_OPENED: Announced.ESCALATION_OPENED,
    Event.ESCALATION_WARNED: Announced.ESCALATION_WARNED,
    Event.ESCALATION_BREACHED: Announced.ESCALATION_BREACHED,
    Event.ESCALATION_RESOLVED: Announced.ESCALATION_RESOLVED,
    Event.ESCALATION_REOPENED: Announced.ESCALATION_REOPENED,
}
_DETAILS = {"percent": "percent", "what": "limit", "root cause": "root_cause"}
"""What is told of an entry's detail, and under which name."""


def announced_as(event: Event, detail: Mapping[str, Any]) -> Announced | None:
    """As what an entry is announced, or None: it is not."""
    if event is Event.STAGE_CHANGED:
        return Announced.CASE_CLOSED if detail.get("to") == Stage.CLOSED else None
    return _OF_CONCERNS.get(event)


def owe(db: Connection, written: Sequence[Any], wanted: Mapping[str, frozenset[str]]) -> int:
    """Write what the targets that want it are to hear of these entries (rows of the log); how many announcements."""
    news = [(entry, word) for entry in written
            if (word := announced_as(Event(entry.event), json.loads(entry.detail)))]  # fmt: skip
    about = _about(db, news)
    rows = [_row(entry, word, target, about[entry.id])
            for entry, word in news for target, events in wanted.items() if word in events]  # fmt: skip
    return len(insert_new(db, announcements, rows, unique=["entry_id", "target"]))


def _row(entry: Any, word: Announced, target: str, about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ref": f"msg_{secrets.token_hex(16)}",
        "entry_id": entry.id,
        "target": target,
        "event": word,
        "happened_at": entry.at,
        "about": json.dumps(about),
        "owed_at": entry.at,
        "due_at": entry.at,
        "state": Delivery.DUE,
        "attempts": 0,
    }


def _about(db: Connection, news: Sequence[tuple[Any, Announced]]) -> dict[int, dict[str, Any]]:
    """What is told of each entry, by its id: ids, words, dates and counts, no customer and nobody of the staff."""
    closed = [entry.case_id for entry, word in news if word is Announced.CASE_CLOSED]
    concerned = [entry.ref_id for entry, word in news if word is not Announced.CASE_CLOSED]
    of_cases = _by_id(db, cases, closed, "department", "disposition")
    of_concerns = _by_id(db, escalations, concerned, "severity", "department", "received_at", "deadline_at", "reopened")
    told = {}
    for entry, word in news:
        if word is Announced.CASE_CLOSED:
            told[entry.id] = {"case": entry.case_id, **of_cases[entry.case_id]}
        else:
            detail = json.loads(entry.detail)
            more = {name: detail[key] for key, name in _DETAILS.items() if key in detail}
            told[entry.id] = {"case": entry.case_id, "escalation": entry.ref_id, **of_concerns[entry.ref_id], **more}
    return told


def _by_id(db: Connection, table: Any, ids: Collection[int], *names: str) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    found = db.execute(select(table.c.id, *columns(table, *names)).where(table.c.id.in_(ids)))
    return {row.id: {name: _plain(getattr(row, name)) for name in names} for row in found}


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def take(db: Connection, target: str, owner: str, now: datetime, *, size: int, until: datetime) -> int:
    """Put up to `size` due announcements to one target into the hands of `owner` until an instant; how many."""
    return leases.take(db, announcements, announcements.c.target == target, owner, now, size=size, until=until)


def held(db: Connection, owner: str) -> Sequence[Row[Any]]:
    return leases.held(db, announcements, owner)


def settle(db: Connection, owner: str, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Each row: "announcement_id" and the columns state, due_at, attempts, code, settled_at."""
    return leases.settle(db, announcements, owner, rows, key="announcement_id")


def free_abandoned(db: Connection, now: datetime) -> int:
    """What a lost worker held is due again: its receiver knows a second copy by its number."""
    lost = and_(announcements.c.state == Delivery.CLAIMED, announcements.c.lease_until < now)
    swap = announcements.update().where(lost).values(state=Delivery.DUE, code="worker lost")
    return len(db.execute(swap.returning(announcements.c.id)).all())


def withdraw_unwanted(db: Connection, known: Collection[str], now: datetime) -> int:
    """What is owed to a target that is in the settings no more, or that has said that it is gone; how many."""
    gone = select(target_states.c.target).where(target_states.c.try_again_at.is_(None))
    unknown = announcements.c.target.not_in(known)
    return _end(db, unknown, Delivery.WITHDRAWN, "no such target", now) + _end(
        db, announcements.c.target.in_(gone), Delivery.WITHDRAWN, "gone", now
    )


def give_up(db: Connection, owed_before: datetime, now: datetime) -> int:
    """What was owed to a stopped target for too long; how many."""
    stopped = announcements.c.target.in_(select(target_states.c.target))
    return _end(db, and_(stopped, announcements.c.owed_at < owed_before), Delivery.REJECTED, "given up", now)


def _end(db: Connection, which: ColumnElement[bool], state: Delivery, code: str, now: datetime) -> int:
    due = announcements.update().where(which, announcements.c.state == Delivery.DUE)
    return len(db.execute(due.values(state=state, code=code, settled_at=now).returning(announcements.c.id)).all())


def stopped(db: Connection) -> dict[str, Row[Any]]:
    """The targets that get nothing for now, by name."""
    return {row.target: row for row in db.execute(select(target_states))}


def stop(db: Connection, target: str, code: str, now: datetime, *, until: datetime | None) -> None:
    """`until` None: until somebody tests it with success."""
    row = {"target": target, "stopped_at": now, "try_again_at": until, "code": code}
    if not insert_new(db, target_states, [row], unique=["target"], returning=["target"]):
        longer = {"try_again_at": until, "code": code}  # it has been stopped since before
        db.execute(target_states.update().where(target_states.c.target == target).values(longer))


def resume(db: Connection, target: str) -> None:
    db.execute(target_states.delete().where(target_states.c.target == target))


def counts(db: Connection, since: datetime) -> dict[tuple[str, str], int]:
    """How many announcements there are by target and state: all that are due, and what was settled since then."""
    recent = (announcements.c.settled_at.is_(None)) | (announcements.c.settled_at >= since)
    names = columns(announcements, "target", "state")
    found: Iterable[Any] = db.execute(select(*names, func.count().label("many")).where(recent).group_by(*names))
    return {(row.target, row.state): row.many for row in found}
