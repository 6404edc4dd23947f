"""Promises to customers who have nothing to complain about (clauses 4.1 to 4.3)."""

from datetime import timedelta

from models.answers import Said, record
from models.tables import answers, cases, judgements
from tests.acceptance.days import Days, berlin
from vocabulary import Channel, Disposition, Event, Purpose, Stage


def test_a_satisfied_customer_is_asked_once_and_the_case_is_closed_and_sealed_after_72_hours(days: Days):
    days.report()
    days.live(hours=5)
    [survey] = days.letters()
    assert (survey.purpose, survey.to) == (Purpose.SURVEY, "ann@example.com")
    assert berlin("2026-10-05 14:00") <= survey.at <= berlin("2026-10-05 14:05")  # four business hours after closing

    answered_at = days.now
    assert days.answer(survey, rating=5)
    days.live(hours=71.9)
    case = days.case()
    assert (case.stage, case.disposition, case.reason) == (Stage.ENDED, Disposition.SATISFIED, "rating 5 of 5")

    days.live(days=60)
    case = days.case()
    assert case.stage == Stage.CLOSED
    assert len(case.seal) == 64
    assert timedelta(hours=72) <= case.sealed_at - answered_at <= timedelta(hours=72, minutes=5)
    assert len(days.letters()) == 1


def test_the_first_contact_is_written_down_with_its_channel_and_its_deadline(days: Days):
    days.report()
    days.live(hours=5)
    case = days.case()
    assert case.contact_due_at == berlin("2026-10-07 20:00")
    assert case.contacted_at == days.letters()[0].at <= case.contact_due_at
    assert case.contact_channel == Channel.EMAIL
    assert [entry.clause for entry in days.entries(Event.MESSAGE_ACCEPTED)] == ["4.5"]


def test_a_rating_without_a_comment_and_a_comment_without_a_rating_are_answers(days: Days):
    days.report("J-1", email="ann@example.com")
    days.report("J-2", email="bob@example.com")
    days.live(hours=5)
    ann, bob = days.letters()
    days.answer(ann, rating=3)
    days.answer(bob, comment="The technician was on time.")
    days.live(days=4)
    assert [case.disposition for case in days.rows(cases)] == [Disposition.NEUTRAL, Disposition.NEUTRAL]
    assert [case.stage for case in days.rows(cases)] == [Stage.CLOSED, Stage.CLOSED]


def test_an_answer_may_be_changed_for_72_hours_and_every_version_stays(days: Days):
    days.report()
    days.live(hours=5)
    [survey] = days.letters()
    days.answer(survey, rating=3)
    days.live(hours=48)
    assert days.answer(survey, rating=5, comment="On second thoughts: splendid.")
    days.live(hours=23.9)
    assert days.answer(survey, rating=4)
    days.live(hours=1)  # 72 hours from the first answer
    assert not days.answer(survey, rating=1)
    days.live(days=1)
    assert [answer.rating for answer in days.rows(answers)] == [3, 5, 4]
    assert len(days.rows(judgements)) == 3
    assert (days.case().stage, days.case().disposition, days.case().rating) == (Stage.CLOSED, Disposition.SATISFIED, 4)


def test_a_change_to_a_concern_is_escalated_like_any_other(days: Days):
    days.report()
    days.live(hours=5)
    days.answer(days.letters()[0], rating=5)
    days.live(hours=24)
    days.answer(days.letters()[0], rating=1)
    days.live(minutes=5)
    assert days.case().stage == Stage.ESCALATED
    assert days.case().disposition is None  # how it ends is open again


def test_the_same_submission_twice_is_one_answer(days: Days):
    days.report()
    days.live(hours=5)
    said = Said(nonce="one page, two clicks", channel=Channel.EMAIL, rating=5, comment=None, contact_me=False)
    for _ in range(2):
        with days.here.store.write() as db:
            recorded = record(db, 1, said, at=days.now, change_for=timedelta(hours=72))
    assert recorded.again
    assert len(days.rows(answers)) == len(days.entries(Event.ANSWER_RECEIVED)) == 1


def test_nobody_is_thanked_or_asked_again_when_the_policy_says_concerns_only(days: Days):
    days.report()
    days.live(hours=5)
    days.answer(days.letters()[0], rating=5)
    days.live(days=60)
    assert [mail.purpose for mail in days.letters()] == [Purpose.SURVEY]
