"""Calls: what a person reports of one. The outcome feeds the same answers and escalations as the survey page."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from models.answers import Said, record
from models.cases import set_values
from models.log import NewEntry, append
from models.moves import Move, advance, ending
from models.optouts import ON_THE_PHONE, suppress
from models.outcomes import first_contacts, look_now
from models.refused import Refused
from models.tables import answers, calls, cases, columns, escalations, people, services
from vocabulary import CallOutcome, Channel, Clause, Disposition, Event, Stage

_SPOKEN = frozenset({CallOutcome.ANSWERED, CallOutcome.SOLVED, CallOutcome.CONCERN})
_RATINGS = range(1, 6)


class CallError(Refused):
    """The report of a call cannot be taken. The text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    outcome: CallOutcome
    by: str
    rating: int | None = None
    comment: str | None = None
    call_back_at: datetime | None = None
    """When the customer wants to be called instead."""
    claimed_as: str | None = None
    """As whom the caller takes calls (`models.call_queue`); `by` when left out."""


def record_call(db: Connection, call_id: int, report: CallReport, *, at: datetime, change_for: timedelta) -> Row[Any]:
    """Write down what came of a call, once, with what follows from it, in the caller's transaction. The call's row."""
    call = _take(db, call_id, report, at)
    append(db, [_entry(call, report, at)])
    first = first_contacts(db, [call.case_id]) if report.outcome is not CallOutcome.WRONG_NUMBER else []
    set_values(db, [{"case_id": id, "contacted_at": at, "contact_channel": Channel.PHONE} for id in first])
    if report.outcome in _SPOKEN:
        _answered(db, call, report, at, change_for)
    elif report.outcome is CallOutcome.REFUSED:
        _refused(db, call, report, at)
    elif report.outcome is not CallOutcome.CALL_BACK:
        look_now(db, [call.case_id], at)
    return call


def check_report(report: CallReport, at: datetime) -> None:
    """Raises CallError with what is wrong with it, whatever the call."""
    if report.rating is not None and report.rating not in _RATINGS:
        raise CallError("a rating is a number from 1 to 5")
    if report.outcome not in _SPOKEN and (report.rating is not None or report.comment):
        raise CallError(f"a rating and a comment belong to a call that was answered, and this one is {report.outcome}: "
                        "leave them out, or choose another outcome")  # fmt: skip
    if report.outcome is CallOutcome.ANSWERED and report.rating is None and not report.comment:
        raise CallError("an answered call needs a rating (1 to 5), a comment, or both")
    if (report.outcome is CallOutcome.CALL_BACK) is (report.call_back_at is None):
        raise CallError("a time to call back belongs to the outcome 'call back', and that outcome needs one")
    if report.call_back_at is not None and report.call_back_at <= at:
        raise CallError(f"the time to call back, {report.call_back_at:%Y-%m-%d %H:%M} UTC, is over: name a later one")


def _take(db: Connection, call_id: int, report: CallReport, at: datetime) -> Row[Any]:
    check_report(report, at)
    _refuse_if_sealed(db, call_id)
    swap = calls.update().where(calls.c.id == call_id, *is_free(report.claimed_as or report.by, at))
    values = {"done_at": at, "done_by": report.by, "outcome": report.outcome, "call_back_at": report.call_back_at}
    taken = db.execute(swap.values({**values, **UNCLAIMED}).returning(*calls.c)).one_or_none()
    if taken is None:
        raise CallError(why_not(db, call_id, at))
    return taken


UNCLAIMED: Final[dict[str, Any]] = {"claimed_by": None, "claimed_until": None}


