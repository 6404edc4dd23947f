"""Announcements leave: what is owed to each target is claimed, handed over, and what became of it is written down.

At least once: an outcome that nobody knows is tried again, because a receiver knows a second copy by its number.
`at` is the time of day, where a run works as at another instant.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row

from channels.claims import Unguarded
from channels.pinned import GONE
from channels.protocol import Outcome, Receipt, Word
from config.settings import Settings
from models import announcements as owed
from policy.announcing import GIVE_UP_AFTER, next_try
from tasks.place import place
from tasks.tally import Tally
from tasks.targets import carrier
from tasks.workers import new_owner
from vocabulary import Announced, Delivery

_PAUSE = timedelta(minutes=15)
"""How long a target rests that does not know us, or says nothing any more, before one announcement tries again."""
_BURST = 25
"""Announcements in one hand: at the longest that each may take, they are done before the lease ends."""
_UNTRIED = "untried"


@task(cache_policy=NO_CACHE)
def tidy_announcements(now: datetime, at: datetime | None = None) -> Tally:
    """One transaction: what a lost worker held is due again; what cannot be delivered any more is owed no longer."""
    here = place()
    with here.store.write() as db:
        owed.free_abandoned(db, at or now)
        withdrawn = owed.withdraw_unwanted(db, here.settings.targets.keys(), now)
        given_up = owed.give_up(db, now - GIVE_UP_AFTER, now)
    return Tally({"announcements withdrawn": withdrawn, "announcements given up": given_up})


@task(cache_policy=NO_CACHE)
def claim_announcements(now: datetime, at: datetime | None = None) -> str | None:
    """One transaction: due announcements of one target in the hands of a new owner; None when nothing may go now.

    A target that is stopped is passed over; it holds up none of the others.
    """
    here = place()
    owner = new_owner()
    until = (at or now) + timedelta(seconds=here.policy.rules.batches.lease_s)
    with here.store.write() as db:
        resting = owed.stopped(db)
        for target in here.settings.targets:
            size = _how_many(resting.get(target), now)
            if size and owed.take(db, target, owner, now, size=size, until=until):
                return owner
    return None


def _how_many(state: Row[Any] | None, now: datetime) -> int:
    """After a stop, one announcement tries whether the target works again."""
    if state is None:
        return _BURST
    return 1 if state.try_again_at is not None and state.try_again_at <= now else 0


@task(cache_policy=NO_CACHE)
def send_announcements(owner: str, now: datetime) -> Tally:
    """One burst to the target, then one transaction with what became of each announcement."""
    here = place()
    with here.store.read() as db:
        rows = {row.ref: row for row in owed.held(db, owner)}
    if not rows:
        return Tally()  # the lease was lost
    name = next(iter(rows.values())).target
    words = [word_of(row, here.settings) for row in rows.values()]
    through = carrier(here.settings, here.settings.targets[name], now)
    # Nothing happens between claim and send that makes word of it unwanted: it has happened.
    receipts = through.send(words, claim=Unguarded(), in_flight=here.policy.rules.batches.in_flight)
    settled = [_settled(rows[receipt.ref], receipt, now) for receipt in receipts]
    with here.store.write() as db:
        written = owed.settle(db, owner, settled)
        _note_target(db, name, receipts, now)
    return Tally.of(_WORDS[row["state"]] for row in settled if row["announcement_id"] in written)


_WORDS = {
    Delivery.ACCEPTED: "announced",
    Delivery.DUE: "announcements delayed",
    Delivery.REJECTED: "announcements given up",
}


def word_of(row: Row[Any], settings: Settings) -> Word:
    """What its target is told. The page is that of the concern, or of the case that was closed."""
    about = json.loads(row.about)
    page = f"cases/{about['case']}" if row.event == Announced.CASE_CLOSED else f"concerns/{about['escalation']}"
    url = f"{settings.web_url}/console/{page}"
    return Word(ref=row.ref, event=row.event, at=row.happened_at, about=about, url=url)


def _settled(row: Row[Any], receipt: Receipt, now: datetime) -> dict[str, Any]:
    state, due_at, attempts = Delivery.DUE, row.due_at, row.attempts
    match receipt.outcome:
        case Outcome.ACCEPTED:
            state = Delivery.ACCEPTED
        case Outcome.REJECTED:
            state = Delivery.REJECTED
        case _ if _is_untold(receipt):
            attempts -= 1  # it was not tried, or not its fault
            due_at = max(row.due_at, receipt.retry_at or row.due_at)
        case _:
            again_at = next_try(attempts, row.owed_at, now)
            state, due_at = (Delivery.REJECTED, due_at) if again_at is None else (Delivery.DUE, again_at)
    final = state is not Delivery.DUE
    return {
        "announcement_id": row.id,
        "state": state,
        "due_at": due_at,
        "attempts": attempts,
        "code": receipt.code,
        "settled_at": now if final else None,
    }


def _is_untold(receipt: Receipt) -> bool:
    """Whether the target as a whole is not ready: its announcements wait for it and spend no attempt."""
    return receipt.outcome is Outcome.STOPPED or receipt.code == _UNTRIED or receipt.retry_at is not None


def _note_target(db: Connection, target: str, receipts: Sequence[Receipt], now: datetime) -> None:
    """Stop the target, let it rest on, or let it run again."""
    if any(receipt.code == GONE for receipt in receipts):
        owed.stop(db, target, GONE, now, until=None)
        return
    unready = next((receipt for receipt in receipts if _is_untold(receipt)), None)
    taken = any(receipt.outcome is Outcome.ACCEPTED for receipt in receipts)
    if unready is None and taken:
        owed.resume(db, target)
    elif unready is not None or target in owed.stopped(db):
        cause = unready or receipts[0]
        owed.stop(db, target, cause.code, now, until=cause.retry_at or now + _PAUSE)
