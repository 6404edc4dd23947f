"""Dangers that customers report, and who is on call for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel


class Alarm(SQLModel, table=True):
    """A danger that a customer reported: with the person on call, or with whom it was passed on to."""

    __tablename__ = "alarms"
    __table_args__: Any = (
        Index("alarms_open", "next_at", "id", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """What makes it the same one: the reply, the answer or the call in which it was reported, and the case."""
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    """None while nobody knows whose it is."""
    reply_id: int | None = Field(default=None, foreign_key="replies.id")
    said: str | None = None
    """Identity: what the customer wrote, or said on the phone."""
    dangers: str
    """Words of `vocabulary.Danger`, gravest first, separated by commas."""
    department: str
    """Of the case; `*` when there is none."""
    channel: str | None = None
    """On which it was reported."""
    policy_version: str | None = None
    received_at: datetime
    raised_at: datetime
    rung: int = 0
    """How often it was passed on."""
    next_at: datetime | None = None
    """When it goes to the next one, unless somebody takes it."""
    told: str
    """The name of whoever was told last."""
    taken_at: datetime | None = None
    taken_by: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    outcome: str | None = None
    """Identity: what was done, in a person's words."""


class DutyShift(SQLModel, table=True):
    """Who is on call for a department, from when to when."""

    __tablename__ = "duty_shifts"
    __table_args__: Any = (Index("duty_shifts_by_end", "ends_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    department: str
    """`*`: for all that have nobody of their own."""
    name: str
    email: str
    phone: str | None = None
    """E.164; without it there is mail only."""
    starts_at: datetime
    ends_at: datetime
    uid: str | None = None
    """Of the event in the calendar that it came from; None for what was typed."""
    added_by: str
