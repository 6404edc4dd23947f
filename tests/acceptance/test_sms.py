"""Customers who prefer SMS: they get one, in their window, with a link that works; and what happens when it fails."""

from datetime import timedelta

import pytest

from models.answers import open_link
from models.tables import calls, invalid_addresses, messages, suppressions
from tests.acceptance.days import ANSWERABLE, Days, berlin
from tests.acceptance.texts import (
    BAD_TOKEN,
    LANDLINE,
    MOBILE,
    NOT_A_MOBILE,
    STOPPED_BEFORE,
    YES,
    StartTwilio,
    forms,
    start_twilio,
    texts,
)
from vocabulary import Channel, Delivery, Disposition, Event, Purpose, Stage

__all__ = ["start_twilio"]


@pytest.fixture
def by_sms(days: Days, monkeypatch: pytest.MonkeyPatch) -> Days:
    """SMS are written into the outbox folder."""
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    return days


def test_a_customer_who_prefers_sms_gets_one_and_answers_it(by_sms: Days):
    days = by_sms
    days.report(channels="sms,email", phone="0170 1234567")
    days.live(days=1)
    [survey] = texts(days)
    assert (survey.at, survey.to, survey.purpose) == (berlin("2026-10-05 14:01"), MOBILE, Purpose.SURVEY)
    assert survey.text.startswith("Example Home Services: Hello Ann, how satisfied are you with our service? http")
    assert days.letters() == []
    case = days.case()
    assert case.contacted_at == survey.at <= case.contact_due_at
    assert case.contact_channel == Channel.SMS
    [entry] = days.entries(Event.MESSAGE_ACCEPTED)
    assert '"channel": "sms"' in entry.detail
    assert '"segments": 1' in entry.detail
    assert days.answer(survey, rating=5)
    days.live(days=4)
    assert days.case().disposition == Disposition.SATISFIED


def test_without_sms_configured_nothing_has_changed(days: Days):
    days.report(channels="sms,email", phone=MOBILE)
    days.live(days=1)
    assert days.case().contact_channel == Channel.EMAIL
    assert texts(days) == []


def test_a_silent_customer_is_reminded_on_the_next_channel_that_he_named(by_sms: Days):
    by_sms.report(channels="sms,email", phone=MOBILE)
    by_sms.live(days=16)
    assert [text.purpose for text in texts(by_sms)] == [Purpose.SURVEY]
    assert [letter.purpose for letter in by_sms.letters()] == [Purpose.REMINDER, Purpose.REMINDER]
    assert by_sms.case().disposition == Disposition.NO_ANSWER


def test_who_has_nothing_but_a_mobile_is_asked_reminded_thanked_and_asked_again_by_sms(by_sms: Days):
    days = by_sms
    days.report(channels="sms", phone=MOBILE, email=None)
    days.live(days=8)
    survey, reminder, last = texts(days)
    assert [text.purpose for text in (reminder, last)] == [Purpose.REMINDER, Purpose.REMINDER]
    assert "our last reminder" in last.text
    assert "our last reminder" not in reminder.text
    days.answer(last, rating=1)
    days.live(days=1)
    days.acknowledge()
    days.resolve()
    days.live(days=3)
    thanks, recovery = texts(days)[3:]
    assert (thanks.purpose, recovery.purpose) == (Purpose.THANK_YOU, Purpose.RECOVERY_SURVEY)
    assert "You will hear from us by" in thanks.text
    assert days.answer(recovery, rating=5)
    days.live(days=4)
    assert days.case().disposition == Disposition.RECOVERED
    assert {letter.to for letter in days.letters()}.isdisjoint({"ann@example.com", MOBILE}), "only staff got mail"
    assert survey.token("s") != last.token("s")


def test_a_landline_is_no_rung_for_sms_and_the_case_says_why(by_sms: Days):
    by_sms.report(channels="sms,phone", phone=LANDLINE)
    by_sms.live(days=1)
    assert texts(by_sms) == []
    assert by_sms.case().ladder == "phone,email"
    [entry] = by_sms.entries(Event.CASE_OPENED)
    assert '["number for SMS", "4.2", "a landline", "takes no SMS: passed over"]' in entry.detail
    assert len(by_sms.rows(calls)) == 1


def test_an_sms_that_is_refused_falls_to_the_next_channel_at_once_and_within_the_deadline(
    days: Days, start_twilio: StartTwilio
):
    server = start_twilio(NOT_A_MOBILE)
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=berlin("2026-10-05 14:10"))
    assert len(server.requests) == 1
    [letter] = days.letters()
    assert letter.at <= berlin("2026-10-05 14:05") <= days.case().contact_due_at
    assert days.case().contact_channel == Channel.EMAIL
    refused = days.rows(messages)[0]
    assert (refused.state, refused.code) == (Delivery.REJECTED, "21614")
    [invalid] = days.rows(invalid_addresses)
    assert (invalid.channel, invalid.code) == (Channel.SMS, "21614")
    assert MOBILE not in invalid.address_key
    assert len(days.entries(Event.ADDRESS_INVALID)) == 1
    days.live(days=20)
    assert len(server.requests) == 1, "never asked for again"


