"""A month as the branches see it: from local midnight to local midnight in the time zone of each."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Table, and_, false, or_, select

from models.tables import services

_WRITTEN = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])")
_MONTHS = 12
_WIDEST_OFFSET = timedelta(hours=26)
"""No time zone is further from UTC, even if it changes its offset in between."""

InMonth = Callable[[Table], ColumnElement[bool]]
"""From `services` or `cases` to the condition that the service was closed in the month."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, text: str) -> "Month":
        """From "2026-10". Raises ValueError for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f"month = {text!r} is not a month: write it as 2026-10")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def last_before(cls, now: datetime) -> "Month":
        """The last month that is over at `now`, in UTC."""
        utc = now.astimezone(UTC)
        return cls(utc.year, utc.month).before

    @property
    def before(self) -> "Month":
        return Month(self.year, self.number - 1) if self.number > 1 else Month(self.year - 1, _MONTHS)

    @property
    def after(self) -> "Month":
        return Month(self.year, self.number + 1) if self.number < _MONTHS else Month(self.year + 1, 1)

    @property
    def title(self) -> str:
        """ "October 2026" """
        return f"{datetime(self.year, self.number, 1, tzinfo=UTC):%B %Y}"

    @property
    def short(self) -> str:
        """ "Oct 2026" """
        return f"{datetime(self.year, self.number, 1, tzinfo=UTC):%b %Y}"

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"

    def begins(self, zone: str) -> datetime:
        """The first instant of the month in a time zone, in UTC."""
        return datetime(self.year, self.number, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def closed_in(db: Connection, month: Month) -> InMonth:
    """The condition that a service was closed in `month`, by the local time of its branch.

    The bounds are worked out here once for each time zone in use, so that the database compares instants only.
    """
    first, last = month.begins("UTC") - _WIDEST_OFFSET, month.after.begins("UTC") + _WIDEST_OFFSET
    closed = services.c.closed_at
    zones: dict[tuple[datetime, datetime], list[str]] = {}
    for zone in db.execute(select(services.c.timezone).where(closed >= first, closed < last).distinct()).scalars():
        zones.setdefault((month.begins(zone), month.after.begins(zone)), []).append(zone)

    def condition(table: Table) -> ColumnElement[bool]:
        at, zone = table.c.closed_at, table.c.timezone
        local = [and_(at >= begin, at < end, zone.in_(sorted(names))) for (begin, end), names in sorted(zones.items())]
        return and_(at >= first, at < last, or_(false(), *local))  # the outer bounds let an index be used

    return condition
