"""People stop the clock of a concern's resolution, for a reason of the policy, and let it run again."""

from datetime import datetime

from sqlalchemy import Connection

from casework.rules import rules_of
from models.escalations import EscalationError, held, policy_version_of
from models.pauses import PauseEnd, begin_pause, end_pause, paused_for, pauses_of
from policy.closing_rules import PauseRule
from policy.pauses import Refused, Standing, pause_until

_SHORTEST_NOTE = 10


def pause(
    db: Connection, escalation_id: int, *, code: str, note: str, by: str, at: datetime, until: datetime | None = None
) -> datetime:
    """Until when at the latest the clock stands still. `code` is one of `pause_reasons`, `note` says what it is about.

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
    ends_by = pause_until(code, until, standing, at, pause_reasons(db, escalation_id))
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


def pause_reasons(db: Connection, escalation_id: int) -> tuple[PauseRule, ...]:
    """What the policy that the concern's case goes by lists."""
    return rules_of(db, policy_version_of(db, escalation_id)).escalation.pauses
