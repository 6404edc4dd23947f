"""The named points at which a process meets its end, and what it writes down of itself before that.

A process has at most one order: at which point, before or after which step of its transaction, the how-manieth time,
and what is done to it then. It tells of it by its pipe, and does it to itself.
"""

import json
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection

from channels.protocol import Outcome, Receipt
from models.store import Store


class Kind(StrEnum):
    """What is done to a process."""

    KILL = "SIGKILL"
    TERM = "SIGTERM"
    INTERRUPT = "SIGINT"
    CANCEL = "cancel"
    """SIGTERM, and SIGKILL three seconds later, as Prefect cancels a run (thirty seconds, ten times as fast)."""
    STOP = "SIGSTOP"
    """For longer than the lease, and then SIGCONT."""
    RESTART = "database restart"


class Moment(StrEnum):
    """Of a transaction that writes."""

    BEFORE = "before"
    BEGUN = "begun"
    UNCOMMITTED = "before commit"
    COMMITTED = "after commit"


TRANSACTIONS = {
    "open_cases": "sweep: open", "owe_surveys": "sweep: ask", "judge_answers": "sweep: judge",
    "settle_silence": "sweep: remind", "work_ladder": "sweep: ladder", "check_records": "sweep: record",
    "tidy_outbox": "worker: tidy", "claim_batch": "worker: claim", "_written": "worker: links",
    "closed": "web: report", "answer": "web: answer", "_transact": "web: events",
}  # fmt: skip
"""By the function whose transaction it is. The two of a burst's turns are told apart by what is in it."""
BEGIN, SETTLE = "worker: begin", "worker: settle"
FIRST_BYTE, WAITING = "worker: first byte", "worker: waiting"
POSTED, ACKNOWLEDGED = "web: post begins", "web: acknowledged"

RARE = ("sweep: remind", "sweep: ladder", "sweep: record")
"""There is work of this sort only on later days."""
WORKER_POINTS = (*(point for point in TRANSACTIONS.values() if not point.startswith("web")),
                 BEGIN, SETTLE, FIRST_BYTE, WAITING)  # fmt: skip
WEB_POINTS = (*(point for point in TRANSACTIONS.values() if point.startswith("web")), POSTED, ACKNOWLEDGED)
_EARLY = ("sweep: ask", "sweep: open", *(point for point in WORKER_POINTS if point.startswith("worker")))
MOMENTLESS = (FIRST_BYTE, WAITING, POSTED, ACKNOWLEDGED)


SWEEP, END, GO_ON = "sweep", "end", "go on"
"""What a process is told by its pipe, besides an order or None: that it has none."""


@dataclass(frozen=True)
class Order:
    point: str
    moment: Moment | None
    """None where the point is no transaction."""
    times: int
    kind: Kind

    def __str__(self) -> str:
        return f"{self.kind} at {self.point}{f', {self.moment}' if self.moment else ''}, time {self.times}"


class Journal:
    """What a process has begun and what it knows, line by line in a file that outlives it."""

    def __init__(self, folder: Path) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._file = os.open(folder / f"journal-{os.getpid()}", flags, 0o600)

    def asks(self, refs: Iterable[str]) -> None:
        """Before it is written down that they are begun: from here on they count as under way."""
        self._write([[time.monotonic(), ref, "asked"] for ref in refs])

    def knows(self, receipts: Iterable[Receipt], not_begun: Collection[str]) -> None:
        """After it has been written down."""
        lines = [[time.monotonic(), receipt.ref, receipt.outcome.name] for receipt in receipts]
        self._write([*lines, *([time.monotonic(), ref, Outcome.WITHHELD.name] for ref in not_begun)])

    def _write(self, lines: Sequence[Sequence[Any]]) -> None:
        if lines:
            os.write(self._file, "".join(json.dumps(line) + "\n" for line in lines).encode())


class Points:
    """Carries out the order of this process when its point is reached."""

    def __init__(self, pipe: Pipe) -> None:
        self.order: Order | None = None
        self._pipe = pipe
        self._left = 0
        self._lock = threading.Lock()

    def arm(self, order: Order | None) -> None:
        self.order, self._left = order, order.times if order else 0

    def take_orders(self) -> None:
        """Those that have come by the pipe, the last one counts."""
        with self._lock:
            while self._pipe.poll():
                self.arm(self._pipe.recv())

    def reach(self, point: str, moment: Moment | None = None) -> None:
        with self._lock:
            order = self.order
            if order is None or (order.point, order.moment) != (point, moment):
                return
            self._left -= 1
            if self._left:
                return
            self.order = None
            self._pipe.send(("hit", time.monotonic()))
            if order.kind is Kind.RESTART:
                while (told := self._pipe.recv()) != GO_ON:  # the database is there again
                    self.arm(told)
                return
        os.kill(os.getpid(), _SIGNALS[order.kind])


_SIGNALS = {Kind.KILL: signal.SIGKILL, Kind.TERM: signal.SIGTERM, Kind.INTERRUPT: signal.SIGINT,
            Kind.CANCEL: signal.SIGTERM, Kind.STOP: signal.SIGSTOP}  # fmt: skip


def watch_transactions(points: Points, turn: Callable[[], str]) -> None:
    """From now on every transaction that writes passes its points. `turn`: what the turn in hand is."""
    real = Store.write

    def write(store: Store) -> AbstractContextManager[Connection]:
        caller = sys._getframe(1).f_code.co_name
        point = turn() if caller == "turn" else TRANSACTIONS.get(caller, "")
        return _passing(points, point, real(store))

    Store.write = write  # type: ignore[assignment, method-assign]  # the harness looks in, the product knows nothing


@contextmanager
def _passing(points: Points, point: str, transaction: AbstractContextManager[Connection]) -> Iterator[Connection]:
    points.reach(point, Moment.BEFORE)
    with transaction as db:
        points.reach(point, Moment.BEGUN)
        yield db
        points.reach(point, Moment.UNCOMMITTED)
    points.reach(point, Moment.COMMITTED)


def orders(kills: int, seed: int, *, restarts: bool) -> tuple[deque[Order], deque[Order]]:
    """For workers and for the web application, every point as often as the others; a few at points of every day."""
    lot, points = Random(seed), [*WORKER_POINTS, *WEB_POINTS]
    if kills < len(points):
        points = [*_EARLY, *WEB_POINTS]
    lot.shuffle(points)
    made = [_order(points[number % len(points)], lot, restarts=restarts) for number in range(kills)]
    web = deque(order for order in made if order.point in WEB_POINTS)
    rest = sorted((order for order in made if order.point not in WEB_POINTS), key=lambda order: order.point in RARE)
    return deque(rest), web


def _order(point: str, lot: Random, *, restarts: bool) -> Order:
    kinds = [Kind.KILL] * 5 + [Kind.TERM] * 2 + [Kind.INTERRUPT] + [Kind.RESTART] * (2 if restarts else 0)
    if point not in WEB_POINTS:
        kinds += [Kind.CANCEL, Kind.STOP]
    many = point not in TRANSACTIONS.values() and point not in WEB_POINTS
    return Order(
        point=point,
        moment=None if point in MOMENTLESS else lot.choice([*Moment]),
        times=lot.randint(1, 8) if many else lot.randint(1, 2),
        kind=lot.choice(kinds),
    )
