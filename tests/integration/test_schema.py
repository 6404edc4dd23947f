"""The schema that migrations make is the one that the tables describe, and it guards what is append-only."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.schema import SchemaError, ensure_schema
from models.store import Store
from models.tables import METADATA


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


@pytest.mark.parametrize("change", ["UPDATE entries SET actor = 'somebody'", "DELETE FROM entries"])
def test_the_log_cannot_be_edited(store: Store, change: str):
    with store.write() as db:
        row = "('2026-10-05 08:00:00+00:00', 'case_opened', 'aftercare', '4.1', '{}')"
        db.execute(text(f"INSERT INTO entries (at, event, actor, clause, detail) VALUES {row}"))
    with pytest.raises(DBAPIError, match="append-only"), store.write() as db:
        db.execute(text(change))
