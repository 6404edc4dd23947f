"""All that takes part in the story over one database, and what they do at one stop of its clock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from benchmarks.fault_crew import Crew
from benchmarks.fault_customers import Customers
from benchmarks.fault_provider import Provider
from benchmarks.fault_story import StoryClock
from models.store import Store
from models.tables import cases, messages, services
from vocabulary import Delivery

_MOST_ROUNDS = 5
_NEWS_S = 6.0
"""So long are its events waited for, which are under way for a second and a half."""


@dataclass(frozen=True)
class World:
    store: Store
    provider: Provider
    customers: Customers
    crew: Crew
    clock: StoryClock

    def waits(self) -> bool:
        """Whether there is something that a sweep would do now."""
        now = self.clock()
        queries = (
            select(func.count()).where(services.c.taken_at.is_(None)),
            select(func.count()).where(messages.c.state == Delivery.DUE, messages.c.due_at <= now),
            select(func.count()).where(messages.c.state == Delivery.CLAIMED),
            select(func.count()).where(cases.c.judge_at <= now),
        )
        with self.store.read() as db:
            return any(db.execute(query).scalar_one() for query in queries)

    def step(self, at: datetime, count: int) -> None:
        """At this stop of the clock so many services are reported; then workers sweep, while customers answer.

        What the provider has to tell comes in before the clock is set again: otherwise all of its news would be late.
        """
        self.crew.calm()
        self.clock.set(at)
        self.crew.next_step()
        with _meanwhile(self.customers.report, count) as reporting:
            while reporting.is_alive():
                self.crew.look()
        with _meanwhile(self.customers.answer) as answering:
            while answering.is_alive():
                self.crew.round()
        for _ in range(_MOST_ROUNDS):
            self.crew.round()
            if not self.waits():
                break
        end = time.monotonic() + _NEWS_S
        while self.provider.events and time.monotonic() < end:
            self.crew.look()


@contextmanager
def _meanwhile(work: Callable[..., None], *arguments: int) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    yield thread
    thread.join()
