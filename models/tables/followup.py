"""The service as its source reported it, and the case that follows it up."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import AutoString, Field, SQLModel

from vocabulary import Stage

_BYTEWISE: Any = AutoString().with_variant(Text(collation="C"), "postgresql")
"""Compared byte by byte, so that a beginning of a word is a range of an index, whatever the database's language."""


class Service(SQLModel, table=True):
    """The inbox: one row per closing of a service, as its source reported it."""

    __tablename__ = "services"
    __table_args__: Any = (
        UniqueConstraint("source", "external_id", "closing"),
        Index("services_waiting", "closed_at", "id", sqlite_where=text("taken_at IS NULL"),
              postgresql_where=text("taken_at IS NULL")),
        Index("services_reopened", "reopened_at", sqlite_where=text("reopened_at IS NOT NULL"),
              postgresql_where=text("reopened_at IS NOT NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    source: str
    external_id: str
    closing: int
    """1 for the first closing; a service closed again after it was reopened gets the next number."""
    body_sha256: str
    received_at: datetime
    closed_at: datetime
    reopened_at: datetime | None = None
    taken_at: datetime | None = None
    kind: str
    department: str
    branch: str
    region: str
    timezone: str
    agent: str | None = None
    customer_ref: str | None = None
    customer_name: str | None = None
    """Identity."""
    email: str | None = None
    """Identity."""
    phone: str | None = None
    """Identity, E.164."""
    email_key: str | None = None
    """Identity: SHA-256 of the address, for cooldown and opt-out."""
    phone_key: str | None = None
    """Identity."""
    customer_timezone: str | None = None
    language: str | None = None
    channels: str = ""
    """The customer's preference in order, separated by commas."""
    tags: str = ""
    contact_basis: str | None = None
    """Why this customer may be written to: consent, existing customer, contract. None: the source did not say."""


class Case(SQLModel, table=True):
    """The follow-up of one service."""

    __tablename__ = "cases"
    __table_args__: Any = (
        Index("cases_due", "stage", "next_at", "id"),
        Index("cases_by_email", "email_key", "asked_at"),
        Index("cases_by_phone", "phone_key", "asked_at"),
        Index("cases_unjudged", "judge_at", sqlite_where=text("judge_at IS NOT NULL"),
              postgresql_where=text("judge_at IS NOT NULL")),
        # Lists, newest service first: whatever is filtered for, the index answers it without looking at the rows.
        Index("cases_listed", "closed_at", "id", "department", "branch", "stage", "disposition"),
        Index("cases_of_department", "department", "closed_at", "id", "branch", "stage", "disposition"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="services.id", unique=True)
    stage: str = Stage.PLANNED
    opened_at: datetime
    policy_version: str
    kind: str
    department: str
    branch: str
    region: str
    timezone: str
    recipient_timezone: str
    agent: str | None = None
    email_key: str | None = None
    """Identity."""
    phone_key: str | None = None
    """Identity."""
    preferred: int = 0
    """How many rungs of the ladder are the customer's own preference."""
    ladder: str = ""
    """The usable channels in order, separated by commas."""
    rung: int = 0
    closed_at: datetime
    contact_not_before_at: datetime
    contact_due_at: datetime
    next_at: datetime
    """The next date on which something happens to this case."""
    to_person: str | None = None
    """Why a person is to make the first contact, when no lawful slot was found before the deadline."""
    asked_at: datetime | None = None
    """When the customer is to be asked; later, when the asking was owed. Counts for the cooldown."""
    contacted_at: datetime | None = None
    contact_channel: str | None = None
    reminders: int = 0
    answered_at: datetime | None = None
    change_until: datetime | None = None
    """Until when the customer may change the answer."""
    rating: int | None = None
    judge_at: datetime | None = None
    """When an answer came that nobody has judged yet."""
    disposition: str | None = None
    reason: str | None = None
    clause: str | None = None
    ended_at: datetime | None = None
    missing: str | None = None
    """What the record lacks before it can be sealed."""
    sealed_at: datetime | None = None
    seal: str | None = None
    """SHA-256 over the case's record and entries as they stood when it was closed."""


class CaseWord(SQLModel, table=True):
    """A word by which a case is found: of its customer, its service, or what was said. Identity: rows go with it.

    None is there only because of an e-mail address or a telephone number: see `CaseContactWord`.
    """

    __tablename__ = "case_words"
    __table_args__: Any = (Index("case_words_of_case", "case_id", "word"), {"sqlite_with_rowid": False})

    word: str = Field(primary_key=True, sa_type=_BYTEWISE)
    """Folded: without case and accents."""
    case_id: int = Field(primary_key=True, foreign_key="cases.id")


class CaseContactWord(SQLModel, table=True):
    """A word of how the customer of a case can be reached: only who may see that finds the case by it.

    Apart from the others, because a beginning that finds something says as much as the word itself.
    """

    __tablename__ = "case_contact_words"
    __table_args__: Any = (Index("case_contact_words_of_case", "case_id", "word"), {"sqlite_with_rowid": False})

    word: str = Field(primary_key=True, sa_type=_BYTEWISE)
    """Folded as those of `CaseWord`; of a telephone number its digits."""
    case_id: int = Field(primary_key=True, foreign_key="cases.id")