def is_free(by: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """That a call is open, and nobody but `by` has it. A claim ends by itself. As long as nobody else takes the call
    then, a form that was open for too long is still good.
    """
    free = or_(calls.c.claimed_until.is_(None), calls.c.claimed_until <= at, calls.c.claimed_by == by)
    return calls.c.done_at.is_(None), calls.c.withdrawn_at.is_(None), free


def why_not(db: Connection, call_id: int, at: datetime) -> str:
    """Why a call can be neither taken nor recorded."""
    known = db.execute(select(calls, people.c.name).outerjoin_from(calls, people, people.c.email == calls.c.claimed_by)
                       .where(calls.c.id == call_id)).one_or_none()  # fmt: skip
    if known is None:
        return f"there is no call {call_id}; `./aftercare calls list` shows those to be made"
    if known.done_at is not None:
        return f"call {call_id} was recorded already, as {known.outcome!r} by {known.done_by}"
    if known.claimed_until is not None and known.claimed_until > at:
        minutes = math.ceil((known.claimed_until - at).total_seconds() / 60)
        who = known.name or known.claimed_by
        return f"{who} is making call {call_id}; if they do not record it, it is free again in {minutes} min"
    return f"call {call_id} is not needed any more: the customer has answered, or the wait is over"


def _refuse_if_sealed(db: Connection, call_id: int) -> None:
    of = select(calls.c.case_id).where(calls.c.id == call_id).scalar_subquery()
    case = db.execute(select(*columns(cases, "id", "stage")).where(cases.c.id == of).with_for_update()).one_or_none()
    if case is not None and case.stage == Stage.CLOSED:
        raise CallError(f"case {case.id} is closed and sealed: nothing can be added to its record")


def _answered(db: Connection, call: Row[Any], report: CallReport, at: datetime, change_for: timedelta) -> None:
    said = Said(
        nonce=f"call:{call.id}",
        channel=Channel.PHONE,
        rating=report.rating,
        comment=report.comment,
        contact_me=False,
        solved=report.outcome is CallOutcome.SOLVED,
        concern=report.outcome is CallOutcome.CONCERN,
        entered_by=report.by,
    )
    record(db, call.case_id, said, at=at, change_for=change_for, escalation_id=call.escalation_id)


def _refused(db: Connection, call: Row[Any], report: CallReport, at: datetime) -> None:
    case = db.execute(select(cases).where(cases.c.id == call.case_id)).one()
    suppress(db, case, at=at, source=ON_THE_PHONE, actor=report.by, recorded_by=report.by)
    reason = "the customer does not want to be asked"
    values = ending(Disposition.OPTED_OUT, at=at, next_at=at, reason=reason, clause=Clause.OPT_OUT)
    move = Move(case_id=call.case_id, clause=Clause.OPT_OUT, reason=reason, values=values)
    advance(db, Stage.ASKED, Stage.ENDED, [move], at=at, actor=report.by)


def _entry(call: Row[Any], report: CallReport, at: datetime) -> NewEntry:
    return NewEntry(
        event=Event.CALL_RECORDED,
        at=at,
        clause=Clause.CHANNEL,
        case_id=call.case_id,
        ref_id=call.id,
        actor=report.by,
        detail={"outcome": report.outcome, "attempt": call.attempt, "rating": report.rating,
                "comment": bool(report.comment),
                "call back at": report.call_back_at.isoformat() if report.call_back_at else None},
    )  # fmt: skip


def call_of(db: Connection, call_id: int) -> Row[Any]:
    """A call with its case, service, concern, and the unconfirmed answer that it is about. Raises CallError."""
    found = db.execute(
        select(
            *columns(calls, "id", "case_id", "attempt", "reason", "due_from", "due_to", "escalation_id", "confirms"),
            *columns(calls, "done_at", "done_by", "outcome", "call_back_at", "withdrawn_at"),
            *columns(calls, "claimed_by", "claimed_until"),
            *columns(cases, "stage", "region", "contact_due_at"),
            *columns(cases, "department", "branch", "kind", "timezone", "recipient_timezone", "policy_version"),
            *columns(services, "customer_name", "phone", "language"),
            services.c.closed_at.label("service_closed_at"),
            *columns(escalations, "action", "resolved_at"),
            *(answers.c[name].label(f"said_{name}") for name in ("rating", "comment", "contact_me")),
        )
        .join_from(calls, cases, cases.c.id == calls.c.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .outerjoin(escalations, escalations.c.id == calls.c.escalation_id)
        .outerjoin(answers, answers.c.id == calls.c.confirms)
        .where(calls.c.id == call_id)
    ).one_or_none()
    if found is None:
        raise CallError(f"there is no call {call_id}; `./aftercare calls list` shows those to be made")
    return found


def policy_version_of(db: Connection, call_id: int) -> str:
    """The policy version that the call's case goes by."""
    found = select(cases.c.policy_version).join_from(calls, cases, cases.c.id == calls.c.case_id)
    version = db.execute(found.where(calls.c.id == call_id)).scalar_one_or_none()
    if version is None:
        raise CallError(f"there is no call {call_id}; `./aftercare calls list` shows those to be made")
    return str(version)
