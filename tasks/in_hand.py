"""What a worker has claimed for one burst: which messages it begins, what becomes of each, what it leaves undone."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from channels.protocol import Outcome, Receipt
from config.settings import Settings
from models import in_hand
from models.cases import set_values
from models.deliveries import resume_channel, still_wanted, stop_channel
from models.log import NewEntry, append
from models.outcomes import first_contacts, look_now
from models.store import Store
from policy.rules import Batches
from tasks.refusals import heed
from vocabulary import Channel, Clause, Delivery, Event, Purpose

_PAUSE = timedelta(minutes=15)
"""How long a channel whose credentials were refused rests before one more try."""
_BACKOFF = timedelta(minutes=1)
_LONGEST_BACKOFF = timedelta(hours=1)
_RENEWED_AT = 0.25
"""Of the lease: so much of it is used up before it is renewed."""
_DEADLINES = 3
"""A lease lasts at least so many deadlines of a send: nobody who only waits for a provider loses it."""

WORDS = {
    Outcome.ACCEPTED: "sent",
    Outcome.REJECTED: "refused",
    Outcome.UNKNOWN: "unknown",
    Outcome.WITHHELD: "withdrawn",
    Outcome.LATER: "delayed",
    Outcome.STOPPED: "delayed",
}
_STATES = {
    Outcome.ACCEPTED: Delivery.ACCEPTED,
    Outcome.REJECTED: Delivery.REJECTED,
    Outcome.UNKNOWN: Delivery.UNKNOWN,
    Outcome.WITHHELD: Delivery.WITHDRAWN,
    Outcome.LATER: Delivery.DUE,
    Outcome.STOPPED: Delivery.DUE,
}
_EVENTS = {
    Delivery.ACCEPTED: Event.MESSAGE_ACCEPTED,
    Delivery.REJECTED: Event.MESSAGE_REJECTED,
    Delivery.UNKNOWN: Event.MESSAGE_UNKNOWN,
    Delivery.WITHDRAWN: Event.MESSAGE_WITHDRAWN,
}


def lease_of(batches: Batches, settings: Settings) -> timedelta:
    return timedelta(seconds=max(batches.lease_s, _DEADLINES * settings.send_deadline_s))


@dataclass(kw_only=True)
class Claimed:
    """A `channels.protocol.Claim`. `owed`: by ref, messages of one channel, claimed by `owner` until `at` + `lease`.

    `now` is the instant that the run works as at, `at` the time of day, by which leases go.
    """

    store: Store
    owner: str
    channel: Channel
    owed: Mapping[str, Row[Any]]
    now: datetime
    at: datetime
    lease: timedelta
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What the log keeps of an accepted message besides the receipt, by ref."""
    seconds: Callable[[], float] = time.monotonic
    _since_s: float = field(init=False)
    _renewed_s: float = 0.0
    _begun: dict[str, datetime] = field(default_factory=dict)
    _untold: list[Receipt] = field(default_factory=list)
    """Outcomes that are known and not written down yet."""
    _later: set[str] = field(default_factory=set)
    """Wanted, and not to go out now: their window has closed, or somebody holds them back."""
    _stopped: bool = False

    def __post_init__(self) -> None:
        self._since_s = self.seconds()

    def turn(self, begin: Sequence[str], done: Sequence[Receipt]) -> Collection[str]:
        """One transaction."""
        self._untold += done
        passed = self._passed()
        with self.store.write() as db:
            self._settle(db, self._untold)
            if passed.total_seconds() >= self._renewed_s + _RENEWED_AT * self.lease.total_seconds():
                in_hand.renew(db, self.owner, self.at + passed + self.lease)
                self._renewed_s = passed.total_seconds()
            begun = in_hand.begin(db, self.owner, begin, self.now + passed, at=self.at + passed)
            wanted = still_wanted(db, [*({*begin} - begun)], self.now + passed) if len(begun) < len(begin) else ()
        self._untold = []
        self._begun |= dict.fromkeys(begun, self.at + passed)
        self._later |= {ref for ref in begin if self.owed[ref].id in wanted}
        return begun

    def give_back(self) -> None:
        with self.store.write() as db:
            in_hand.give_back(db, self.owner)

    def leave(self) -> None:
        """The sender ends before its burst does: what is known is written down, what was under way is unknown."""
        with self.store.write() as db:
            in_hand.give_back(db, self.owner)
            self._settle(db, self._untold)
            in_hand.park(db, self.owner, self.at + self._passed(), code="stopped")

    def _passed(self) -> timedelta:
        return timedelta(seconds=self.seconds() - self._since_s)

    def _settle(self, db: Connection, receipts: Sequence[Receipt]) -> None:
        if not receipts:
            return
        rows = {receipt.ref: self._row(receipt) for receipt in receipts}
        written = in_hand.settle(db, self.owner, [*rows.values()])
        held = [receipt for receipt in receipts if self.owed[receipt.ref].id in written]
        append(db, [self._entry(receipt) for receipt in held if rows[receipt.ref]["state"] in _EVENTS])
        accepted = [self.owed[receipt.ref] for receipt in held if receipt.outcome is Outcome.ACCEPTED]
        self._note_contacts(db, accepted)
        look_now(db, [self.owed[each.ref].case_id for each in held if each.outcome is Outcome.REJECTED], self.now)
        heed(db, self.channel, self.owed, held, self.now)
        stopped = next((receipt for receipt in held if receipt.outcome is Outcome.STOPPED), None)
        if stopped is not None:
            self._stopped = True
            stop_channel(db, self.channel, stopped.code, self.now, pause=_PAUSE)
        elif accepted and not self._stopped:
            resume_channel(db, self.channel)

    def _note_contacts(self, db: Connection, accepted: Sequence[Row[Any]]) -> None:
        about_service = [row for row in accepted if row.to_address is None and row.purpose != Purpose.SAFETY_ADVICE]
        first = first_contacts(db, [row.case_id for row in about_service])
        set_values(db, [{"case_id": id, "contacted_at": self.now, "contact_channel": self.channel} for id in first])

    def _row(self, receipt: Receipt) -> dict[str, Any]:
        message = self.owed[receipt.ref]
        state, due_at, attempts = _STATES[receipt.outcome], message.due_at, message.attempts
        if receipt.outcome is Outcome.LATER:
            backoff = min(_BACKOFF * 2 ** min(attempts - 1, 10), _LONGEST_BACKOFF)
            due_at = max(self.now + backoff, receipt.retry_at or self.now)
        if receipt.outcome is Outcome.WITHHELD and receipt.ref in self._later:
            state = Delivery.DUE
        if receipt.outcome in (Outcome.STOPPED, Outcome.WITHHELD):
            attempts -= 1  # it was not the message's fault
        final = state is not Delivery.DUE
        return {
            "message_id": message.id,
            "state": state,
            "due_at": due_at,
            "attempts": attempts,
            "code": receipt.code,
            "cause": receipt.cause,
            "provider_id": receipt.provider_id,
            "settled_at": self.now if final else None,
            "begun_at": self._begun.get(receipt.ref) if final else None,
        }

    def _entry(self, receipt: Receipt) -> NewEntry:
        message = self.owed[receipt.ref]
        facts = self.facts.get(receipt.ref, {}) if receipt.outcome is Outcome.ACCEPTED else {}
        return NewEntry(
            event=_EVENTS[_STATES[receipt.outcome]],
            at=self.now,
            clause=Clause.RECORD,
            case_id=message.case_id,
            ref_id=message.id,
            detail={
                "purpose": message.purpose,
                "channel": message.channel,
                "code": receipt.code,
                "attempt": message.attempts,
                **facts,
            },
        )
