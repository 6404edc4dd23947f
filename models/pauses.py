"""Pauses of concerns: rows with a beginning, a latest date and an end. Whoever writes one holds the concern's case."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from models.log import SYSTEM, NewEntry, append
from models.tables import escalation_pauses, escalations
from vocabulary import Clause, Event


class PauseEnd(StrEnum):
    """Why a pause of a concern is over."""

    LATEST_DATE = "its latest date"
    PERSON = "ended by a person"
    CUSTOMER = "the customer said something"
    HANDED_OVER = "the concern was handed over"
    RESOLVED = "the concern was resolved"
    CLOSED = "the concern was closed"


def begin_pause(
    db: Connection, concern: Row[Any], *, code: str, note: str, ends_by: datetime, by: str, at: datetime
) -> int:
    """The id of the pause. A unique index refuses a second one that is open.

    The resolution target moves by all of the pause at once, so that nothing that looks at it takes a concern for late
    that is paused; when the pause ends early, the rest is taken off again.
    """
    row = {"escalation_id": concern.id, "code": code, "note": note, "begun_at": at, "begun_by": by, "ends_by": ends_by}
    new = escalation_pauses.insert().returning(escalation_pauses.c.id)
    pause_id = int(db.execute(new, row).scalar_one())
    latest = concern.resolve_by + (ends_by - at)
    moved = {"resolve_by": latest, "next_at": ends_by}
    db.execute(escalations.update().where(escalations.c.id == concern.id).values(moved))
    append(db, [NewEntry(event=Event.ESCALATION_PAUSED, at=at, clause=Clause.ESCALATE, case_id=concern.case_id,
                         ref_id=concern.id, actor=by,
                         detail={"code": code, "until": ends_by.isoformat(),
                                 "resolve by": latest.isoformat()})])  # fmt: skip
    return pause_id


def open_pauses(db: Connection, escalation_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """The open pause of each of these concerns that has one."""
    still_open = escalation_pauses.c.escalation_id.in_(escalation_ids), escalation_pauses.c.ended_at.is_(None)
    return {row.escalation_id: row for row in db.execute(select(escalation_pauses).where(*still_open))}


def pauses_of(db: Connection, escalation_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """All pauses of each of these concerns, oldest first."""
    found: dict[int, list[Row[Any]]] = {escalation_id: [] for escalation_id in escalation_ids}
    of_concerns = select(escalation_pauses).where(escalation_pauses.c.escalation_id.in_(escalation_ids))
    for row in db.execute(of_concerns.order_by(escalation_pauses.c.id)):
        found[row.escalation_id].append(row)
    return found


def paused_for(concern: Row[Any], pauses: Sequence[Row[Any]]) -> timedelta:
    """How long these pauses took, of those that are over and began after it was received (or opened again)."""
    over = [pause for pause in pauses if pause.ended_at is not None and pause.begun_at >= concern.received_at]
    return sum((pause.ended_at - pause.begun_at for pause in over), timedelta())


def end_pause(
    db: Connection, concern: Row[Any], *, at: datetime, because: PauseEnd, by: str = SYSTEM, now: datetime | None = None
) -> datetime | None:
    """End the open pause as of `at`, or of its latest date when that was before; the new date of the resolution target.

    None, and nothing written, when no pause was open at that time. In the end the target has moved by the elapsed time
    of the pause. `now`: when it is written down, if that is later.
    """
    pause = open_pauses(db, [concern.id]).get(concern.id)
    if pause is None or pause.begun_at > at:
        return None
    ended_at = min(at, pause.ends_by)
    why = PauseEnd.LATEST_DATE if pause.ends_by < at else because
    still_open = escalation_pauses.c.id == pause.id, escalation_pauses.c.ended_at.is_(None)
    values = {"ended_at": ended_at, "ended_by": by, "ended_because": why}
    db.execute(escalation_pauses.update().where(*still_open).values(values))
    resolve_by: datetime = concern.resolve_by - (pause.ends_by - ended_at)
    moved = {"resolve_by": resolve_by, "next_at": resolve_by}
    db.execute(escalations.update().where(escalations.c.id == concern.id).values(moved))
    hours = round((ended_at - pause.begun_at) / timedelta(hours=1), 1)
    append(db, [NewEntry(event=Event.ESCALATION_RESUMED, at=now or at, clause=Clause.ESCALATE, case_id=concern.case_id,
                         ref_id=concern.id, actor=by,
                         detail={"code": pause.code, "because": why, "paused hours": hours,
                                 "resolve by": resolve_by.isoformat()})])  # fmt: skip
    return resolve_by
