"""Promises when a program answered in a customer's name (clause 4.3): nobody is paged, and somebody asks."""

from datetime import timedelta

import pytest

from models.tables import calls, cases
from tests.acceptance.days import Days, Letter
from vocabulary import CallOutcome, Disposition, Event, Purpose, Stage


def program_answers(days: Days, letter: Letter, rating: int = 1) -> None:
    assert days.answer(letter, rating=rating, comment="There is a leak", suspicion=("sign", "another sign"))


def test_it_is_asked_about_once_and_the_survey_goes_on(days: Days):
    days.report()
    days.live(days=1)
    program_answers(days, days.letters()[0])
    days.live(days=2)
    [call] = days.calls()
    assert call.reason.startswith("confirm the rating with the customer")
    days.live(days=5)  # the filter tries out the reminders as well
    for letter in days.letters(Purpose.REMINDER):
        program_answers(days, letter)
    days.live(days=1)
    assert len(days.calls()) == 1
    assert [mail.purpose for mail in days.letters()] == [Purpose.SURVEY, Purpose.REMINDER, Purpose.REMINDER]
    assert days.entries(Event.ESCALATION_OPENED) == []


def test_a_person_who_answers_the_reminder_is_heard_and_not_called(days: Days):
    days.report()
    days.live(days=1)
    program_answers(days, days.letters()[0])
    days.live(days=3)
    assert days.answer(days.letters(Purpose.REMINDER)[0], rating=5)
    days.live(days=20)
    case = days.case()
    assert (case.stage, case.disposition, case.rating) == (Stage.CLOSED, Disposition.SATISFIED, 5)
    assert days.calls() == days.calls_made() == []


def test_without_confirmation_the_case_ends_and_says_why(days: Days):
    days.report()
    days.live(days=1)
    program_answers(days, days.letters()[0])
    days.live(days=30)
    case = days.case()
    assert (case.stage, case.disposition, case.rating) == (Stage.CLOSED, Disposition.NO_ANSWER, None)
    assert case.reason == "the only answer could not be confirmed"
    assert len(days.entries(Event.CALL_WITHDRAWN)) == 1
    assert days.calls() == []


def test_a_call_that_reaches_nobody_leaves_the_survey_as_it_was(days: Days):
    days.report()
    days.live(days=1)
    program_answers(days, days.letters()[0])
    days.live(days=1)
    days.call(CallOutcome.NO_ANSWER)
    days.live(days=30)
    assert len(days.letters()) == 3
    assert (days.case().disposition, days.case().reason) == ("no answer", "the only answer could not be confirmed")
    assert len(days.calls_made()) == 1


@pytest.mark.parametrize(("outcome", "ending"), [(CallOutcome.CONCERN, None), (CallOutcome.REFUSED, "opted out")])
def test_what_the_customer_says_on_the_phone_counts(days: Days, outcome: CallOutcome, ending: str | None):
    days.report()
    days.live(days=1)
    program_answers(days, days.letters()[0], rating=5)
    days.live(days=1)
    days.call(outcome, rating=1 if outcome is CallOutcome.CONCERN else None)
    days.live(hours=1)
    assert days.case().disposition == ending
    assert len(days.entries(Event.ESCALATION_OPENED)) == (1 if ending is None else 0)


def test_the_recovery_survey_of_a_program_neither_closes_nor_reopens(days: Days):
    days.report()
    days.live(days=1)
    days.answer(days.letters()[0], rating=1)
    days.live(hours=1)
    days.acknowledge()
    days.resolve()
    days.live(days=4)
    program_answers(days, days.letters(Purpose.RECOVERY_SURVEY)[0], rating=5)
    days.live(days=2)  # over the weekend
    [call] = days.calls()
    assert call.escalation_id == 1
    assert days.case().stage == Stage.RECOVERING
    days.call(CallOutcome.ANSWERED, rating=5)
    days.now += timedelta(hours=1)
    days.sweep()
    assert days.case().disposition == Disposition.RECOVERED


def test_who_opts_out_is_not_called_about_it_either(days: Days):
    days.report()
    days.report("J-2", email="bob@example.com")
    days.live(days=1)
    ann, bob = days.letters()
    program_answers(days, ann)
    days.live(hours=1)
    assert len(days.rows(calls)) == 1
    program_answers(days, bob)
    days.opt_out(ann)
    days.opt_out(bob)  # before anybody judged what the program said
    days.live(days=2)
    assert days.calls() == []
    assert [case.disposition for case in days.rows(cases)] == [Disposition.OPTED_OUT] * 2
    assert len(days.rows(calls)) == 1


def test_staff_read_what_the_customer_said_and_not_what_a_program_wrote(days: Days):
    days.report()
    days.live(days=1)
    days.answer(days.letters()[0], rating=1, comment="No heating at all")
    program_answers(days, days.letters()[0], rating=5)
    days.live(hours=1)
    notices = days.letters(Purpose.ESCALATION_NOTICE)
    assert notices
    assert all("No heating at all" in mail.text and "There is a leak" not in mail.text for mail in notices)
    assert days.calls() == []
