"""Customers who are silent: reminded, contacted on the next channel, called again, or given up."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row

from casework.contact import LOOK_AGAIN, Contact, Owed, contact_of
from models.addresses import invalid_channels
from models.cases import (
    calls_of,
    due_of,
    is_open,
    keys_of,
    last_messages,
    last_written,
    next_number,
    opted_out,
    put_off,
    refusals,
    set_values,
    take_due,
    wrong_number,
)
from models.deliveries import withdraw
from models.doubts import unconfirmed_of
from models.moves import Move, advance, ending
from models.owed import withdraw_confirming
from models.unread import unread_since
from policy.checks import Check
from policy.delivery import presumed
from policy.silence import decide
from policy.silent import CallAgain, GiveUp, Remind, SendAgain, Silence, Step, Switch, Wait
from policy.slots import next_window
from tasks.barred import tell_barred
from tasks.place import place
from tasks.tally import Tally
from vocabulary import CallOutcome, Cause, Channel, Delivery, Purpose, Stage

_ONCE_MORE = ":again"
"""Ends the key of a message that is owed once more. Keys are unique, so nothing is owed a third time."""


@task(cache_policy=NO_CACHE)
def settle_silence(case_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: the next step for each of these cases that is still asked and still due."""
    with place().store.write() as db:
        taken = take_due(db, case_ids, Stage.ASKED, now, lease=LOOK_AGAIN)
        batch = _Batch(now)
        for decided in _decided(db, taken, now):
            batch.take(*decided)
        put_off(db, batch.waits)
        set_values(db, batch.changes)
        withdraw(db, batch.superseded, at=now, reason="the next channel is used instead")
        given_up = advance(db, Stage.ASKED, Stage.ENDED, batch.given_up, at=now)
        withdraw_confirming(db, sorted(given_up), at=now, reason="the wait is over")
        batch.owed.write(db, now)
    return batch.tally + tell_barred(batch.barred)


def endings_due(case_ids: Sequence[int], now: datetime) -> int:
    """How many of these cases `settle_silence` would end now. Changes nothing."""
    with place().store.read() as db:
        due = due_of(db, case_ids, Stage.ASKED, now)
        return sum(isinstance(step, GiveUp) for _, step, _, _ in _decided(db, due, now))


def _decided(
    db: Connection, taken: Sequence[Row[Any]], now: datetime
) -> Iterator[tuple[Contact, Step, Sequence[Row[Any]], Row[Any] | None]]:
    """The next step of each case, with the calls that were made and the message that was sent last."""
    ids = [case.id for case in taken]
    sent, written, made = last_messages(db, ids), last_written(db, ids), calls_of(db, ids)
    keys = {key for case in taken for key in keys_of(case)}
    ended = now - timedelta(days=place().policy.rules.contact.invalid_days)
    out, invalid = opted_out(db, keys, now), invalid_channels(db, keys, after=ended)
    unconfirmed, unread = unconfirmed_of(db, ids), unread_since(db, ids)
    for case in taken:
        contact = contact_of(db, case)
        called = made.get(case.id, [])
        refused = contact.ladder[case.rung] in refusals(out, keys_of(case))
        silence = _silence(contact, sent.get(case.id), written.get(case.id), called, now, refused=refused)
        silence = replace(silence, unconfirmed=case.id in unconfirmed, unread_since=unread.get(case.id),
                          invalid=_invalid(invalid, case))  # fmt: skip
        yield contact, decide(silence, now, contact.rules), called, sent.get(case.id)


