"""Keeps the processes of the story running: arms each with an order, sees it end, and starts the next in its place."""

import multiprocessing
import os
import signal
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess

from benchmarks.fault_points import END, GO_ON, SWEEP, Kind, Order
from benchmarks.fault_story import LEASE_S, SetUp
from cli.fault import Fault

_STOPPED_S = 1.25 * LEASE_S
_GRACE_S = 3.0
"""Between the two signals of a cancel."""
_EVERY_S = 0.7
"""Between two sweeps of a worker, while another is busy."""
_STUCK_S = 240.0
"""A round that lasts longer will never end."""
_PATIENCE = 3
"""So many steps an order waits for its point before another takes its turn."""


@dataclass(eq=False)
class Member:
    process: ForkServerProcess
    pipe: Pipe
    order: Order | None
    web: bool
    ready: bool = False
    idle: bool = False
    steps: int = 0
    """For so many its order has been waiting."""
    hit: bool = False
    detached: bool = False
    """It was stopped for a while; another one works in its place already."""
    signal_at: tuple[float, int] | None = None


@dataclass(frozen=True)
class Ended:
    """From then on nothing more is to be expected of what the process had under way."""

    pid: int
    at_s: float


@dataclass
class Crew:
    setup: SetUp
    workers: int
    orders: deque[Order]
    web_orders: deque[Order]
    restart: Callable[[], None] | None = None
    hits: Counter[Order] = field(default_factory=Counter)
    ended: list[Ended] = field(default_factory=list)
    upset: list[float] = field(default_factory=list)
    """When the database was restarted, or a process stopped that may have held it."""
    fell: list[tuple[float, str]] = field(default_factory=list)
    """Sweeps that fell over although nothing had been done to their process."""

    def __post_init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["benchmarks.fault_workers"])
        self._members: list[Member] = []
        self._closing = False

    def start(self) -> None:
        self._add(web=True)
        for _ in range(self.workers):
            self._add(web=False)
        self._until(lambda: all(member.ready for member in self._members))

    @property
    def kills(self) -> int:
        return self.hits.total()

    @property
    def waiting(self) -> int:
        """Orders that nobody has carried out yet."""
        return len(self.orders) + len(self.web_orders) + sum(member.order is not None for member in self._members)

    def round(self) -> None:
        """Every worker sweeps, replacements of those that end meanwhile too; and again, while another is still busy."""
        self._sweep_idle()
        since_s = time.monotonic()

        def done() -> bool:
            nonlocal since_s
            if all(member.idle or member.detached or member.web for member in self._members):
                return True
            if time.monotonic() >= since_s + _EVERY_S:
                since_s = time.monotonic()
                self._sweep_idle()
            return False

        self._until(done)

    def _sweep_idle(self) -> None:
        for member in self._members:
            if not member.web and not member.detached and member.idle:
                self._tell_to_sweep(member)

    def calm(self) -> None:
        """Until nobody is stopped any more and everybody is there. Others sweep meanwhile: a lease runs out."""
        while any(member.detached or not member.ready for member in self._members):
            self.round()
            self._pump(0.2)

    def next_step(self) -> None:
        """Orders that have waited long enough make room for others."""
        for member in self._members:
            member.steps += 1
            if not member.detached and member.ready and (member.steps >= _PATIENCE or member.order is None):
                queue = self.web_orders if member.web else self.orders
                if member.order is not None:
                    queue.append(member.order)
                member.order, member.steps, member.hit = (queue.popleft() if queue else None), 0, False
                _tell(member, member.order)

    def disarm(self) -> None:
        self.orders.clear()
        self.web_orders.clear()
        for member in self._members:
            member.order = None
            _tell(member, None)

    def stop(self) -> None:
        self._closing = True
        for member in self._members:
            member.process.kill()
        for member in self._members:
            member.process.join()

    def _add(self, *, web: bool) -> None:
        queue = self.web_orders if web else self.orders
        order = queue.popleft() if queue else None
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve if web else _work, args=(self.setup, order, theirs), daemon=True)
        process.start()
        theirs.close()
        self._members.append(Member(process, ours, order, web))

    def _tell_to_sweep(self, member: Member) -> None:
        member.idle = False
        _tell(member, SWEEP)

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + _STUCK_S
        while not done():
            self._pump(0.05)
            if time.monotonic() > end:
                raise Fault(f"a round did not end within {_STUCK_S:.0f} s")

    def look(self) -> None:
        """After those that end while nobody is to sweep."""
        self._pump(0.05)

    def _pump(self, timeout_s: float) -> None:
        for member in self._members:
            if member.signal_at and time.monotonic() >= member.signal_at[0]:
                os.kill(member.process.pid or 0, member.signal_at[1])
                member.signal_at = None
        by_pipe = {member.pipe: member for member in self._members}
        for pipe in wait([*by_pipe], timeout_s):
            member = by_pipe[pipe]  # type: ignore[index]  # we gave it nothing but pipes
            try:
                told = member.pipe.recv()
            except (EOFError, OSError):
                self._see_end(member)
            else:
                self._hear(member, told)

    def _hear(self, member: Member, told: tuple[object, ...]) -> None:
        match told:
            case ("ready",):
                member.ready = True
                if not member.web:
                    self._tell_to_sweep(member)
            case ("swept",):
                member.idle = True
                if member.detached:
                    _tell(member, END)
            case ("hit", float(at_s)):
                self._note_hit(member, at_s)
            case ("fell", str(text)):
                if not member.hit:
                    self.fell.append((time.monotonic(), text))

    def _note_hit(self, member: Member, at_s: float) -> None:
        order, member.order, member.hit = member.order, None, True
        if order is None:
            return  # it was reached while the order was being taken back
        self.hits[order] += 1
        pid = member.process.pid or 0
        if order.kind is Kind.STOP:
            self.upset += [at_s, at_s + _STOPPED_S]
            self.ended.append(Ended(pid, at_s))
            member.detached, member.signal_at = True, (time.monotonic() + _STOPPED_S, signal.SIGCONT)
            self._add(web=False)
        elif order.kind is Kind.CANCEL:
            member.signal_at = (time.monotonic() + _GRACE_S, signal.SIGKILL)
        elif order.kind is Kind.RESTART and self.restart is not None:
            self.upset.append(at_s)
            self.restart()
            self.upset.append(time.monotonic())
            _tell(member, GO_ON)

    def _see_end(self, member: Member) -> None:
        member.process.join()
        self._members.remove(member)
        self.ended.append(Ended(member.process.pid or 0, time.monotonic()))
        if not member.detached and not self._closing:
            if member.order is not None:
                (self.web_orders if member.web else self.orders).append(member.order)
            self._add(web=member.web)


def _tell(member: Member, what: object) -> None:
    with suppress(OSError):  # it has just ended, which is seen soon
        member.pipe.send(what)


def _work(setup: SetUp, order: Order | None, pipe: Pipe) -> None:
    from benchmarks.fault_workers import work  # only processes that work load what that needs

    work(setup, order, pipe)


def _serve(setup: SetUp, order: Order | None, pipe: Pipe) -> None:
    from benchmarks.fault_workers import serve

    serve(setup, order, pipe)
