"""The steps of a case's life in their order, timed one by one. Who does a stage's work is left to the variant."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from time import perf_counter
from typing import Any

from sqlalchemy import Column, Connection, func, select

from benchmarks import story
from cli.stages import StageName
from models.answers import record
from models.due import due_cases
from models.inbox import receive
from models.report import ClosedService
from models.store import Store
from models.tables import cases, messages
from tasks.place import Place
from vocabulary import Delivery, Stage

Work = Mapping[StageName, Callable[[datetime], object]]
"""How a variant does the work of a stage as at an instant."""

_CHUNK = 500
_LATER = timedelta(days=1)


class WrongResult(Exception):
    """The cases are not where they should be: then no figure means anything."""


class Stopwatch:
    """Seconds by step, in the order of the steps."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - began


def live(here: Place, work: Work, count: int, *, first: int = 0) -> Stopwatch:
    """Take `count` closed services from the report to the sealed record (concerns: to the person who takes them)."""
    watch = Stopwatch()
    with watch.step("intake"):
        take_in(here.store, first, count)
    with watch.step("schedule contact"):
        work[StageName.SCHEDULE_CONTACT](story.SCHEDULED)
    with watch.step("send survey"):
        work[StageName.SEND_SURVEY](story.ASKED)
    with watch.step("deliver surveys"):
        work[StageName.DELIVER_MESSAGES](story.ASKED)
    with watch.step("take answers"):
        take_answers(here)
    with watch.step("escalate"):
        work[StageName.ESCALATE](story.JUDGED)
    with watch.step("deliver notices"):
        work[StageName.DELIVER_MESSAGES](story.JUDGED)
    with watch.step("document"):
        work[StageName.DOCUMENT](story.DOCUMENTED)
    return watch


def take_in(store: Store, first: int, count: int) -> None:
    """Every report is validated, and each chunk taken in one transaction, as the intake does with a list."""
    incoming = story.reports(first, count)
    while chunk := [ClosedService.model_validate(raw) for raw in islice(incoming, _CHUNK)]:
        with store.write() as db:
            receive(db, chunk, at=story.SCHEDULED)


def take_answers(here: Place) -> None:
    """Every customer answers: one transaction each, as on the survey page."""
    change_for = timedelta(hours=here.policy.rules.survey.change_hours)
    for batch in due_cases(here.store, Stage.ASKED, story.ASKED + _LATER, size=_CHUNK):
        for case_id in batch:
            with here.store.write() as db:
                record(db, case_id, story.said(case_id), at=story.ANSWERED, change_for=change_for)


def check(store: Store, count: int) -> int:
    """How many mails were sent; `WrongResult` unless every case is closed and sealed, or an open concern."""
    concerns = count // story.CONCERN_EVERY
    with store.read() as db:
        found, states = _counted(db, cases.c.stage), _counted(db, messages.c.state)
        sealed = db.execute(select(func.count()).where(cases.c.seal.is_not(None))).scalar_one()
    if found != {Stage.CLOSED: count - concerns} | ({Stage.ESCALATED: concerns} if concerns else {}):
        raise WrongResult(f"of {count} cases, {concerns} should be escalated and the others closed, but: {found}")
    if sealed != count - concerns or states.keys() != {Delivery.ACCEPTED}:
        raise WrongResult(f"{sealed} records sealed, messages by state: {states}")
    return states[Delivery.ACCEPTED]


def _counted(db: Connection, column: Column[Any]) -> dict[str, int]:
    """How many rows have each value of the column."""
    return dict(db.execute(select(column, func.count()).group_by(column)).tuples().all())
