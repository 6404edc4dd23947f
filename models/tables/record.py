"""The Customer Feedback Log and what is kept beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

OF_REPLIES = text("event = 'reply_received'")
"""What was logged of a reply when it came: one entry, found by the reply's number in a log of millions. Databases use
the index on it only for queries that say it in the same words."""


class Entry(SQLModel, table=True):
    """One line of the Customer Feedback Log, appended in the transaction of what it records, never edited.

    An entry holds no identity: it points to the row that does.
    """

    __tablename__ = "entries"
    __table_args__: Any = (
        Index("entries_of_case", "case_id", "id"),
        Index("entries_by_time", "at", "id"),
        Index("entries_of_event", "event", "at", "id"),
        Index("entries_of_replies", "ref_id", sqlite_where=OF_REPLIES, postgresql_where=OF_REPLIES),
    )

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
    run_id: int | None = None
    """The run of a stage that wrote it. None: a person or a provider did, through the web or the command line."""


class Run(SQLModel, table=True):
    """One run of a stage. Prefect's database may be lost; what ran, when and with what result is also known here."""

    __tablename__ = "runs"
    __table_args__: Any = (Index("runs_of_flow", "flow", "id"), Index("runs_by_state", "state", "started_at"))

    id: int | None = Field(default=None, primary_key=True)
    flow: str
    """As its deployment is named: "send-survey"."""
    prefect_run_id: str | None = None
    """Prefect's id of the flow run, for the link."""
    host: str | None = None
    """On which it works. None: begun before hosts were written down."""
    as_of: datetime | None = None
    """The instant that it worked as at, when it was given one."""
    started_at: datetime
    ended_at: datetime | None = None
    """None: under way, or its process was killed."""
    state: str
    word: str | None = None
    """What the run's page in Prefect says: "Asked", "Nothing due", "Delayed"; of a failed one the kind of error."""
    counts: str = "{}"
    """JSON: what it did, counts by word."""
    entries: int = 0
    """How many entries it has written, known when it has ended: what the log points to is kept."""


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
