"""The texts of the policies that cases were opened under."""

from datetime import datetime

from sqlalchemy import Connection, select

from models.store import insert_new
from models.tables import policy_versions


def keep_policy(db: Connection, version: str, text: str, now: datetime) -> None:
    """Keep the text that cases of this version were opened under."""
    row = {"version": version, "text": text, "first_used_at": now}
    insert_new(db, policy_versions, [row], unique=["version"], returning=["version"])


def policy_text(db: Connection, version: str) -> str:
    """The text of a version that a case was opened under."""
    return str(db.execute(select(policy_versions.c.text).where(policy_versions.c.version == version)).scalar_one())
