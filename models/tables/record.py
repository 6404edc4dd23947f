"""The Customer Feedback Log and what is kept beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Entry(SQLModel, table=True):
    """One line of the Customer Feedback Log, appended in the transaction of what it records, never edited.

    An entry holds no identity: it points to the row that does.
    """

    __tablename__ = "entries"
    __table_args__: Any = (Index("entries_of_case", "case_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    event: str
    case_id: int | None = None
    ref_id: int | None = None
    """The message, answer, escalation or call that the entry is about."""
    actor: str
    clause: str
    policy_version: str | None = None
    detail: str = "{}"
    """JSON: words and counts of the event, and the checks that led to it."""


class PolicyVersion(SQLModel, table=True):
    """The text of every policy that a case was opened under."""

    __tablename__ = "policy_versions"

    version: str = Field(primary_key=True)
    text: str
    first_used_at: datetime


class Review(SQLModel, table=True):
    """One month's figures. Written again, a month gets a new version; the old one stays."""

    __tablename__ = "reviews"
    __table_args__: Any = (UniqueConstraint("month", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    month: str
    version: int
    written_at: datetime
    policy_version: str
    figures: str
    """JSON."""
    report: str
    """Name of the report file in the reviews folder."""
