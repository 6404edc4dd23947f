"""The processes that are killed: a worker that sweeps when it is told to, and the web application.

They are children of one process that has imported everything (multiprocessing's forkserver), so that a replacement is
there at once. The worker calls the tasks' own functions in the order of the flows, without Prefect: what it does with
a signal (raising in the main thread) is what Prefect's processes for runs do.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from multiprocessing.connection import Connection as Pipe
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import channels.lanes
import tasks.outbox
from benchmarks import bare
from benchmarks.fault_plants import PLANTS
from benchmarks.fault_points import (
    ACKNOWLEDGED,
    BEGIN,
    END,
    FIRST_BYTE,
    POSTED,
    SETTLE,
    SWEEP,
    WAITING,
    Journal,
    Order,
    Points,
    watch_transactions,
)
from benchmarks.fault_story import SCALE, SetUp, StoryClock
from channels.protocol import Receipt
from cli.stages import StageName
from config.settings import read_settings
from models.store import Store
from tasks.in_hand import Claimed
from tasks.look_up import look_up_unknown
from tasks.outbox import claim_batch, send_claimed, tidy_outbox
from tasks.place import Place, place
from web.app import create_app
from web.bell import Silent

_A_WHILE_S = 0.15
"""After a first byte, until a worker that is to end while it waits for answers does so."""
_BEFORE = (StageName.SCHEDULE_CONTACT, StageName.SEND_SURVEY, StageName.AWAIT_RESPONSE, StageName.ESCALATE)


class Terminated(BaseException):
    """SIGTERM, as Prefect raises it in the process of a run."""


def work(setup: SetUp, order: Order | None, pipe: Pipe) -> None:
    """Sweep whenever the pipe says so, until it says that this is the end."""
    points = _begin(setup, order, pipe)
    signal.signal(signal.SIGTERM, _terminated)
    _look_in(points, Journal(setup.folder))
    if setup.plant:
        PLANTS[setup.plant]()
    try:
        here = place()
        pipe.send(("ready",))
        while (told := pipe.recv()) != END:
            if told == SWEEP:
                _sweep(here, setup.clock)
                pipe.send(("swept",))
            else:
                points.arm(told)
    except (Terminated, KeyboardInterrupt):
        sys.exit(1)
    except Exception as error:
        pipe.send(("fell", f"{type(error).__name__}: {str(error)[:200]}"))
        raise


def _terminated(_number: int, _frame: object) -> None:
    raise Terminated


def _begin(setup: SetUp, order: Order | None, pipe: Pipe) -> Points:
    log = os.open(setup.folder / "children.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(setup.environment)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    points = Points(pipe)
    points.arm(order)
    return points


def _end_with(parent: int) -> None:
    """Nobody tells a process any more whose story was ended by force."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _sweep(here: Place, clock: StoryClock) -> None:
    stages = bare.work_of(here)
    for stage in _BEFORE:
        stages[stage](clock())
    look_up_unknown.fn(clock())
    tidy_outbox.fn(clock())
    while (owner := claim_batch.fn(clock())) is not None:
        send_claimed.fn(owner, clock())
    stages[StageName.DOCUMENT](clock())


def _look_in(points: Points, journal: Journal) -> None:
    """Bursts say which turn they are in and write their journal; requests say what they have come to."""
    turns = [""]

    class Watched(Claimed):
        def turn(self, begin: Sequence[str], done: Sequence[Receipt]) -> Collection[str]:
            turns[0] = BEGIN if begin else SETTLE
            journal.asks(begin)
            begun = super().turn(begin, done)
            journal.knows(done, set(begin) - set(begun))
            return begun

    setattr(tasks.outbox, "Claimed", partial(Watched, seconds=_story_seconds))  # noqa: B010 - it is not exported
    real = channels.lanes._Threshold.__call__

    async def passing(threshold: Any, event: str, info: Any) -> None:
        await real(threshold, event, info)
        if event == "http11.receive_response_headers.started":
            points.reach(FIRST_BYTE)
            if points.order is not None and points.order.point == WAITING:
                later = threading.Timer(_A_WHILE_S, points.reach, [WAITING])
                later.daemon = True
                later.start()

    channels.lanes._Threshold.__call__ = passing  # type: ignore[assignment, method-assign]
    watch_transactions(points, lambda: turns[0])


def _story_seconds() -> float:
    return SCALE * time.monotonic()


def serve(setup: SetUp, order: Order | None, pipe: Pipe) -> None:
    """The web application, on the story's clock, until it is told to stop by a signal."""
    points = _begin(setup, order, pipe)
    settings = read_settings()
    store = Store(settings.store_url, settings.announced_to)
    app: FastAPI = create_app(settings, store, setup.clock, Silent())
    watch_transactions(points, str)
    uvicorn.run(
        _Watching(app, points, lambda: pipe.send(("ready",))),
        host="127.0.0.1",
        port=settings.web_port,
        access_log=False,
        log_level="warning",
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=10,
    )


class _Watching:
    """Says when a post begins to arrive, and when its answer is out."""

    def __init__(self, app: ASGIApp, points: Points, ready: Callable[[], None]) -> None:
        self._app = app
        self._points = points
        self._ready = ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope.get("method") == "POST":
            self._points.take_orders()
            await self._app(scope, self._arriving(receive), self._answering(send))
        else:
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        self._ready()
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def _arriving(self, receive: Receive) -> Receive:
        async def arriving() -> Message:
            message = await receive()
            self._points.reach(POSTED)
            return message

        return arriving

    def _answering(self, send: Send) -> Send:
        async def answering(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._points.reach(ACKNOWLEDGED)

        return answering
