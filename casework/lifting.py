"""An opt-out that a person recorded by mistake is taken back by a person, who says why (clause 2.4)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models.log import NewEntry, append
from models.notes import Author, NewNote, NoteKind, add_note, worded
from models.optouts import as_seen, rows_to_change, standing, take_back
from models.refused import Refused
from models.tables import cases
from models.tables.contact import ANY_CHANNEL
from vocabulary import Clause, Event

CUSTOMER_ONLY = "only the customer can take this back: by texting START, or on the page linked in our mails"
CHANGED = "the opt-outs have changed since you looked at them: look at them again"
STAYS_ENDED = "Cases that ended stay ended; services that are closed from now on are followed up again."
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
    case = db.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
    if case is None:
        raise LiftError(f"there is no case {case_id}; `./aftercare cases` shows them")
    rows = rows_to_change(db, case, at)
    recorded = [row for row in rows if row.by_person]
    if not recorded:
        raise LiftError(CUSTOMER_ONLY if rows else f"the customer of case {case_id} has not opted out of anything")
    if as_seen(standing(rows)) != seen:
        raise LiftError(CHANGED)
    words = worded(reason, "the reason", least=_SHORTEST_REASON)
    take_back(db, recorded)
    channels = tuple(sorted({"all" if row.channel == ANY_CHANNEL else row.channel for row in recorded}))
    note = NewNote(case_id=case_id, kind=NoteKind.LIFTED, text=words)
    note_id = add_note(db, note, by=by, at=at, logged=False)
    append(db, [NewEntry(event=Event.OPT_OUT_LIFTED, at=at, clause=Clause.OPT_OUT, case_id=case_id, actor=by.name,
                         policy_version=case.policy_version,
                         detail={"channel": list(channels), "note": note_id})])  # fmt: skip
    return Lifted(channels, some_stay=len(rows) > len(recorded))
