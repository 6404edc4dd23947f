"""What the customer said, how it was judged, and what was done about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Answer(SQLModel, table=True):
    """What the customer said, one row per submission, never edited."""

    __tablename__ = "answers"
    __table_args__: Any = (UniqueConstraint("case_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id")
    version: int
    nonce: str = Field(unique=True)
    escalation_id: int | None = None
    """Set when the answer is to a recovery survey."""
    received_at: datetime
    channel: str
    rating: int | None = None
    comment: str | None = None
    """Identity: customers write names and numbers into it."""
    contact_me: bool = False
    solved: bool = False
    """Raised and settled on the phone."""
    concern: bool = False
    """The person who took the call heard a concern."""
    entered_by: str | None = None
    suspicion: str | None = None
    """JSON list of signs that a machine submitted it. Such an answer is unconfirmed: a person asks, nobody is paged."""


class Judgement(SQLModel, table=True):
    """How an answer was judged, by which rules."""

    __tablename__ = "judgements"

    answer_id: int = Field(primary_key=True, foreign_key="answers.id")
    case_id: int = Field(foreign_key="cases.id", index=True)
    judged_at: datetime
    verdict: str
    severity: str | None = None
    reasons: str
    escalation_id: int | None = Field(default=None, foreign_key="escalations.id")


class Escalation(SQLModel, table=True):
    """An unresolved concern in a named person's hands."""

    __tablename__ = "escalations"
    __table_args__: Any = (
        Index("escalations_due", "next_at", "id"),
        Index("escalations_open", "deadline_at", "id", sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        Index("escalations_closed", "closed_at", "id", sqlite_where=text("closed_at IS NOT NULL"),
              postgresql_where=text("closed_at IS NOT NULL")),
        Index("escalations_attached", "attached_to", sqlite_where=text("attached_to IS NOT NULL"),
              postgresql_where=text("attached_to IS NOT NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    answer_id: int = Field(foreign_key="answers.id", unique=True)
    severity: str
    reasons: str
    department: str
    owner: str
    owner_email: str
    supervisor: str
    supervisor_email: str
    received_at: datetime
    opened_at: datetime
    acknowledge_by: datetime
    deadline_at: datetime
    resolve_by: datetime
    acknowledged_at: datetime | None = None
    """When its present owner took it. Handing it over empties this."""
    acknowledged_by: str | None = None
    taken_at: datetime | None = None
    """When a named person first took it in this round: the 24 hours and the first target are measured by this."""
    retake_by: datetime | None = None
    """By when the owner it was handed to is to acknowledge it; None unless it was taken before and handed over."""
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    root_cause: str | None = None
    action: str | None = None
    recovery_at: datetime | None = None
    recovery_until: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    """Of `models.escalations.Outcome`."""
    attached_to: int | None = None
    """The number of the same customer's concern that this one's case follows; then it is closed as "attached"."""
    warned: int = 0
    """How many rungs of the warning ladder have been worked."""
    repeats: int = 0
    reopened: int = 0
    next_at: datetime | None = None
    """The next date on the ladder; None when nothing is awaited."""


class Note(SQLModel, table=True):
    """A person's words about a case. Its entry in the log points here, because entries hold no identity."""

    __tablename__ = "notes"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    escalation_id: int | None = Field(default=None, foreign_key="escalations.id")
    kind: str
    at: datetime
    by: str
    person_email: str | None = None
    """Identity, of staff; None for who works at the command line."""
    text: str
    """Identity: it may name anybody."""


class Subtask(SQLModel, table=True):
    """What another department is to do for a concern."""

    __tablename__ = "subtasks"
    __table_args__: Any = (
        Index("subtasks_open", "due_at", "id", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    escalation_id: int = Field(foreign_key="escalations.id", index=True)
    case_id: int = Field(foreign_key="cases.id")
    department: str
    owner: str
    """Who is to see to it: the department's own, as the policy named them when it was asked."""
    owner_email: str
    what: str
    """Identity: it may name anybody."""
    asked_at: datetime
    asked_by: str
    asked_by_email: str | None = None
    due_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_as: str | None = None
    """"done" or "withdrawn"; None while it is open."""
    result: str | None = None
    """Identity: what was done, or why it is not needed."""
