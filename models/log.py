"""The Customer Feedback Log: entries are appended in the transaction of what they record, and never edited."""

import json
from collections.abc import Mapping, Sequence
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
    """Also owes, in the same transaction, what targets are to hear of these entries."""
    if not new:
        return
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
        }
        for entry in new
    ]
    wanted = announced_to(db)
    if wanted and any(announced_as(entry.event, entry.detail) for entry in new):
        written = entries.insert().returning(*entries.c, sort_by_parameter_order=True)
        owe(db, db.execute(written, rows).all(), wanted)
    else:
        db.execute(entries.insert(), rows)
