"""What became of each reply, told from the store alone: right after it was taken, and twenty days later."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, MetaData, Row, Table, inspect, select

from benchmarks.reply_cases import Asked
from benchmarks.reply_world import Customer, World
from models.replies import Settlement
from models.report import address_key
from models.tables import (
    answers,
    calls,
    cases,
    entries,
    escalations,
    invalid_addresses,
    messages,
    replies,
    suppressions,
)
from policy.replies import Meaning
from vocabulary import Channel, Delivery, Disposition, Event, Stage

_READ_WITHIN = timedelta(hours=24)
_ALARMS = "alarms"
_SHORT = 90
_SENT = (Delivery.ACCEPTED, Delivery.DELIVERED)


@dataclass(kw_only=True)
class Outcome:
    """`happened`: the outcomes that hold. `told`: what a person reads of it when it is wrong."""

    happened: set[str] = field(default_factory=set)
    comment: str | None = None
    held_as_opt_out: bool = False
    written_to: bool = False
    """Although the reply waits for a person."""
    told: list[str] = field(default_factory=list)
    text: str = ""
    """What the reply was read as, on one line."""
    understood: tuple[Any, ...] = ()
    """What must not depend on the quotation below the text."""


def outcomes_of(world: World, customers: Sequence[Customer], asked: Asked) -> list[Outcome]:
    """The replies come in, twenty days pass, and the store says what became of each."""
    before = world.now
    world.reply(customers)
    at_once = _Look(world, before)
    found = [at_once.outcome(customer, asked, world.refused.get(customer.case_id)) for customer in customers]
    world.live_on()
    later = _Look(world, before)
    for customer, outcome in zip(customers, found, strict=True):
        later.complete(customer, outcome, asked)
    return found


class _Look:
    """The rows of all customers since their replies came, by case."""

    def __init__(self, world: World, since: datetime) -> None:
        with world.here.store.read() as db:
            self._cases = {row.id: row for row in db.execute(select(cases))}
            self._replies = _by_sender(db, since)
            self._answers = _by_case(db, answers, answers.c.received_at >= since)
            self._concerns = _by_case(db, escalations, escalations.c.closed_at.is_(None))
            reopened = entries.c.event == Event.ESCALATION_REOPENED
            self._reopened = _by_case(db, entries, reopened & (entries.c.at >= since))
            self._suppressed = set(db.execute(select(suppressions.c.address_key)).scalars())
            self._failed = set(db.execute(select(invalid_addresses.c.address_key)).scalars())
            self._sent = _by_case(db, messages, messages.c.settled_at > since)
            self._calls = _by_case(db, calls, calls.c.owed_at >= since)
            self._alarmed = alarmed_cases(db)

    def outcome(self, customer: Customer, asked: Asked, refused: int | None) -> Outcome:
        found, case = Outcome(), self._cases[customer.case_id]
        reply = self._reply_of(customer)
        said = self._answers.get(case.id, [])
        left = self._left(customer)
        if refused is not None:
            found.told.append(f"the hook answered {refused}")
        if said:
            self._answered(found, said[-1], asked)
        if left:
            found.happened.add("opt_out")
        if case.id in self._alarmed:
            found.happened |= {"danger", "concern"}  # a person is called at once
        if self._has_concern(case, asked):
            found.happened.add("concern")
        if reply is not None:
            self._waits(found, reply, answered=bool(said), left=left)
        self._recovered(found, case, asked)
        found.told += _story(case, reply, said, found)
        found.text = (reply is not None and _spaceless(reply.text)) or ""
        found.understood = _understood(reply, said, found)
        return found

    def complete(self, customer: Customer, found: Outcome, asked: Asked) -> None:
        """What shows only when time has passed: whether we went on writing. A case that is over does not go on."""
        case, reply = self._cases[customer.case_id], self._reply_of(customer)
        written = [row for row in self._sent.get(case.id, []) if row.to_address is None and row.state in _SENT]
        goes_on = bool(written or self._calls.get(case.id)) or asked is not Asked.SURVEY
        machine = reply is not None and reply.settlement in (Settlement.AUTOMATIC, Meaning.AUTOMATIC)
        if machine and not found.happened & {"opt_out"} and not self._answers.get(case.id):
            found.told.append("taken for a machine's" + ("" if goes_on else ", but nothing was sent any more"))
            if goes_on:
                found.happened.add("automatic")
        if self._bounced(customer, written):
            found.happened.add("bounce")
        if reply is not None and reply.settled_at is None:
            found.written_to = bool(written)
            if "opt_out" not in found.happened and not written:
                found.happened.add("hold")
                found.held_as_opt_out = _proposed(reply) == Settlement.OPT_OUT
        if written:
            found.told.append(f"{len(written)} more messages were sent")

    def _reply_of(self, customer: Customer) -> Row[Any] | None:
        sender = customer.case.sender or (customer.email if customer.case.channel is Channel.EMAIL else customer.phone)
        for key in (customer.case_id, address_key(sender)):
            if key in self._replies:
                return self._replies[key]
        return None

    def _left(self, customer: Customer) -> bool:
        return not self._suppressed.isdisjoint({address_key(customer.email), address_key(customer.phone)})

    @staticmethod
    def _answered(found: Outcome, answer: Row[Any], asked: Asked) -> None:
        found.comment = answer.comment
        if answer.rating is not None and asked is not Asked.RECOVERY:
            found.happened.add(f"rating:{answer.rating}")

    def _has_concern(self, case: Row[Any], asked: Asked) -> bool:
        """To the recovery question, the concern is there from before: only one that was opened again counts."""
        return case.id in (self._reopened if asked is Asked.RECOVERY else self._concerns)

    @staticmethod
    def _waits(found: Outcome, reply: Row[Any], *, answered: bool, left: bool) -> None:
        if reply.settled_at is not None:
            return
        if reply.read_by is None or reply.read_by > reply.received_at + _READ_WITHIN:
            found.told.append("waits for a person without a deadline of 24 hours")
            return
        found.happened.add("concern")
        if not answered and not left:
            found.happened.add("person")

    def _recovered(self, found: Outcome, case: Row[Any], asked: Asked) -> None:
        if asked is not Asked.RECOVERY:
            return
        if case.id in self._reopened:
            found.happened.add("reopen")
        elif case.disposition == Disposition.RECOVERED and self._answers.get(case.id):
            found.happened.add("confirm")

    def _bounced(self, customer: Customer, written: Iterable[Row[Any]]) -> bool:
        """The address failed, nobody answered, and we went on by another channel."""
        failed = address_key(customer.email) in self._failed
        elsewhere = any(row.channel != customer.case.channel for row in written) or customer.case_id in self._calls
        return failed and elsewhere and not self._left(customer) and customer.case_id not in self._answers


def alarmed_cases(db: Connection) -> set[int]:
    """The cases of which a danger was raised, by themselves or by a reply; empty where no alarms are kept."""
    if not inspect(db).has_table(_ALARMS):
        return set()
    alarms = Table(_ALARMS, MetaData(), autoload_with=db)
    found: set[int | None] = set()
    if "case_id" in alarms.c:
        found |= set(db.execute(select(alarms.c.case_id)).scalars())
    if "reply_id" in alarms.c:
        by_reply = select(replies.c.case_id).join(alarms, alarms.c.reply_id == replies.c.id)
        found |= set(db.execute(by_reply).scalars())
    return {case_id for case_id in found if case_id is not None}


def _by_case(db: Connection, table: Table, wanted: Any) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.execute(select(table).where(wanted).order_by(table.c.id)):
        if row.case_id is not None:
            found[row.case_id].append(row)
    return found


def _by_sender(db: Connection, since: datetime) -> Mapping[int | str, Row[Any]]:
    """The replies since then, by their case, or by the sender's key where they belong to none."""
    rows = db.execute(select(replies).where(replies.c.received_at >= since))
    return {row.case_id if row.case_id is not None else row.from_key: row for row in rows}


