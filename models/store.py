"""The store: one engine, a transaction that writes and one that only reads.

SQLite's default transactions lose updates that were acknowledged (read first, then two writers overwrite each other),
so writing begins with BEGIN IMMEDIATE; and with synchronous=NORMAL a commit may vanish when the power fails, so FULL.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)
_WRITING = "aftercare_writing"
_ANNOUNCED_TO = "aftercare_announced_to"


class Store:
    """Where the procedure's rows are. `url` is an SQLAlchemy address of SQLite or PostgreSQL.

    `announced_to`: which targets hear of what, by name. Every transaction that writes knows it, so that what happens
    and its announcement are committed together, whoever writes it.
    """

    def __init__(self, url: str, announced_to: Mapping[str, frozenset[str]] | None = None) -> None:
        self.url = url
        self.engine = _open(url)
        self._writing = self.engine.execution_options(**{_WRITING: True, _ANNOUNCED_TO: announced_to or {}})
        sqlite = self.engine.dialect.name == "sqlite"  # there a transaction sees one state; PostgreSQL has to be told
        self._reading = self.engine if sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write: committed at the end, rolled back by any exception."""
        with self._writing.begin() as db:
            yield db

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the rows. On SQLite it does not keep writers waiting."""
        with self._reading.connect() as db:
            yield db

    def close(self) -> None:
        self.engine.dispose()


def announced_to(db: Connection) -> Mapping[str, frozenset[str]]:
    """Which targets hear of what is written in this transaction."""
    wanted: Mapping[str, frozenset[str]] = db.get_execution_options().get(_ANNOUNCED_TO, {})
    return wanted


def _open(url: str) -> Engine:
    # Parameters are hidden in errors: an error's text ends up in Prefect and in logs, and rows hold personal data.
    if not url.startswith("sqlite"):
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(url, hide_parameters=True, pool_size=10, max_overflow=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(db: Connection) -> None:
    db.exec_driver_sql("BEGIN IMMEDIATE" if db.get_execution_options().get(_WRITING) else "BEGIN")


def insert_new(
    db: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: Sequence[str],
    returning: Sequence[str] = ("id",),
) -> Sequence[Row[Any]]:
    """Insert the rows whose `unique` columns are not there yet; of those that went in, the `returning` columns."""
    if not rows:
        return []
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(table)
        .on_conflict_do_nothing(index_elements=list(unique))
        .returning(*(table.c[name] for name in returning))
    )
    return db.execute(statement, [dict(row) for row in rows]).all()


def no_room(error: DBAPIError) -> bool:
    """Whether the database could not write because its disk is full or read-only."""
    words = str(error.orig).lower()
    return any(word in words for word in ("full", "readonly", "read-only", "no space", "disk i/o"))


def take_turns(db: Connection, over: str) -> None:
    """Until this transaction ends, nobody else who asks for the same goes on. SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        key = int.from_bytes(sha256(over.encode()).digest()[:7])
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def can_write(store: Store) -> bool:
    """Whether the database takes writing transactions: it is neither read-only nor somebody's copy."""
    try:
        with store.write() as db:
            if db.dialect.name == "sqlite":
                return not db.exec_driver_sql("PRAGMA query_only").scalar()
            return db.execute(text("SHOW transaction_read_only")).scalar() == "off"
    except DBAPIError:
        return False


def ping(store: Store) -> None:
    with store.read() as db:
        db.execute(text("SELECT 1"))
