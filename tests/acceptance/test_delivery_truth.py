"""The promise that sending is not contacting: what did not arrive falls to the next channel, in the same deadline."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from cli.app import app
from models.tables import messages
from tests.acceptance.days import BERLIN, Days, berlin
from tests.providers import Providers, event, make_providers, message_of
from vocabulary import CallOutcome, Delivery, Disposition, Event, Purpose, Stage

PHONE = "+49 30 555012345"


@pytest.fixture
def provider(days: Days) -> Providers:
    return make_providers(days.here, days.now)


def tell(days: Days, provider: Providers, kind: str, **more: Any) -> None:
    """SendGrid tells of the newest message of the case, a minute after it happened."""
    provider.clock.now = days.now
    happened = event(kind, days.now - timedelta(minutes=1), message_of(days.here, 1), **more)
    assert provider.tell(happened).status == 204


def test_a_survey_that_is_dropped_after_it_was_taken_becomes_a_call_within_the_same_deadline(
    days: Days, provider: Providers
):
    days.report(phone=PHONE)
    days.live(until=berlin("2026-10-05 14:30"))
    [survey] = days.letters(Purpose.SURVEY)
    assert days.case().contacted_at == survey.at
    tell(days, provider, "dropped", reason="Bounced Address")
    assert days.case().contacted_at is None, "a receipt is no contact"
    days.live(minutes=2)
    [call] = days.calls()
    assert call.reason == "the message did not arrive (dropped bounced before)"
    days.call(CallOutcome.ANSWERED, rating=5)
    case = days.case()
    assert case.contacted_at <= case.contact_due_at
    assert case.contact_channel == "phone"
    days.live(days=5)
    assert (days.case().disposition, days.case().stage) == (Disposition.SATISFIED, Stage.CLOSED)


def test_when_no_channel_is_left_a_person_hears_of_it_early(days: Days, provider: Providers):
    days.report()
    days.live(until=berlin("2026-10-05 14:30"))
    tell(days, provider, "bounce", status="5.1.1")
    days.live(minutes=2)
    [call] = days.calls()
    assert call.reason.endswith("(bounce 5.1.1); no channel is left, a person is to find a way")
    assert days.now.astimezone(BERLIN) < call.contact_due_at.astimezone(BERLIN) - timedelta(days=2)


def test_explain_and_the_log_tell_what_happened(days: Days, provider: Providers):
    days.report(phone=PHONE)
    days.live(until=berlin("2026-10-05 14:30"))
    tell(days, provider, "delivered")
    tell(days, provider, "bounce", status="5.1.1")
    days.live(minutes=2)
    events = [(entry.event, entry.clause) for entry in days.entries(case_id=1)]
    assert (Event.MESSAGE_DELIVERED, "4.5") in events
    assert (Event.MESSAGE_FAILED, "4.2") in events
    told = CliRunner().invoke(app, ["explain", "1"]).output
    assert "message failed (clause 4.2)" in told
    assert "code: bounce 5.1.1" in told
    assert "address invalid (clause 4.2)" in told


def test_a_parked_survey_that_the_provider_has_after_all_is_settled_and_never_sent_again(
    days: Days, provider: Providers
):
    days.report(phone=PHONE)
    days.live(until=berlin("2026-10-05 14:01"))
    with days.here.store.write() as db:  # as if the answer of the provider had been lost
        values = {"state": Delivery.UNKNOWN, "settled_at": days.now, "code": "timeout"}
        db.execute(update(messages).values(values))
    days.live(minutes=10)
    tell(days, provider, "processed")
    days.live(days=2)
    assert [row.state for row in days.rows(messages)] == [Delivery.ACCEPTED]
    assert len(days.letters()) == 1
    assert days.calls() == []


def test_a_customer_whose_mail_is_called_spam_is_left_alone(days: Days, provider: Providers):
    days.report(phone=PHONE)
    days.live(until=berlin("2026-10-05 14:30"))
    tell(days, provider, "spamreport")
    days.live(days=20)
    assert (days.case().disposition, days.case().stage) == (Disposition.OPTED_OUT, Stage.CLOSED)
    assert days.case().contacted_at is not None
    assert days.calls() == []
    days.report("J-2", phone=PHONE)
    days.live(days=1)
    assert days.case(2).disposition == Disposition.OPTED_OUT


def test_the_next_service_of_a_customer_whose_mail_bounced_goes_straight_to_the_phone(days: Days, provider: Providers):
    days.report(phone=PHONE)
    days.live(until=berlin("2026-10-05 14:30"))
    tell(days, provider, "bounce", status="5.1.1")
    days.live(days=40)
    days.report("J-2", phone=PHONE)
    days.live(days=1)
    assert days.case(2).ladder == "phone"
    assert len(days.letters()) == 1


def test_a_customer_with_a_dead_mailbox_is_not_waited_for_as_if_there_were_a_mail_to_answer(
    days: Days, provider: Providers
):
    days.report()
    days.live(until=berlin("2026-10-05 14:30"))
    tell(days, provider, "bounce", status="5.1.1")
    days.live(minutes=2)
    days.call(CallOutcome.NO_ANSWER)
    days.live(days=1)
    assert days.case().disposition == Disposition.NO_ANSWER
    assert days.case().ended_at < berlin("2026-10-07 00:00")
