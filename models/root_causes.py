"""Root causes put right after the concern was resolved: in the log with both words, never silently (clause 4.6)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from models.escalations import EscalationError, check_cause, held, log_concern
from models.notes import Author, NewNote, NoteKind, add_note, worded
from models.tables import escalations
from vocabulary import Clause, Event


def correct_root_cause(
    db: Connection, escalation_id: int, *, was: str, root_cause: str, reason: str, known_causes: Sequence[str],
    by: Author, at: datetime,
) -> None:  # fmt: skip
    """Another root cause for a concern that was resolved. `was`: the one that the person saw.

    What was written when it was resolved stays in the log, and so does every correction. Raises EscalationError.
    """
    concern = held(db, escalation_id, closed=True)
    if concern.root_cause is None:
        raise EscalationError(f"escalation {escalation_id} has no root cause yet: it gets one when it is resolved")
    if concern.root_cause != was:
        raise EscalationError(f"the root cause is {concern.root_cause!r} by now, not {was!r}; look at it again")
    check_cause(root_cause, known_causes)
    if root_cause == was:
        raise EscalationError(f"the root cause is {was!r} already")
    why = worded(reason, "the reason")
    note = NewNote(case_id=concern.case_id, kind=NoteKind.CORRECTED, text=why, escalation_id=concern.id)
    note_id = add_note(db, note, by=by, at=at, logged=False)
    db.execute(escalations.update().where(escalations.c.id == escalation_id).values(root_cause=root_cause))
    log_concern(db, Event.ROOT_CAUSE_CORRECTED, concern, at, by.name,
                {"from": was, "to": root_cause, "note": note_id}, clause=Clause.REVIEW)  # fmt: skip
