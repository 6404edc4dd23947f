"""What is held back by a person, or by a fuse that has blown."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

IN_FORCE = text("released_at IS NULL")
"""Of two that hold the same at the same time one would be superfluous. Databases use the index on it only for queries
that say it in the same words."""


class Hold(SQLModel, table=True):
    """From `since` until somebody releases it nothing of this scope goes on."""

    __tablename__ = "holds"
    __table_args__: Any = (
        Index("holds_in_force", "scope", "name", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
    )

    id: int | None = Field(default=None, primary_key=True)
    scope: str
    """A word of `vocabulary.Scope`."""
    name: str = ""
    """Of the branch or the channel; empty for the others."""
    fuse: str | None = None
    """A word of `vocabulary.Fuse`; None when a person holds."""
    reason: str
    """In somebody's words, or what a fuse has counted."""
    held_by: str
    since: datetime
    released_at: datetime | None = None
    released_by: str | None = None
