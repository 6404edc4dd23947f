"""A person reports a call: written down, and the next call owed when the customer asked for one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from casework.alarms import Reported, raise_alarm
from casework.contact import contact_of
from casework.rules import rules_of
from models.calls import CallError, CallReport, call_of, policy_version_of, record_call
from models.cases import calls_of, next_number, put_off
from models.escalations import set_values
from models.owed import OwedCall, owe_calls
from models.tables import cases, escalations
from policy.danger import dangers
from policy.rules import Rules
from vocabulary import CallOutcome, Channel, Stage

_ASKED_FOR = "the customer asked to be called then; "


def customers_time(db: Connection, call_id: int, text: str) -> datetime:
    """An instant (UTC) that a customer names, in their own time unless the text has an offset. Raises CallError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CallError(f"{text!r} is no time: write it as 2026-10-06 15:00") from None
    zone = ZoneInfo(call_of(db, call_id).recipient_timezone)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class CallReported:
    """`following`: the next call, when the customer named a time."""

    following: OwedCall | None
    alarmed: bool


def report_call(db: Connection, call_id: int, report: CallReport, *, in_force: Rules, at: datetime) -> CallReported:
    """Write down what came of a call, in the caller's transaction. `in_force`: whom they tell of a danger.

    Raises CallError with what is wrong and what to do.
    """
    rules = rules_of(db, policy_version_of(db, call_id))
    latest = at + timedelta(days=rules.silence.expiry_days)
    if report.call_back_at is not None and report.call_back_at > latest:
        raise CallError(f"the time to call back is too far away: name one until {latest:%Y-%m-%d}")
    call = record_call(db, call_id, report, at=at, change_for=timedelta(hours=rules.survey.change_hours))
    alarmed = _heed_danger(db, call, report, in_force, at)
    if report.outcome is not CallOutcome.CALL_BACK or report.call_back_at is None:
        return CallReported(None, alarmed)
    return CallReported(_owe(db, call, report.call_back_at, at), alarmed)


def _heed_danger(db: Connection, call: Row[Any], report: CallReport, in_force: Rules, at: datetime) -> bool:
    """What was solved on the phone is over. Advice was given by whoever made the call."""
    found = dangers(report.comment or "") if report.outcome is not CallOutcome.SOLVED else ()
    if not found:
        return False
    reported = Reported(dangers=found, source=f"call:{call.id}", received_at=at, channel=Channel.PHONE,
                        said=report.comment)  # fmt: skip
    case = db.execute(select(cases).where(cases.c.id == call.case_id)).one()
    return raise_alarm(db, reported, case, rules=in_force, at=at) is not None


def _owe(db: Connection, call: Row[Any], wanted: datetime, at: datetime) -> OwedCall:
    """Then, or when the recipient's next contact window opens. The customer's wish goes before spacing."""
    contact = contact_of(db, db.execute(select(cases).where(cases.c.id == call.case_id)).one())
    made = calls_of(db, [call.case_id], of_survey=False)[call.case_id]
    reason = _ASKED_FOR + call.reason.removeprefix(_ASKED_FOR)
    owed = contact.call(next_number(made), reason, (), wanted, escalation_id=call.escalation_id, confirms=call.confirms)
    owe_calls(db, [owed], at=at)
    if contact.case.stage == Stage.ASKED:
        put_off(db, {call.case_id: owed.due_to})
    elif call.escalation_id is not None:
        _wait_for(db, call.escalation_id, owed.due_to)
    return owed


def _wait_for(db: Connection, escalation_id: int, until: datetime) -> None:
    """The resolution is not taken for unconfirmed before the call that is to ask about it."""
    concern = db.execute(select(escalations).where(escalations.c.id == escalation_id).with_for_update()).one()
    if concern.recovery_until is not None and concern.closed_at is None and concern.recovery_until < until:
        set_values(db, [{"escalation_id": escalation_id, "recovery_until": until, "next_at": until}])
