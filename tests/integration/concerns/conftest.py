"""A concern of Monday's service, and the people who work on it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from models.escalations import EscalationError
from models.notes import Author
from models.tables import entries, escalations, messages
from tasks.place import Place
from tests import seed
from vocabulary import Event

PETRA = Author(name="Petra Lindqvist", email="petra.lindqvist@staff.example.com")
MAREK = Author(name="Marek Novak", email="marek.novak@staff.example.com")
NOW = seed.ANSWERED_AT + timedelta(hours=1)


@dataclass
class Desk:
    """What people do to concerns, each in a transaction of its own."""

    place: Place
    now: datetime = NOW

    def do(self, what: Callable[..., Any], *of: Any, **more: Any) -> Any:
        with self.place.store.write() as db:
            return what(db, *of, **({"at": self.now, "by": PETRA} | more))

    def refused(self, what: Callable[..., Any], *of: Any, **more: Any) -> str:
        """The sentence with which it is refused. Nothing is written then."""
        before = [self.rows(table) for table in (entries, messages, escalations)]
        with pytest.raises(EscalationError) as error:
            self.do(what, *of, **more)
        assert [self.rows(table) for table in (entries, messages, escalations)] == before
        return str(error.value)

    def rows(self, table: Any) -> list[Row[Any]]:
        with self.place.store.read() as db:
            return list(db.execute(select(table).order_by(*table.primary_key.columns)))

    def row(self, table: Any, number: int) -> Row[Any]:
        return next(row for row in self.rows(table) if row.id == number)

    def entries(self, event: Event) -> list[Row[Any]]:
        return [row for row in self.rows(entries) if row.event == event]

    def race(self, *rivals: Callable[[], Any]) -> list[Any]:
        """All at once; what each of them got, or the sentence with which it was refused."""

        def run(rival: Callable[[], Any]) -> Any:
            try:
                return rival()
            except EscalationError as error:
                return str(error)

        with ThreadPoolExecutor(len(rivals)) as pool:
            return list(pool.map(run, rivals))


@pytest.fixture
def desk(place: Place) -> Iterator[Desk]:
    return Desk(place)


@pytest.fixture
def concern(place: Place) -> seed.Seeded:
    return seed.escalated(place)
