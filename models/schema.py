"""The schema: brought to the newest version by Alembic, in one transaction, before anything reads the store."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from models.store import Store, take_turns

_MIGRATIONS = Path(__file__).parent.parent / "migrations"


class SchemaError(Exception):
    """The store was written by a newer version of the application."""


def is_current(store: Store) -> bool:
    """Whether the store has the schema that this version of the application writes."""
    with store.read() as db:
        return MigrationContext.configure(db).get_current_revision() == _head()


@cache
def _head() -> str | None:
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def ensure_schema(store: Store) -> None:
    """Create or migrate the tables. Safe when several processes start at once: the second finds nothing to do."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    with store.read() as db:
        current = MigrationContext.configure(db).get_current_revision()
    if current == script.get_current_head():
        return
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise SchemaError(f"the store is at schema {current}, which this version does not know: use a newer one")
    with store.write() as db:
        take_turns(db, "migrating")
        if MigrationContext.configure(db).get_current_revision() == script.get_current_head():
            return  # somebody else was faster
        config.attributes["connection"] = db
        command.upgrade(config, "head")
