"""Posts that are written to cost or to break: answered, kept for a person, and nothing of it in the event loop."""

import asyncio
import json
from collections.abc import Iterator
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from channels.sendgrid_events import MOST_EVENTS
from models.tables import entries, replies
from tasks.place import Place
from tests import seed
from tests.asgi import request
from tests.providers import KEY, make_providers
from tests.replies import MAIL_PATH, SMS_PATH, reply_token, rows, send_mail, send_text, suppressed, twilio_signature
from tests.signing import ACCOUNT
from tests.steps import calls_of, comes_to_an_end
from tests.unit.web.test_costly_mails import COSTLY, MOST
from tests.web_site import Site
from vocabulary import Event
from web.readers import FOR_MAIL, Readers

often = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
PIECE = 64 * 1024
LONGEST_SMS = 1600
"""Characters that Twilio takes."""
TEXTS = {
    "rules": "hello\n" + "===\n" * 60 + "x",
    "ligatures": "\ufdfa" * 7000,
    "accents": "a\u0301\u0316\u0489" * 4000,
    "farewells": "5\n\n" + "Thanks\n" * 2800 + "not a name",
    "exclamations": "!\n" * 10_000,
    "quotes": "\u2018a" * 9000 + "\n> x",
    "greetings": "Hi " * 6000,
}


def field(name: str, value: bytes) -> bytes:
    return b'--xYz\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"


def post(site: Site, body: bytes) -> Any:
    kind = [(b"content-type", b"multipart/form-data; boundary=xYz")]
    pieces: Iterator[bytes] = (body[at : at + PIECE] for at in range(0, len(body), PIECE))
    return request(site.app, "POST", MAIL_PATH.encode(), b"", kind, pieces)


@pytest.mark.parametrize("name", COSTLY)
def test_a_costly_mail_is_answered_and_waits_for_a_person(site: Site, name: str):
    with comes_to_an_end():
        answer = post(site, field("email", b"From: a@example.com\r\n" + COSTLY[name](3000)) + b"--xYz--\r\n")
    assert answer.status == 200
    (reply,) = rows(site, replies)
    assert reply.settled_at is None


@pytest.mark.parametrize("name", TEXTS)
def test_a_costly_text_is_answered_and_waits_for_a_person(site: Site, name: str):
    with comes_to_an_end():
        assert send_mail(site, None, TEXTS[name]).status_code == 200
        assert send_text(site, "+4915112345678", TEXTS[name][:LONGEST_SMS]).status_code == 200
    assert rows(site, replies)[0].settled_at is None


@pytest.mark.parametrize("head", ["From: " + "(" * 3000, "From: " + "(a," * 1000, "Subject: =?utf-8?b?A?="])
def test_a_head_that_nobody_can_read_loses_no_opt_out(site: Site, head: str):
    case = seed.asked(site.place)
    answer = send_mail(site, reply_token(site, case), "STOP", headers=f"{head}\n", **{"from": "(" * 15_000})
    assert answer.status_code == 200
    assert suppressed(site) == {("*", True)}


def test_a_mail_of_line_feeds_is_not_read_in_the_event_loop(site: Site):
    """Only what this thread calls is counted: the event loop runs in it, and the reading beside it."""

    def calls(mib: int) -> int:
        body = field("email", b"\r\n" + b"\n" * (mib * 1024 * 1024)) + b"--xYz--\r\n"
        return calls_of(lambda: post(site, body))

    calls(1)
    assert calls(8) - calls(4) < 64 * 1000  # 64 pieces more


