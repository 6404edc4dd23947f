"""A text that finds the handset off is tried once more, later, and never at the price of the contact's deadline."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.optouts import opt_out
from models.tables import messages
from tests.acceptance.days import Days, Letter, berlin
from tests.acceptance.policies import change_policy
from tests.acceptance.texts import MOBILE, YES, StartTwilio, forms, start_twilio
from tests.integration.channels.faulty_server import FaultyServer
from tests.providers import Providers, make_providers, message_of
from vocabulary import Cause, Delivery, Event, Purpose, Stage

__all__ = ["start_twilio"]

AWAY_AT_ONCE = ("201 Created", {"sid": "SM" + "0d" * 16, "status": "undelivered", "error_code": 30003})


@pytest.fixture
def server(start_twilio: StartTwilio) -> FaultyServer:
    return start_twilio(YES)


@pytest.fixture
def fails(days: Days, server: FaultyServer) -> Callable[..., None]:
    """Twilio tells that the newest message of the case did not arrive."""
    providers: list[Providers] = []

    def tell(error: str = "30003", status: str = "undelivered") -> None:
        if not providers:
            providers.append(make_providers(days.here, days.now))
        providers[0].clock.now = days.now
        message = message_of(days.here, 1)
        sid = f"SM{message.id:032x}"
        assert providers[0].callback(message.ref, status, error=error, sid=sid).status == 204

    return tell


def owed(days: Days) -> list[tuple[str, str, Delivery]]:
    """Channel, key without its case, and state of each message."""
    return [(row.channel, row.key.partition(":")[2].partition(":")[2], row.state) for row in days.rows(messages)]


def test_it_is_sent_once_more_four_hours_later_and_that_is_the_contact(days: Days, fails: Callable[..., None]):
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=berlin("2026-10-05 14:30"))
    fails()
    assert days.rows(messages)[0].cause == Cause.AWAY
    days.live(until=berlin("2026-10-05 18:20"))
    assert owed(days)[1:] == [("sms", "survey:0:again", Delivery.DUE)]
    days.live(until=berlin("2026-10-05 19:00"))
    assert owed(days) == [("sms", "survey:0", Delivery.FAILED), ("sms", "survey:0:again", Delivery.ACCEPTED)]
    case = days.case()
    assert case.contacted_at == days.rows(messages)[1].settled_at <= case.contact_due_at
    assert case.contacted_at >= berlin("2026-10-05 18:30")
    [_, again] = days.entries(Event.MESSAGE_OWED)
    assert "once more when the handset may be on again" in again.detail
    days.live(days=2)
    assert days.letters() == []


def test_the_second_failure_moves_on_to_the_next_channel_at_once(days: Days, fails: Callable[..., None]):
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=berlin("2026-10-05 14:30"))
    fails()
    days.live(until=berlin("2026-10-05 19:00"))
    fails()
    days.live(minutes=5)
    assert [channel for channel, _, _ in owed(days)] == ["sms", "sms", "email"]
    [letter] = days.letters()
    assert letter.at <= berlin("2026-10-05 19:10")
    days.live(days=2)
    assert len(owed(days)) == 3


def test_what_twilio_says_in_its_first_answer_is_heard_too(days: Days, start_twilio: StartTwilio):
    server = start_twilio(AWAY_AT_ONCE, YES)
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=berlin("2026-10-05 19:00"))
    assert owed(days) == [("sms", "survey:0", Delivery.REJECTED), ("sms", "survey:0:again", Delivery.ACCEPTED)]
    first, second = forms(server)
    assert first["Body"] != second["Body"], "each has a link of its own"


def test_late_in_the_day_it_waits_for_the_next_window(days: Days, fails: Callable[..., None]):
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=berlin("2026-10-05 18:00"))
    fails()
    days.live(until=berlin("2026-10-06 08:55"))
    assert owed(days)[1][2] == Delivery.DUE
    days.live(until=berlin("2026-10-06 09:10"))
    assert days.rows(messages)[1].settled_at >= berlin("2026-10-06 09:00")


def test_where_it_would_make_the_first_contact_late_the_next_channel_comes_at_once(
    days: Days, fails: Callable[..., None]
):
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=berlin("2026-10-05 14:30"))
    days.now = berlin("2026-10-07 12:30")  # four hours later only half an hour is left before the rescue hours end
    fails()
    days.live(minutes=5)
    assert [channel for channel, _, _ in owed(days)] == ["sms", "email"]
    assert days.case().contacted_at <= days.case().contact_due_at


@pytest.mark.parametrize("error", ["30007", "30034", "30008", "30006"])
def test_no_other_failure_is_tried_again(days: Days, fails: Callable[..., None], error: str):
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=berlin("2026-10-05 14:30"))
    fails(error)
    days.live(minutes=5)
    assert [channel for channel, _, _ in owed(days)] == ["sms", "email"]


def test_the_policy_can_say_never(days: Days, fails: Callable[..., None], policy_file: Path):
    change_policy(policy_file, ("away_retry_hours = 4 ", "away_retry_hours = 0 "))
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=berlin("2026-10-05 14:30"))
    fails()
    days.live(minutes=5)
    assert [channel for channel, _, _ in owed(days)] == ["sms", "email"]


def test_a_reminder_is_tried_once_more_and_stays_the_reminder_that_it_was(days: Days, fails: Callable[..., None]):
    days.report(channels="sms", phone=MOBILE, email=None)
    days.live(until=berlin("2026-10-08 15:00"))
    fails()
    days.live(until=berlin("2026-10-08 20:00"))
    assert [key for _, key, _ in owed(days)] == ["survey:0", "reminder:1", "reminder:1:again"]
    assert days.rows(messages)[2].purpose == Purpose.REMINDER
    assert days.rows(messages)[2].state == Delivery.ACCEPTED
    assert days.case().reminders == 1


@pytest.mark.parametrize("end", ["answer", "opt-out", "reopened"])
def test_after_an_answer_an_opt_out_or_the_end_there_is_no_second_try(
    days: Days, server: FaultyServer, fails: Callable[..., None], end: str
):
    days.report(channels="sms", phone=MOBILE, email=None)
    days.live(until=berlin("2026-10-05 14:30"))
    fails()
    days.live(minutes=5)
    assert owed(days)[1][2] == Delivery.DUE
    if end == "answer":  # it came through after all
        text = Letter(days.rows(messages)[0], days.now, MOBILE, forms(server)[0]["Body"])
        assert days.answer(text, rating=5)
    elif end == "opt-out":
        with days.here.store.write() as db:
            opt_out(db, 1, at=days.now, source="test")
    else:
        days.report_reopened()
    days.live(days=5)
    assert owed(days)[1:] == [("sms", "survey:0:again", Delivery.WITHDRAWN)]
    assert len(server.requests) == 1
    assert days.case().stage == Stage.CLOSED
