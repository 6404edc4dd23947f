"""The story: a month of closed services and the weeks after it, until every case has ended."""

import heapq
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from sqlalchemy import func, select

from cli.demo.clock import StoryClock
from cli.demo.customers import Customers, Intent
from cli.demo.postbox import Postbox
from cli.stages import StageName, Stages
from models.due import count_concerns, count_due, count_messages, count_waiting
from models.store import Store
from models.tables import cases, messages, services
from vocabulary import Delivery, Stage

_MORNING, _EVENING = time(9, 5), time(22, 5)
"""When the stages run in the story (UTC): day in Europe; then day in America and morning in Sydney.

In earnest it is every few minutes.
"""
_LAST_CONTACTS = timedelta(days=5)
"""After this the story goes on in steps of two days: only reminders, resolutions and seals are left."""
_AFTERWARDS = timedelta(days=40)
"""Long enough for reminders, expiry, resolutions and the customers' confirmations."""
_HEARD_AFTER = timedelta(minutes=30)
_SEALING_DAYS = (2, 5)
"""Records of what has ended are checked and sealed on these days of the week: nobody waits for it."""
_MOST_RUNGS = 3
"""So often a message may fail and fall to the next channel at once."""
_WHOLE_SECONDS = timedelta(seconds=1)


class AtWork(Protocol):
    """The company's people."""

    def work(self, now: datetime) -> None:
        """Everything that somebody would have done by now, at the time at which it would have been done."""


class Month:
    def __init__(self, store: Store, clock: StoryClock, stages: Stages, customers: Customers, staff: AtWork,
                 postbox: Postbox, stopping: threading.Event) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._stages = stages
        self._customers = customers
        self._staff = staff
        self._postbox = postbox
        self._stopping = stopping
        self._intents: list[tuple[datetime, int, Intent]] = []
        self._numbers = itertools.count()
        self.runs: Counter[StageName] = Counter()

    def live(self, ends: datetime, tell: Callable[[datetime], None]) -> None:
        """From the clock's day until everything has ended; `tell` hears of every day. Ends early when asked to stop."""
        day = self._clock().date()
        while day <= (ends + _AFTERWARDS).date() and not self._all_closed():
            quiet = day > (ends + _LAST_CONTACTS).date()
            seals = (StageName.DOCUMENT,) if quiet or day.isoweekday() in _SEALING_DAYS else ()
            for at, more in ((_MORNING, ()), (_EVENING, seals)):
                if self._stopping.is_set():
                    return
                self._step(datetime.combine(day, at, UTC), (*_STAGES_AT[at], *more))
            tell(self._clock())
            day += timedelta(days=2 if quiet else 1)

    def last_days(
        self, moments: Iterable[datetime], customers: Customers, staff: AtWork, tell: Callable[[datetime], None]
    ) -> None:
        """The same with others: every stage at each of these moments, and in the end even if nothing is due."""
        self._customers, self._staff = customers, staff
        for at in moments:
            if self._stopping.is_set():
                return
            self._step(at, tuple(_DUE))
            tell(at)
        self.look(everything=True)

    def look(self, *, everything: bool) -> None:
        """What is due now is done; or every stage runs, due or not."""
        at = self._clock()
        for stage, due in _DUE.items():
            if everything or due(self._store, at):
                self._run(stage, at)

    def _step(self, at: datetime, stages: Sequence[StageName]) -> None:
        self._customers_until(at)
        self._clock.move_to(at)
        self._staff.work(at)
        for stage in stages:
            if _DUE[stage](self._store, at):
                self._run(stage, at)
        self._fall_to_next_channels(at)
        for letter in self._postbox.new():
            intent = self._customers.decide(letter)
            if intent is not None:
                heapq.heappush(self._intents, (intent.at, next(self._numbers), intent))

    def _customers_until(self, at: datetime) -> None:
        """Customers do what they had in mind. In earnest each answer rings; here those with a concern do, and what
        comes within the half hour is heard with them."""
        heard_at: datetime | None = None
        while self._intents and self._intents[0][0] < at and not self._stopping.is_set():
            if heard_at and self._intents[0][0] >= heard_at:
                self._hear(heard_at)
                heard_at = None
            intent = heapq.heappop(self._intents)[2]
            self._customers.act(intent)
            if intent.is_concern:
                heard_at = heard_at or self._clock() + _HEARD_AFTER
        if heard_at:
            self._hear(min(heard_at, at))

    def _hear(self, at: datetime) -> None:
        self._clock.move_to(at)
        self._run(StageName.ESCALATE, at)
        self._run(StageName.DELIVER_MESSAGES, at)

    def _fall_to_next_channels(self, at: datetime) -> None:
        """In earnest the bell of what did not arrive starts the sweep; here it is looked for, with the clock still."""
        for _ in range(_MOST_RUNGS):
            if not self._failed_since(at):
                return
            self._run(StageName.AWAIT_RESPONSE, at)
            if count_messages(self._store, at):
                self._run(StageName.DELIVER_MESSAGES, at)

    def _failed_since(self, at: datetime) -> int:
        lost = messages.c.state.in_((Delivery.FAILED, Delivery.REJECTED))
        failed = messages.c.settled_at >= at - _WHOLE_SECONDS  # providers tell whole seconds
        waiting = (cases.c.stage == Stage.ASKED) & (cases.c.next_at <= at)
        found = select(func.count()).select_from(cases).join(messages, messages.c.case_id == cases.c.id)
        with self._store.read() as db:
            return int(db.execute(found.where(lost, failed, waiting)).scalar_one())

    def _run(self, stage: StageName, at: datetime) -> None:
        if self._stopping.is_set():
            return
        self._stages.run_plainly(stage, as_of=at)
        self.runs[stage] += 1
        if stage is StageName.DELIVER_MESSAGES:
            self._postbox.wait()

    def _all_closed(self) -> bool:
        with self._store.read() as db:
            waiting = db.execute(
                select(func.count()).select_from(services).where(services.c.taken_at.is_(None))
            ).scalar_one()
            still = db.execute(
                select(func.count()).select_from(cases).where(cases.c.stage != Stage.CLOSED)
            ).scalar_one()
        return not waiting and not still


_STAGES_AT = {
    _MORNING: (StageName.SEND_SURVEY, StageName.AWAIT_RESPONSE, StageName.DELIVER_MESSAGES),
    _EVENING: (StageName.SCHEDULE_CONTACT, StageName.SEND_SURVEY, StageName.ESCALATE, StageName.DELIVER_MESSAGES),
}
_DUE: dict[StageName, Callable[[Store, datetime], int]] = {
    StageName.SCHEDULE_CONTACT: count_waiting,
    StageName.SEND_SURVEY: lambda store, at: count_due(store, Stage.PLANNED, at),
    StageName.AWAIT_RESPONSE: lambda store, at: count_due(store, Stage.ASKED, at),
    StageName.ESCALATE: count_concerns,
    StageName.DELIVER_MESSAGES: count_messages,
    StageName.DOCUMENT: lambda store, at: count_due(store, Stage.ENDED, at),
}
"""What a stage has to do. One with nothing to do is not run."""