def _proposed(reply: Row[Any]) -> str | None:
    read = json.loads(reply.proposal) if reply.proposal else {}
    return read.get("as") if isinstance(read, dict) else None


def _understood(reply: Row[Any] | None, said: Sequence[Row[Any]], found: Outcome) -> tuple[Any, ...]:
    answered = [(row.rating, _spaceless(row.comment)) for row in said]
    if reply is None:
        return ("lost", answered, sorted(found.happened))
    waits = reply.settled_at is None
    return (reply.understood, _spaceless(reply.text), reply.proposal, waits, answered, sorted(found.happened))


def _spaceless(text: str | None) -> str | None:
    return text and " ".join(text.split())


def _short(text: str | None) -> str:
    return "none" if text is None else repr(text if len(text) <= _SHORT else text[:_SHORT] + " …")


def _story(case: Row[Any], reply: Row[Any] | None, said: Sequence[Row[Any]], found: Outcome) -> list[str]:
    told = []
    for answer in said:
        rating = "without a rating" if answer.rating is None else f"rated {answer.rating}"
        told.append(f"recorded as an answer, {rating}, comment {_short(answer.comment)}")
    if reply is None:
        told.append("kept nowhere")
    elif reply.settled_at is None:
        told.append(f"waits for a person, understood as {reply.understood}, text {_short(reply.text)}")
    elif not said:
        told.append(f"understood as {reply.understood}")
    if case.stage in (Stage.ENDED, Stage.CLOSED):
        told.append(f"the case ended as {case.disposition}")
    told += [word for word in sorted(found.happened) if word in ("opt_out", "danger", "concern", "reopen", "confirm")]
    return told
