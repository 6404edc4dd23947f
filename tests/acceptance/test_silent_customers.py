"""Promises to customers who say nothing (clauses 4.1 and 4.2): reminded, called, and left in peace."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from models.records import sign_unreachable
from models.tables import calls, cases
from tests.acceptance.days import BERLIN, Days, berlin
from vocabulary import CallOutcome, Disposition, Purpose, Stage


def local(at: datetime) -> str:
    """As `Mon 05 14:01`."""
    return f"{at.astimezone(BERLIN):%a %d %H:%M}"


def test_a_silent_customer_hears_from_us_three_times_and_then_no_more(days: Days):
    days.report()
    days.live(days=60)
    assert [(mail.purpose, local(mail.at)) for mail in days.letters()] == [
        (Purpose.SURVEY, "Mon 05 14:01"),
        (Purpose.REMINDER, "Thu 08 14:02"),
        (Purpose.REMINDER, "Mon 12 14:02"),
    ]
    case = days.case()
    assert (case.stage, case.disposition, case.reason) == (Stage.CLOSED, "no answer", "no answer within 14 days")
    assert local(case.ended_at) == "Mon 19 14:02"
    assert not days.answer(days.letters()[-1], rating=5)


def test_an_answer_ends_the_reminding(days: Days):
    days.report()
    days.live(days=4)
    survey, reminder = days.letters()
    assert days.answer(survey, rating=4)  # the link of the first mail still works
    days.live(days=1)
    assert days.answer(reminder, rating=5)  # and so does the other, to change the answer
    days.live(days=30)
    assert len(days.letters()) == 2
    assert days.case().disposition == Disposition.SATISFIED


def test_each_mail_says_until_when_it_can_be_answered_and_that_is_true(days: Days):
    days.report()
    days.live(days=8)
    promised = [re.search(r"answer until \w+, (\d+ \w+ \d{4})", mail.text) for mail in days.letters()]
    until = {datetime.strptime(found[1], "%d %B %Y") for found in promised if found}  # noqa: DTZ007 - a date
    assert len(until) == 1, "every mail names the same day"
    last_minute = until.pop().replace(hour=23, minute=59, tzinfo=BERLIN)
    days.live(until=last_minute.astimezone(berlin("2026-10-05 10:00").tzinfo))
    assert all(days.answer(mail, rating=5) for mail in days.letters())


def test_a_reminder_that_was_missed_while_we_were_down_is_skipped_and_not_sent_late(days: Days):
    days.report()
    days.live(days=2)
    days.now += timedelta(days=6)  # nothing ran for the two days on which the first reminder and the second were due
    days.live(days=30)
    assert [mail.purpose for mail in days.letters()] == [Purpose.SURVEY, Purpose.REMINDER]
    assert "our last mail about it" in days.letters()[1].text


def test_reminders_do_not_pile_up_at_the_end_of_the_holidays(days: Days):
    days.now = berlin("2026-12-22 08:00")  # closed from 25 December to 30 December, the days 3 to 8 after the contact
    days.report()
    days.live(days=40)
    first, *reminders = days.letters()
    assert local(first.at).startswith("Tue 22")
    assert [local(mail.at) for mail in reminders] == ["Thu 31 09:01"]


def test_nobody_hears_from_us_at_night_on_a_sunday_or_on_a_holiday(days: Days):
    for day in range(6):  # closed around the clock, before All Saints' Day and the weekend
        days.now = berlin("2026-10-29 20:30") + timedelta(hours=11 * day)
        days.report(f"J-{day}", email=f"c{day}@example.com", region="DE-BY")
        days.sweep()
    days.live(days=16)
    times = [mail.at.astimezone(BERLIN) for mail in days.letters()]
    assert len(times) == 18
    assert all(9 <= at.hour < 20 and at.weekday() < 5 for at in times)


def test_a_customer_who_prefers_the_phone_is_called_at_three_times_of_the_day_and_then_gets_one_mail(days: Days):
    days.report(phone="030 123456", channels="phone")
    made = []

    def nobody_answers() -> None:
        for open_call in days.calls():
            days.call(CallOutcome.NO_ANSWER, open_call.id)
            made.append(local(days.now))

    while len(made) < 3:
        days.now += timedelta(hours=1)
        days.sweep()
        nobody_answers()
    assert made == ["Mon 05 14:00", "Mon 05 18:00", "Tue 06 09:00"]  # afternoon, evening, morning
    days.live(days=60)
    assert [(mail.purpose, local(mail.at)) for mail in days.letters()] == [
        (Purpose.SURVEY, "Tue 06 09:00"),
        (Purpose.REMINDER, "Thu 08 14:01"),  # three and seven days after the first call
        (Purpose.REMINDER, "Mon 12 14:01"),
    ]
    assert days.case().disposition == Disposition.NO_ANSWER


@pytest.mark.parametrize("pause_days", [2, 5])
def test_the_mail_after_late_calls_is_not_followed_by_a_reminder_on_its_heels(days: Days, pause_days: int):
    days.report(phone="030 123456", channels="phone")
    for _ in range(3):
        days.live(days=pause_days)
        days.call(CallOutcome.NO_ANSWER)
    days.live(days=60)
    times = [mail.at for mail in days.letters()]
    assert all(later - earlier > timedelta(days=2) for earlier, later in pairwise(times))
    assert days.case().ended_at - times[-1] >= timedelta(days=7), "the last mail leaves time to answer"


def test_a_customer_who_also_named_the_phone_is_called_when_mail_stays_unanswered(days: Days):
    days.report(phone="030 123456", channels="email,phone")
    days.live(days=4)
    [call] = days.calls()
    assert call.reason == "no answer within 3 days"
    days.call(CallOutcome.ANSWERED, rating=5)
    days.live(days=10)
    assert days.case().disposition == Disposition.SATISFIED
    assert len(days.letters()) == 1


@pytest.mark.parametrize("outcome", [CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER])
def test_calls_that_lead_nowhere_do_not_cut_short_the_time_that_a_mail_promised(days: Days, outcome: CallOutcome):
    days.report(phone="030 123456", channels="email,phone")
    for _ in range(3):
        days.live(days=3, hours=6)
        for call in days.calls():
            days.call(outcome, call.id)
    assert days.calls_made()
    days.live(until=berlin("2026-10-18 23:59"))  # the day that the mail names
    assert days.case().stage == Stage.ASKED
    days.live(days=1)
    assert (days.case().disposition, days.case().stage) == (Disposition.NO_ANSWER, Stage.CLOSED)


def test_a_call_is_off_the_list_as_soon_as_it_is_not_wanted_any_more(days: Days):
    days.report(phone="030 123456", channels="email,phone")
    days.live(days=4)
    assert len(days.calls()) == 1
    days.answer(days.letters()[0], rating=5)
    assert days.calls() == []
    days.live(days=10)
    assert days.case().stage == Stage.CLOSED


def test_a_refused_mail_leads_to_a_call_at_once(days: Days):
    days.report(email="müller@example.com", phone="030 123456")  # no mail program here takes a name of such letters
    days.live(hours=6)
    [call] = days.calls()
    assert call.reason == "the message was not taken (rejected)"


def test_an_address_in_another_script_is_an_address(days: Days):
    days.report(email="ann@b\u00fccher.example")
    days.live(hours=5)
    [survey] = days.letters()
    assert survey.to == "ann@xn--bcher-kva.example"


def test_a_wrong_number_is_no_contact_and_unreachable_needs_a_supervisor_s_signature(days: Days):
    days.report(email=None, phone="030 123456", channels="phone")
    days.live(hours=5)
    days.call(CallOutcome.WRONG_NUMBER)
    days.live(days=5)
    case = days.case()
    assert (case.stage, case.disposition, case.contacted_at) == (Stage.ENDED, Disposition.UNREACHABLE, None)
    assert case.missing == "supervisor's signature"
    assert len(days.rows(calls)) == 1
    with days.here.store.write() as db:
        sign_unreachable(db, 1, by="Marek Novak", at=days.now)
    days.live(minutes=5)
    assert days.case().stage == Stage.CLOSED


def test_a_service_without_any_address_is_recorded_as_unreachable(days: Days):
    days.report(email=None, channels="")
    days.live(hours=1)
    [case] = days.rows(cases)
    assert (case.stage, case.disposition, case.clause) == (Stage.CLOSED, Disposition.UNREACHABLE, "4.2")
