"""The store's transactions: nothing that was acknowledged is lost, nothing half is kept, a reader sees one moment."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

import models
from models.schema import SchemaError, ensure_schema
from models.store import Store, insert_new, no_room, ping
from models.tables import METADATA, entries, policy_versions

ROOT = Path(models.__file__).parent.parent
AT = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
PROCESSES, TURNS = 4, 60
COUNTING = """
import sys
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from models.store import Store

way, url, turns = sys.argv[1], sys.argv[2], int(sys.argv[3])
begin = Store(url).write if way == "store" else create_engine(url, connect_args={"timeout": 30}).begin
acknowledged = 0
while acknowledged < turns:
    try:
        with begin() as db:
            seen = db.execute(text("SELECT n FROM counter")).scalar_one()
            db.execute(text("UPDATE counter SET n = :n"), {"n": seen + 1})
    except OperationalError:
        continue
    acknowledged += 1
"""


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    file = tmp_path / "copy.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}")
    yield store
    store.close()


def counted_by(way: str, store: Store) -> int:
    """What four processes leave of a counter that each raises, by reading it first and then writing it."""
    with store.write() as db:
        db.execute(text("CREATE TABLE counter (n INTEGER)"))
        db.execute(text("INSERT INTO counter VALUES (0)"))
    command = [sys.executable, "-c", COUNTING, way, store.url, str(TURNS)]
    workers = [subprocess.Popen(command, cwd=ROOT) for _ in range(PROCESSES)]
    assert [worker.wait(timeout=60) for worker in workers] == [0] * PROCESSES
    with store.read() as db:
        return int(db.execute(text("SELECT n FROM counter")).scalar_one())


def test_no_acknowledged_update_is_lost_between_processes(sqlite: Store):
    assert counted_by("store", sqlite) == PROCESSES * TURNS


def test_with_sqlalchemy_s_own_settings_updates_would_be_lost(sqlite: Store):
    """The reason for the store: if this ever fails, its `BEGIN IMMEDIATE` may go."""
    assert counted_by("default", sqlite) < PROCESSES * TURNS


@pytest.mark.parametrize("mode", ["read", "write"])
def test_every_connection_to_sqlite_is_durable_checked_and_patient(sqlite: Store, mode: str):
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema", "cell_size_check")
    with getattr(sqlite, mode)() as db:
        found = {pragma: db.execute(text(f"PRAGMA {pragma}")).scalar_one() for pragma in pragmas}
    full = 2
    assert found == {
        "journal_mode": "wal", "synchronous": full, "foreign_keys": 1, "busy_timeout": 10_000, "trusted_schema": 0,
        "cell_size_check": 1,
    }  # fmt: skip


def test_a_row_must_point_to_something(store: Store):
    with pytest.raises(IntegrityError), store.write() as db:
        db.execute(text("INSERT INTO judgements (answer_id, case_id, judged_at, verdict, reasons)"
                        " VALUES (1, 1, '2026-10-05 12:00:00', 'fine', '[]')"))  # fmt: skip


def test_an_exception_takes_everything_back(store: Store):
    def fails() -> None:
        with store.write() as db:
            db.execute(insert(policy_versions), {"version": "a", "text": "", "first_used_at": AT})
            raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        fails()
    with store.read() as db:
        assert db.execute(select(func.count()).select_from(policy_versions)).scalar_one() == 0


def test_what_a_reader_wrote_is_not_kept(store: Store):
    with store.read() as db:
        db.execute(insert(policy_versions), {"version": "a", "text": "", "first_used_at": AT})
    with store.read() as db:
        assert db.execute(select(func.count()).select_from(policy_versions)).scalar_one() == 0


def test_a_reader_keeps_no_writer_waiting_and_sees_one_moment(sqlite: Store):
    how_many = select(func.count()).select_from(policy_versions)
    with sqlite.read() as reader:
        before = reader.execute(how_many).scalar_one()
        with sqlite.write() as db:
            db.execute(insert(policy_versions), {"version": "a", "text": "", "first_used_at": AT})
        assert reader.execute(how_many).scalar_one() == before
    with sqlite.read() as reader:
        assert reader.execute(how_many).scalar_one() == before + 1


def test_instants_come_back_in_utc_to_the_microsecond_and_naive_ones_are_refused(store: Store):
    at = datetime.fromisoformat("2026-10-25T02:30:00.123456+02:00")  # shown twice by the clocks of that night
    row = {"version": "a", "text": "", "first_used_at": at}
    with store.write() as db:
        db.execute(insert(policy_versions), row)
    with store.read() as db:
        found = db.execute(select(policy_versions.c.first_used_at)).scalar_one()
    assert (found, found.tzinfo) == (at, UTC)
    with pytest.raises(Exception, match="timezone"), store.write() as db:
        db.execute(insert(policy_versions), row | {"version": "b", "first_used_at": at.replace(tzinfo=None)})


def test_of_equal_rows_only_the_new_ones_are_inserted_and_told(store: Store):
    rows = [{"version": version, "text": "", "first_used_at": AT} for version in "abc"]
    with store.write() as db:
        first = insert_new(db, policy_versions, rows[:2], unique=["version"], returning=["version"])
        again = insert_new(db, policy_versions, rows, unique=["version"], returning=["version"])
        assert insert_new(db, policy_versions, [], unique=["version"]) == []
    assert sorted(row.version for row in first) == ["a", "b"]
    assert [row.version for row in again] == ["c"]


@pytest.mark.parametrize("statement", ["UPDATE entries SET actor = 'x'", "DELETE FROM entries"])
def test_the_feedback_log_refuses_to_be_rewritten(store: Store, statement: str):
    entry = {"at": AT, "event": "review_written", "actor": "aftercare", "clause": "4.6", "detail": "{}"}
    with store.write() as db:
        db.execute(insert(entries), entry)
    with pytest.raises(DBAPIError), store.write() as db:
        db.execute(text(statement))
    with store.read() as db:
        assert db.execute(select(entries.c.actor)).scalars().all() == ["aftercare"]


def test_a_store_of_a_newer_version_is_left_alone(store: Store):
    with store.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="9999"):
        ensure_schema(store)


def test_the_migrated_schema_has_every_table_and_column_of_the_models(store: Store):
    with store.read() as db:
        for table in METADATA.sorted_tables:
            assert db.execute(select(table)).all() == []


def test_a_full_disk_is_told_from_other_faults(sqlite: Store):
    with sqlite.write() as db:
        db.execute(text("PRAGMA max_page_count = 1"))  # becomes the size the file has: not one page more
        rows = [{"version": str(number), "text": "x" * 4000, "first_used_at": AT} for number in range(2000)]
        with pytest.raises(OperationalError) as full:
            db.execute(insert(policy_versions), rows)
    with sqlite.read() as db, pytest.raises(OperationalError) as broken:
        db.execute(text("SELECT * FROM nowhere"))
    assert (no_room(full.value), no_room(broken.value)) == (True, False)


def test_a_store_that_can_be_read_answers(store: Store, tmp_path: Path):
    ping(store)
    with pytest.raises(OperationalError):
        ping(Store(f"sqlite:///{tmp_path / 'no' / 'folder' / 'x.db'}"))
