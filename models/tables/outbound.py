"""What we owe other programs and rooms of a chat: word of what happened. No identity is in these rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from vocabulary import Delivery


class Announcement(SQLModel, table=True):
    """Word of one entry of the log to one target, written in the transaction of the entry."""

    __tablename__ = "announcements"
    __table_args__: Any = (
        UniqueConstraint("entry_id", "target"),
        Index("announcements_due", "state", "due_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True)
    """Random, and the same at every attempt: by it the receiver knows a second copy."""
    entry_id: int = Field(foreign_key="entries.id")
    target: str
    """Its name in the settings; never an address."""
    event: str
    happened_at: datetime
    about: str
    """JSON: ids, words, dates and counts, as they were when it happened."""
    owed_at: datetime
    due_at: datetime
    state: str = Delivery.DUE
    owner: str | None = None
    lease_until: datetime | None = None
    attempts: int = 0
    code: str | None = None
    """Of the last attempt, or why there was none."""
    settled_at: datetime | None = None


class TargetState(SQLModel, table=True):
    """A target that gets nothing for now, and until when; one without a row is well."""

    __tablename__ = "target_states"

    target: str = Field(primary_key=True)
    stopped_at: datetime
    try_again_at: datetime | None = None
    """None: never by itself. It has said that it is gone."""
    code: str
