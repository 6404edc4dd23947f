"""A store of many cases for measuring the console, written in a few statements: SQLite only, in its own SQL."""

from pathlib import Path

from sqlalchemy import text

from config.settings import read_settings
from models.store import Store
from policy.file import read_policy

_STATEMENTS = (Path(__file__).parent / "console_store.sql").read_text("utf-8").split(";\n")
_FIRST_DAY = "2026-01-01 00:00:00.000000+00:00"


def fill(store: Store, cases: int) -> None:
    """So many cases, of which the newest fiftieth is open; some with calls to be made, some with open concerns."""
    policy = read_policy(read_settings().policy_file)
    insert = text("INSERT INTO policy_versions (version, text, first_used_at) VALUES (:version, :text, :at)")
    known = {"version": policy.version, "text": policy.text, "at": _FIRST_DAY}
    with store.write() as db:
        db.execute(insert, known)
        for statement in _STATEMENTS:
            # SQLAlchemy takes the colons of times for parameters; the driver does not.
            db.exec_driver_sql(statement, {"cases": cases, "version": policy.version})
