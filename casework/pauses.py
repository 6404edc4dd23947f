"""People stop the clock of a concern's resolution, for a reason of the policy, and let it run again."""

from datetime import datetime

from sqlalchemy import Connection

from casework.rules import rules_of_case
from models.escalations import EscalationError, held
from models.pauses import PauseEnd, begin_pause, end_pause, paused_for, pauses_of
from policy.pauses import Refused, Standing, pause_until

_SHORTEST_NOTE = 10


def pause(
    db: Connection, escalation_id: int, *, code: str, note: str, by: str, at: datetime, until: datetime | None = None
) -> datetime:
    """Until when at the latest the clock stands still. `code` is one of the policy's, `note` says what it is about.

    Raises EscalationError with what stands against it and what to do.
    """
    concern = held(db, escalation_id)
    if len(note.strip()) < _SHORTEST_NOTE:
        raise EscalationError(f"a pause needs a note that says why, in at least {_SHORTEST_NOTE} characters")
    before = pauses_of(db, [escalation_id])[escalation_id]
    standing = Standing(
        acknowledged=concern.acknowledged_at is not None,
        resolved=concern.resolved_at is not None,
        paused=any(one.ended_at is None for one in before),
        resolve_by=concern.resolve_by,
        paused_before=paused_for(concern, [one for one in before if one.code == code]),
    )
    ends_by = pause_until(code, until, standing, at, rules_of_case(db, concern.case_id).escalation.pauses)
    if isinstance(ends_by, Refused):
        raise EscalationError(f"escalation {escalation_id} cannot be paused: {ends_by.reason}")
    begin_pause(db, concern, code=code, note=note.strip(), ends_by=ends_by, by=by, at=at)
    return ends_by


def resume(db: Connection, escalation_id: int, *, by: str, at: datetime) -> datetime:
    """The date of the resolution target, moved by the time that the clock stood still. Raises EscalationError."""
    concern = held(db, escalation_id)
    target = end_pause(db, concern, at=at, because=PauseEnd.PERSON, by=by)
    if target is None:
        raise EscalationError(f"escalation {escalation_id} is not paused")
    return target