def test_who_has_sent_stop_to_the_sender_before_is_left_in_peace(days: Days, start_twilio: StartTwilio):
    server = start_twilio(STOPPED_BEFORE)
    days.report(channels="sms,email", phone=MOBILE)
    days.live(days=20)
    assert len(server.requests) == 1
    assert days.letters() == []
    assert days.rows(suppressions)
    [entry] = days.entries(Event.OPTED_OUT)
    assert "21610" in entry.detail
    assert (days.case().stage, days.case().disposition) == (Stage.CLOSED, Disposition.OPTED_OUT)


def test_an_sms_is_asked_for_within_its_window_only(days: Days, start_twilio: StartTwilio):
    server = start_twilio(YES)
    for number, zone in enumerate(("Europe/Berlin", "America/New_York", "Asia/Kolkata")):
        days.report(f"J-{number}", channels="sms", phone=f"+49170123456{number}", customer_timezone=zone, email=None)
    days.live(days=10)
    asked = forms(server)
    assert len({form["Body"] for form in asked}) == 9, "each has a link of its own"
    at = {entry.ref_id: entry.at for entry in days.entries(Event.MESSAGE_ACCEPTED)}
    for case_id, number in enumerate(("0", "1", "2"), start=1):
        sent = [row for row in days.rows(messages) if row.case_id == case_id]
        for row, form in zip(sent, [form for form in asked if form["To"].endswith(number)], strict=True):
            assert row.due_at <= at[row.id]
            assert 60 <= int(form["ValidityPeriod"]) <= 14_400
            assert at[row.id] + timedelta(seconds=int(form["ValidityPeriod"])) <= row.not_after
            assert "StatusCallback" not in form, "nobody can be called back here"


@pytest.mark.parametrize(("asked_at", "sent_at"), [("19:56", "2026-10-05 19:56"), ("19:58", "2026-10-06 09:01")])
def test_when_the_window_is_about_to_close_an_sms_waits_for_the_next_one(
    days: Days, start_twilio: StartTwilio, asked_at: str, sent_at: str
):
    server = start_twilio(YES)
    days.now = berlin(f"2026-10-05 {asked_at}")
    days.report(closed=days.now - timedelta(hours=8), channels="sms", phone=MOBILE)
    days.live(until=berlin("2026-10-06 09:02"))
    [accepted] = days.entries(Event.MESSAGE_ACCEPTED)
    assert accepted.at == berlin(sent_at)
    [form] = forms(server)
    assert accepted.at + timedelta(seconds=int(form["ValidityPeriod"])) <= days.rows(messages)[0].not_after


def test_with_a_public_address_twilio_is_told_where_to_call_back(
    days: Days, start_twilio: StartTwilio, monkeypatch: pytest.MonkeyPatch
):
    server = start_twilio(YES)
    monkeypatch.setenv("AFTERCARE_PUBLIC_URL", "https://care.example.org")
    days.report(channels="sms", phone=MOBILE)
    days.live(days=1)
    [message], [form] = days.rows(messages), forms(server)
    assert form["StatusCallback"] == f"https://care.example.org/hooks/twilio/status/{message.ref}"
    link = form["Body"].partition("https://care.example.org/s/")[2].partition(" ")[0]
    with days.here.store.read() as db:
        assert open_link(db, link, ANSWERABLE, days.now) is not None


def test_refused_credentials_cost_no_sms_and_hold_up_no_mail(days: Days, start_twilio: StartTwilio):
    server = start_twilio(BAD_TOKEN, BAD_TOKEN, BAD_TOKEN, YES)
    for number in range(3):
        days.report(f"J-{number}", channels="sms", phone=f"+49170123456{number}", email=None)
    days.report("J-9", channels="email", email="bob@example.com")
    days.now = berlin("2026-10-05 14:01")
    days.sweep()
    assert [letter.to for letter in days.letters()] == ["bob@example.com"]
    waiting = [row for row in days.rows(messages) if row.channel == Channel.SMS]
    assert {(row.state, row.attempts) for row in waiting} == {(Delivery.DUE, 0)}
    days.live(hours=2)
    assert len({form["To"] for form in forms(server)}) == 3
    assert {row.state for row in days.rows(messages)} == {Delivery.ACCEPTED}
