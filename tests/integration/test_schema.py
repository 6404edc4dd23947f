"""The schema that migrations make is the one that the tables describe, and it guards what is append-only."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

import models
from models.schema import SchemaError, ensure_schema
from models.store import Store
from models.tables import METADATA

MIGRATIONS = Path(models.__file__).parent.parent / "migrations"


def test_the_migrations_make_what_the_tables_describe(store: Store):
    with store.read() as db:
        assert compare_metadata(MigrationContext.configure(db), METADATA) == []


def test_migrating_again_changes_nothing(store: Store):
    ensure_schema(store)


def test_a_store_of_a_newer_version_is_refused(store: Store):
    with store.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="9999"):
        ensure_schema(store)


@pytest.mark.parametrize("from_", ["base", "0012"])
def test_of_several_that_start_at_once_one_migrates_and_the_others_wait(database_url: str, from_: str):
    stores = [Store(database_url) for _ in range(4)]
    with stores[0].write() as db:
        _migrate(db, "downgrade", from_)
    together = Barrier(4)

    def start(store: Store) -> None:
        together.wait()
        ensure_schema(store)

    with ThreadPoolExecutor(4) as threads:
        for started in [threads.submit(start, store) for store in stores]:
            started.result()
    with stores[0].read() as db:
        assert compare_metadata(MigrationContext.configure(db), METADATA) == []
    for store in stores:
        store.close()


@pytest.mark.parametrize("change", ["UPDATE entries SET actor = 'somebody'", "DELETE FROM entries"])
def test_the_log_cannot_be_edited(store: Store, change: str):
    with store.write() as db:
        row = "('2026-10-05 08:00:00+00:00', 'case_opened', 'aftercare', '4.1', '{}')"
        db.execute(text(f"INSERT INTO entries (at, event, actor, clause, detail) VALUES {row}"))
    with pytest.raises(DBAPIError, match="append-only"), store.write() as db:
        db.execute(text(change))


def test_the_log_gets_its_column_without_being_touched(database_url: str):
    """From before there were runs: entries stay as they were, and stay append-only. And back again."""
    store = Store(database_url)
    with store.write() as db:
        _migrate(db, "downgrade", "0002")
        row = "('2026-10-05 08:00:00+00:00', 'case_opened', 'aftercare', '4.1', '{}')"
        db.execute(text(f"INSERT INTO entries (at, event, actor, clause, detail) VALUES {row}"))
    ensure_schema(store)
    with store.read() as db:
        assert db.execute(text("SELECT id, event, run_id FROM entries")).all() == [(1, "case_opened", None)]
    with pytest.raises(DBAPIError, match="append-only"), store.write() as db:
        db.execute(text("DELETE FROM entries"))
    store.close()


def _migrate(db: Connection, how: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = db
    getattr(command, how)(config, revision)
