"""Our SendGrid answers as the real one does, lets happen what an address asks for, and tells of it, signed."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from channels.sendgrid_payload import SEND_ARG
from fakes.faults import Fault
from fakes.running import Fakes
from fakes.sendgrid import REF_ARG
from tests.integration.fakes.conftest import KEYS, Listener
from tests.integration.fakes.waiting import until

KEY = {"Authorization": f"Bearer {KEYS.sendgrid_api_key}"}
Start = Callable[..., Fakes]


def message(to: str = "ann@example.com", **fields: Any) -> dict[str, Any]:
    return {
        "personalizations": [{"to": [{"email": to}], "custom_args": {REF_ARG: "m1", "ac_v": "1"}}],
        "from": {"email": "care@example.org"},
        "subject": "How did we do?",
        "content": [{"type": "text/plain", "value": "Hello"}, {"type": "text/html", "value": "<p>Hello</p>"}],
        "categories": ["aftercare"],
    } | fields


def send(fakes: Fakes, said: object = None, headers: dict[str, str] = KEY) -> httpx.Response:
    content = json.dumps(message() if said is None else said).encode()
    headers = {"Content-Type": "application/json"} | headers
    return httpx.post(f"{fakes.sendgrid_url}/v3/mail/send", content=content, headers=headers)


def told(listener: Listener) -> list[dict[str, Any]]:
    return [event for _, _, body in listener.posts for event in json.loads(body)]


def test_a_good_mail_is_taken(start: Start):
    fakes = start()
    answer = send(fakes)
    assert (answer.status_code, answer.content) == (202, b"")
    [received] = fakes.ledger.newest
    assert received.provider_id == answer.headers["X-Message-Id"]
    assert (received.to, received.ref, received.text) == ("ann@example.com", "m1", "Hello")


def test_its_reference_is_the_one_that_aftercare_sends():
    assert REF_ARG == SEND_ARG


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer SG.wrong"}, 401),
        ({"Authorization": KEYS.sendgrid_api_key}, 401),
        (KEY | {"Content-Type": "text/plain"}, 415),
    ],
)
def test_a_wrong_request_is_refused_in_the_documented_form(start: Start, headers: dict[str, str], status: int):
    fakes = start()
    answer = send(fakes, headers=headers)
    assert answer.status_code == status
    [error] = answer.json()["errors"]
    assert error.keys() == {"message", "field", "help"}
    assert not fakes.ledger.newest


def test_a_bad_payload_names_its_field(start: Start):
    answer = send(start(), message(subject=5))
    assert answer.status_code == 400
    said = answer.json()
    assert said["errors"] == [{"message": "Invalid type. Expected: string.", "field": "subject", "help": None}]
    assert said["id"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"5", b"[]"])
def test_what_is_no_message_is_a_bad_request(start: Start, body: bytes):
    answer = httpx.post(f"{start().sendgrid_url}/v3/mail/send", content=body,
                        headers=KEY | {"Content-Type": "application/json"})  # fmt: skip
    assert answer.status_code == 400


def test_the_sandbox_answers_200_and_lets_nothing_happen(start: Start, listener: Listener):
    fakes = start(events_to=listener.url)
    assert send(fakes, message(mail_settings={"sandbox_mode": {"enable": True}})).status_code == 200
    assert send(fakes).status_code == 202
    until(lambda: told(listener))
    assert fakes.ledger.taken.total() == 1


def test_who_sends_too_fast_is_told_until_when_to_wait(start: Start):
    fakes = start(rate_per_s=2, clock=lambda: 1_700_000_000.5)
    answers = [send(fakes) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["X-RateLimit-Reset"] for answer in answers} == {"1700000001"}
    assert answers[2].json()["errors"][0]["message"] == "too many requests"
    assert fakes.ledger.taken["email"] == 2


@pytest.mark.parametrize(
    ("to", "events"),
    [
        ("ann@example.com", ["processed", "delivered"]),
        ("bounce@example.com", ["processed", "bounce"]),
        ("dropped@example.com", ["dropped"]),
        ("slow@example.com", ["processed", "deferred", "deferred", "delivered"]),
        ("spam@example.com", ["processed", "delivered", "spamreport"]),
        ("reads@example.com", ["processed", "delivered", "open", "click"]),
    ],
)
def test_what_happened_is_told_with_our_own_arguments(start: Start, listener: Listener, to: str, events: list[str]):
    fakes = start(events_to=listener.url, duplicates=0.0)
    answer = send(fakes, message(to))
    until(lambda: len(told(listener)) == len(events))
    assert sorted(event["event"] for event in told(listener)) == sorted(events)
    for event in told(listener):
        assert {"email": to, "ac_send": "m1", "ac_v": "1", "category": ["aftercare"]}.items() <= event.items()
        assert event["sg_message_id"].startswith(answer.headers["X-Message-Id"] + ".")
        assert isinstance(event["timestamp"], int)
    assert len({event["sg_event_id"] for event in told(listener)}) == len(events)


def test_a_late_bounce_has_no_message_id(start: Start, listener: Listener):
    send(start(events_to=listener.url, duplicates=0.0), message("latebounce@example.com"))
    until(lambda: len(told(listener)) == 3)
    without = [event["event"] for event in told(listener) if "sg_message_id" not in event]
    assert without == ["bounce"]
    assert not any("asynchronous" in event for event in told(listener))


def test_whose_mail_bounced_is_dropped_the_next_time(start: Start, listener: Listener):
    fakes = start(events_to=listener.url, duplicates=0.0)
    send(fakes, message("bounce@example.com"))
    until(lambda: len(told(listener)) == 2)
    send(fakes, message("bounce@example.com"))
    until(lambda: len(told(listener)) == 3)
    assert [event["reason"] for event in told(listener) if event["event"] == "dropped"] == ["Bounced Address"]


def test_without_tracking_nobody_is_seen_to_read(start: Start, listener: Listener):
    off = {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}}
    send(start(events_to=listener.url, duplicates=0.0), message("reads@example.com", tracking_settings=off))
    until(lambda: len(told(listener)) == 2)


def test_posts_are_signed_for_each_attempt_and_repeated_until_they_are_taken(start: Start, listener: Listener):
    listener.refuses = 1
    fakes = start(events_to=listener.url)
    send(fakes)
    until(lambda: fakes.ledger.posted["events 204"] >= 1)
    assert fakes.ledger.posted["events 503"] == 1
    hook = EventWebhook()
    key = hook.convert_public_key_to_ecdsa(KEYS.public_key)
    for path, headers, body in listener.posts:
        signature = headers["x-twilio-email-event-webhook-signature"]
        timestamp = headers["x-twilio-email-event-webhook-timestamp"]
        assert hook.verify_signature(body.decode(), signature, timestamp, key)
        assert path == "/hooks/sendgrid/events"


def test_some_events_come_twice_and_out_of_order(start: Start, listener: Listener):
    fakes = start(events_to=listener.url, duplicates=0.5, pace=0.1)
    for number in range(50):
        send(fakes, message(f"slow{number}@example.com"))
    until(lambda: len({event["sg_event_id"] for event in told(listener)}) == 200)
    times = Counter(event["sg_event_id"] for event in told(listener))
    assert {*times.values()} == {1, 2}
    assert 50 < list(times.values()).count(2) < 150
    ranks = {"processed": 0, "deferred": 1, "delivered": 2}
    sequence = [ranks[event["event"]] for event in told(listener)]
    assert sequence != sorted(sequence)


def test_nothing_is_posted_to_another_machine(start: Start):
    fakes = start(events_to="http://192.0.2.1:9")
    send(fakes)
    until(lambda: fakes.ledger.posted)
    assert {*fakes.ledger.posted} == {"events not on loopback"}


def test_a_key_that_follows_a_redirect_is_noticed(start: Start):
    fakes = start(fault_rate=1.0, faults=(Fault.ELSEWHERE,))
    elsewhere = send(fakes).headers["Location"]
    httpx.get(elsewhere)
    assert fakes.ledger.keys_elsewhere == 0
    httpx.get(elsewhere, headers=KEY)
    assert fakes.ledger.keys_elsewhere == 1
