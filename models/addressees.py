"""Whom our letters go to, as they name them; and what our people wrote to them besides."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models.notes import NoteKind
from models.tables import cases, columns, notes, services


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom we wrote to, as our letters name them. `written`: what our people wrote to them in their own words."""

    customer_name: str | None
    kind: str
    department: str
    branch: str
    timezone: str
    service_closed_at: datetime
    written: tuple[str, ...]


def addressee_of(db: Connection, case_id: int) -> Addressee:
    found = (
        select(
            *columns(services, "customer_name", "closed_at"),
            *columns(cases, "kind", "department", "branch", "timezone"),
        )
        .join_from(cases, services, services.c.id == cases.c.service_id)
        .where(cases.c.id == case_id)
    )
    row = db.execute(found).one()
    ours = select(notes.c.text).where(notes.c.case_id == case_id, notes.c.kind == NoteKind.WRITTEN)
    return Addressee(
        customer_name=row.customer_name, kind=row.kind, department=row.department, branch=row.branch,
        timezone=row.timezone, service_closed_at=row.closed_at, written=tuple(db.execute(ours).scalars()),
    )  # fmt: skip
