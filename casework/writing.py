"""A person writes to the customer: about a concern, or in answer to a reply; or notes a contact made elsewhere."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from casework.contact import contact_of
from models.escalations import EscalationError, held
from models.notes import Author, NewNote, NoteKind, add_note, worded
from models.owed import owe_messages
from models.phones import is_landline
from models.replies import ReplyError
from models.reply_queue import hold
from models.subjects import case_and_service
from models.tables.contact import ANY_CHANNEL
from models.writing import fault_of_address, suppressions_of
from policy.answering import MOST_SEGMENTS, Refusal, fault_of, objection
from policy.languages import choose
from policy.rules import Rules
from templates.render import render_text
from templates.segments import segments
from vocabulary import Channel, Clause, Purpose

ELSEWHERE = (NoteKind.CALLED, NoteKind.LETTER, NoteKind.VISITED)
"""Contacts that were made without us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What a person wants the customer to read. `several`: an SMS may take more than one segment."""

    channel: Channel
    text: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    note_id: int
    due_at: datetime
    """When it goes out: in the customer's contact window."""
    segments: int | None
    """Of an SMS."""


def write_to_customer(
    db: Connection, escalation_id: int, writing: Writing, *, rules: Rules, in_use: Collection[Channel], by: Author,
    at: datetime,
) -> Written:  # fmt: skip
    """Owe the customer of a concern a message in a person's own words, in the caller's transaction.

    `rules` are those in force, `in_use` the channels on which we send. Raises EscalationError with what is in the way.
    """
    concern = held(db, escalation_id)
    of = _Of(concern.case_id, Purpose.CONCERN_UPDATE, "update", Clause.ESCALATE, concern.id)
    return _write(db, of, writing, rules=rules, in_use=in_use, by=by, at=at)


def answer_reply(
    db: Connection, reply_id: int, writing: Writing, *, rules: Rules, in_use: Collection[Channel], by: Author,
    at: datetime,
) -> Written:  # fmt: skip
    """Owe the customer an answer to a reply that waits for a person; it goes on waiting until somebody says what it is.

    Raises ReplyError, or EscalationError with what is in the way.
    """
    reply = hold(db, reply_id)
    if reply.case_id is None:
        raise ReplyError(f"reply {reply_id} {NOBODYS}")
    of = _Of(reply.case_id, Purpose.ANSWER_TO_REPLY, "answer", Clause.RECORD)
    return _write(db, of, writing, rules=rules, in_use=in_use, by=by, at=at)


NOBODYS = "belongs to no case of ours: answer it outside Aftercare, then mark it as done"


@dataclass(frozen=True, slots=True)
class _Of:
    """What is written about."""

    case_id: int
    purpose: Purpose
    key: str
    clause: Clause
    escalation_id: int | None = None


def _write(
    db: Connection, of: _Of, writing: Writing, *, rules: Rules, in_use: Collection[Channel], by: Author, at: datetime
) -> Written:
    case, service = case_and_service(db, of.case_id)
    in_the_way = _obstacle(db, case, service, writing.channel, in_use, at) or fault_of(writing.text)
    if in_the_way:
        raise EscalationError(in_the_way)
    text = worded(writing.text, "the message")
    parts = _segments(text, of.purpose, writing, service, rules, by) if writing.channel is Channel.SMS else None
    note = NewNote(case_id=case.id, kind=NoteKind.WRITTEN, text=text, escalation_id=of.escalation_id)
    note_id = add_note(db, note, by=by, at=at, clause=of.clause)
    message = contact_of(db, case).message(of.purpose, f"{of.key}:{note_id}", at, channel=writing.channel,
                                           escalation_id=of.escalation_id, note={"note_id": note_id})  # fmt: skip
    owe_messages(db, [replace(message, clause=of.clause)], at=at, actor=by.name)
    return Written(note_id, message.due_at, parts)


def goes_out_at(db: Connection, case_id: int, at: datetime) -> datetime:
    """When a message that is written now goes out: in the customer's contact window."""
    return contact_of(db, case_and_service(db, case_id)[0]).message(Purpose.ANSWER_TO_REPLY, "preview", at).due_at


def obstacles(
    db: Connection, case: Row[Any], service: Row[Any], *, in_use: Collection[Channel], at: datetime
) -> dict[Channel, str | None]:
    """For each way to write: what is in the way, as a sentence; None when it can be used."""
    return {channel: _obstacle(db, case, service, channel, in_use, at) for channel in (Channel.EMAIL, Channel.SMS)}


def _obstacle(
    db: Connection, case: Row[Any], service: Row[Any], channel: Channel, in_use: Collection[Channel], at: datetime
) -> str | None:
    if channel is Channel.PHONE:
        return "a call is made by a person: make it, and log it here"
    name = "e-mail" if channel is Channel.EMAIL else "SMS"
    if channel not in in_use:
        return f"{name} is switched off here"
    address, key = (service.email, case.email_key) if channel is Channel.EMAIL else (service.phone, case.phone_key)
    if not address or not key:
        return f"no {'e-mail address' if channel is Channel.EMAIL else 'telephone number'} of the customer is known"
    if channel is Channel.SMS and is_landline(address):
        return "the customer's number is a landline, which takes no SMS"
    code = fault_of_address(db, key, channel)
    if code is not None:
        return f"the customer's address for {name} is known not to work ({code})"
    refusals = [
        Refusal(channel=None if row.channel == ANY_CHANNEL else Channel(row.channel), for_good=row.until is None,
                source=row.source)
        for row in suppressions_of(db, case, at)
    ]  # fmt: skip
    return objection(channel, refusals)


def _segments(text: str, purpose: Purpose, writing: Writing, service: Row[Any], rules: Rules, by: Author) -> int:
    language = choose([service.language], rules.languages)
    values = {"company": asdict(rules.company), "words": text, "written_by": by.name}
    body = render_text(purpose, values, language)
    count = segments(body)
    if count > MOST_SEGMENTS:
        raise EscalationError(
            f"with its frame the text has {len(body)} characters and would go out as {count} text messages; "
            f"{MOST_SEGMENTS} are the most: shorten it, or write a mail"
        )
    if count > 1 and not writing.several:
        raise EscalationError(
            f"with its frame the text has {len(body)} characters and would go out as {count} text messages: shorten "
            "it, or say that it may be several"
        )
    return count


def log_contact(db: Connection, escalation_id: int, how: NoteKind, text: str, *, by: Author, at: datetime) -> int:
    """A contact that was made without us: a call, a letter, a visit. The number of its note."""
    concern = held(db, escalation_id)
    if how not in ELSEWHERE:
        raise EscalationError(f"say how the customer was contacted: {', '.join(ELSEWHERE)}")
    note = NewNote(case_id=concern.case_id, kind=how, text=text, escalation_id=concern.id)
    return add_note(db, note, by=by, at=at, clause=Clause.ESCALATE)
