"""The promise that a resolution is confirmed by the customer or not at all: who was not reached is asked otherwise."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.addresses import Unreachable, mark_invalid
from models.deliveries import resume_channel, stop_channel
from models.tables import messages
from templates.dates import day_text
from tests.acceptance.days import Days
from tests.acceptance.texts import MOBILE, texts
from tests.providers import Providers, event, make_providers
from vocabulary import CallOutcome, Channel, Delivery, Disposition, Event, FollowUp, Purpose, Stage

SURVEY = Purpose.RECOVERY_SURVEY


@pytest.fixture
def provider(days: Days) -> Providers:
    return make_providers(days.here, days.now)


def asked(days: Days, **report: Any) -> None:
    """A concern was resolved, and two days later the customer is asked by mail whether it helped."""
    days.report(**report)
    days.live(hours=5)
    days.answer(days.letters()[0], rating=1)
    days.live(hours=1)
    days.resolve()
    days.live(hours=48, minutes=2)
    assert len(days.letters(SURVEY)) == 1


def newest(days: Days) -> Any:
    return [row for row in days.rows(messages) if row.purpose == SURVEY][-1]


def lose(days: Days, provider: Providers, kind: str = "bounce", **more: Any) -> None:
    provider.clock.now = days.now
    happened = event(kind, days.now - timedelta(minutes=1), newest(days), **({"status": "5.1.1"} | more))
    assert provider.tell(happened).status == 204
    days.live(minutes=2)


def test_a_survey_that_bounces_is_asked_by_sms_at_once_and_then_by_a_call(
    days: Days, provider: Providers, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    asked(days, phone=MOBILE)
    first_until = days.escalation().recovery_until
    days.live(days=2)
    lose(days, provider)
    [sms] = texts(days)
    assert (sms.purpose, days.now - sms.at < timedelta(minutes=5)) == (SURVEY, True)
    assert days.escalation().recovery_until > first_until, "the whole wait, from the SMS on"
    [entry] = days.entries(Event.FAILURE_FOLLOWED)
    assert "did not arrive (bounce 5.1.1)" in entry.detail
    assert '"asked on": "sms"' in entry.detail

    with days.here.store.write() as db:  # Twilio says: undelivered
        lost = update(messages).where(messages.c.channel == Channel.SMS)
        db.execute(lost.values(state=Delivery.FAILED, code="undelivered 30003"))
    days.live(minutes=2)
    [call] = days.calls()
    assert call.reason == "the survey that asked whether it helped did not arrive (undelivered 30003)"
    assert call.escalation_id == 1
    days.live(until=first_until + timedelta(hours=1))
    assert days.case().stage == Stage.RECOVERING, "not taken for unconfirmed while the call is to be made"
    days.call(CallOutcome.ANSWERED, rating=5)
    days.live(minutes=2)
    assert days.case().disposition == Disposition.RECOVERED


def test_without_another_channel_a_person_is_to_find_a_way_and_is_asked_once(days: Days, provider: Providers):
    asked(days)
    lose(days, provider, kind="dropped", reason="Bounced Address")
    [call] = days.calls()
    assert call.reason.endswith("no channel is left, a person is to find a way")
    days.call(CallOutcome.NO_ANSWER)
    until = days.escalation().recovery_until
    assert until >= call.due_to + timedelta(days=7)
    days.live(until=until - timedelta(hours=1))
    assert days.case().stage == Stage.RECOVERING
    days.live(days=1)
    assert (days.case().disposition, days.escalation().outcome) == (Disposition.UNRESOLVED, "resolved, unconfirmed")
    assert len(days.letters(SURVEY)) == 1


def test_an_address_that_is_known_not_to_work_is_passed_over(
    days: Days, provider: Providers, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    asked(days, phone=MOBILE)
    with days.here.store.write() as db:
        found = Unreachable(address_key=days.case().phone_key, channel=Channel.SMS, code="30006")
        mark_invalid(db, [found], at=days.now)
    lose(days, provider)
    assert texts(days) == []
    assert len(days.calls()) == 1


def test_a_survey_with_an_unknown_outcome_is_lost_when_its_wait_is_over(days: Days):
    asked(days, phone=MOBILE)
    with days.here.store.write() as db:
        values = {"state": Delivery.UNKNOWN, "settled_at": days.now, "code": "timeout"}
        db.execute(update(messages).where(messages.c.purpose == SURVEY).values(values))
    days.live(minutes=25)
    assert days.calls() == []
    days.live(minutes=10)
    [call] = days.calls()
    assert "did not arrive (timeout)" in call.reason


def test_a_survey_that_was_refused_is_lost(days: Days):
    asked(days, phone=MOBILE)
    with days.here.store.write() as db:
        values = {"state": Delivery.REJECTED, "settled_at": days.now, "code": "550"}
        db.execute(update(messages).where(messages.c.purpose == SURVEY).values(values))
    days.live(minutes=2)
    assert len(days.calls()) == 1
    assert newest(days).follow_up == FollowUp.ASKED


def test_who_has_opted_out_is_asked_nothing_more_and_the_wait_ends_as_it_would_have(days: Days, provider: Providers):
    asked(days, phone=MOBILE)
    until = days.escalation().recovery_until
    lose(days, provider, kind="spamreport")
    assert days.calls() == []
    assert days.escalation().recovery_until == until
    days.live(until=until + timedelta(hours=1))
    assert days.escalation().outcome == "resolved, unconfirmed"
    assert days.calls() == []


def test_a_survey_that_could_not_go_out_at_all_is_waited_for_and_promises_the_whole_time(days: Days):
    days.report()
    days.live(hours=5)
    days.answer(days.letters()[0], rating=1)
    days.live(hours=1)
    days.resolve()
    with days.here.store.write() as db:
        stop_channel(db, Channel.EMAIL, "401", days.now, pause=timedelta(days=60))
    days.live(days=12)
    assert days.letters(SURVEY) == []
    assert days.case().stage == Stage.RECOVERING
    with days.here.store.write() as db:
        resume_channel(db, Channel.EMAIL)
    days.live(days=2)
    [survey] = days.letters(SURVEY)
    until = days.escalation().recovery_until
    assert until > survey.at + timedelta(days=1)
    assert f"You can answer until {day_text(until - timedelta(days=1), 'Europe/Berlin')}." in survey.text
    days.live(until=until + timedelta(hours=1))
    assert days.escalation().outcome == "resolved, unconfirmed"


def test_the_failure_of_an_earlier_round_asks_nothing(days: Days, provider: Providers):
    asked(days, phone=MOBILE)
    days.answer(days.letters(SURVEY)[0], rating=1)
    days.live(minutes=2)
    assert days.case().stage == Stage.ESCALATED
    lose(days, provider)
    assert days.calls() == []
    assert days.case().stage == Stage.ESCALATED
