"""Only who knows a secret may report; strangers learn nothing, and two senders at once are both told the truth."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from starlette.testclient import TestClient

from models.inbox import receive
from models.tables import services
from tests import seed
from tests.dump import dump
from tests.web_site import SECRET, Site, signature
from web.app import create_app
from web.bell import Silent

CLOSED = "/services/closed"
BODY = seed.report(external_id="signed").model_dump_json().encode()
JSON = {"content-type": "application/json"}


def forged(site: Site) -> dict[str, dict[str, str]]:
    good = signature(BODY, site.clock.now)
    stamp, signed = good["webhook-timestamp"], good["webhook-signature"]
    other = signature(BODY, site.clock.now, secret="whsec_" + "QUJD" * 8)["webhook-signature"]
    return {
        "unsigned": {},
        "no id": good | {"webhook-id": ""},
        "another id": good | {"webhook-id": "msg_2"},
        "another time": good | {"webhook-timestamp": str(int(stamp) + 1)},
        "no time": good | {"webhook-timestamp": ""},
        "time with a sign": good | {"webhook-timestamp": f"+{stamp}"},
        "time with a space": good | {"webhook-timestamp": f" {stamp}"},
        "endless time": good | {"webhook-timestamp": "9" * 5000},
        "time in other digits": good | {"webhook-timestamp": "١٧٥٩٧"},
        "another secret": good | {"webhook-signature": other},
        "no version": good | {"webhook-signature": signed.removeprefix("v1,")},
        "another version": good | {"webhook-signature": signed.replace("v1,", "v1a,")},
        "no comma": good | {"webhook-signature": "v1"},
        "two commas": good | {"webhook-signature": signed.replace(",", ",,")},
        "not base64": good | {"webhook-signature": "v1,!!!"},
        "no padding": good | {"webhook-signature": signed.rstrip("=")},
        "not ASCII": good | {"webhook-signature": "v1,é"},
        "eleventh of a list": good | {"webhook-signature": "v1,x " * 10 + signed},
        "too old": signature(BODY, site.clock.now - timedelta(seconds=301)),
        "too new": signature(BODY, site.clock.now + timedelta(seconds=301)),
        "of another body": signature(BODY + b" ", site.clock.now),
    }


def test_what_is_not_signed_is_refused_without_a_word(site: Site):
    before = dump(site.store)
    for name, headers in forged(site).items():
        raw = {key: value.encode("utf-8") for key, value in (JSON | headers).items()}
        for body in (BODY, b"{", b"\xff"):
            answer = site.client.post(CLOSED, content=body, headers=raw)
            assert (answer.status_code, answer.content) == (401, b""), name
    twice = [*JSON.items(), *signature(BODY, site.clock.now).items(), ("webhook-id", "msg_1")]
    assert site.client.post(CLOSED, content=BODY, headers=twice).status_code == 401
    assert dump(site.store) == before


@pytest.mark.parametrize("off", [timedelta(0), timedelta(seconds=299), timedelta(seconds=-299)])
def test_clocks_may_differ_by_five_minutes(site: Site, off: timedelta):
    headers = JSON | signature(BODY, site.clock.now + off)
    assert site.client.post(CLOSED, content=BODY, headers=headers).status_code == 201


def test_one_good_signature_of_several_is_enough(site: Site):
    headers = signature(BODY, site.clock.now)
    headers["webhook-signature"] = f"v1,xxxx v2,yyyy {headers['webhook-signature']}"
    assert site.client.post(CLOSED, content=BODY, headers=JSON | headers).status_code == 201


def test_two_secrets_at_once_let_a_source_change_its_own(site: Site):
    new = "whsec_" + "QUJD" * 12
    settings = site.place.settings.model_copy(update={"intake_secrets": (SecretStr(SECRET), SecretStr(new))})
    client = TestClient(create_app(settings, site.store, site.clock, Silent()))
    for secret, status in ((SECRET, 201), (new, 200)):
        headers = JSON | signature(BODY, site.clock.now, secret=secret)
        assert client.post(CLOSED, content=BODY, headers=headers).status_code == status


def test_without_a_secret_the_intake_says_what_to_set(site: Site):
    client = TestClient(create_app(site.place.settings, site.store, site.clock, Silent()))
    answer = client.post(CLOSED, content=BODY, headers=JSON | signature(BODY, site.clock.now))
    assert answer.status_code == 503
    assert "AFTERCARE_INTAKE_SECRETS" in answer.json()["error"]


def test_who_comes_second_with_another_content_is_told_so(site: Site):
    """The first sender has not committed yet when the second one looks: it must not be told that it was known."""
    first, second = json.loads(BODY), json.loads(BODY) | {"agent": "somebody else"}
    answers: list[Any] = []
    sender = threading.Thread(target=lambda: answers.append(site.report(CLOSED, [second, _other()])))
    with site.store.write() as db:
        receive(db, [seed.report(**first)], at=site.clock.now)
        sender.start()
        _wait_until_it_waits(site, sender)
    sender.join(60)
    assert [answer.status_code for answer in answers] == [409]
    with site.store.read() as db:
        assert [row.agent for row in db.execute(services.select())] == [None]


def test_who_comes_second_with_the_same_content_is_told_that_it_is_known(site: Site):
    answers: list[Any] = []
    sender = threading.Thread(target=lambda: answers.append(site.report(CLOSED, [json.loads(BODY), _other()])))
    with site.store.write() as db:
        receive(db, [seed.report(**json.loads(BODY))], at=site.clock.now)
        sender.start()
        _wait_until_it_waits(site, sender)
    sender.join(60)
    assert [answer.json() for answer in answers] == [{"new": 1, "known": 1}]


def _other() -> dict[str, Any]:
    return json.loads(seed.report().model_dump_json())


def _wait_until_it_waits(site: Site, sender: threading.Thread) -> None:
    """On PostgreSQL until the server says that somebody waits for a lock; SQLite lets nobody begin meanwhile."""
    if site.store.engine.dialect.name == "sqlite":
        sender.join(0.2)
        return
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(3000):
        with site.store.read() as db:
            if db.execute(waiting).scalar_one():
                return
        sender.join(0.02)
    raise AssertionError("the second sender never met the first one")
