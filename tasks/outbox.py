"""The outbox: messages are claimed, written, handed to the provider, and what became of them is written down.

`now` is the instant that a run works as at; `at` the time of day, by which claims last, where that is another one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection

from casework.contact import contact_of
from casework.rules import rules_of
from channels.protocol import Outcome, Receipt
from config.settings import SettingsError
from models import in_hand
from models.answers import add_links
from models.deliveries import (
    late,
    refuse_dead,
    refuse_unused,
    replan,
    send_again,
    stopped_until,
    undecided,
    unwanted,
    withdraw_messages,
)
from models.outcomes import look_now
from policy.slots import next_window, window_end
from tasks.barred import tell_barred
from tasks.channels import WAYS, Way, in_use
from tasks.fuses import allowance
from tasks.in_hand import WORDS, Claimed, lease_of
from tasks.letter import Desk
from tasks.place import Place, place
from tasks.tally import Tally
from tasks.workers import is_gone, new_owner
from vocabulary import Cause, Channel


@task(cache_policy=NO_CACHE)
def tidy_outbox(now: datetime, at: datetime | None = None) -> Tally:
    """One transaction: end what a lost worker held, take back what is not wanted, give late ones a new window."""
    here = place()
    size = here.policy.rules.batches.size
    with here.store.read() as db:
        owners = in_hand.owners(db)
    gone_workers = [owner for owner in owners if is_gone(owner)]
    with here.store.write() as db:
        freed, parked = in_hand.end_lost_claims(db, at or now, gone=gone_workers)
        gone = withdraw_messages(db, unwanted(db, now, size=size), at=now, reason="no longer wanted")
        known = now - timedelta(days=here.policy.rules.contact.invalid_days)
        refused = refuse_unused(db, in_use(here.settings), now) + refuse_dead(db, now, after=known)
        look_now(db, refused, now)
        moved = _replan_late(db, now, size)
        again = _send_undecided_again(db, now, size)
    return Tally({"given back": freed, "parked as unknown": parked, "withdrawn": gone,
                  "moved to the next window": moved, "sent again": again})  # fmt: skip


@task(cache_policy=NO_CACHE)
def claim_batch(now: datetime, at: datetime | None = None) -> str | None:
    """One transaction: due messages of one channel in the hands of a new owner; None when nothing may be sent now.

    A channel that is stopped is passed over; it holds up none of the others.
    """
    here, owner = place(), new_owner()
    with here.store.write() as db:
        claims = (_claim(db, here, channel, owner, now, at or now) for channel in in_use(here.settings))
        return owner if any(claims) else None


def _claim(db: Connection, here: Place, channel: Channel, owner: str, now: datetime, at: datetime) -> int:
    rests_until, batches = stopped_until(db, channel), here.policy.rules.batches
    if rests_until is not None and rests_until > now:
        return 0
    size = 1 if rests_until is not None else batches.size  # after a stop, one tries whether the channel works again
    left = allowance(db, here, channel, now, at)
    if left is not None:  # otherwise customers' messages are held, and only mail to staff is claimed
        size = min(size, left)
    until = at + lease_of(batches, here.settings)
    return in_hand.claim(db, channel, owner, now, size=size, until=until, spare=WAYS[channel].spare)


@task(cache_policy=NO_CACHE)
def send_claimed(owner: str, now: datetime, at: datetime | None = None) -> Tally:
    """One burst to the provider. What becomes of a message is written down as soon as it is known."""
    here = place()
    with here.store.read() as db:
        owed = {row.ref: row for row in in_hand.claimed(db, owner)}
    if not owed:
        return Tally()  # the lease was lost
    channel = Channel(next(iter(owed.values())).channel)
    lease = lease_of(here.policy.rules.batches, here.settings)
    claimed = Claimed(store=here.store, owner=owner, channel=channel, owed=owed, now=now, at=at or now, lease=lease)
    try:
        receipts = _sent(here, claimed)
    except BaseException:
        claimed.leave()
        raise
    barred = sum(receipt.cause is Cause.SENDER for receipt in receipts)
    return Tally.of(WORDS[receipt.outcome] for receipt in receipts) + tell_barred(barred)


def _sent(here: Place, claimed: Claimed) -> list[Receipt]:
    """A receipt of each message that `claimed` has."""
    way = WAYS[claimed.channel]
    try:
        provider = way.provider(here.settings, claimed.now)
    except SettingsError:  # `doctor` says which; nothing is spent, and the other channels go on
        stopped = [Receipt(ref=ref, outcome=Outcome.STOPPED, code="settings") for ref in claimed.owed]
        claimed.turn([], stopped)
        return stopped
    written = _written(here, claimed, way)
    wanted = {ref: message for ref, message in written.items() if message is not None}
    claimed.facts = {ref: way.facts(message) for ref, message in wanted.items()}
    nowhere = [Receipt(ref=ref, outcome=Outcome.REJECTED, code="no address") for ref in written.keys() - wanted.keys()]
    claimed.turn([], nowhere)
    in_flight = here.policy.rules.batches.in_flight
    return nowhere + provider.send([*wanted.values()], claim=claimed, in_flight=in_flight)


def _written(here: Place, claimed: Claimed, way: Way[Any]) -> Mapping[str, Any]:
    """The messages as they are sent, by ref; None for a customer who has no address on this channel."""
    with here.store.read() as db:
        desk = Desk(db, [*claimed.owed.values()], claimed.now)
        written = {ref: way.write(desk, row) for ref, row in claimed.owed.items()}
    with here.store.write() as db:
        add_links(db, desk.links)
    return written


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
