"""What deliveries and calls mean for the cases they belong to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from models.tables import cases
from vocabulary import Stage


def first_contacts(db: Connection, case_ids: Sequence[int]) -> list[int]:
    """Those of the cases whose customer had not been contacted before."""
    wanted = select(cases.c.id).where(cases.c.id.in_(case_ids), cases.c.contacted_at.is_(None)).order_by(cases.c.id)
    return list(db.execute(wanted.with_for_update()).scalars())


def look_now(db: Connection, case_ids: Sequence[int], now: datetime) -> None:
    """Let `await_response` look at these cases at its next sweep: what they waited for has failed."""
    if case_ids:
        asked = cases.update().where(cases.c.id.in_(case_ids), cases.c.stage == Stage.ASKED)
        db.execute(asked.values(next_at=now))
