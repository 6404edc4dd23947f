"""The outbox: messages are claimed, written, handed to the provider, and what became of them is written down."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row

from channels.protocol import Outcome, Receipt
from models.answers import add_links
from models.cases import set_values
from models.deliveries import (
    claim,
    claimed,
    is_wanted,
    late,
    park_abandoned,
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
from policy.slots import next_window, window_end
from tasks.contact import contact_of
from tasks.letter import Desk
from tasks.mail_channel import mail_provider
from tasks.place import place, rules_of
from tasks.tally import Tally
from vocabulary import Channel, Clause, Delivery, Event

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
    """One transaction: park what a lost worker held, take back what is not wanted, give late mails a new window."""
    here = place()
    size = here.policy.rules.batches.size
    with here.store.write() as db:
        parked = park_abandoned(db, now)
        gone = withdraw_messages(db, unwanted(db, now, size=size), at=now, reason="no longer wanted")
        moved = _replan_late(db, now, size)
        again = _send_undecided_again(db, now, size)
    return Tally(
        {"parked as unknown": parked, "withdrawn": gone, "moved to the next window": moved, "sent again": again}
    )


@task(cache_policy=NO_CACHE)
def claim_batch(now: datetime) -> str | None:
    """One transaction: a batch of due mails in the hands of a new owner; None when nothing may be sent now."""
    here = place()
    batches = here.policy.rules.batches
    owner = secrets.token_hex(8)
    with here.store.write() as db:
        until = stopped_until(db, Channel.EMAIL)
        if until is not None and until > now:
            return None
        size = 1 if until is not None else batches.size  # after a stop, one mail tries whether the channel works again
        lease = timedelta(seconds=batches.lease_s)
        return owner if claim(db, Channel.EMAIL, owner, now, size=size, lease=lease) else None


@task(cache_policy=NO_CACHE)
def send_claimed(owner: str, now: datetime) -> Tally:
    """One burst to the provider, then one transaction with what became of each mail."""
    here = place()
    provider = mail_provider(here.settings, now)
    with here.store.read() as db:
        owed = list(claimed(db, owner))
        desk = Desk(db, owed, now)
        mails = {row.ref: desk.write(row) for row in owed}
    with here.store.write() as db:
        add_links(db, desk.links)
    receipts = [
        Receipt(ref=ref, outcome=Outcome.REJECTED, code="no address") for ref, mail in mails.items() if not mail
    ]
    wanted = [mail for mail in mails.values() if mail]
    with here.store.read() as db:
        allowed = partial(_is_wanted, db, now)
        receipts += provider.send(wanted, allowed=allowed, in_flight=here.policy.rules.batches.in_flight)
    with here.store.write() as db:
        _settle(db, owner, {row.ref: row for row in owed}, receipts, now)
    return Tally.of(_WORDS[receipt.outcome] for receipt in receipts)


def _is_wanted(db: Connection, now: datetime, ref: str) -> bool:
    with db.begin():  # a view of its own for each question: it must see what was written until now
        return is_wanted(db, ref, now)


def _settle(db: Connection, owner: str, owed: dict[str, Row[Any]], receipts: Sequence[Receipt], now: datetime) -> None:
    rows = [_row(owed[receipt.ref], receipt, now) for receipt in receipts]
    written = settle(db, owner, rows)
    held = [receipt for receipt in receipts if owed[receipt.ref].id in written]
    append(db, [_entry(owed[receipt.ref], receipt, now) for receipt in held if receipt.outcome in _EVENTS])
    accepted = [owed[receipt.ref] for receipt in held if receipt.outcome is Outcome.ACCEPTED]
    first = first_contacts(db, [row.case_id for row in accepted if row.to_address is None])
    channels = {row.case_id: row.channel for row in accepted}
    set_values(db, [{"case_id": id, "contacted_at": now, "contact_channel": channels[id]} for id in first])
    look_now(db, [owed[receipt.ref].case_id for receipt in held if receipt.outcome is Outcome.REJECTED], now)
    stopped = next((receipt for receipt in held if receipt.outcome is Outcome.STOPPED), None)
    if stopped is not None:
        stop_channel(db, Channel.EMAIL, stopped.code, now, pause=_PAUSE)
    elif accepted:
        resume_channel(db, Channel.EMAIL)


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
        "provider_id": receipt.provider_id,
        "settled_at": now if final else None,
    }


def _entry(message: Row[Any], receipt: Receipt, now: datetime) -> NewEntry:
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
        },
    )


def _replan_late(db: Connection, now: datetime, size: int) -> int:
    times = {}
    for row in late(db, now, size=size):
        contact = contact_of(db, row)
        at = next_window(now, contact.calendar, contact.zone, contact.rules.contact)
        times[row.message_id] = (at, window_end(at, contact.zone, contact.rules.contact))
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
