"""An opt-out that a person recorded by mistake is taken back by a person, who says why (clause 2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from models.log import NewEntry, append
from models.notes import Author, NewNote, NoteKind, add_note, worded
from models.optouts import as_seen, person_rows, rows_to_change, standing, take_back
from models.refused import Refused
from models.tables import cases
from models.tables.contact import ANY_CHANNEL
from vocabulary import Clause, Event, Stage

CUSTOMER_ONLY = "only the customer can take this back: by texting START, or on the page linked in our mails"
CHANGED = "the opt-outs have changed since you looked at them: look at them again"
STAYS_ENDED = "Cases that ended stay ended; services that are closed from now on are followed up again."
UNDO_WITHIN: Final = timedelta(minutes=5)
TOO_LATE = (
    "it can be undone by who recorded it, for five minutes, and not when a colleague had recorded it before: a "
    "supervisor can lift it on the page of the case"
)
_UNDONE = "Undone by who recorded it, within five minutes."
_SHORTEST_REASON = 5


class LiftError(Refused):
    """An opt-out cannot be lifted. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Lifted:
    channels: tuple[str, ...]
    """"all", or those that were refused."""
    some_stay: bool
    """The customer has refused something themselves, too: that still counts."""


def lift(db: Connection, case_id: int, *, seen: str, by: Author, reason: str, at: datetime) -> Lifted:
    """Take back what people recorded for the customer of a case, in the caller's transaction. `seen`: what `as_seen`
    says of the opt-outs that the person looked at, so that none is lifted that nobody has seen.

    Raises LiftError when there is nothing to lift or something has changed, EscalationError when the reason says too
    little or too much.
    """
    case = _case(db, case_id)
    rows = rows_to_change(db, case, at)
    recorded = [row for row in rows if row.by_person]
    if not recorded:
        raise LiftError(CUSTOMER_ONLY if rows else f"the customer of case {case_id} has not opted out of anything")
    if as_seen(standing(rows)) != seen:
        raise LiftError(CHANGED)
    words = worded(reason, "the reason", least=_SHORTEST_REASON)
    channels = _take_back(db, case, recorded, words, by, at)
    return Lifted(channels, some_stay=len(rows) > len(recorded))


def undo(db: Connection, case_id: int, *, by: Author, at: datetime) -> Lifted:
    """The same in one step, for the person who recorded it and for five minutes: a slip of the hand, which has
    sent nothing to anybody. Raises LiftError."""
    case = _case(db, case_id)
    rows = rows_to_change(db, case, at)
    own = _undoable(case, rows, by.name, at)
    if not own:
        raise LiftError(TOO_LATE)
    channels = _take_back(db, case, own, _UNDONE, by, at, undone=True)
    return Lifted(channels, some_stay=len(rows) > len(own))


def undo_until(db: Connection, case_id: int, *, by: str, now: datetime) -> datetime | None:
    """Until when this person can undo what they recorded for the customer of a case; None when they cannot."""
    case = _case(db, case_id)
    own = _undoable(case, person_rows(db, case, now), by, now)
    return min(row.since for row in own) + UNDO_WITHIN if own else None


def _undoable(case: Row[Any], rows: Sequence[Row[Any]], by: str, now: datetime) -> list[Row[Any]]:
    """What one person recorded just now, all of it. Not once the case is sealed: then other programs have heard how it
    ended. And not where a colleague had recorded it before: undoing would take that back, too."""
    own = [row for row in rows if row.by_person and row.recorded_by == by and row.since > now - UNDO_WITHIN]
    return [] if case.stage == Stage.CLOSED or any(row.renewed for row in own) else own


def _case(db: Connection, case_id: int) -> Row[Any]:
    case = db.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
    if case is None:
        raise LiftError(f"there is no case {case_id}; `./aftercare cases` shows them")
    return case


def _take_back(
    db: Connection, case: Row[Any], rows: Sequence[Row[Any]], words: str, by: Author, at: datetime, *,
    undone: bool = False,
) -> tuple[str, ...]:  # fmt: skip
    """The channels that are free again."""
    take_back(db, rows)
    channels = tuple(sorted({"all" if row.channel == ANY_CHANNEL else row.channel for row in rows}))
    note_id = add_note(db, NewNote(case_id=case.id, kind=NoteKind.LIFTED, text=words), by=by, at=at, logged=False)
    detail = {"channel": list(channels), "note": note_id} | ({"undone": True} if undone else {})
    append(db, [NewEntry(event=Event.OPT_OUT_LIFTED, at=at, clause=Clause.OPT_OUT, case_id=case.id, actor=by.name,
                         policy_version=case.policy_version, detail=detail)])  # fmt: skip
    return channels
