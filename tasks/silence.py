"""Customers who are silent: reminded, contacted on the next channel, called again, or given up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Row

from models.cases import (
    calls_of,
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
from policy.silence import CallAgain, GiveUp, Remind, Silence, Switch, Wait, decide
from tasks.contact import LOOK_AGAIN, Contact, Owed, contact_of
from tasks.place import place
from tasks.tally import Tally
from vocabulary import CallOutcome, Channel, Delivery, Purpose, Stage


@task(cache_policy=NO_CACHE)
def settle_silence(case_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: the next step for each of these cases that is still asked and still due."""
    with place().store.write() as db:
        taken = take_due(db, case_ids, Stage.ASKED, now, lease=LOOK_AGAIN)
        ids = [case.id for case in taken]
        sent, written, made = last_messages(db, ids), last_written(db, ids), calls_of(db, ids)
        out = opted_out(db, {key for case in taken for key in keys_of(case)}, now)
        unconfirmed, unread, batch = unconfirmed_of(db, ids), unread_since(db, ids), _Batch(now)
        for case in taken:
            contact = contact_of(db, case)
            called = made.get(case.id, [])
            refused = contact.ladder[case.rung] in refusals(out, keys_of(case))
            silence = _silence(contact, sent.get(case.id), written.get(case.id), called, now, refused=refused)
            silence = replace(silence, unconfirmed=case.id in unconfirmed, unread_since=unread.get(case.id))
            batch.take(contact, decide(silence, now, contact.rules), called)
        put_off(db, batch.waits)
        set_values(db, batch.changes)
        withdraw(db, batch.superseded, at=now, reason="the next channel is used instead")
        given_up = advance(db, Stage.ASKED, Stage.ENDED, batch.given_up, at=now)
        withdraw_confirming(db, sorted(given_up), at=now, reason="the wait is over")
        batch.owed.write(db, now)
    return batch.tally


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

    def take(
        self, contact: Contact, step: Wait | Remind | Switch | CallAgain | GiveUp, made: Sequence[Row[Any]]
    ) -> None:
        case_id = contact.case.id
        match step:
            case Wait(until):
                self.waits[case_id] = until
                self.tally["still waiting"] += 1
            case Remind(number, rung, last, then):
                note = {"number": number, "last": last}
                key, channel = f"reminder:{number}", contact.ladder[rung]
                message = contact.message(Purpose.REMINDER, key, self.now, channel=channel, note=note)
                self.owed.messages.append(message)
                self._change(contact, next_at=then, rung=rung, reminders=number)
                self.tally["reminded"] += 1
            case Switch(rung, reason):
                self._switch(contact, rung, reason, made)
            case CallAgain(_, reason):
                self._call(contact, reason, made, rung=contact.case.rung)
            case GiveUp(disposition, reason, clause):
                values = ending(disposition, at=self.now, next_at=self.now, reason=reason, clause=clause)
                self.given_up.append(Move(case_id=case_id, clause=clause, reason=reason, values=values))
                self.tally[disposition] += 1

    def _switch(self, contact: Contact, rung: int, reason: str, made: Sequence[Row[Any]]) -> None:
        self.superseded.append(contact.case.id)
        channel = contact.ladder[rung]
        if channel is Channel.PHONE:
            return self._call(contact, reason, made, rung=rung)
        message = contact.message(Purpose.SURVEY, f"survey:{rung}", self.now, channel=channel)
        self.owed.messages.append(message)
        self._change(contact, next_at=message.due_at + LOOK_AGAIN, rung=rung)
        self.tally["switched channel"] += 1
        return None

    def _call(self, contact: Contact, reason: str, made: Sequence[Row[Any]], *, rung: int) -> None:
        call = contact.call(next_number(made), reason, [call.done_at for call in made if call.done_at], self.now)
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
        refused=refused,
    )


def _delivery(contact: Contact, sent: Row[Any] | None, now: datetime) -> Delivery | None:
    """What became of the last message; one with an unknown outcome counts as under way until its wait is over."""
    if sent is None:
        return None
    state = Delivery(sent.state)
    window = timedelta(minutes=contact.rules.batches.unknown_minutes)
    if state is Delivery.UNKNOWN and sent.settled_at is not None and now < sent.settled_at + window:
        return Delivery.CLAIMED
    return state
