"""Where customers may be called now: it is a working day of the branch, and a decent hour where the customer is."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from casework.calendars import calendar_for
from models.call_queue import Queue, Where, count_by_place, next_due
from policy.rules import Rules
from policy.slots import next_window


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHours:
    """What can be called now, and what has to wait."""

    now: Queue
    count: int
    asleep: int
    """Calls that are due, to customers who may not be called at this hour or on this day."""
    opens_at: datetime | None
    """When there is more to call: somebody's hours begin, or a call falls due. None: nothing is planned."""


def call_hours(db: Connection, queue: Queue, now: datetime, rules: Rules) -> CallHours:
    """By the policy in force, whatever the case's own version says: people work by what holds today."""
    waiting = count_by_place(db, queue, now)
    opening = {where: opens_at(where, now, rules) for where in waiting}
    awake = {where for where, at in opening.items() if at <= now}
    later = [at for at in opening.values() if at > now]
    due = next_due(db, queue, now)
    return CallHours(
        now=Queue(departments=queue.departments, where=awake),
        count=sum(waiting[where] for where in awake),
        asleep=sum(count for where, count in waiting.items() if where not in awake),
        opens_at=min([*later, *([due] if due else [])], default=None),
    )


def opens_at(where: Where, now: datetime, rules: Rules) -> datetime:
    """When customers there may be called: now, or when their window opens next (UTC)."""
    calendar = calendar_for(where.region, where.timezone, rules.calendar)
    return next_window(now, calendar, ZoneInfo(where.recipient_timezone), rules.contact)
