"""What the customer said, how it was judged, and what was done about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
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
    __table_args__: Any = (Index("escalations_due", "next_at", "id"),)

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
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    root_cause: str | None = None
    action: str | None = None
    recovery_at: datetime | None = None
    recovery_until: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    """Of `models.escalations.Outcome`."""
    warned: int = 0
    """How many rungs of the warning ladder have been worked."""
    repeats: int = 0
    reopened: int = 0
    next_at: datetime | None = None
    """The next date on the ladder; None when nothing is awaited."""
