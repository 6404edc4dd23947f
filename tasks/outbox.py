"""The outbox: messages are claimed, written, handed to the provider, and what became of them is written down."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row

from casework.contact import contact_of
from casework.rules import rules_of
from channels.protocol import Outcome, Receipt
from config.settings import SettingsError
from models.answers import add_links
from models.cases import set_values
from models.deliveries import (
    claim,
    claimed,
    is_wanted,
    late,
    park_abandoned,
    refuse_dead,
    refuse_unused,
    replan,
    resume_channel,
    send_again,
    settle,
    stop_channel,
    stopped_until,
    undecided,
    unwanted,
    withdraw_messages,
)
from models.log import NewEntry, append
from models.outcomes import first_contacts, look_now
from policy.rules import Batches
from policy.slots import next_window, window_end
from tasks.barred import tell_barred
from tasks.channels import WAYS, in_use
from tasks.letter import Desk
from tasks.place import place
from tasks.refusals import heed
from tasks.tally import Tally
from vocabulary import Cause, Channel, Clause, Delivery, Event, Purpose

_PAUSE = timedelta(minutes=15)
"""How long a channel whose credentials were refused rests before one more try."""
_BACKOFF = timedelta(minutes=1)
_LONGEST_BACKOFF = timedelta(hours=1)

_STATES = {
    Outcome.ACCEPTED: Delivery.ACCEPTED,
    Outcome.REJECTED: Delivery.REJECTED,
    Outcome.UNKNOWN: Delivery.UNKNOWN,
    Outcome.WITHHELD: Delivery.WITHDRAWN,
    Outcome.LATER: Delivery.DUE,
    Outcome.STOPPED: Delivery.DUE,
}
_WORDS = {
    Outcome.ACCEPTED: "sent",
    Outcome.REJECTED: "refused",
    Outcome.UNKNOWN: "unknown",
    Outcome.WITHHELD: "withdrawn",
    Outcome.LATER: "delayed",
    Outcome.STOPPED: "delayed",
}
_EVENTS = {
    Outcome.ACCEPTED: Event.MESSAGE_ACCEPTED,
    Outcome.REJECTED: Event.MESSAGE_REJECTED,
    Outcome.UNKNOWN: Event.MESSAGE_UNKNOWN,
    Outcome.WITHHELD: Event.MESSAGE_WITHDRAWN,
}


@task(cache_policy=NO_CACHE)
def tidy_outbox(now: datetime) -> Tally:
    """One transaction: park what a lost worker held, take back what is not wanted, give late ones a new window."""
    here = place()
    size = here.policy.rules.batches.size
    with here.store.write() as db:
        parked = park_abandoned(db, now)
        gone = withdraw_messages(db, unwanted(db, now, size=size), at=now, reason="no longer wanted")
        known = now - timedelta(days=here.policy.rules.contact.invalid_days)
        refused = refuse_unused(db, in_use(here.settings), now) + refuse_dead(db, now, after=known)
        look_now(db, refused, now)
        moved = _replan_late(db, now, size)
        again = _send_undecided_again(db, now, size)
    return Tally(
        {"parked as unknown": parked, "withdrawn": gone, "moved to the next window": moved, "sent again": again}
    )


@task(cache_policy=NO_CACHE)
def claim_batch(now: datetime) -> str | None:
    """One transaction: due messages of one channel in the hands of a new owner; None when nothing may be sent now.

    A channel that is stopped is passed over; it holds up none of the others.
    """
    here = place()
    owner = secrets.token_hex(8)
    with here.store.write() as db:
        claims = (_claim(db, channel, owner, here.policy.rules.batches, now) for channel in in_use(here.settings))
        return owner if any(claims) else None


def _claim(db: Connection, channel: Channel, owner: str, batches: Batches, now: datetime) -> int:
    until = stopped_until(db, channel)
    if until is not None and until > now:
        return 0
    size = 1 if until is not None else batches.size  # after a stop, one message tries whether the channel works again
    lease = timedelta(seconds=batches.lease_s)
    return claim(db, channel, owner, now, size=size, lease=lease, spare=WAYS[channel].spare)


@task(cache_policy=NO_CACHE)
def send_claimed(owner: str, now: datetime) -> Tally:
    """One burst to the provider, then one transaction with what became of each message."""
    here = place()
    with here.store.read() as db:
        owed = {row.ref: row for row in claimed(db, owner)}
    if not owed:
        return Tally()  # the lease was lost
    channel = Channel(next(iter(owed.values())).channel)
    receipts, facts = _sent(channel, owed, now)
    with here.store.write() as db:
        _settle(db, channel, owner, owed, receipts, facts, now)
    barred = sum(receipt.cause is Cause.SENDER for receipt in receipts)
    return Tally.of(_WORDS[receipt.outcome] for receipt in receipts) + tell_barred(barred)


def _sent(
    channel: Channel, owed: Mapping[str, Row[Any]], now: datetime
) -> tuple[list[Receipt], dict[str, Mapping[str, Any]]]:
    """A receipt of each message, and what the log keeps of those that were written, by ref."""
    here, way = place(), WAYS[channel]
    try:
        provider = way.provider(here.settings, now)
    except SettingsError:  # `doctor` says which; nothing is spent, and the other channels go on
        return [Receipt(ref=ref, outcome=Outcome.STOPPED, code="settings") for ref in owed], {}
    with here.store.read() as db:
        desk = Desk(db, list(owed.values()), now)
        written = {ref: way.write(desk, row) for ref, row in owed.items()}
    with here.store.write() as db:
        add_links(db, desk.links)
    wanted = {ref: message for ref, message in written.items() if message is not None}
    receipts = [Receipt(ref=ref, outcome=Outcome.REJECTED, code="no address") for ref in written.keys() - wanted.keys()]
    with here.store.read() as db:
        allowed = partial(_is_wanted, db, now)
        receipts += provider.send([*wanted.values()], allowed=allowed, in_flight=here.policy.rules.batches.in_flight)
    return receipts, {ref: way.facts(message) for ref, message in wanted.items()}


def _is_wanted(db: Connection, now: datetime, ref: str) -> bool:
    with db.begin():  # a view of its own for each question: it must see what was written until now
        return is_wanted(db, ref, now)


def _settle(
    db: Connection,
    channel: Channel,
    owner: str,
    owed: Mapping[str, Row[Any]],
    receipts: Sequence[Receipt],
    facts: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> None:
    rows = [_row(owed[receipt.ref], receipt, now) for receipt in receipts]
    written = settle(db, owner, rows)
    held = [receipt for receipt in receipts if owed[receipt.ref].id in written]
    logged = [receipt for receipt in held if receipt.outcome in _EVENTS]
    append(db, [_entry(owed[receipt.ref], receipt, facts.get(receipt.ref, {}), now) for receipt in logged])
    accepted = [owed[receipt.ref] for receipt in held if receipt.outcome is Outcome.ACCEPTED]
    about_service = [row for row in accepted if row.to_address is None and row.purpose != Purpose.SAFETY_ADVICE]
    first = first_contacts(db, [row.case_id for row in about_service])
    set_values(db, [{"case_id": id, "contacted_at": now, "contact_channel": channel} for id in first])
    look_now(db, [owed[receipt.ref].case_id for receipt in held if receipt.outcome is Outcome.REJECTED], now)
    heed(db, channel, owed, held, now)
    stopped = next((receipt for receipt in held if receipt.outcome is Outcome.STOPPED), None)
    if stopped is not None:
        stop_channel(db, channel, stopped.code, now, pause=_PAUSE)
    elif accepted:
        resume_channel(db, channel)


def _row(message: Row[Any], receipt: Receipt, now: datetime) -> dict[str, Any]:
    due_at, attempts = message.due_at, message.attempts
    if receipt.outcome is Outcome.LATER:
        backoff = min(_BACKOFF * 2 ** min(attempts - 1, 10), _LONGEST_BACKOFF)
        due_at = max(now + backoff, receipt.retry_at or now)
    if receipt.outcome is Outcome.STOPPED:
        attempts -= 1  # it was not the message's fault
    final = receipt.outcome not in (Outcome.LATER, Outcome.STOPPED)
    return {
        "message_id": message.id,
        "state": _STATES[receipt.outcome],
        "due_at": due_at,
        "attempts": attempts,
        "code": receipt.code,
        "cause": receipt.cause,
        "provider_id": receipt.provider_id,
        "settled_at": now if final else None,
    }


def _entry(message: Row[Any], receipt: Receipt, facts: Mapping[str, Any], now: datetime) -> NewEntry:
    return NewEntry(
        event=_EVENTS[receipt.outcome],
        at=now,
        clause=Clause.RECORD,
        case_id=message.case_id,
        ref_id=message.id,
        detail={
            "purpose": message.purpose,
            "channel": message.channel,
            "code": receipt.code,
            "attempt": message.attempts,
            **(facts if receipt.outcome is Outcome.ACCEPTED else {}),
        },
    )


def _replan_late(db: Connection, now: datetime, size: int) -> int:
    times = {}
    for row in late(db, now, size=size):
        contact = contact_of(db, row)
        at = next_window(now, contact.calendar, contact.zone, contact.rules.contact)
        times[row.message_id] = (at, window_end(at, contact.calendar, contact.zone, contact.rules.contact))
    replan(db, times)
    return len(times)


def _send_undecided_again(db: Connection, now: datetime, size: int) -> int:
    """Unknown outcomes whose wait is over: mail to staff goes out once more, a first survey if the policy says so."""
    again = []
    for row in undecided(db, now, size=size):
        batches = (rules_of(db, row.policy_version) if row.policy_version else place().policy.rules).batches
        wanted = row.to_staff or batches.unknown_survey == "resend"
        if wanted and row.settled_at <= now - timedelta(minutes=batches.unknown_minutes):
            again.append(row.id)
    return send_again(db, again, now) if again else 0
