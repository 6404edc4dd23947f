"""A text whose outcome is unknown is looked for at Twilio, before it would be sent once more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import update

from fakes.faults import Fault
from fakes.keys import Keys
from fakes.options import Options
from fakes.running import Fakes, in_background
from models.tables import links, messages
from tests.acceptance.days import Days, berlin
from tests.acceptance.texts import MOBILE
from vocabulary import Cause, Delivery, Event

HANDSET_OFF = "+491701233003"
AT_TWO = berlin("2026-10-05 14:00")
"""When the text goes out: four hours after the service was closed."""
Start = Callable[[Fault], Fakes]


@pytest.fixture
def start(days: Days, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """A Twilio of our own that does this to every SMS; it calls nobody back."""
    with ExitStack() as stack:

        def begin(fault: Fault) -> Fakes:
            options = Options(fault_rate=1.0, faults=(fault,), pace=0.0, clock=lambda: days.now.timestamp())
            fakes = stack.enter_context(in_background(options, Keys.made()))
            monkeypatch.setenv("AFTERCARE_SMS", "twilio")
            monkeypatch.setenv("AFTERCARE_TWILIO_URL", fakes.twilio_url)
            monkeypatch.setenv("AFTERCARE_TWILIO_ACCOUNT_SID", fakes.keys.account_sid)
            monkeypatch.setenv("AFTERCARE_TWILIO_AUTH_TOKEN", fakes.keys.auth_token)
            monkeypatch.setenv("AFTERCARE_TWILIO_FROM", "+15005550006")
            return fakes

        yield begin


def test_one_that_twilio_has_is_settled_with_its_number_and_never_sent_again(days: Days, start: Start):
    fakes = start(Fault.BROKEN_AFTER)
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=AT_TWO)
    [message] = days.rows(messages)
    assert (message.state, message.code) == (Delivery.UNKNOWN, "20500")
    days.live(minutes=2)
    [message] = days.rows(messages)
    assert (message.state, message.code) == (Delivery.ACCEPTED, "found")
    assert message.provider_id == fakes.ledger.newest[0].provider_id
    assert days.case().contacted_at == message.settled_at == AT_TWO
    [entry] = days.entries(Event.MESSAGE_ACCEPTED)
    assert '"code": "found"' in entry.detail
    days.live(days=2)
    assert fakes.ledger.taken["sms"] == 1
    assert not days.rows(messages)[0].possible_duplicate


def test_one_that_twilio_does_not_have_is_sent_once_more_by_the_rule(days: Days, start: Start):
    fakes = start(Fault.BROKEN_BEFORE)
    days.report(channels="sms", phone=MOBILE, email=None)
    days.live(until=berlin("2026-10-05 14:20"))
    [message] = days.rows(messages)
    assert (message.state, message.sought, message.possible_duplicate) == (Delivery.UNKNOWN, 1, False)
    days.live(minutes=20)
    [message] = days.rows(messages)
    assert (message.state, message.possible_duplicate, message.attempts) == (Delivery.UNKNOWN, True, 2)
    days.live(hours=3)
    assert days.rows(messages)[0].sought == 2, "each time it is parked: at once, and before its wait is over"
    assert fakes.ledger.answers["sms 500"] == 2


def test_a_second_copy_is_not_made_where_the_first_is_found_at_the_last_look(days: Days, start: Start):
    fakes = start(Fault.HANG_AFTER)
    days.report(channels="sms", phone=MOBILE, email=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AFTERCARE_SEND_DEADLINE_S", "0.3")
        days.live(until=AT_TWO)
        patch.setenv("AFTERCARE_TWILIO_URL", "http://127.0.0.1:9")  # nobody there: the first look finds nothing
        days.live(minutes=10)
    assert [(row.state, row.sought) for row in days.rows(messages)] == [(Delivery.UNKNOWN, 1)]
    days.live(hours=1)
    assert [(row.state, row.code) for row in days.rows(messages)] == [(Delivery.ACCEPTED, "found")]
    assert fakes.ledger.taken["sms"] == 1


def test_one_that_did_not_arrive_is_known_to_have_failed(days: Days, start: Start):
    start(Fault.BROKEN_AFTER)
    days.report(channels="sms,email", phone=HANDSET_OFF)
    days.live(until=berlin("2026-10-05 14:04"))
    first = days.rows(messages)[0]
    assert (first.state, first.code, first.cause) == (Delivery.FAILED, "30003", Cause.AWAY)
    assert [entry.event for entry in days.entries() if entry.ref_id == first.id][-2:] == [
        Event.MESSAGE_ACCEPTED, Event.MESSAGE_FAILED,
    ]  # fmt: skip
    assert days.case().contacted_at is None
    days.live(minutes=5)
    assert days.rows(messages)[1].key.endswith(":again")


def test_one_without_a_link_of_its_own_cannot_be_recognised_and_is_not_asked_for(days: Days, start: Start):
    start(Fault.BROKEN_AFTER)
    days.report(channels="sms", phone=MOBILE, email=None)
    days.live(until=AT_TWO)
    with days.here.store.write() as db:  # as a thank-you is, or one from before this was written down
        db.execute(update(links).values(message_id=None))
    days.live(minutes=20)
    assert [(row.state, row.sought) for row in days.rows(messages)] == [(Delivery.UNKNOWN, 0)]
