"""The receiver that we ship: it takes what the reference library signs, once each, and breaks on demand."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from fakes.running import Fakes
from tests.integration.fakes.conftest import KEYS

BODY = json.dumps({"type": "escalation.opened", "timestamp": "2026-10-06T11:00:00Z", "data": {"escalation": 3}})
Start = Callable[..., Fakes]


def post(fakes: Fakes, id: str = "msg_1", *, path: str = "", body: str = BODY, late: timedelta = timedelta()) -> int:
    at = datetime.now(UTC) - late
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(KEYS.webhook_secret).sign(id, at, BODY),
    }
    return httpx.post(f"{fakes.webhook_url}{path}", content=body, headers=headers, timeout=60).status_code


def test_a_signed_webhook_is_taken_and_its_copy_is_known(start: Start):
    fakes = start()
    assert [post(fakes), post(fakes), post(fakes, "msg_2")] == [204] * 3
    assert [(word.channel, word.ref, word.subject) for word in fakes.ledger.newest] == [
        ("webhook", "msg_2", "escalation.opened"),
        ("webhook", "msg_1", "escalation.opened"),
    ]
    counts = httpx.get(f"{fakes.sendgrid_url}/api/counts").json()
    assert (counts["taken"], counts["again"], counts["answers"]) == ({"webhook": 2}, {"webhook": 1}, {"webhook 204": 3})


def test_what_is_changed_late_or_unsigned_is_refused(start: Start):
    fakes = start()
    assert post(fakes, body=BODY.replace("3", "4")) == 401
    assert post(fakes, late=timedelta(minutes=6)) == 401
    assert httpx.post(fakes.webhook_url, content=BODY).status_code == 401
    assert not fakes.ledger.newest


def test_a_room_answers_as_slack_does(start: Start):
    fakes = start()
    answer = httpx.post(fakes.chat_url, json={"text": "Concern 3 opened"})
    assert (answer.status_code, answer.text) == (200, "ok")
    assert httpx.post(fakes.chat_url, json=["text"]).status_code == 400
    assert [word.text for word in fakes.ledger.newest] == ["Concern 3 opened"]


def test_the_page_shows_what_it_took(start: Start):
    fakes = start()
    post(fakes)
    page = httpx.get(fakes.webhook_url.removesuffix("/webhook"))
    assert page.status_code == 200
    assert "escalation.opened" in page.text


@pytest.mark.parametrize(
    ("path", "status", "taken"),
    [("/gone", 410, 0), ("/fault-503-after", 503, 1), ("/fault-503-before", 503, 0), ("/fault-302", 302, 0),
     ("/fault-429", 429, 0)],
)  # fmt: skip
def test_a_path_names_its_fault(start: Start, path: str, status: int, taken: int):
    fakes = start()
    assert post(fakes, path=path) == status
    assert len(fakes.ledger.newest) == taken
