"""The story: a month of closed services and the weeks after it, until every case has ended."""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select

from cli.demo.clock import StoryClock
from cli.demo.customers import Customers, Intent
from cli.demo.postbox import Mailbox
from cli.demo.staff import Staff
from cli.stages import StageName, Stages
from models.due import count_concerns, count_due, count_messages, count_waiting
from models.store import Store
from models.tables import cases, services
from vocabulary import Stage

_TIMES = (time(8, 5), time(12, 35), time(17, 5), time(21, 35))
"""When the stages run in the story (UTC): mornings to evenings from Dubai to San Diego.

In earnest it is every few minutes.
"""
_AFTERWARDS = timedelta(days=40)
"""Long enough for reminders, expiry, resolutions and the customers' confirmations."""


class Month:
    def __init__(self, store: Store, clock: StoryClock, stages: Stages, customers: Customers, staff: Staff,
                 mailbox: Mailbox, stopping: threading.Event) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._stages = stages
        self._customers = customers
        self._staff = staff
        self._mailbox = mailbox
        self._stopping = stopping
        self._intents: list[tuple[datetime, int, Intent]] = []
        self._numbers = itertools.count()
        self.runs = 0

    def live(self, ends: datetime, tell: Callable[[datetime], None]) -> None:
        """From the clock's day until everything has ended; `tell` hears of every day. Ends early when asked to stop."""
        day = self._clock().date()
        while day <= (ends + _AFTERWARDS).date() and not self._all_closed():
            for at in _TIMES:
                if self._stopping.is_set():
                    return
                self._step(datetime.combine(day, at, UTC))
            tell(datetime.combine(day, _TIMES[-1], UTC))
            day += timedelta(days=1)

    def _step(self, at: datetime) -> None:
        self._customers_until(at)
        self._clock.move_to(at)
        self._staff.work(at)
        for stage, due in self._due():
            if due(self._store, at):
                self._stages.run(stage, as_of=at)
                self.runs += 1
        for letter in self._mailbox.new():
            intent = self._customers.decide(letter)
            if intent is not None:
                heapq.heappush(self._intents, (intent.at, next(self._numbers), intent))

    def _customers_until(self, at: datetime) -> None:
        while self._intents and self._intents[0][0] < at:
            self._customers.act(heapq.heappop(self._intents)[2])

    def _due(self) -> list[tuple[StageName, Callable[[Store, datetime], int]]]:
        """The stages in the order of the procedure, with what each has to do. One with nothing to do is not run."""
        return [
            (StageName.SCHEDULE_CONTACT, count_waiting),
            (StageName.SEND_SURVEY, lambda store, at: count_due(store, Stage.PLANNED, at)),
            (StageName.AWAIT_RESPONSE, lambda store, at: count_due(store, Stage.ASKED, at)),
            (StageName.ESCALATE, count_concerns),
            (StageName.DELIVER_MESSAGES, count_messages),
            (StageName.DOCUMENT, lambda store, at: count_due(store, Stage.ENDED, at) if at.time() == _TIMES[2] else 0),
        ]

    def _all_closed(self) -> bool:
        with self._store.read() as db:
            waiting = db.execute(
                select(func.count()).select_from(services).where(services.c.taken_at.is_(None))
            ).scalar_one()
            still = db.execute(
                select(func.count()).select_from(cases).where(cases.c.stage != Stage.CLOSED)
            ).scalar_one()
        return not waiting and not still
