"""A reply that has come in, by mail or as a text message: what it says is written down in one transaction.

An opt-out is committed before anything is answered. An answer is recorded like one from the survey page, and judged
by the same rules. What only a person can understand waits for one, with its text.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from casework.rules import rules_of
from models.answers import Said, last_answer, record, still_answerable
from models.coming_back import can_lift, lift
from models.optouts import opt_out, suppress_address
from models.replies import NewReply, keep, name_answer
from models.unread import pause
from policy.replies import Meaning, Understood
from vocabulary import Channel, Stage

_NO_CASE = "belongs to no case of ours"
_TOO_LATE = "came when no answer could be recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """`external_id` makes it the same reply when it comes twice. `from_key`: SHA-256 of the sender's address."""

    channel: Channel
    external_id: str
    from_key: str | None
    attachments: int
    understood: Understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    new: bool
    recorded: bool = False
    """There is an answer to be judged."""
    left: bool = False
    """The customer was not suppressed before."""


def take(db: Connection, arrived: Arrived, case: Any, now: datetime) -> Taken:
    """`case`: the one that the reply is about, locked, or None."""
    understood = arrived.understood
    answerable = case is not None and understood.is_said and _takes_answers(case, now)
    back = _comes_back(db, arrived, case, now)
    to_person = None if back else _to_person(understood, arrived, case, answerable=answerable)
    reply_id = keep(db, NewReply(
        channel=arrived.channel,
        external_id=arrived.external_id,
        case_id=case.case_id if case else None,
        policy_version=case.policy_version if case else None,
        from_key=arrived.from_key,
        text=understood.text,
        attachments=arrived.attachments,
        understood=understood.meaning,
        to_person=to_person,
    ), at=now)  # fmt: skip
    if reply_id is None:
        return Taken(new=False)
    if case is not None and to_person is not None and understood.meaning is not Meaning.BOUNCE:
        read_by = now + timedelta(days=rules_of(db, case.policy_version).silence.unread_days)
        pause(db, case.case_id, until=read_by)
    if back and arrived.from_key:
        lift(db, arrived.from_key, at=now, case_id=case.case_id if case else None,
             policy_version=case.policy_version if case else None)  # fmt: skip
    if answerable:
        _record(db, reply_id, arrived, case, now)
    # After the answer: an opt-out ends only what still waits, and never a concern.
    left = understood.meaning is Meaning.OPT_OUT and _leave(db, arrived, case, now)
    return Taken(new=True, recorded=answerable, left=left)


def _takes_answers(case: Any, now: datetime) -> bool:
    """While a concern is open, whatever the customer says belongs to it, however late."""
    return case.stage in (Stage.ESCALATED, Stage.RECOVERING) or still_answerable(case, now)


def _comes_back(db: Connection, arrived: Arrived, case: Any, now: datetime) -> bool:
    """START by SMS, from a number that opted out by SMS and in no other way."""
    if arrived.understood.meaning is not Meaning.START or not arrived.from_key:
        return False
    keys = [key for key in (case.email_key, case.phone_key) if key] if case else []
    return can_lift(db, arrived.from_key, keys, now)


def _to_person(understood: Understood, arrived: Arrived, case: Any, *, answerable: bool) -> str | None:
    if understood.to_person is not None or understood.meaning in (Meaning.AUTOMATIC, Meaning.HELP):
        return understood.to_person
    if case is None:
        heard = understood.meaning is Meaning.OPT_OUT and arrived.channel is Channel.SMS
        return None if heard else _NO_CASE
    return _TOO_LATE if understood.is_said and not answerable else None


def _record(db: Connection, reply_id: int, arrived: Arrived, case: Any, now: datetime) -> None:
    understood = arrived.understood
    before = last_answer(db, case.case_id, case.escalation_id) if understood.rating is None else None
    said = Said(
        nonce=f"reply:{arrived.channel}:{arrived.external_id}",
        channel=arrived.channel,
        rating=before.rating if before else understood.rating,  # "5", and then "thanks to Tom": both are meant
        comment=understood.comment,
        contact_me=False,
    )
    change_for = timedelta(hours=rules_of(db, case.policy_version).survey.change_hours)
    recorded = record(db, case.case_id, said, at=now, change_for=change_for, escalation_id=case.escalation_id)
    name_answer(db, reply_id, recorded.answer_id)


def _leave(db: Connection, arrived: Arrived, case: Any, now: datetime) -> bool:
    source = f"reply by {arrived.channel}"
    number = arrived.from_key if arrived.channel is Channel.SMS else None
    if case is not None:
        return opt_out(db, case.case_id, at=now, source=source, said_by=number)
    if number:
        return suppress_address(db, number, at=now, source=source, said_by=number)
    return False
