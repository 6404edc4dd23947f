"""The account of every closed service: whatever people do, each ends with one reasoned disposition."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.records import sign_unreachable
from models.tables import calls, cases, escalations, messages, services
from tasks.place import leave_places
from tests.acceptance.days import Days
from vocabulary import CallOutcome, Delivery, Disposition, Event, Purpose, Stage

SERVICES = 45
REGIONS = ("DE-BE", "DE-BY", "DE-SN")
ZONES = (None, None, None, "America/New_York", "Asia/Kolkata")
COMMENTS = (None, None, "Thank you!", "It still leaks.", "There was smoke.", "Please call me.")


@dataclass
class People:
    """Customers and staff who act when something reaches them, each in their own way."""

    days: Days
    dice: Random
    read: int = 0
    did: Counter[str] = field(default_factory=Counter)

    def report(self, number: int) -> None:
        dice = self.dice
        person = dice.randrange(50)  # some have several services
        self.days.report(
            f"J-{number}",
            email=f"c{person}@example.com" if dice.random() < 0.9 else None,
            phone=f"030 5550{person:03}" if dice.random() < 0.6 else None,
            channels=dice.choice(["email", "phone", "email,phone", "phone,email", "sms", ""]),
            customer_timezone=dice.choice(ZONES),
            region=dice.choice(REGIONS),
            kind=dice.choice(["job completed", "ticket resolved", "order delivered"] * 4 + ["inspection"]),
            tags=dice.choice(["", "VIP"] * 5 + ["staff"]),
            closed=self.days.now - timedelta(hours=dice.choice([0, 0, 0, 1, 1, 30, 90, 900])),
        )

    def act(self) -> None:
        letters = self.days.letters()
        new, self.read = letters[self.read :], len(letters)
        for letter in new:
            if letter.purpose in (Purpose.SURVEY, Purpose.REMINDER, Purpose.RECOVERY_SURVEY):
                self._read(letter)
        for call in self.days.calls():
            self._call(call)
        for concern in self.days.rows(escalations):
            self._work(concern)

    def _read(self, letter: Any) -> None:
        roll = self.dice.random()
        if roll < 0.45:
            rating = self.dice.choice([None, 1, 2, 3, 4, 5, 5])
            comment = self.dice.choice(COMMENTS) if rating else "Hm."
            self._count("answered", self.days.answer(letter, rating, comment, contact_me=self.dice.random() < 0.1))
        elif roll < 0.52:
            self.days.opt_out(letter)
            self._count("opted out")
        elif roll < 0.6:
            self.days.report_reopened(self._external_id(letter.row.case_id))
            self._count("reopened")

    def _call(self, call: Any) -> None:
        outcome = self.dice.choice(list(CallOutcome))
        rating = self.dice.randint(1, 5) if outcome in (CallOutcome.ANSWERED, CallOutcome.SOLVED) else None
        back_at = self.days.now + timedelta(hours=30) if outcome is CallOutcome.CALL_BACK else None
        self.days.call(outcome, call.id, rating=rating, call_back_at=back_at)
        self._count(f"call: {outcome}")

    def _work(self, concern: Any) -> None:
        roll = self.dice.random()
        if concern.resolved_at is None and concern.closed_at is None and roll < 0.2:
            self.days.resolve(concern.id)
            self._count("resolved")
        elif concern.acknowledged_at is None and roll < 0.4:
            self.days.acknowledge(concern.id)
            self._count("acknowledged")

    def finish(self) -> None:
        """What staff owe is done: every concern resolved, every call made, every signature given."""
        for concern in self.days.rows(escalations):
            if concern.resolved_at is None and concern.closed_at is None:
                self.days.resolve(concern.id)
        for call in self.days.calls():
            self.days.call(CallOutcome.NO_ANSWER, call.id)
        for case in self.days.rows(cases):
            if case.missing and case.stage == Stage.ENDED:
                with self.days.here.store.write() as db:
                    sign_unreachable(db, case.id, by="Marek Novak", at=self.days.now)

    def _external_id(self, case_id: int) -> str:
        case = self.days.case(case_id)
        return next(str(row.external_id) for row in self.days.rows(services) if row.id == case.service_id)

    def _count(self, what: str, happened: bool = True) -> None:
        if happened:
            self.did[what] += 1


@pytest.fixture(params=[("sqlite", 1), pytest.param(("postgresql", 2), marks=pytest.mark.postgres)])
def month(request: pytest.FixtureRequest, days: Days, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    """A month in which services are closed at all hours, and two more until the last one has ended."""
    engine, seed = request.param
    if engine == "sqlite":
        yield lived(People(days, Random(seed)))
        return
    with request.getfixturevalue("postgres").new_database() as url:
        monkeypatch.setenv("AFTERCARE_DATABASE_URL", url)
        yield lived(People(days, Random(seed)))
        leave_places()


def lived(people: People) -> People:
    days = people.days
    days.lag = timedelta(minutes=17)
    for number in range(SERVICES):
        people.report(number)
        days.live(meanwhile=people.act, hours=people.dice.uniform(1, 30))
    for _ in range(12):
        days.live(meanwhile=people.finish, days=5)
    return people


def test_a_month_full_of_everything_is_accounted_for(month: People):
    days = month.days
    every_service_ends_with_one_disposition(days)
    every_entry_chain_is_legal(days)
    nobody_was_bothered(days)
    every_concern_was_in_time(days)
    assert len(month.did) >= 9, f"a dull month proves little: {month.did}"


def every_service_ends_with_one_disposition(days: Days) -> None:
    reported, followed_up = days.rows(services), days.rows(cases)
    assert sorted(case.service_id for case in followed_up) == [service.id for service in reported]
    assert len(reported) == SERVICES
    unfinished = [(case.id, case.stage, case.missing) for case in followed_up if case.stage != Stage.CLOSED]
    assert not unfinished
    account = Counter(case.disposition for case in followed_up)
    assert sum(account[disposition] for disposition in Disposition) == SERVICES
    assert len(account) >= 6, f"a dull month proves little: {account}"
    assert all(case.reason and case.clause and case.seal for case in followed_up)


def every_entry_chain_is_legal(days: Days) -> None:
    for case in days.rows(cases):
        moves = [json.loads(entry.detail) for entry in days.entries(Event.STAGE_CHANGED, case_id=case.id)]
        assert all(earlier["to"] == later["from"] for earlier, later in pairwise(moves))
        assert moves[-1]["to"] == Stage.CLOSED
        assert len(days.entries(Event.CASE_OPENED, case_id=case.id)) == 1
    assert {row.state for row in days.rows(messages)} <= {Delivery.ACCEPTED, Delivery.WITHDRAWN}


def nobody_was_bothered(days: Days) -> None:
    zones = {case.id: case.recipient_timezone for case in days.rows(cases)}
    asked: dict[str, list[Any]] = defaultdict(list)
    per_case: Counter[int] = Counter()
    for letter in days.letters():
        if letter.to.endswith("@staff.example.com"):
            continue
        local = letter.at.astimezone(ZoneInfo(zones[letter.row.case_id]))
        assert 9 <= local.hour < 20
        per_case[letter.row.case_id] += letter.purpose in (Purpose.SURVEY, Purpose.REMINDER)
        if letter.purpose == Purpose.SURVEY:
            asked[letter.to].append(letter.at)
    assert max(per_case.values()) <= 3
    assert all(later - earlier >= timedelta(days=29) for times in asked.values() for earlier, later in pairwise(times))
    made = Counter(call.case_id for call in days.rows(calls) if call.escalation_id is None)
    assert max(made.values()) <= 4


def every_concern_was_in_time(days: Days) -> None:
    answered = {row.ref_id: row.at for row in days.entries(Event.ANSWER_RECEIVED)}
    for concern in days.rows(escalations):
        assert concern.opened_at - answered[concern.answer_id] < timedelta(hours=24)
        assert concern.closed_at
        assert concern.root_cause
    assert len(days.rows(escalations)) > 0
