"""The story from its first to its last day: the month, its review, the last days, and what goes on afterwards."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select

from cli.demo.cast import Cast, CastStaff, closed_services, steps, story_ends
from cli.demo.clock import StoryClock
from cli.demo.company import Company
from cli.demo.customers import Customers
from cli.demo.month import Month
from cli.demo.postbox import Postbox
from cli.demo.staff import Staff
from cli.stages import StageName, Stages
from models.inbox import receive
from models.store import Store
from models.tables import cases, services
from tasks.place import Place
from vocabulary import Stage

_LOOKS_EVERY_S = 10.0
_ALL_EVERY = timedelta(minutes=2)
"""When the story is over: what is due is done this often, and every stage runs this often."""


class Story:
    def __init__(
        self, console: Console, opened: Place, clock: StoryClock, stages: Stages, postbox: Postbox, company: Company,
        stopping: threading.Event,
    ) -> None:  # fmt: skip
        self._console = console
        self._rules = opened.policy.rules
        self._store = opened.store
        self._clock = clock
        self._stages = stages
        self._postbox = postbox
        self._company = company
        self._stopping = stopping
        self._lived: Month | None = None
        self._middle = _middle(opened.store)

    @property
    def month(self) -> str:
        """The month in whose middle the closings lie: in UTC a few of them may fall into its neighbours."""
        return f"{self._middle:%Y-%m}"

    def live(self, ends: datetime, seed: int) -> None:
        """All of it, until somebody wants to stop. `ends`: the last closing of the month."""
        console, store, clock = self._console, self._store, self._clock
        customers = Customers(seed, clock, self._postbox, _languages(store))
        staff = Staff(seed, store, self._rules, self._company)
        month = self._lived = Month(store, clock, self._stages, customers, staff, self._postbox, self._stopping)
        begins = clock()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task("Living through the month", total=_count(store))

            def tell(at: datetime) -> None:
                progress.update(bar, completed=_count(store, closed=True), description=f"{at:%a %d %B %Y}")

            month.live(ends, tell)
            if not self._stopping.is_set():
                progress.update(bar, description="Writing the monthly review")
                self._review()
                self._last_days(month, tell)
        console.print(f"Lived through {begins:%d %B} to {ends:%d %B %Y}, the weeks after it and the last days until "
                      f"{clock():%A, %d %B}: {month.runs.total() + 2} flow runs.")  # fmt: skip
        console.print("\n[bold]What customers did with their mails and texts[/]")
        for deed, count in customers.done.most_common():
            console.print(f"  {deed:38} {count:>5}")

    def go_on(self) -> None:
        """Until somebody wants to stop: the clock ticks, and what people do in the console has its consequences."""
        assert self._lived is not None  # noqa: S101 - it was lived before
        self._clock.tick()
        last = self._clock()
        while not self._stopping.wait(_LOOKS_EVERY_S):
            everything = self._clock() - last >= _ALL_EVERY
            last = self._clock() if everything else last
            self._lived.look(everything=everything)

    def _review(self) -> None:
        self._clock.move_to(_month_over(self._middle))
        self._stages.run_plainly(StageName.MONTHLY_REVIEW, as_of=self._clock(), month=self.month)
        self._stages.run_plainly(StageName.DELIVER_MESSAGES, as_of=self._clock())
        self._postbox.new()

    def _last_days(self, month: Month, tell: Callable[[datetime], None]) -> None:
        ends = story_ends(self._clock())
        with self._store.write() as db:
            received = receive(db, closed_services(ends), at=ends)
            assert not received.faults, received.faults  # noqa: S101 - our own table
        customers = Cast(self._clock, self._postbox, ends)
        staff = CastStaff(self._store, self._rules, self._company, ends)
        month.last_days(steps(ends), customers, staff, tell)


def _middle(store: Store) -> datetime:
    with store.read() as db:
        first, last = db.execute(select(func.min(services.c.closed_at), func.max(services.c.closed_at))).one()
    middle: datetime = first + (last - first) / 2
    return middle


def _month_over(middle: datetime) -> datetime:
    """When prefect.yaml has that month reviewed: a short story may have ended before it."""
    return (middle.replace(day=1) + timedelta(days=33)).replace(day=3, hour=12, minute=1)


def _languages(store: Store) -> dict[str, str]:
    """Of the customers, by mail address and by number."""
    with store.read() as db:
        rows = db.execute(select(services.c.email, services.c.phone, services.c.language)).all()
    return {address: row.language or "" for row in rows for address in (row.email, row.phone) if address}


def _count(store: Store, *, closed: bool = False) -> int:
    """How many services there are, or how many of their cases are closed."""
    counted = select(func.count()).select_from(services)
    if closed:
        counted = select(func.count()).select_from(cases).where(cases.c.stage == Stage.CLOSED)
    with store.read() as db:
        return int(db.execute(counted).scalar_one())
