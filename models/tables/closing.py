"""What keeps a concern open for a while, and what is asked for to close it without its customer."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel


class Pause(SQLModel, table=True):
    """The clock of a concern's resolution stands still. At most one pause of a concern is open."""

    __tablename__ = "escalation_pauses"
    __table_args__: Any = (
        Index("escalation_pauses_open", "escalation_id", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    escalation_id: int = Field(foreign_key="escalations.id", index=True)
    code: str
    """A reason of the policy."""
    note: str
    """Identity: people write names into it."""
    begun_at: datetime
    begun_by: str
    ends_by: datetime
    """The latest date: then it ends by itself."""
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_because: str | None = None


class UnreachableRequest(SQLModel, table=True):
    """Somebody asks to close a concern because its customer cannot be reached; another person signs or declines."""

    __tablename__ = "unreachable_requests"
    __table_args__: Any = (
        Index("unreachable_requests_open", "escalation_id", unique=True, sqlite_where=text("decided_at IS NULL"),
              postgresql_where=text("decided_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    escalation_id: int = Field(foreign_key="escalations.id", index=True)
    asked_at: datetime
    asked_by: str
    root_cause: str
    action: str
    attempts: int
    """What had been tried when it was asked for."""
    channels: str
    """On which channels, separated by commas."""
    first_at: datetime
    """The first attempt."""
    decided_at: datetime | None = None
    decided_by: str | None = None
    signed: bool | None = None
    """None while nobody has decided; False when it was declined, or the customer said something."""
    note: str | None = None
    """Identity: why it was declined."""
