"""The outbox against a provider that refuses, delays, stops or stays silent: what becomes of each message, and when."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.answers import Said, record
from models.tables import calls, channel_states, messages
from tasks.place import Place
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import change_policy, use_policy
from tests.integration.channels.faulty_server import Answer, FaultyServer
from vocabulary import Channel, Delivery, Event, Purpose, Stage

MINUTE = timedelta(minutes=1)
ACCEPTED, REFUSED, STOPPED, SILENT = "202 Accepted", "400 Bad Request", "401 Unauthorized", "500 Internal Server Error"
BUSY = "429 Too Many Requests"
Provider = Callable[..., FaultyServer]


@pytest.fixture
def days(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    """Monday, 14:00 in Berlin; nothing has been swept yet."""
    use_policy(monkeypatch, tmp_path, ("in_flight = 40 ", "in_flight = 1 "))
    return Days(berlin("2026-10-05 14:00"))


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """`provider(REFUSED, ACCEPTED)`: its answers to the first request and to all that follow."""
    servers: list[FaultyServer] = []

    def start(*statuses: str, header: str = "X-Message-Id: m1") -> FaultyServer:
        script = [Answer(f"HTTP/1.1 {status}\r\n{header}\r\nContent-Length: 0\r\n\r\n".encode()) for status in statuses]
        servers.append(FaultyServer(script))
        monkeypatch.setenv("AFTERCARE_MAIL", "sendgrid")
        monkeypatch.setenv("AFTERCARE_SENDGRID_URL", servers[-1].url)
        monkeypatch.setenv("AFTERCARE_SENDGRID_API_KEY", "SG.only-a.test")
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def asked(days: Days, services: int = 1, **report: str) -> None:
    """So many customers are to be asked now."""
    for number in range(1, services + 1):
        days.report(f"J-{number}", closed=days.now - timedelta(hours=8), email=f"c{number}@example.com", **report)
    days.live(until=days.now)


def answers(days: Days, rating: int = 5) -> None:
    said = Said(nonce="n", channel=Channel.PHONE, rating=rating, comment=None, contact_me=False)
    with days.here.store.write() as db:
        record(db, 1, said, at=days.now, change_for=timedelta(hours=72))


def test_an_accepted_message_is_the_first_contact_and_is_never_sent_again(days: Days, provider: Provider):
    server = provider(ACCEPTED)
    asked(days)
    [message] = days.rows(messages)
    assert (message.state, message.code, message.provider_id, message.attempts) == (Delivery.ACCEPTED, "202", "m1", 1)
    assert (days.case().contacted_at, days.case().contact_channel) == (days.now, "email")
    days.live(days=2)
    assert len(server.requests) == 1
    assert len(days.entries(Event.MESSAGE_ACCEPTED)) == 1


def test_a_refused_message_leads_to_the_next_channel_at_the_next_sweep(days: Days, provider: Provider):
    server = provider(REFUSED)
    asked(days, phone="030 123456")
    days.live(minutes=2)
    assert days.rows(messages)[0].state == Delivery.REJECTED
    assert len(days.calls()) == 1
    assert len(server.requests) == len(days.entries(Event.MESSAGE_REJECTED)) == 1


def test_a_busy_provider_is_asked_again_later_and_later(days: Days, provider: Provider):
    server = provider(BUSY)
    asked(days)
    waits = []
    for _ in range(8):
        [message] = days.rows(messages)
        assert message.state == Delivery.DUE
        waits.append(round((message.due_at - days.now) / MINUTE))
        days.now = message.due_at
        days.deliver()
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(server.requests) == days.rows(messages)[0].attempts == 9


def test_the_provider_s_own_time_is_kept(days: Days, provider: Provider):
    again_at = days.now + 7 * MINUTE
    provider(BUSY, ACCEPTED, header=f"X-RateLimit-Reset: {again_at.timestamp():.0f}")
    asked(days)
    assert days.rows(messages)[0].due_at == again_at
    days.live(minutes=9)
    assert days.rows(messages)[0].state == Delivery.ACCEPTED


def test_refused_credentials_stop_the_channel_for_a_quarter_of_an_hour_and_cost_no_attempt(
    days: Days, provider: Provider
):
    server = provider(STOPPED, STOPPED, ACCEPTED)
    asked(days, services=3)
    assert [(row.state, row.attempts) for row in days.rows(messages)] == [(Delivery.DUE, 0)] * 3
    assert [(row.channel, row.code) for row in days.rows(channel_states)] == [("email", "401")]
    days.now += 15 * MINUTE - timedelta(seconds=1)
    days.deliver()
    assert len(server.requests) == 1, "nothing is tried meanwhile"
    days.now += timedelta(seconds=1)
    days.deliver()
    assert len(server.requests) == 2, "one tries, is refused, and the next quarter of an hour begins"
    days.now += 15 * MINUTE
    days.deliver()
    assert [(row.state, row.attempts) for row in days.rows(messages)] == [(Delivery.ACCEPTED, 1)] * 3
    assert days.rows(channel_states) == []


def test_after_a_stop_one_message_tries_first(days: Days, provider: Provider):
    server = provider(STOPPED)
    asked(days, services=5)
    tried = len(server.requests)
    for turn in range(1, 4):
        days.now += 15 * MINUTE
        days.deliver()
        assert len(server.requests) == tried + turn


def test_an_unknown_outcome_is_parked_and_a_first_survey_sent_once_more_after_the_wait(days: Days, provider: Provider):
    server = provider(SILENT)
    asked(days)
    assert days.rows(messages)[0].state == Delivery.UNKNOWN
    assert days.case().contacted_at is None
    days.live(minutes=29)
    assert len(server.requests) == 1
    days.live(minutes=3)
    [message] = days.rows(messages)
    assert len(server.requests) == 2
    assert (message.state, message.possible_duplicate) == (Delivery.UNKNOWN, True)
    days.live(days=20)
    assert len(server.requests) == 2, "never a third time"
    assert len(days.entries(Event.MESSAGE_UNKNOWN)) == 2


def test_the_second_try_may_be_the_contact(days: Days, provider: Provider):
    provider(SILENT, ACCEPTED)
    asked(days, phone="030 123456")
    days.live(minutes=32)
    assert days.rows(messages)[0].possible_duplicate
    assert days.case().contact_channel == "email"
    days.live(days=2)
    assert days.rows(calls) == [], "no call is needed any more"


def test_an_answer_proves_the_contact_whatever_the_provider_did_not_say(days: Days, provider: Provider):
    provider(SILENT)
    asked(days)
    sent_at = days.now
    days.live(minutes=10)
    answers(days)
    assert days.case().contacted_at == sent_at
    days.live(days=4)
    assert days.case().stage == Stage.CLOSED


def test_a_policy_may_hold_what_is_unknown_and_use_the_next_channel(days: Days, provider: Provider, tmp_path: Path):
    change_policy(tmp_path / "policy.toml", ('unknown_survey = "resend"', 'unknown_survey = "hold"'))
    server = provider(SILENT)
    asked(days, phone="030 123456")
    days.live(hours=2)
    assert len(server.requests) == 1
    assert days.rows(messages)[0].state == Delivery.UNKNOWN
    assert [call.reason for call in days.calls()] == ["the message was not taken (unknown)"]


@pytest.mark.parametrize("unknown_survey", ["resend", "hold"])
def test_a_notice_to_staff_is_sent_once_more_because_a_second_copy_harms_nobody(
    days: Days, provider: Provider, tmp_path: Path, unknown_survey: str
):
    change_policy(tmp_path / "policy.toml", ('unknown_survey = "resend"', f'unknown_survey = "{unknown_survey}"'))
    server = provider(ACCEPTED, SILENT)  # the survey, and everything about the concern
    asked(days)
    answers(days, rating=1)
    days.live(minutes=29)
    about_the_concern = 3  # owner, supervisor, and a thank-you to the customer
    assert len(server.requests) == 1 + about_the_concern
    days.live(minutes=3)
    assert len(server.requests) == 1 + about_the_concern + 2
    days.live(hours=2)
    assert len(server.requests) == 1 + about_the_concern + 2, "once"
    again = [row for row in days.rows(messages) if row.possible_duplicate]
    assert {row.purpose for row in again} == {Purpose.ESCALATION_NOTICE}


def test_an_unknown_reminder_is_never_sent_again(days: Days, provider: Provider):
    server = provider(ACCEPTED, SILENT)
    asked(days)
    days.live(days=5)
    assert [row.state for row in days.rows(messages)] == [Delivery.ACCEPTED, Delivery.UNKNOWN]
    assert len(server.requests) == 2


def test_the_second_copy_too_keeps_the_contact_window(days: Days, provider: Provider):
    server = provider(SILENT, ACCEPTED)
    days.now = berlin("2026-10-05 19:45")
    asked(days)
    days.live(until=berlin("2026-10-06 08:59"))
    assert len(server.requests) == 1
    days.live(minutes=10)
    assert len(server.requests) == 2
