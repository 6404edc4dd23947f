"""Reviews as they were written: a month's versions, each with its figures. Nothing is ever changed in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.store import insert_new
from models.tables import reviews


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReview:
    month: str
    version: int
    written_at: datetime
    policy_version: str
    figures: str
    """JSON, without personal data."""
    report: str
    """Name of the file in the reviews folder."""


def latest_review(db: Connection, month: str) -> Row[Any] | None:
    return db.execute(
        select(reviews).where(reviews.c.month == month).order_by(reviews.c.version.desc()).limit(1)
    ).one_or_none()


def newest_review(db: Connection) -> Row[Any] | None:
    """The last version of the latest month that has one."""
    newest = select(reviews).order_by(reviews.c.month.desc(), reviews.c.version.desc()).limit(1)
    return db.execute(newest).one_or_none()


def add_review(db: Connection, new: NewReview) -> int | None:
    """The id of the new version; None when somebody else has written that version in the meantime."""
    row = {name: getattr(new, name) for name in NewReview.__slots__}
    added = insert_new(db, reviews, [row], unique=["month", "version"])
    return int(added[0].id) if added else None


def listed_reviews(db: Connection) -> Sequence[Row[Any]]:
    """All versions of all months, the newest first."""
    return db.execute(select(reviews).order_by(reviews.c.month.desc(), reviews.c.version.desc())).all()
