"""Who makes which call: one person has a call to themselves for a while, so that no customer is called by two."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, false, func, select, true, tuple_

from models.calls import UNCLAIMED, CallError, is_free, why_not
from models.due import still_wanted
from models.log import NewEntry, append
from models.tables import calls, cases, columns, people, services
from vocabulary import Clause, Event

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """What decides on what days and hours a customer may be called: the branch's calendar, and the customer's clock."""

    region: str
    timezone: str
    recipient_timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The calls of some departments ("*": of all) in some places; None: wherever the customer is."""

    departments: Collection[str]
    where: Collection[Where] | None = None

    def __call__(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        """That a call is to be made now and in this queue."""
        return calls.c.due_from <= now, *self.at_any_time(now)

    def at_any_time(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        """That a call is to be made, now or later."""
        mine = true() if EVERYWHERE in self.departments else cases.c.department.in_(self.departments)
        return (*still_wanted(now), mine, *(() if self.where is None else (self._in_places(self.where),)))

    def _in_places(self, where: Collection[Where]) -> ColumnElement[bool]:
        if not where:
            return false()
        places = [(one.region, one.timezone, one.recipient_timezone) for one in sorted(where)]
        return tuple_(cases.c.region, cases.c.timezone, cases.c.recipient_timezone).in_(places)


def queued(db: Connection, queue: Queue, now: datetime, *, most: int) -> Sequence[Row[Any]]:
    """The most urgent calls, with their case, and with who has them (`claimed_by`, `claimed_until`, `claimed_name`)."""
    wanted = (
        select(
            *columns(calls, "id", "case_id", "attempt", "reason", "due_from", "due_to", "escalation_id", "confirms"),
            *columns(calls, "claimed_by", "claimed_until"),
            people.c.name.label("claimed_name"),
            *columns(cases, "department", "branch", "kind", "region", "timezone", "recipient_timezone"),
            *columns(services, "customer_name", "phone"),
        )
        .join_from(calls, cases, cases.c.id == calls.c.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .outerjoin(people, people.c.email == calls.c.claimed_by)
    )
    return db.execute(wanted.where(*queue(now)).order_by(calls.c.due_to, calls.c.id).limit(most)).all()


def claimed(db: Connection, by: str, now: datetime) -> Sequence[Row[Any]]:
    """The calls that somebody has now, the most urgent first."""
    return queued(db, _Claimed(departments=[EVERYWHERE], by=by), now, most=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed(Queue):
    by: str

    def at_any_time(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        mine = calls.c.claimed_by == self.by, calls.c.claimed_until > now
        return (*mine, *Queue.at_any_time(self, now))


def count_by_place(db: Connection, queue: Queue, now: datetime) -> dict[Where, int]:
    """How many calls are to be made now, by where the customers are."""
    where = columns(cases, "region", "timezone", "recipient_timezone")
    counted = _of_cases(*where, func.count()).where(*queue(now)).group_by(*where)
    return {Where(*place): count for *place, count in db.execute(counted).tuples()}


def next_due(db: Connection, queue: Queue, now: datetime) -> datetime | None:
    """When the first call is to be made of those that cannot be made yet."""
    later = _of_cases(func.min(calls.c.due_from)).where(calls.c.due_from > now, *queue.at_any_time(now))
    found: datetime | None = db.execute(later).scalar()
    return found


def claim(
    db: Connection, call_id: int, *, by: str, at: datetime, lease: timedelta, actor: str | None = None
) -> Row[Any]:
    """Take this call, if nobody else has it; the call's row. Who has it already has it for longer. Raises CallError.

    `by`: what makes two claims one person's, an address in the console. `actor`: as whom the log names them.
    """
    wanted = _of_cases(calls.c.id).where(calls.c.id == call_id, *still_wanted(at)).correlate(None)
    taken = _take(db, calls.c.id.in_(wanted), by, at, lease, actor)
    if taken is None:
        raise CallError(why_not(db, call_id, at))
    return taken


def claim_next(
    db: Connection, queue: Queue, *, by: str, at: datetime, lease: timedelta, actor: str | None = None
) -> Row[Any] | None:
    """Take the most urgent call that nobody has, in one statement; None when there is none.

    Who has calls already gets the most urgent of those again: nobody keeps calls from others by pressing twice.
    Those that somebody is just taking are passed over, not waited for.
    """
    mine = (calls.c.claimed_by == by) & (calls.c.claimed_until > at)
    free = (
        _of_cases(calls.c.id)
        .where(*queue(at), *is_free(by, at))
        .order_by(case((mine, 0), else_=1), calls.c.due_to, calls.c.id)
        .limit(1)
        .with_for_update(of=calls, skip_locked=True)
        .correlate(None)
    )
    return _take(db, calls.c.id == free.scalar_subquery(), by, at, lease, actor)


def release(db: Connection, call_id: int, *, by: str, at: datetime, actor: str | None = None,
            anybodys: bool = False) -> None:  # fmt: skip
    """Let others make the call. With `anybodys` also when somebody else has it. Raises CallError."""
    still_open = calls.c.id == call_id, calls.c.done_at.is_(None), calls.c.claimed_by.is_not(None)
    swap = calls.update().where(*still_open, true() if anybodys else calls.c.claimed_by == by)
    freed = db.execute(swap.values(UNCLAIMED).returning(*columns(calls, "id", "case_id"))).one_or_none()
    if freed is None:
        raise CallError(_not_held(db, call_id, by, at))
    _log(db, Event.CALL_RELEASED, freed, actor or by, at)


def _take(
    db: Connection, which: ColumnElement[bool], by: str, at: datetime, lease: timedelta, actor: str | None
) -> Row[Any] | None:
    """The conditions on the call itself stand in this statement too: PostgreSQL looks at them again after waiting."""
    swap = calls.update().where(which, *is_free(by, at)).values(claimed_by=by, claimed_until=at + lease)
    taken = db.execute(swap.returning(*calls.c)).one_or_none()
    if taken is not None:
        _log(db, Event.CALL_CLAIMED, taken, actor or by, at)
    return taken


def _of_cases(*what: Any) -> Select[Any]:
    return select(*what).join_from(calls, cases, cases.c.id == calls.c.case_id)


def _not_held(db: Connection, call_id: int, by: str, at: datetime) -> str:
    known = select(calls.c.id).where(calls.c.id == call_id, *is_free(by, at))
    is_open = db.execute(known).one_or_none() is not None
    return f"call {call_id} is not in your hands" if is_open else why_not(db, call_id, at)


def _log(db: Connection, event: Event, call: Row[Any], actor: str, at: datetime) -> None:
    append(db, [NewEntry(event=event, at=at, clause=Clause.CHANNEL, case_id=call.case_id, ref_id=call.id, actor=actor)])
