"""What the services that we know were reported with: regions, kinds, departments and languages."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from models.tables import services


def regions_in_use(db: Connection) -> dict[str, int]:
    """Each region with the number of its services."""
    counted = select(services.c.region, func.count()).group_by(services.c.region).order_by(services.c.region)
    return dict(db.execute(counted).tuples().all())


def names_in_use(db: Connection, name: str, *, since: datetime) -> dict[str, int]:
    """Each kind, department or language (`name`) of services reported since then, with the number of services."""
    column = services.c[name]
    wanted = services.c.received_at >= since, column.is_not(None)
    return dict(db.execute(select(column, func.count()).where(*wanted).group_by(column)).tuples().all())
