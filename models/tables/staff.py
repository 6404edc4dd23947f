"""The people of the company who work in the console, and how they are let in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Person(SQLModel, table=True):
    """Somebody of the company. Owners and supervisors of concerns are recognised by their address."""

    __tablename__ = "people"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    """In lower case."""
    name: str
    roles: str
    """Separated by commas."""
    departments: str = "*"
    """Separated by line feeds, because names of departments hold commas; `*` for all."""
    timezone: str = "UTC"
    """In which times are shown to them."""
    password_hash: str | None = None
    """argon2id. None: signs in by the company's identity provider only, or not yet."""
    oidc_subject: str | None = Field(default=None, unique=True)
    away_from: date | None = None
    away_until: date | None = None
    """The last day of an absence."""
    stand_in_id: int | None = Field(default=None, foreign_key="people.id")
    created_at: datetime
    disabled_at: datetime | None = None


class SignIn(SQLModel, table=True):
    """Somebody who is signed in, on one browser. Only the token's hash is kept."""

    __tablename__ = "sign_ins"

    token_sha256: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="people.id", index=True)
    since: datetime
    seen_at: datetime


class FailedSignIn(SQLModel, table=True):
    """A wrong password, for a quarter of an hour."""

    __tablename__ = "failed_sign_ins"
    __table_args__: Any = (Index("failed_sign_ins_recent", "key", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    """A keyed hash of the account or of the network address."""
    at: datetime


class Submission(SQLModel, table=True):
    """A form of the console that was taken. The same form again, sent twice by mistake, changes nothing."""

    __tablename__ = "submissions"

    nonce: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="people.id")
    at: datetime
    went_to: str = ""
