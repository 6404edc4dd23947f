"""Two concerns of one customer that are one matter: one of them is worked on, and the other one's case follows it."""

import json
from functools import partial
from typing import Any

import pytest

from casework.attaching import attach
from casework.subtasks import Asking, ask
from models.escalations import acknowledge, resolve
from models.following import followers, others_of_customer
from models.tables import cases, escalations, judgements
from tasks.concerns import judge_answers
from tasks.following import follow_attached
from tasks.ladder import work_ladder
from tests import seed
from tests.integration.concerns.conftest import NOW, Desk
from vocabulary import Disposition, Event, Stage

SAME = {"email": "ann@example.com", "phone": None}
WHY = "Both are about the boiler."


@pytest.fixture
def two(desk: Desk) -> tuple[int, int]:
    """Concerns 1 and 2, of cases 1 and 2 of the same customer."""
    return tuple(seed.escalated(desk.place, **SAME).escalation_id for _ in range(2))  # type: ignore[return-value]


def resolving(desk: Desk, number: int) -> None:
    desk.do(resolve, number, by="Petra", root_cause="parts", action="The valve was replaced.",
            known_causes=["parts"], ask_after=seed.RECOVERING_AT - seed.RESOLVED_AT)  # fmt: skip


def following(desk: Desk) -> int:
    done = 0
    for batch in followers(desk.place.store, size=10):
        done += sum(follow_attached.fn(batch, desk.now).values())
    return done


def confirmed(desk: Desk, case_id: int, number: int, rating: int = 5) -> None:
    """Resolved, and the customer said on the recovery survey that it helped."""
    desk.now = seed.RESOLVED_AT
    resolving(desk, number)
    desk.now = seed.RECOVERING_AT
    work_ladder.fn([number], desk.now)
    seed.say(desk.place, case_id, at=desk.now, rating=rating, escalation_id=number)
    judge_answers.fn([case_id], desk.now)


def test_an_attached_concern_is_closed_and_its_case_waits(desk: Desk, two: tuple[int, int]):
    desk.do(attach, 2, 1, WHY)
    row, main = desk.row(escalations, 2), desk.row(escalations, 1)
    assert (row.outcome, row.attached_to, row.next_at, row.closed_at) == ("attached", 1, None, NOW)
    assert (row.acknowledged_by, row.taken_at) == ("Petra Lindqvist", NOW)
    assert (main.repeats, main.closed_at) == (1, None)
    assert desk.row(cases, 2).stage == Stage.ESCALATED
    [entry] = desk.entries(Event.ESCALATION_ATTACHED)
    assert (entry.case_id, json.loads(entry.detail)["to concern"]) == (2, 1)
    assert WHY not in entry.detail
    assert "is attached to 1: go on there" in desk.refused(acknowledge, 2, by="Petra")
    assert following(desk) == 0


def test_its_case_ends_as_the_other_one_does_with_its_cause_and_action(desk: Desk, two: tuple[int, int]):
    desk.do(attach, 2, 1, WHY)
    confirmed(desk, 1, 1)
    assert following(desk) == 1
    assert following(desk) == 0
    one, other = desk.row(cases, 1), desk.row(cases, 2)
    assert (one.stage, other.stage) == (Stage.ENDED, Stage.ENDED)
    assert other.disposition == one.disposition == Disposition.RECOVERED
    assert other.reason == f"attached to concern 1: {one.reason}"
    row = desk.row(escalations, 2)
    assert (row.root_cause, row.action, row.resolved_by) == ("parts", "The valve was replaced.", "Petra")


def test_when_the_other_one_is_opened_again_it_waits_on(desk: Desk, two: tuple[int, int]):
    desk.do(attach, 2, 1, WHY)
    confirmed(desk, 1, 1, rating=1)
    assert desk.row(cases, 1).stage == Stage.ESCALATED
    assert following(desk) == 0
    assert desk.row(cases, 2).stage == Stage.ESCALATED


def test_a_customer_who_says_more_about_it_gets_it_back_as_a_concern_of_its_own(desk: Desk, two: tuple[int, int]):
    desk.do(attach, 2, 1, WHY)
    seed.say(desk.place, 2, at=NOW, rating=1, comment="No, the tap is another matter.")
    judge_answers.fn([2], NOW)
    row = desk.row(escalations, 2)
    assert (row.attached_to, row.closed_at, row.outcome, row.reopened) == (None, None, None, 1)
    assert (row.received_at, row.taken_at, row.acknowledged_at) == (NOW, None, None)
    assert desk.row(cases, 2).stage == Stage.ESCALATED
    confirmed(desk, 1, 1)
    assert following(desk) == 0, "it stands by itself"


def test_a_friendly_answer_about_it_closes_nothing(desk: Desk, two: tuple[int, int]):
    desk.do(attach, 2, 1, WHY)
    seed.say(desk.place, 2, at=NOW, rating=5)
    judge_answers.fn([2], NOW)
    assert [row.verdict for row in desk.rows(judgements) if row.case_id == 2] == ["concern", "calmer"]
    assert (desk.row(cases, 2).stage, desk.row(escalations, 2).attached_to) == (Stage.ESCALATED, 1)


def test_what_is_attached_goes_along(desk: Desk, two: tuple[int, int]):
    third = seed.escalated(desk.place, **SAME).escalation_id
    desk.do(attach, 2, 1, WHY)
    desk.do(attach, 1, third, WHY)
    assert [desk.row(escalations, number).attached_to for number in (1, 2)] == [third, third]
    confirmed(desk, 3, 3)
    assert following(desk) == 2
    assert {row.disposition for row in desk.rows(cases)} == {Disposition.RECOVERED}


def test_two_that_are_attached_to_each_other_at_once_are_one(desk: Desk, two: tuple[int, int]):
    got = desk.race(partial(desk.do, attach, 1, 2, WHY), partial(desk.do, attach, 2, 1, WHY))
    assert got.count(None) == 1
    assert [row.attached_to for row in desk.rows(escalations)].count(None) == 1


def test_what_cannot_be_attached_is_said(desk: Desk, two: tuple[int, int]):
    stranger = seed.escalated(desk.place).escalation_id
    refused: Any = partial(desk.refused, attach)
    assert "not of the same customer" in refused(stranger, 1, WHY)
    assert "to itself" in refused(1, 1, WHY)
    assert "at least 5 characters" in refused(2, 1, " ")
    assert "there is no escalation 99" in refused(2, 99, WHY)
    desk.do(ask, 2, Asking(department="Plumbing", what="Check the cellar, please.", due_at=seed.RECOVERING_AT))
    assert "sub-task 1 of escalation 2 is still open" in refused(2, 1, WHY)
    resolving(desk, 1)
    assert "escalation 1 is resolved" in refused(1, 2, WHY)


def test_the_form_offers_the_customer_s_other_open_concerns(desk: Desk, two: tuple[int, int]):
    seed.escalated(desk.place)
    with desk.place.store.read() as db:
        assert [row.id for row in others_of_customer(db, 1)] == [2]
