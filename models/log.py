"""The Customer Feedback Log: entries are appended in the transaction of what they record, and never edited."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models.announcements import announced_as, owe
from models.store import announced_to
from models.tables import entries
from vocabulary import Clause, Event

SYSTEM = "aftercare"
"""The actor of what the flows do by themselves."""


@dataclass(slots=True)
class Writing:
    """What a run has written to the log so far; what was rolled back is counted, too."""

    run_id: int
    entries: int = 0


_RUN: ContextVar[Writing | None] = ContextVar("run", default=None)
"""A context variable, because between a flow and its entries there are tasks, which Prefect may call in a thread."""


@contextmanager
def written_by(run_id: int) -> Iterator[Writing]:
    """What is appended meanwhile, in this thread and in those that carry its context, is that run's."""
    writing = Writing(run_id)
    before = _RUN.set(writing)
    try:
        yield writing
    finally:
        _RUN.reset(before)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    event: Event
    at: datetime
    clause: Clause | str
    case_id: int | None = None
    ref_id: int | None = None
    actor: str = SYSTEM
    policy_version: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Words, counts, dates: never a name, an address or what the customer wrote."""


def append(db: Connection, new: Sequence[NewEntry]) -> None:
    """Write entries, each with the run that is under way, if one is.

    Also owes, in the same transaction, what targets are to hear of these entries.
    """
    if not new:
        return
    run = _RUN.get()
    if run is not None:
        run.entries += len(new)
    rows = [
        {
            "at": entry.at,
            "event": entry.event,
            "case_id": entry.case_id,
            "ref_id": entry.ref_id,
            "actor": entry.actor,
            "clause": entry.clause,
            "policy_version": entry.policy_version,
            "detail": json.dumps(entry.detail, ensure_ascii=False),
            "run_id": None if run is None else run.run_id,
        }
        for entry in new
    ]
    wanted = announced_to(db)
    if wanted and any(announced_as(entry.event, entry.detail) for entry in new):
        written = entries.insert().returning(*entries.c, sort_by_parameter_order=True)
        owe(db, db.execute(written, rows).all(), wanted)
    else:
        db.execute(entries.insert(), rows)