def test_what_is_left_out_of_a_text_is_said(site: Site):
    text = "Danke, alles gut.\n" + "> zitiert\n" * (MOST // 10)
    send_mail(site, None, text)
    post(site, field("email", b"\r\n" + text.encode()) + b"--xYz--\r\n")
    reasons = [json.loads(entry.detail)["to a person"] for entry in rows_of_log(site)]
    assert all("longer than we" in reason for reason in reasons)
    assert len(reasons) == 2


def rows_of_log(site: Site) -> list[Any]:
    return [entry for entry in rows(site, entries) if entry.event == Event.REPLY_RECEIVED]


def test_no_more_are_read_at_once_than_there_are_readers():
    barrier, readers = Barrier(FOR_MAIL + 1), Readers(FOR_MAIL)

    def meet() -> bool:
        try:
            barrier.wait(0.5)
        except BrokenBarrierError:
            return False
        return True

    async def all_at_once() -> list[bool]:
        return await asyncio.gather(*(readers.run(meet) for _ in range(FOR_MAIL + 1)))

    assert asyncio.run(all_at_once()) == [False] * (FOR_MAIL + 1)


def test_events_that_nobody_sends_in_one_post_are_refused_before_they_are_looked_at(place: Place):
    providers = make_providers(place)
    refused = providers.tell(*[{"event": "x"}] * (MOST_EVENTS + 1))
    assert (refused.status, json.loads(refused.body)) == (413, {"error": "Send at most 3000 events at once."})
    assert providers.tell(*[{"event": "x"}] * MOST_EVENTS).status == 204


@often
@given(st.data())
def test_any_mail_leaves_something_for_a_person_or_is_refused(site: Site, data: st.DataObject):
    names = st.sampled_from(["headers", "text", "html", "email", "from", "to", "subject", "envelope", "charsets"])
    pieces = st.sampled_from([*(make(5) for make in COSTLY.values()), b"STOP", b'{"text":"utf-16"}', b"=?utf-8?b?A?="])
    fields = data.draw(st.lists(st.tuples(names, st.lists(pieces | st.binary(max_size=60)).map(b"".join)), max_size=5))
    before = len(rows(site, replies))
    number = len(rows(site, replies)).to_bytes(4).hex().encode()
    fields.append(("headers", b"Message-ID: <" + number + b"@x>\n"))
    answer = post(site, b"".join(field(*one) for one in fields) + b"--xYz--\r\n")
    assert answer.status in (200, 400)
    known = not json.loads(answer.body)["taken"] if answer.status == 200 else b"error" in answer.body
    assert known or len(rows(site, replies)) == before + 1


SENT = st.dictionaries(
    st.sampled_from(["MessageSid", "From", "NumMedia", "OptOutType", "AccountSid"]), st.text(max_size=20), max_size=3
)


@often
@given(st.text(max_size=60) | st.sampled_from([text[:LONGEST_SMS] for text in TEXTS.values()]), SENT)
def test_any_text_message_leaves_something_or_is_refused(site: Site, body: str, more: dict[str, str]):
    before = len(rows(site, replies))
    fields = {"MessageSid": f"SM{before:032x}", "From": "+4915112345678", "Body": body, "AccountSid": ACCOUNT} | more
    url = site.place.settings.web_url + SMS_PATH
    answer = site.client.post(SMS_PATH, data=fields, headers={"x-twilio-signature": twilio_signature(url, fields)})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert len(rows(site, replies)) == before + 1


@often
@given(st.data())
def test_any_report_of_a_service_is_taken_or_refused_with_a_reason(site: Site, data: st.DataObject):
    good = json.loads(seed.report().model_dump_json())
    values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists, max_leaves=3)
    changed = st.dictionaries(st.sampled_from([*good]), values, max_size=3).map(lambda one: good | one)
    body = data.draw(changed | st.binary(max_size=99) | st.sampled_from([b"[" * 99_000, b'{"a":' * 9000, b"1" * 9000]))
    path = data.draw(st.sampled_from(["/services/closed", "/services/reopened"]))
    answer = site.report(path, body)
    assert answer.status_code in (200, 201, 400, 404, 409, 422)
    assert answer.status_code < 300 or "error" in answer.text


def test_what_sendgrid_signs_and_is_no_event_is_refused(place: Place):
    providers = make_providers(place)
    for body in (b"[" * 99_000, b"\xff", b"", b"1" * 9000):
        assert providers.post(b"/hooks/sendgrid/events", body, KEY.headers(body, providers.clock.now)).status == 400
