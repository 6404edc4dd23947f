"""The account of the faults sees what a store has lost and whom it was late for."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from benchmarks.fault_account import _late, _lost_answers, _lost_cases, _lost_messages, _lost_reports
from benchmarks.fault_provider import Fault, Tried
from models.tables import cases, messages
from tasks.place import Place
from tests.acceptance.days import Days, berlin
from vocabulary import Delivery, Purpose


@pytest.fixture
def days(place: Place) -> Days:
    """Monday, 14:00 in Berlin; a customer has been asked."""
    asked = Days(berlin("2026-10-05 14:00"))
    asked.report("J-1", closed=asked.now - timedelta(hours=5))
    asked.live(minutes=5)
    return asked


def taken(days: Days) -> list[Tried]:
    return [Tried(row.ref, "ann@example.com", 0.0, Fault.QUICK, taken=True) for row in days.rows(messages)]


def test_a_report_is_one_case(days: Days):
    with days.here.store.read() as db:
        assert [*_lost_reports(db, ["J-1"])] == []
        assert [*_lost_reports(db, ["J-1", "J-2"])] == ["service J-2: 0 cases"]


def test_what_the_store_calls_accepted_was_taken(days: Days):
    rows = days.rows(messages)
    assert [*_lost_messages(rows, taken(days), days.now)] == []
    assert len([*_lost_messages(rows, [], days.now)]) == len(rows) == 1


@pytest.mark.parametrize("state", [Delivery.CLAIMED, Delivery.DUE])
def test_what_nobody_sends_is_lost(days: Days, state: Delivery):
    with days.here.store.write() as db:
        db.execute(messages.update().values(state=state, not_after=None))
    assert len([*_lost_messages(days.rows(messages), taken(days), days.now)]) == 1


def test_an_answer_is_there_with_its_rating_and_judged(days: Days):
    (letter,) = days.letters(Purpose.SURVEY)
    token = letter.token("s")
    days.answer(letter, rating=4)
    with days.here.store.read() as db:
        due = db.execute(select(func.max(cases.c.judge_at))).scalar_one()
        assert [*_lost_answers(db, {token: 4}, due)] == ["case 1: its answer was never judged"]
        assert "the answer 5 in case 1" in [*_lost_answers(db, {token: 5}, due)]
    days.live(minutes=30)
    with days.here.store.read() as db:
        assert [*_lost_answers(db, {token: 4}, days.now)] == []


def test_a_customer_to_whom_nobody_turns_is_lost_and_late(days: Days):
    after = days.case().contact_due_at + timedelta(minutes=1)
    with days.here.store.write() as db:
        assert ([*_lost_cases(db)], [*_late(db, after)]) == ([], [])
        db.execute(cases.update().values(contacted_at=None))
        assert len([*_lost_cases(db)]) == len([*_late(db, after)]) == 1
        assert [*_late(db, after - timedelta(minutes=2))] == [], "it was not due yet"
        db.execute(cases.update().values(contacted_at=after))
        assert len([*_late(db, after)]) == 1
