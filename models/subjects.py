"""A case with the service that it follows up, whole: for what is decided about one customer."""

from typing import Any

from sqlalchemy import Connection, Row, select

from models.tables import cases, services


def case_and_service(db: Connection, case_id: int) -> tuple[Row[Any], Row[Any]]:
    case = db.execute(select(cases).where(cases.c.id == case_id)).one()
    return case, db.execute(select(services).where(services.c.id == case.service_id)).one()
