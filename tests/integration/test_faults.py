"""Providers that break in every way at once: every send ends resolved or held, and no second copy goes out.

Half of the sends are mails and half SMS. The events of our SendGrid arrive after each sweep, directly in the table. Our
Twilio calls nobody back: what is unknown of SMS is settled by its list alone. `AFTERCARE_FAULT_SENDS=5000` makes it
larger.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import tasks.in_hand
import tasks.look_up
from channels.protocol import Outcome
from fakes.faults import Fault
from fakes.keys import Keys
from fakes.options import Options
from fakes.running import Fakes, in_background
from models.report import ClosedService
from models.tables import cases, messages
from tasks.place import Place
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import use_policy
from tests.sizes import enough
from vocabulary import Channel, Delivery

SENDS = int(os.environ.get("AFTERCARE_FAULT_SENDS", "2000"))
FEWER = enough(400, 1000)
"""Over PostgreSQL, where what differs is the store."""
ENOUGH_FOR_ALL = 2000
"""So many sends meet every fault on both channels; the 22 are drawn."""
FEW = 240
"""Enough to catch the planted bugs many times."""
SHARE = 0.4
DEADLINE_S = 1.0
"""Of one request; every eighteenth of them hangs until then."""
LONGEST_S = 20.0
"""The same on a machine with other things to do. Without a deadline a request would hang for good."""
SMALL_BATCHES = ("size = 500 ", "size = 80 ")
"""A 401 or a 429 with its time ends a burst, and what was written for the rest of it is written anew for the next."""
_BATCH = 500
_PREFIXES = ("170", "171", "172", "173", "174", "175")

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Account:
    """What came of all sends; `faults` has what is wrong with it."""

    sends: int
    injected: Counter[tuple[str, str]]
    """By channel and fault."""
    states: Counter[tuple[str, str]]
    second_copies: int
    lost: int
    """Accepted for us but unknown to the provider, or taken by the provider and not accepted for us."""
    undecided: int
    keys_elsewhere: int
    longest_s: float

    def faults(self) -> list[str]:
        found = {
            f"{self.second_copies} second copies": self.second_copies,
            f"{self.lost} lost": self.lost,
            f"{self.undecided} neither resolved nor held": self.undecided,
            f"the key was given to another host {self.keys_elsewhere} times": self.keys_elsewhere,
            f"a request took {self.longest_s:.1f} s": self.longest_s > LONGEST_S,
            f"never injected: {self._missing()}": self._missing() if self.sends >= ENOUGH_FOR_ALL else [],
        }
        return [text for text, wrong in found.items() if wrong]

    def _missing(self) -> list[str]:
        every = {(channel, fault) for channel in ("email", "sms") for fault in Fault}
        return sorted(" ".join(one) for one in every - self.injected.keys())

    def told(self) -> str:
        lines = [f"  {fault:13} {self.injected['email', fault]:4} mails {self.injected['sms', fault]:4} SMS"
                 for fault in Fault]  # fmt: skip
        states = {f"{channel} {state}": count for (channel, state), count in sorted(self.states.items())}
        return "\n".join([*lines, f"  {states}; longest request {self.longest_s:.2f} s; {self.faults() or 'no fault'}"])


@pytest.fixture
def days(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    """Monday, 14:00 in Berlin. `place` has an empty store."""
    use_policy(monkeypatch, tmp_path, SMALL_BATCHES)
    return Days(berlin("2026-10-05 14:00"))


@contextmanager
def breaking(days: Days, patch: pytest.MonkeyPatch, *, seed: int) -> Iterator[Fakes]:
    options = Options(fault_rate=SHARE, seed=seed, keep=4 * SENDS, follow=False, clock=lambda: days.now.timestamp())
    with in_background(options, Keys.made()) as fakes:
        patch.setenv("AFTERCARE_MAIL", "sendgrid")
        patch.setenv("AFTERCARE_SENDGRID_URL", fakes.sendgrid_url)
        patch.setenv("AFTERCARE_SENDGRID_API_KEY", fakes.keys.sendgrid_api_key)
        patch.setenv("AFTERCARE_SMS", "twilio")
        patch.setenv("AFTERCARE_TWILIO_URL", fakes.twilio_url)
        patch.setenv("AFTERCARE_TWILIO_ACCOUNT_SID", fakes.keys.account_sid)
        patch.setenv("AFTERCARE_TWILIO_AUTH_TOKEN", fakes.keys.auth_token)
        patch.setenv("AFTERCARE_TWILIO_FROM", "+15005550006")
        patch.setenv("AFTERCARE_PUBLIC_URL", "http://127.0.0.1:9")  # the reference of an SMS is in its callback
        patch.setenv("AFTERCARE_SEND_DEADLINE_S", str(DEADLINE_S))
        yield fakes


def live_through(days: Days, fakes: Fakes, sends: int) -> Account:
    """So many surveys are owed at once and sent through until nothing changes any more, two days later."""
    for first in range(0, sends, _BATCH):
        days.receive([report(days, number) for number in range(first, min(first + _BATCH, sends))])
    days.live(days=2, meanwhile=lambda: events_arrive(days, fakes))
    rows = {row.ref: row for row in days.rows(messages)}
    copies = Counter(one.ref.rpartition("/")[2] for one in fakes.ledger.newest)
    accepted = {ref for ref, row in rows.items() if row.state == Delivery.ACCEPTED}
    account = Account(
        sends=sends,
        injected=fakes.ledger.injected,
        states=Counter((row.channel, row.state) for row in rows.values()),
        second_copies=sum(count - 1 for count in copies.values()),
        lost=len(accepted ^ copies.keys()) + abs(sends - len(days.rows(cases))) + abs(sends - len(rows)),
        undecided=sum(not is_decided(row) for row in rows.values()),
        keys_elsewhere=fakes.ledger.keys_elsewhere,
        longest_s=fakes.longest_s,
    )
    print(f"{sends} sends; injected:\n{account.told()}")
    return account


def report(days: Days, number: int) -> ClosedService:
    by_mail = {"email": f"c{number}@example.com", "channels": "email"}
    by_sms = {"phone": f"+49{_PREFIXES[number // 2000 % 6]}{number // 2 % 1000:03}1234", "channels": "sms"}
    return ClosedService(
        source="crm", external_id=f"J-{number}", closed_at=days.now - timedelta(hours=8), kind="job completed",
        department="Heating", branch="Berlin", region="DE-BE", timezone="Europe/Berlin",
        customer_name="Ann Example", contact_basis="consent", **(by_sms if number % 2 else by_mail),
    )  # fmt: skip


def is_decided(row: object) -> bool:
    """Resolved, or held: unknown even after the second try that a first survey may have."""
    state, again = row.state, row.possible_duplicate  # type: ignore[attr-defined]
    return state in (Delivery.ACCEPTED, Delivery.REJECTED, Delivery.WITHDRAWN) or (state == Delivery.UNKNOWN and again)


def events_arrive(days: Days, fakes: Fakes) -> None:
    """`processed` proves for every mail that the provider has taken that it has it."""
    unknown = messages.c.state == Delivery.UNKNOWN, messages.c.channel == Channel.EMAIL
    with days.here.store.write() as db:
        parked = {row.ref for row in db.execute(messages.select().where(*unknown))}
        arrived = parked and parked & {one.ref for one in fakes.ledger.newest}
        db.execute(messages.update().where(messages.c.ref.in_(arrived), *unknown).values(state=Delivery.ACCEPTED))


def test_nothing_is_lost_and_nobody_gets_a_second_copy(days: Days, monkeypatch: pytest.MonkeyPatch):
    sends = SENDS if days.here.store.engine.dialect.name == "sqlite" else min(SENDS, FEWER)
    with breaking(days, monkeypatch, seed=1) as fakes:
        account = live_through(days, fakes, sends)
    assert account.faults() == []
    assert account.injected.total() > SHARE * sends * 0.8


def test_a_sender_that_retries_whatever_is_not_2xx_is_caught(days: Days, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(tasks.in_hand._STATES, Outcome.UNKNOWN, Delivery.DUE)
    with breaking(days, monkeypatch, seed=1) as fakes:
        account = live_through(days, fakes, FEW)
    assert account.second_copies > FEW * SHARE / 10
    assert any("second copies" in fault for fault in account.faults())


def test_a_search_that_recognises_nothing_is_caught(days: Days, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks.look_up, "_holds", lambda _tokens, _text: False)
    with breaking(days, monkeypatch, seed=1) as fakes:
        account = live_through(days, fakes, FEW)
    assert account.second_copies > FEW * SHARE / 40
