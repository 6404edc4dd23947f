"""What stands above every page of those who watch over the stages when none of them runs."""

from datetime import datetime

from sqlalchemy import Connection

from casework.stages import silent
from policy.run_rules import RunRules


def banner(db: Connection, now: datetime, rules: RunRules) -> str | None:
    """The sentence, or None while the stages run. One step in an index."""
    return silent(db, now, rules)
