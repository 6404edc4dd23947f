"""The row that each run of a stage leaves in our own store, and whose number its entries carry."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from models import runs
from models.log import written_by
from tasks.place import Place, place
from vocabulary import RunState

P = ParamSpec("P")
Clock = Callable[..., datetime]


@dataclass
class _Under:
    """A run that is under way."""

    run_id: int
    counts: Mapping[str, int] = field(default_factory=dict)
    state: State[Any] | None = None


_UNDER_WAY: ContextVar[_Under | None] = ContextVar("under way", default=None)


def recorded(flow: str, clock: Clock) -> Callable[[Callable[P, State[Any]]], Callable[P, State[Any]]]:
    """A flow's function whose runs are rows: begun before its work, ended with its state, or without an end when it
    was killed. `clock()` is the time of day, `clock(as_of)` the instant that the run was told to work as at."""

    def decorate(work: Callable[P, State[Any]]) -> Callable[P, State[Any]]:
        @wraps(work)
        def run(*args: P.args, **kwargs: P.kwargs) -> State[Any]:
            with _row(flow, clock) as under:
                under.state = work(*args, **kwargs)
            return under.state

        return run

    return decorate


def note_counts(counts: Mapping[str, int]) -> None:
    """What the run that is under way has done, for its row."""
    under = _UNDER_WAY.get()
    if under is not None:
        under.counts = counts


@contextmanager
def _row(flow: str, clock: Clock) -> Iterator[_Under]:
    here = place()
    under = _Under(_begin(here, flow, clock))
    before = _UNDER_WAY.set(under)
    try:
        with written_by(under.run_id) as log:
            yield under
    except BaseException as fault:
        _end(here, under, clock(), log.entries, failed=type(fault).__name__)  # its text may hold personal data
        raise
    finally:
        _UNDER_WAY.reset(before)
    _end(here, under, clock(), log.entries)


def _begin(here: Place, flow: str, clock: Clock) -> int:
    told = flow_run.parameters.get("as_of")
    as_of = None if told is None else clock(told)
    with here.store.write() as db:
        return runs.begin_run(db, flow, at=clock(), as_of=as_of, prefect_run_id=flow_run.id, host=socket.gethostname())


def _end(here: Place, under: _Under, at: datetime, written: int, failed: str | None = None) -> None:
    state = under.state
    to = RunState.COMPLETED if failed is None and state and state.is_completed() else RunState.FAILED
    word = failed or (state.name if state else None) or "no state"
    with here.store.write() as db:
        runs.end_run(db, under.run_id, to, word=word, at=at, counts=under.counts, written=written)


@task(cache_policy=NO_CACHE)
def forget_runs(now: datetime) -> int:
    """Old runs that nothing needs, batch by batch, each in a transaction; how many."""
    here, forgotten = place(), 0
    rules, size = here.policy.rules.runs, here.policy.rules.batches.size
    idle_before, before = (now - timedelta(days=days) for days in (rules.idle_days, rules.keep_days))
    while True:
        with here.store.write() as db:
            gone = runs.forget_runs(db, idle_before=idle_before, before=before, size=size)
        forgotten += gone
        if gone < size:
            return forgotten
