"""What makes a concern go on: a pause ends, and a request to close it without its customer is off."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.pauses import PauseEnd, end_pause
from models.tables import cases, escalations
from models.unreachable import decide, open_request
from vocabulary import Stage

_CUSTOMER = "customer"


def go_on(db: Connection, concern: Row[Any], *, at: datetime, by: str, because: PauseEnd) -> datetime:
    """The date of the resolution target as it is now. The caller holds the concern's case."""
    waiting = open_request(db, concern.id)
    if waiting is not None and waiting.asked_at <= at:
        decide(db, concern, waiting, signed=False, by=by, at=at, note=because)
    moved = end_pause(db, concern, at=at, because=because, by=by)
    unmoved: datetime = concern.resolve_by
    return unmoved if moved is None else moved


def customer_spoke(db: Connection, case_id: int, *, at: datetime) -> None:
    """Whatever the customer says while a concern is open: the clock runs again from that moment."""
    db.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update())
    found = db.execute(
        select(escalations)
        .join(cases, cases.c.id == escalations.c.case_id)
        .where(cases.c.id == case_id, cases.c.stage == Stage.ESCALATED, escalations.c.closed_at.is_(None))
    ).one_or_none()
    if found is not None:
        go_on(db, found, at=at, by=_CUSTOMER, because=PauseEnd.CUSTOMER)
