"""A story can wait until everything that follows from a message was told, and then move its clock on."""

import threading
import time
from collections.abc import Callable

import pytest

from fakes.running import Fakes
from tests.integration.fakes.conftest import Listener
from tests.integration.fakes.test_fake_sendgrid import message, send
from tests.integration.fakes.test_fake_twilio import send as send_sms
from tests.integration.fakes.waiting import until

Start = Callable[..., Fakes]


def test_when_the_wait_is_over_everything_was_told(start: Start, listener: Listener):
    fakes = start(events_to=listener.url, duplicates=0)
    for number in range(20):
        send(fakes, message(f"bounce{number}@example.com"))
    send_sms(fakes, StatusCallback=f"{listener.url}/hooks/twilio/status/abc")
    fakes.wait_until_told(60)
    told = list(listener.posts)
    assert b"".join(body for path, _, body in told if "events" in path).count(b'"event": "bounce"') == 20
    assert [b"MessageStatus=delivered" in body for path, _, body in told if "status" in path].count(True) == 1
    fakes.wait_until_told(60)
    assert listener.posts == told


def test_the_wait_goes_on_while_aftercare_has_not_taken_a_post(start: Start, listener: Listener):
    fakes = start(events_to=listener.url)
    answered = threading.Event()
    take = listener.take

    def slowly(path: str, headers: dict[str, str], body: bytes) -> int:
        answered.wait(60)
        return take(path, headers, body)

    listener.take = slowly  # type: ignore[method-assign]
    send(fakes)
    with pytest.raises(TimeoutError):
        fakes.wait_until_told(0.2)
    answered.set()
    fakes.wait_until_told(60)
    assert listener.posts


def test_what_is_held_is_told_when_somebody_waits_for_it_and_not_before(start: Start, listener: Listener):
    fakes = start(events_to=listener.url, held=True)
    send(fakes)
    time.sleep(0.3)
    assert listener.posts == []
    fakes.wait_until_told(60)
    told = len(listener.posts)
    assert told
    send(fakes)
    time.sleep(0.3)
    assert len(listener.posts) == told, "held again"
    fakes.tell_at_once()
    until(lambda: len(listener.posts) > told)
