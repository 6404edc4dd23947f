"""Whatever happens in whatever order, these hold: a search for an order in which they do not."""

import json
import shutil
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models.escalations import EscalationError
from models.moves import BEGINNINGS, MOVES
from models.tables import answers, cases, entries, escalations, judgements, messages, services
from tasks.place import leave_places
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import use_policy
from vocabulary import CallOutcome, Delivery, Event, Purpose, Stage

HOURS = st.sampled_from([0.02, 1, 4, 13, 26, 50, 80, 200])
NEVER_TOO_LATE = {Event.OPTED_OUT, Event.MESSAGE_ACCEPTED, Event.MESSAGE_WITHDRAWN}
"""An opt-out, and what becomes of a thank-you that waited for the morning."""
TO_CUSTOMERS = (Purpose.SURVEY, Purpose.REMINDER, Purpose.RECOVERY_SURVEY)
CHANNELS = st.sampled_from(["email", "phone,email"])
CALLS = st.sampled_from(CallOutcome)


class Lifecycle(RuleBasedStateMachine):
    """One store over an example; the clock only goes forward, often past several dates at once."""

    def __init__(self, template: Path, home: Path) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.home = home
        home.mkdir()
        shutil.copy(template, home / "aftercare.db")
        self.patch.setenv("AFTERCARE_HOME", str(home))
        self.patch.delenv("AFTERCARE_DATABASE_URL", raising=False)
        use_policy(self.patch, home, ("cooldown_days = 30", "cooldown_days = 2"))
        leave_places()
        self.days = Days(berlin("2026-10-05 10:00"))
        self.opted_out: dict[str, datetime] = {}
        self.sealed: dict[int, Any] = {}

    def teardown(self) -> None:
        leave_places()
        self.patch.undo()
        shutil.rmtree(self.home)

    @initialize()
    def three_customers_are_asked(self) -> None:
        for person in range(3):
            self.a_service_is_closed(person, hours_ago=0, channels="email")
        self.time_passes_and_every_stage_is_swept(5)

    @rule(person=st.integers(0, 5), hours_ago=st.sampled_from([0, 5, 100]), channels=CHANNELS)
    def a_service_is_closed(self, person: int, hours_ago: int, channels: str) -> None:
        number = len(self.days.rows(services))
        closed = self.days.now - timedelta(hours=hours_ago)
        self.days.report(f"J-{number}", closed=closed, email=f"c{person}@example.com", phone=f"030 555000{person}",
                         channels=channels)  # fmt: skip

    @precondition(lambda self: self.days.rows(services))
    @rule(data=st.data())
    def a_service_is_opened_again(self, data: st.DataObject) -> None:
        self.days.report_reopened(data.draw(st.sampled_from([row.external_id for row in self.days.rows(services)])))

    @rule(hours=HOURS)
    def time_passes(self, hours: float) -> None:
        self.days.now += timedelta(hours=hours)

    @rule(hours=HOURS)
    def time_passes_and_every_stage_is_swept(self, hours: float) -> None:
        self.days.now += timedelta(hours=hours)
        self.days.sweep()
        self.days.now += timedelta(minutes=1)
        self.days.sweep()

    @precondition(lambda self: self.mails())
    @rule(data=st.data(), rating=st.none() | st.integers(1, 5), contact_me=st.booleans())
    def a_customer_answers(self, data: st.DataObject, rating: int | None, contact_me: bool) -> None:
        letter = data.draw(st.sampled_from(self.mails()))
        self.days.answer(letter, rating, None if rating else "Hm.", contact_me=contact_me)

    @precondition(lambda self: self.mails())
    @rule(data=st.data())
    def a_customer_opts_out(self, data: st.DataObject) -> None:
        letter = data.draw(st.sampled_from(self.mails()))
        self.days.opt_out(letter)
        self.opted_out.setdefault(letter.to, self.days.now)

    @precondition(lambda self: self.days.calls())
    @rule(outcome=CALLS)
    def a_call_is_made(self, outcome: CallOutcome) -> None:
        back_at = self.days.now + timedelta(days=1) if outcome is CallOutcome.CALL_BACK else None
        self.days.call(outcome, rating=3 if outcome is CallOutcome.ANSWERED else None, call_back_at=back_at)

    @precondition(lambda self: self.days.rows(escalations))
    @rule(data=st.data(), done=st.booleans())
    def an_owner_works(self, data: st.DataObject, done: bool) -> None:
        concern = data.draw(st.sampled_from(self.days.rows(escalations)))
        try:
            self.days.resolve(concern.id) if done else self.days.acknowledge(concern.id)
        except EscalationError:
            assert concern.closed_at or concern.acknowledged_at or concern.resolved_at

    @invariant()
    def a_case_stands_where_its_entries_lead(self) -> None:
        trail: dict[int, list[str]] = {}
        for entry in self.days.rows(entries):
            detail = json.loads(entry.detail)
            if entry.event == Event.CASE_OPENED:
                trail[entry.case_id] = [detail["stage"]]
            elif entry.event == Event.STAGE_CHANGED:
                assert trail[entry.case_id][-1] == detail["from"]
                trail[entry.case_id].append(detail["to"])
        for case in self.days.rows(cases):
            assert trail[case.id][0] in BEGINNINGS
            assert trail[case.id][-1] == case.stage
            assert all(Stage(target) in MOVES[Stage(source)] for source, target in pairwise(trail[case.id]))

    @invariant()
    def a_case_has_an_outcome_exactly_when_it_has_ended(self) -> None:
        for case in self.days.rows(cases):
            ended = case.stage in (Stage.ENDED, Stage.CLOSED)
            assert bool(case.disposition and case.reason and case.clause and case.ended_at) is ended
            assert (case.seal is not None) is (case.stage == Stage.CLOSED)

    @invariant()
    def a_concern_is_open_exactly_while_its_case_is_in_somebody_s_hands(self) -> None:
        stages = {case.id: case.stage for case in self.days.rows(cases)}
        judged = {row.answer_id for row in self.days.rows(judgements)}
        unjudged = (
            {row.case_id for row in self.days.rows(answers)} if len(judged) < len(self.days.rows(answers)) else set()
        )
        for concern in self.days.rows(escalations):
            in_hands = stages[concern.case_id] in (Stage.ESCALATED, Stage.RECOVERING)
            assert (concern.closed_at is None) is in_hands or concern.case_id in unjudged
            assert (concern.resolved_at is None) is (stages[concern.case_id] == Stage.ESCALATED) or concern.closed_at

    @invariant()
    def what_is_sealed_stays_as_it_is(self) -> None:
        for case in self.days.rows(cases):
            if case.stage == Stage.CLOSED:
                about = [entry for entry in self.days.rows(entries) if entry.case_id == case.id]
                before, then = self.sealed.setdefault(case.id, (case, about))
                assert (case, about[: len(then)]) == (before, then)
                assert {entry.event for entry in about[len(then) :]} <= NEVER_TOO_LATE

    @invariant()
    def nobody_is_bothered(self) -> None:
        asked: dict[int, int] = {}
        for letter in self.mails():
            assert 9 <= letter.at.astimezone(ZoneInfo("Europe/Berlin")).hour < 20
            assert letter.at <= self.opted_out.get(letter.to, letter.at)
            if letter.purpose != Purpose.RECOVERY_SURVEY:
                asked[letter.row.case_id] = asked.get(letter.row.case_id, 0) + 1
        assert max(asked.values(), default=0) <= 3

    @invariant()
    def every_message_that_was_taken_is_one_mail(self) -> None:
        taken = [row.ref for row in self.days.rows(messages) if row.state == Delivery.ACCEPTED]
        assert sorted(taken) == sorted(letter.row.ref for letter in self.days.letters())

    def mails(self) -> list[Any]:
        return [letter for letter in self.days.letters() if letter.purpose in TO_CUSTOMERS]


def test_the_promises_hold_in_every_order_of_events(sqlite_template: Path, tmp_path: Path):
    homes = (tmp_path / str(number) for number in range(10_000))
    search = settings(
        max_examples=15,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: Lifecycle(sqlite_template, next(homes)), settings=search)  # type: ignore[no-untyped-call]
