"""Who is on call: shifts with their beginning and end, kept by hand or read from a calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.refused import Refused
from models.tables import duty_shifts


class DutyError(Refused):
    """A shift cannot be kept like that. The text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShift:
    """`phone` in E.164. `uid`: of the event, when it comes from a calendar."""

    department: str
    name: str
    email: str
    phone: str | None
    starts_at: datetime
    ends_at: datetime
    uid: str | None = None


def add_shifts(db: Connection, new: Sequence[NewShift], *, by: str) -> int:
    """Keep shifts; how many."""
    for shift in new:
        if shift.ends_at <= shift.starts_at:
            raise DutyError(f"the shift of {shift.name} ends before it begins")
    rows = [
        {"department": shift.department, "name": shift.name, "email": shift.email, "phone": shift.phone,
         "starts_at": shift.starts_at, "ends_at": shift.ends_at, "uid": shift.uid, "added_by": by}
        for shift in new
    ]  # fmt: skip
    if rows:
        db.execute(duty_shifts.insert(), rows)
    return len(rows)


def replace_shifts(db: Connection, department: str, new: Sequence[NewShift], *, by: str) -> int:
    """The shifts of a calendar instead of all that came from a calendar for this department before: of an event that
    was moved or taken out there nothing stays. Those that were typed stay.
    """
    imported = duty_shifts.c.department == department, duty_shifts.c.uid.is_not(None)
    db.execute(duty_shifts.delete().where(*imported))
    return add_shifts(db, new, by=by)


def remove_shift(db: Connection, shift_id: int) -> None:
    gone = db.execute(duty_shifts.delete().where(duty_shifts.c.id == shift_id).returning(duty_shifts.c.id)).all()
    if not gone:
        raise DutyError(f"there is no shift {shift_id}: somebody has removed it")


def coming_shifts(db: Connection, after: datetime, *, most: int = 200) -> Sequence[Row[Any]]:
    """Shifts that are not over, the next first."""
    coming = select(duty_shifts).where(duty_shifts.c.ends_at > after)
    return db.execute(coming.order_by(duty_shifts.c.starts_at, duty_shifts.c.id).limit(most)).all()