class _Batch:
    """The steps of a batch, gathered so that each kind is written with one statement."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.tally = Tally()
        self.owed = Owed.nothing()
        self.waits: dict[int, datetime] = {}
        self.changes: list[dict[str, Any]] = []
        self.superseded: list[int] = []
        self.given_up: list[Move] = []
        self.barred = 0
        """Messages that failed after they were taken, because of our sender; refused ones count when they are sent."""

    def take(self, contact: Contact, step: Step, made: Sequence[Row[Any]], sent: Row[Any] | None) -> None:
        case_id = contact.case.id
        self.barred += _is_barred(sent) and not isinstance(step, Wait)
        match step:
            case Wait(until):
                self.waits[case_id] = until
                self.tally["still waiting"] += 1
            case Remind():
                self._remind(contact, step)
            case SendAgain(at, reason):
                assert sent is not None  # noqa: S101 - it is what is sent again
                self._again(contact, sent, at, reason)
            case Switch():
                self._switch(contact, step, made)
            case CallAgain(_, reason, checks):
                self._call(contact, reason, made, rung=contact.case.rung, checks=checks)
            case GiveUp(disposition, reason, clause, checks):
                values = ending(disposition, at=self.now, next_at=self.now, reason=reason, clause=clause)
                move = Move(case_id=case_id, clause=clause, reason=reason, values=values, detail=_shown(checks))
                self.given_up.append(move)
                self.tally[disposition] += 1

    def _remind(self, contact: Contact, step: Remind) -> None:
        note = {"number": step.number, "last": step.last}
        key, channel = f"reminder:{step.number}", contact.ladder[step.rung]
        why = _shown(step.checks)
        message = contact.message(Purpose.REMINDER, key, self.now, channel=channel, note=note, why=why)
        self.owed.messages.append(message)
        self._change(contact, next_at=step.then, rung=step.rung, reminders=step.number)
        self.tally["reminded"] += 1

    def _again(self, contact: Contact, sent: Row[Any], at: datetime, reason: str) -> None:
        """The same message under a key of its own: the first stays as the record of what became of it."""
        key = sent.key.removeprefix(f"case:{contact.case.id}:") + _ONCE_MORE
        channel, note, why = Channel(sent.channel), json.loads(sent.note), {"reason": reason}
        message = contact.message(Purpose(sent.purpose), key, at, channel=channel, note=note, why=why)
        self.owed.messages.append(message)
        self._change(contact, next_at=message.due_at + LOOK_AGAIN, rung=contact.case.rung)
        self.tally["to be tried once more"] += 1

    def _switch(self, contact: Contact, step: Switch, made: Sequence[Row[Any]]) -> None:
        self.superseded.append(contact.case.id)
        channel = contact.ladder[step.rung]
        if channel is Channel.PHONE:
            return self._call(contact, step.reason, made, rung=step.rung, checks=step.checks)
        key, why = f"survey:{step.rung}", _shown(step.checks)
        message = contact.message(Purpose.SURVEY, key, self.now, channel=channel, why=why)
        self.owed.messages.append(message)
        self._change(contact, next_at=message.due_at + LOOK_AGAIN, rung=step.rung)
        self.tally["switched channel"] += 1
        return None

    def _call(
        self, contact: Contact, reason: str, made: Sequence[Row[Any]], *, rung: int, checks: Sequence[Check]
    ) -> None:
        tried_at = [call.done_at for call in made if call.done_at]
        call = contact.call(next_number(made), reason, tried_at, self.now, why=_shown(checks))
        self.owed.calls.append(call)
        self._change(contact, next_at=call.due_to, rung=rung)
        self.tally["calls owed"] += 1

    def _change(self, contact: Contact, *, next_at: datetime, rung: int, reminders: int | None = None) -> None:
        reminded = contact.case.reminders if reminders is None else reminders
        self.changes.append({"case_id": contact.case.id, "next_at": next_at, "rung": rung, "reminders": reminded})


def _silence(
    contact: Contact, sent: Row[Any] | None, written_at: datetime | None, made: Sequence[Row[Any]], now: datetime, *,
    refused: bool,
) -> Silence:  # fmt: skip
    case = contact.case
    on_the_phone = contact.ladder[case.rung] is Channel.PHONE
    return Silence(
        asked_at=case.asked_at,
        contact_due_at=case.contact_due_at,
        contacted_at=case.contacted_at,
        ladder=contact.ladder,
        preferred=case.preferred,
        rung=case.rung,
        reminders=case.reminders,
        delivery=_delivery(contact, sent, now),
        last_message_at=written_at,
        calls_made=sum(call.done_at is not None and call.outcome != CallOutcome.CALL_BACK for call in made),
        # Reminders do not wait for a call that is to confirm an answer: the next answer may be a person's.
        call_open=any(is_open(call) and (call.confirms is None or on_the_phone) for call in made),
        number_is_wrong=wrong_number(made),
        code=sent.code if sent is not None else None,
        cause=Cause(sent.cause) if sent is not None and sent.cause else None,
        again_at=_again_at(contact, sent, now),
        refused=refused,
    )


def _again_at(contact: Contact, sent: Row[Any] | None, now: datetime) -> datetime | None:
    """When a message that found the handset off could go out once more; None for every other, and the second time."""
    hours = contact.rules.silence.away_retry_hours
    if sent is None or sent.cause != Cause.AWAY or sent.key.endswith(_ONCE_MORE) or not hours:
        return None
    return next_window(now + timedelta(hours=hours), contact.calendar, contact.zone, contact.rules.contact)


def _is_barred(sent: Row[Any] | None) -> bool:
    return sent is not None and sent.cause == Cause.SENDER and sent.state == Delivery.FAILED


def _invalid(known: Mapping[str, frozenset[Channel]], case: Row[Any]) -> frozenset[Channel]:
    return frozenset[Channel]().union(*(known.get(key, ()) for key in keys_of(case)))


def _shown(checks: Sequence[Check]) -> dict[str, Any]:
    """What `explain` shows of them; nothing when nothing was looked at."""
    return {"checks": [(one.rule, one.clause, one.input, one.verdict) for one in checks]} if checks else {}


def _delivery(contact: Contact, sent: Row[Any] | None, now: datetime) -> Delivery | None:
    """What became of the last message."""
    if sent is None:
        return None
    wait = timedelta(minutes=contact.rules.batches.unknown_minutes)
    return presumed(Delivery(sent.state), sent.settled_at, now, wait)
