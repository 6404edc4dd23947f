"""A customer reports a danger: somebody is told at once, at whatever hour, until it is in a person's hands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from models.alarms import add, end, held, on_call, pass_on, take
from models.cases import opted_out, refusals
from models.log import NewEntry, append
from models.owed import OwedMessage, owe_messages
from models.spellings import keys_of_number
from models.tables.contact import ANY_CHANNEL
from policy.alarm import OnCall, next_at, told_at
from policy.concern import route
from policy.rules import Rules
from vocabulary import Channel, Clause, Danger, Event, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A danger as it was reported. `source` makes it the same one when it comes twice: "reply:7", "answer:12"."""

    dangers: tuple[Danger, ...]
    source: str
    received_at: datetime
    channel: Channel | None = None
    """On which it came, and the advice goes back; None on the phone, where a person gives it."""
    reply_id: int | None = None
    said: str | None = None
    """What the customer wrote, or said on the phone: for the person who calls them."""
    number: str | None = None
    """The sender's telephone number, when no case says whose it is."""


def raise_alarm(db: Connection, reported: Reported, case: Any, *, rules: Rules, at: datetime) -> int | None:
    """Tell the person on call and give the customer advice, in the caller's transaction; None when it was done before.

    `case`: its row (case_id or id, department, policy_version), or None. `rules`: those in force.
    """
    case_id = None if case is None else _id_of(case)
    department = "*" if case is None else case.department
    to = _on_duty(db, department, 0, rules, at)
    row = {
        "key": f"{reported.source}:{case_id or 'nobody'}",
        "case_id": case_id,
        "reply_id": reported.reply_id,
        "said": reported.said,
        "dangers": ",".join(reported.dangers),
        "department": department,
        "channel": reported.channel,
        "policy_version": None if case is None else case.policy_version,
        "received_at": reported.received_at,
        "raised_at": at,
        "rung": 0,
        "next_at": next_at(at, rules.danger),
        "told": to.name,
    }
    alarm_id = add(db, row)
    if alarm_id is None:
        return None
    detail = {"danger": list(reported.dangers), "told": to.role}
    _log(db, Event.DANGER_RAISED, alarm_id, case_id, at, detail=detail)
    advice = _advice(alarm_id, reported, case_id, rules, at) if case_id or not _wants_no_text(db, reported, at) else []
    owe_messages(db, [*_alarms(alarm_id, row, to, at), *advice], at=at)
    return alarm_id


def pass_alarms_on(db: Connection, ids: Sequence[int], *, rules: Rules, at: datetime) -> int:
    """Those of these alarms that nobody has taken in time go one rung up; how many."""
    due = held(db, ids, at)
    moved, owed = [], []
    for row in due:
        to = _on_duty(db, row.department, row.rung + 1, rules, at)
        moved.append({"of": row.id, "rung": row.rung + 1, "next_at": next_at(at, rules.danger), "told": to.name})
        owed += _alarms(row.id, row._asdict() | {"rung": row.rung + 1}, to, at)
        _log(db, Event.DANGER_PASSED_ON, row.id, row.case_id, at, detail={"told": to.role})
    pass_on(db, moved)
    owe_messages(db, owed, at=at)
    return len(due)


def take_alarm(db: Connection, alarm_id: int, *, by: str, at: datetime) -> None:
    """Somebody sees to it. Raises AlarmError when another was faster."""
    row = take(db, alarm_id, by=by, at=at)
    _log(db, Event.DANGER_TAKEN, alarm_id, row.case_id, at, actor=by)


def end_alarm(db: Connection, alarm_id: int, outcome: str, *, by: str, at: datetime) -> None:
    """It was dealt with; `outcome` says how. Raises AlarmError when that was said before."""
    row = end(db, alarm_id, outcome, by=by, at=at)
    _log(db, Event.DANGER_ENDED, alarm_id, row.case_id, at, actor=by)


def _on_duty(db: Connection, department: str, rung: int, rules: Rules, at: datetime) -> OnCall:
    shift, on_route = on_call(db, department, at), route(department, rules.escalation)
    who = None if shift is None else OnCall(shift.name, shift.email, shift.phone, "on call")
    return told_at(rung, who, on_route, rules.escalation)


def _alarms(alarm_id: int, row: Any, to: OnCall, at: datetime) -> list[OwedMessage]:
    """By mail, and by text message where there is a number. No customer's data: number, department and danger."""
    note = {
        "alarm_id": alarm_id, "dangers": row["dangers"], "alarm_department": row["department"], "role": to.role,
        "rung": row["rung"], "received": row["received_at"].isoformat(),
    }  # fmt: skip
    ways = [(Channel.EMAIL, to.email), *([(Channel.SMS, to.phone)] if to.phone else [])]
    return [
        OwedMessage(
            key=f"alarm:{alarm_id}:{row['rung']}:{channel}",
            purpose=Purpose.DANGER_ALARM,
            clause=Clause.ESCALATE,
            due_at=at,
            channel=channel,
            case_id=row["case_id"],
            to_name=to.name,
            to_address=address,
            note=note,
        )
        for channel, address in ways
    ]


def _advice(alarm_id: int, reported: Reported, case_id: int | None, rules: Rules, at: datetime) -> list[OwedMessage]:
    """At once, on the channel on which the customer wrote. To an unknown sender only by text message, whose number the
    provider vouches for: a forged mail must not make us write to anybody.
    """
    unknown = case_id is None and (reported.channel is not Channel.SMS or reported.number is None)
    known = any(one.danger in reported.dangers for one in rules.danger.advice)
    if reported.channel in (None, Channel.PHONE) or unknown or not known:
        return []
    return [OwedMessage(
        key=f"alarm:{alarm_id}:advice", purpose=Purpose.SAFETY_ADVICE, clause=Clause.ESCALATE, due_at=at,
        channel=reported.channel, case_id=case_id, to_address=None if case_id else reported.number,
        note={"dangers": ",".join(reported.dangers)},
    )]  # fmt: skip


def _wants_no_text(db: Connection, reported: Reported, at: datetime) -> bool:
    """Whether the sender, whom no case knows, has opted out of texts: carriers refuse them anyway. Of a case's customer
    the outbox asks that itself.
    """
    keys = keys_of_number(reported.number) if reported.number else ()
    return bool({Channel.SMS, ANY_CHANNEL} & refusals(opted_out(db, keys, at), keys).keys())


def _log(
    db: Connection, event: Event, alarm_id: int, case_id: int | None, at: datetime, *, actor: str = "aftercare",
    detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    append(
        db,
        [
            NewEntry(
                event=event,
                at=at,
                clause=Clause.ESCALATE,
                case_id=case_id,
                ref_id=alarm_id,
                actor=actor,
                detail=detail or {},
            )
        ],
    )


def _id_of(case: Row[Any]) -> int:
    return int(case.case_id if "case_id" in case._mapping else case.id)
