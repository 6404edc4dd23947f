"""The whole story of a case: every entry from the closed service to now, with the words of the rows it points to.

This is personal data: for the eyes of those who work on the case.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from models.listing import entries_of
from models.log import SYSTEM
from models.tables import answers, calls, cases, columns, messages, notes, replies, services, subtasks
from vocabulary import Clause, Event


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry. `about`: columns of the row that it points to; of a note, its text is under "note"."""

    at: datetime
    event: Event
    actor: str
    clause: str
    detail: Mapping[str, Any]
    about: Mapping[str, Any]


CUSTOMER = "customer"
"""The actor of what customers say."""

_OF_MESSAGE = (messages, ("purpose", "channel", "state", "to_name"))
_OF_CALL = (calls, ("reason", "outcome", "done_by"))
_OF_SUBTASK = (subtasks, ("department", "what", "due_at", "ended_as", "ended_by", "result"))
_OF_REPLY = (replies, ("text", "channel", "attachments", "reason"))
_ROWS: dict[Event, tuple[Table, Sequence[str]]] = {
    Event.ANSWER_RECEIVED: (answers, ("rating", "comment", "contact_me", "channel", "escalation_id")),
    Event.REPLY_RECEIVED: _OF_REPLY,
    Event.REPLY_SETTLED: _OF_REPLY,
    Event.NOTE_ADDED: (notes, ("kind", "text")),
    **{event: _OF_MESSAGE for event in Event if event.name.startswith("MESSAGE_")},
    **{event: _OF_CALL for event in Event if event.name.startswith("CALL_")},
    **{event: _OF_SUBTASK for event in Event if event.name.startswith("SUBTASK_")},
}
"""What is shown of the row that an entry of such an event points to: what does not change after the event. Of a
message: that it was sent, not its body."""


def timeline(db: Connection, case_id: int) -> list[Moment]:
    """First moment first: that the service was closed, then every entry. Empty when there is no such case."""
    return _closing(db, case_id) + moments_of(db, entries_of(db, case_id))


def moments_of(db: Connection, found: Sequence[Any]) -> list[Moment]:
    """A moment for each of these entries, in their order."""
    told = [(Event(entry.event), entry, json.loads(entry.detail)) for entry in found]
    rows = _rows(db, told)
    reasons = _reasons(db, told)
    moments = []
    for event, entry, detail in told:
        table = _ROWS.get(event)
        about = dict(rows.get((table[0].name, entry.ref_id), {})) if table else {}
        if "note" in detail:
            about["note"] = reasons.get(detail["note"])
        moments.append(Moment(entry.at, event, entry.actor, entry.clause, detail, about))
    return moments


def _closing(db: Connection, case_id: int) -> list[Moment]:
    of = select(*columns(services, "closed_at", "kind", "agent", "source", "external_id"))
    row = db.execute(
        of.join_from(services, cases, cases.c.service_id == services.c.id).where(cases.c.id == case_id)
    ).one_or_none()
    if row is None:
        return []
    about = {name: row._mapping[name] for name in ("kind", "agent", "source", "external_id")}
    return [Moment(row.closed_at, Event.SERVICE_RECEIVED, SYSTEM, Clause.SCOPE, {}, about)]


def _rows(db: Connection, told: Sequence[Any]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The rows that the entries point to: one query per table."""
    wanted: dict[str, tuple[Table, Sequence[str], set[int]]] = {}
    for event, entry, _ in told:
        if event in _ROWS and entry.ref_id is not None:
            table, names = _ROWS[event]
            wanted.setdefault(table.name, (table, names, set()))[2].add(entry.ref_id)
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for name, (table, names, ids) in wanted.items():
        for row in db.execute(select(*columns(table, "id", *names)).where(table.c.id.in_(ids))).mappings():
            found[name, row["id"]] = {key: value for key, value in row.items() if key != "id"}
    return found


def _reasons(db: Connection, told: Sequence[Any]) -> dict[int, str]:
    """The texts of notes that entries name in their detail."""
    ids = {detail["note"] for _, _, detail in told if "note" in detail}
    if not ids:
        return {}
    return dict(db.execute(select(*columns(notes, "id", "text")).where(notes.c.id.in_(ids))).tuples().all())
