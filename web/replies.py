"""A reply that has come in, by mail or as a text message: what it says is written down in one transaction.

An opt-out is committed before anything is answered. What is certain is recorded like an answer from the survey page,
and judged by the same rules. Everything else waits for a person, with its text and our best reading of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from casework.alarms import Reported, raise_alarm
from casework.reading import for_a_reader
from casework.rules import rules_of
from models.addressees import addressee_of
from models.answers import Said, last_answer, record, still_answerable
from models.coming_back import can_lift, lift
from models.optouts import opt_out, suppress_address
from models.replies import NewReply, Settlement, keep, name_answer
from models.senders import Meant, cases_by_id
from policy.machines import Heard, Question
from policy.replies import Meaning, Understood, understand
from policy.rules import Rules
from vocabulary import Channel, Stage
from web.our_words import OurWords

_NO_CASE = "belongs to no case of ours"
_LONGEST_COMMENT = 4000
_TOO_LATE = "came when no answer could be recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """`external_id` makes it the same reply when it comes twice. `from_keys`: SHA-256 of the sender's address."""

    heard: Heard
    external_id: str
    sender: str | None
    """The address or number itself."""
    from_keys: tuple[str, ...]
    """Of a number in each of its spellings, the one that was given first."""
    attachments: int = 0
    message_ref: str | None = None
    """Our own of the message that it answers, where that is known."""

    @property
    def channel(self) -> Channel:
        return self.heard.channel

    def key_of(self, case: Any) -> str | None:
        """The sender's key as the case has it, so that both are known as one."""
        known = [key for key in self.from_keys if case is not None and key in (case.email_key, case.phone_key)]
        return next(iter([*known, *self.from_keys]), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    new: bool
    meaning: Meaning
    recorded: bool = False
    """There is an answer to be judged."""
    alarmed: bool = False
    left: bool = False
    """The customer was not suppressed before."""


def take(db: Connection, arrived: Arrived, meant: Meant, now: datetime, *, in_force: Rules, ours: OurWords) -> Taken:
    """`meant`: the case that the reply is about, locked. `in_force`: the rules for a reply of no case."""
    case = meant.case
    rules = rules_of(db, case.policy_version) if case is not None else in_force
    understood = _understood(db, arrived, case, rules, ours)
    answerable = case is not None and understood.is_said and not meant.others and _takes_answers(case, now)
    back = _comes_back(db, arrived, understood, case, now)
    to_person = None if back else _to_person(understood, arrived, meant, answerable=answerable)
    reply_id = keep(db, _kept(arrived, understood, case, to_person, rules, now), at=now)
    if reply_id is None:
        return Taken(new=False, meaning=understood.meaning)
    if back:
        lift(
            db,
            arrived.from_keys,
            at=now,
            case_id=case.case_id if case else None,
            policy_version=case.policy_version if case else None,
        )
    if answerable:
        _record(db, reply_id, arrived, understood, case, now)
    reported = _reported(reply_id, arrived, understood, now)
    alarmed = reported is not None and _raise(db, reported, meant, in_force)
    # After the answer: an opt-out ends only what still waits, and never a concern.
    left = understood.meaning is Meaning.OPT_OUT and _leave(db, arrived, meant, now)
    return Taken(new=True, meaning=understood.meaning, recorded=answerable, alarmed=alarmed, left=left)


def _reported(reply_id: int, arrived: Arrived, understood: Understood, now: datetime) -> Reported | None:
    if not understood.dangers:
        return None
    number = arrived.sender if arrived.channel is Channel.SMS else None
    return Reported(
        dangers=understood.dangers,
        source=f"reply:{reply_id}",
        received_at=now,
        channel=arrived.channel,
        reply_id=reply_id,
        said=understood.text,
        number=number,
    )


def _raise(db: Connection, reported: Reported, meant: Meant, in_force: Rules) -> bool:
    """For each customer who may have written it; for nobody's case, when the sender is not known."""
    found: list[Any] = [*cases_by_id(db, meant.case_ids)] or [None]
    raised = [raise_alarm(db, reported, case, rules=in_force, at=reported.received_at) for case in found]
    return any(raised)


def _understood(db: Connection, arrived: Arrived, case: Any, rules: Rules, ours: OurWords) -> Understood:
    asked = Question.RECOVERY if case is not None and _asks_whether_put_right(case) else Question.SURVEY
    letters = ours.to(addressee_of(db, case.case_id) if case is not None else None)
    understood = understand(replace(arrived.heard, question=asked), rules, letters)
    worse = understood.proposal is not None and understood.proposal.settle_as == Settlement.CONCERN
    open_concern = case is not None and case.stage == Stage.ESCALATED and len(understood.text) <= _LONGEST_COMMENT
    if not (open_concern and worse) or understood.is_said:
        return understood
    # The owner of the open concern is the person who has to read it, and hears of it at once.
    return replace(understood, meaning=Meaning.ANSWER, comment=understood.text, to_person=None, proposal=None)


def _asks_whether_put_right(case: Any) -> bool:
    return case.escalation_id is not None and case.stage == Stage.RECOVERING


def _kept(
    arrived: Arrived, understood: Understood, case: Any, to_person: str | None, rules: Rules, now: datetime
) -> NewReply:
    whole = arrived.heard.text.strip()
    return NewReply(
        channel=arrived.channel,
        external_id=arrived.external_id,
        case_id=case.case_id if case else None,
        policy_version=case.policy_version if case else None,
        from_key=arrived.key_of(case),
        sender=arrived.sender if case is None else None,
        text=understood.text,
        raw=whole if whole != understood.text else None,
        subject=arrived.heard.subject or None,
        attachments=arrived.attachments,
        understood=understood.meaning,
        **for_a_reader(to_person, understood.proposal, rules.escalation, now),
    )


def _takes_answers(case: Any, now: datetime) -> bool:
    """While a concern is open, whatever the customer says belongs to it, however late."""
    return case.stage in (Stage.ESCALATED, Stage.RECOVERING) or still_answerable(case, now)


def _comes_back(db: Connection, arrived: Arrived, understood: Understood, case: Any, now: datetime) -> bool:
    """START by SMS, from a number that opted out by SMS and in no other way."""
    if understood.meaning is not Meaning.START or not arrived.from_keys:
        return False
    keys = [key for key in (case.email_key, case.phone_key) if key] if case else []
    return can_lift(db, arrived.from_keys, keys, now)


def _to_person(understood: Understood, arrived: Arrived, meant: Meant, *, answerable: bool) -> str | None:
    if understood.meaning in (Meaning.AUTOMATIC, Meaning.HELP):
        return understood.to_person
    if understood.meaning is Meaning.BOUNCE and arrived.message_ref:
        return None  # the address is known not to work, and the next channel is used
    if meant.others and understood.meaning is not Meaning.OPT_OUT:
        return f"may as well be about case {', '.join(map(str, meant.others))}: more than one customer has this address"
    if understood.to_person is not None:
        return understood.to_person
    if meant.case is None:
        heard = understood.meaning is Meaning.OPT_OUT and arrived.channel is Channel.SMS
        return None if heard else _NO_CASE
    return _TOO_LATE if understood.is_said and not answerable else None


def _record(db: Connection, reply_id: int, arrived: Arrived, understood: Understood, case: Any, now: datetime) -> None:
    before = last_answer(db, case.case_id, case.escalation_id) if understood.rating is None else None
    said = Said(
        nonce=f"reply:{arrived.channel}:{arrived.external_id}",
        channel=arrived.channel,
        rating=before.rating if before else understood.rating,  # "5", and then "smells like gas": both are meant
        comment=understood.comment,
        contact_me=False,
        solved=understood.meaning is Meaning.CONFIRMED,
        concern=understood.meaning is Meaning.NOT_CONFIRMED
        or (case.stage == Stage.ESCALATED and not understood.rating),
    )
    change_for = timedelta(hours=rules_of(db, case.policy_version).survey.change_hours)
    recorded = record(db, case.case_id, said, at=now, change_for=change_for, escalation_id=case.escalation_id)
    name_answer(db, reply_id, recorded.answer_id)


def _says_it_again(understood: Understood, case: Any) -> bool:
    """More about the concern that is open, and no rating that might be a better one."""
    return case.stage == Stage.ESCALATED and understood.rating is None


def _leave(db: Connection, arrived: Arrived, meant: Meant, now: datetime) -> bool:
    """Everybody who may have written it hears no more."""
    source = f"reply by {arrived.channel}"
    number = arrived.key_of(meant.case) if arrived.channel is Channel.SMS else None
    if meant.case_ids:
        left = [opt_out(db, case_id, at=now, source=source, said_by=number) for case_id in meant.case_ids]
        return any(left)
    if number:
        return suppress_address(db, arrived.from_keys, at=now, source=source, said_by=number)
    return False
