"""The branches of the services that we know, as their sources report them."""

from sqlalchemy import Connection, func, select

from models.tables import services


def regions_in_use(db: Connection) -> dict[str, int]:
    """Each region with the number of its services."""
    counted = select(services.c.region, func.count()).group_by(services.c.region).order_by(services.c.region)
    return dict(db.execute(counted).tuples().all())
