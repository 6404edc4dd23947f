"""An opt-out that a person recorded by mistake is taken back by a person, who says why (clause 2.4)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models.log import NewEntry, append
from models.notes import Author, NewNote, NoteKind, add_note, worded
from models.optouts import in_force, lift_recorded
from models.refused import Refused
from models.tables import cases
from models.tables.contact import ANY_CHANNEL
from vocabulary import Clause, Event

CUSTOMER_ONLY = "only the customer can take this back: by texting START, or on the page linked in our mails"
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


def lift(db: Connection, case_id: int, *, by: Author, reason: str, at: datetime) -> Lifted:
    """Take back what people recorded for the customer of a case, in the caller's transaction. Raises LiftError when
    there is nothing of that kind, EscalationError when the reason says too little or too much.
    """
    case = db.execute(select(cases).where(cases.c.id == case_id).with_for_update()).one_or_none()
    if case is None:
        raise LiftError(f"there is no case {case_id}; `./aftercare cases` shows them")
    words = worded(reason, "the reason", least=_SHORTEST_REASON)
    channels = tuple("all" if one == ANY_CHANNEL else one for one in lift_recorded(db, case, at))
    left = in_force(db, case_id, at)
    if not channels:
        raise LiftError(CUSTOMER_ONLY if left else f"the customer of case {case_id} has not opted out of anything")
    note = NewNote(case_id=case_id, kind=NoteKind.LIFTED, text=words)
    note_id = add_note(db, note, by=by, at=at, logged=False)
    append(db, [NewEntry(event=Event.OPT_OUT_LIFTED, at=at, clause=Clause.OPT_OUT, case_id=case_id, actor=by.name,
                         policy_version=case.policy_version,
                         detail={"channel": list(channels), "note": note_id})])  # fmt: skip
    return Lifted(channels, some_stay=bool(left))
