"""The figures by channel: what went out, what became of it, and by what customers answered or left."""

from dataclasses import asdict

import pytest

from models.by_channel import ChannelFigures, channel_figures, waiting_replies
from models.store import Store
from tests.acceptance.days import Days, berlin
from tests.acceptance.texts import LANDLINE, MOBILE, NOT_A_MOBILE, StartTwilio, start_twilio, texts
from vocabulary import CallOutcome, Channel

__all__ = ["start_twilio"]


def told(days: Days, channel: Channel) -> dict[str, int]:
    """The figures of a channel that are not nought."""
    with days.here.store.read() as db:
        return {name: count for name, count in asdict(channel_figures(db)[channel]).items() if count}


def test_where_nothing_happened_every_figure_is_nought(store: Store):
    with store.read() as db:
        assert channel_figures(db) == dict.fromkeys(Channel, ChannelFigures())
        assert waiting_replies(db) == 0


def test_a_message_that_was_refused_is_failed_and_the_case_moved_on(days: Days, start_twilio: StartTwilio):
    start_twilio(NOT_A_MOBILE)
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=berlin("2026-10-05 14:10"))
    [letter] = days.letters()
    days.answer(letter, rating=5)
    assert told(days, Channel.SMS) == {"sent": 1, "failed": 1, "moved_on": 1}
    assert told(days, Channel.EMAIL) == {"sent": 1, "answered_on_page": 1}
    assert told(days, Channel.PHONE) == {}


def test_an_answer_on_the_page_belongs_to_the_text_that_led_to_it(days: Days, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    days.report(channels="sms,email", phone=MOBILE)
    days.live(days=1)
    days.answer(texts(days)[0], rating=4)
    assert told(days, Channel.SMS) == {"sent": 1, "answered_on_page": 1}
    assert told(days, Channel.EMAIL) == {}


def test_calls_answers_in_them_and_a_refusal_are_the_phones(days: Days):
    for number, phone in enumerate((LANDLINE, "+493023125418", "+493023125419")):
        days.report(f"J-{number}", channels="phone", phone=phone, email=None)
    days.live(until=berlin("2026-10-05 15:00"))
    outcomes = (CallOutcome.ANSWERED, CallOutcome.REFUSED, CallOutcome.WRONG_NUMBER)
    for call, outcome in zip(list(days.calls()), outcomes, strict=True):
        days.call(outcome, call.id, **({"rating": 5} if outcome is CallOutcome.ANSWERED else {}))
    assert told(days, Channel.PHONE) == {"sent": 3, "arrived": 2, "failed": 1, "answered_in_call": 1, "opted_out": 1}


def test_who_leaves_is_counted_where_the_last_message_went(days: Days):
    days.report()
    days.live(days=1)
    days.opt_out(days.letters()[0])
    assert told(days, Channel.EMAIL) == {"sent": 1, "opted_out": 1}
