"""A receiver and a room that break in every way at once: each announcement arrives, and is heeded once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

import channels.pinned
import tasks.announcements
from fakes.faults import Fault
from fakes.keys import Keys
from fakes.options import Options
from fakes.running import Fakes, in_background
from models.tables import target_states
from policy.announcing import GIVE_UP_AFTER
from tasks.ladder import work_ladder
from tasks.place import Place
from tests import seed
from tests.outbound import NOW, deliver, rows
from vocabulary import Delivery

CONCERNS = 60
FEWER = 15
REQUEST_S = 0.5
LONGEST_S = 20.0
"""Of a request that hangs, on a machine with other things to do. Without a limit it would hang for good."""
SHARE = 0.4
RUNGS = 3
"""So many warnings are worked for each concern."""
pytestmark = pytest.mark.slow


@dataclass
class Account:
    """What came of all announcements; `faults` has what is wrong with it."""

    injected: Counter[str]
    owed: int
    lost: set[str]
    """Accepted for us and unknown to the receiver, or heeded by it and not owed."""
    given_up: int
    undecided: int
    heeded_twice: int
    room_missing: int
    elsewhere: int
    longest_s: float
    again: int = field(default=0, compare=False)

    def faults(self) -> list[str]:
        found = {
            f"{len(self.lost)} lost": self.lost,
            f"{self.given_up} given up": self.given_up,
            f"{self.undecided} neither taken nor given up": self.undecided,
            f"{self.heeded_twice} heeded twice": self.heeded_twice,
            f"{self.room_missing} never seen in the room": self.room_missing,
            f"signed for another host {self.elsewhere} times": self.elsewhere,
            f"a request took {self.longest_s:.1f} s": self.longest_s > LONGEST_S,
            f"never injected: {sorted({*Fault} - {*self.injected})}": {*Fault} - {*self.injected},
        }
        return [text for text, wrong in found.items() if wrong]


@dataclass
class Clock:
    now: datetime = NOW


@contextmanager
def breaking(patch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Fakes]:
    options = Options(fault_rate=SHARE, seed=3, keep=10_000, clock=lambda: clock.now.timestamp())
    with in_background(options, Keys.made()) as fakes:
        patch.setattr(channels.pinned, "REQUEST_S", REQUEST_S)
        patch.setenv("AFTERCARE_OUTBOUND_LOOPBACK", "true")
        patch.setenv("AFTERCARE_WEBHOOKS__CRM__URL", fakes.webhook_url)
        patch.setenv("AFTERCARE_WEBHOOKS__CRM__SECRET", fakes.keys.webhook_secret)
        patch.setenv("AFTERCARE_SLACK__ROOM__URL", fakes.chat_url)
        patch.setenv("AFTERCARE_SLACK__ROOM__EVENTS", "escalation.opened")
        yield fakes


def live_through(place: Place, clock: Clock, fakes: Fakes, concerns: int) -> Account:
    """So many concerns are opened and warned about, and the outbox is emptied until nothing is due any more."""
    for _ in range(concerns):
        seeded = seed.escalated(place)
        for hours in (12, 18, 22)[:RUNGS]:
            work_ladder.fn([seeded.escalation_id], NOW + timedelta(hours=hours))
    clock.now = NOW + timedelta(hours=22)
    end = clock.now + GIVE_UP_AFTER + timedelta(hours=1)
    while clock.now < end:
        deliver(clock.now)
        waiting = [row.due_at for row in rows() if row.state == Delivery.DUE]
        if not waiting:
            break
        resting = [state.try_again_at for state in rows(target_states)]
        clock.now = max(min([*waiting, *resting]), clock.now + timedelta(minutes=2))
    account = account_of(fakes)
    print(f"{account.owed} announcements; injected: {dict(sorted(account.injected.items()))}")
    print(f"{account.again} came again; longest {account.longest_s:.2f} s; {account.faults() or 'no fault'}")
    return account


def account_of(fakes: Fakes) -> Account:
    found = rows()
    heard = Counter(word.ref for word in fakes.ledger.newest if word.channel == "webhook")
    hooks = {row.ref: row for row in found if row.target == "crm"}
    accepted = {ref for ref, row in hooks.items() if row.state == Delivery.ACCEPTED}
    room = [word.text for word in fakes.ledger.newest if word.channel == "chat"]
    opened = {row.about for row in found if row.target == "room"}
    return Account(
        injected=Counter(fakes.ledger.faults),
        owed=len(found),
        lost=(accepted - heard.keys()) | (heard.keys() - hooks.keys()),
        given_up=sum(row.state == Delivery.REJECTED for row in found),
        undecided=sum(row.state in (Delivery.DUE, Delivery.CLAIMED) for row in found),
        heeded_twice=sum(many - 1 for many in heard.values()),
        room_missing=len(opened) - len(set(room)),
        elsewhere=fakes.ledger.keys_elsewhere,
        longest_s=fakes.longest_s,
        again=fakes.ledger.again["webhook"],
    )


def test_everything_arrives_and_is_heeded_once(place: Place, monkeypatch: pytest.MonkeyPatch):
    clock = Clock()
    with breaking(monkeypatch, clock) as fakes:
        account = live_through(place, clock, fakes, CONCERNS)
    assert account.owed == CONCERNS * (1 + RUNGS) + CONCERNS
    assert account.faults() == []
    assert account.again > 0  # copies came, and were known by their number
    assert account.injected.total() > SHARE * account.owed * 0.6


def test_a_sender_that_gives_up_at_the_first_failure_is_caught(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks.announcements, "next_try", lambda *_: None)
    clock = Clock()
    with breaking(monkeypatch, clock) as fakes:
        account = live_through(place, clock, fakes, FEWER)
    assert account.given_up > 3
    assert any("given up" in fault for fault in account.faults())
