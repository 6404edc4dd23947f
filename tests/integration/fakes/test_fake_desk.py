"""The page shows what would have been sent, lets customers write back, and serves this machine only."""

import json
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP

import httpx
import pytest

from channels.sendgrid_signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, is_signed, public_key
from fakes.running import Fakes
from tests.integration.fakes.conftest import KEYS, Listener
from tests.integration.fakes.test_fake_sendgrid import message, send
from tests.integration.fakes.test_fake_twilio import send as send_sms
from tests.integration.fakes.waiting import until

Start = Callable[..., Fakes]
HOSTILE = "<script>alert(1)</script>"


def test_messages_are_shown_newest_first_and_as_text(start: Start):
    fakes = start()
    send(fakes, message(subject=HOSTILE))
    send_sms(fakes, Body="Look: https://example.org/s/abc")
    page = httpx.get(f"{fakes.sendgrid_url}/")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert HOSTILE not in page.text
    assert page.text.index("https://example.org/s/abc") < page.text.index("&lt;script&gt;")
    assert 'href="https://example.org/s/abc"' in page.text
    assert httpx.get(f"{fakes.twilio_url}/").text == page.text


def test_a_mail_is_shown_as_its_reader_sees_it_and_nothing_runs_in_it(start: Start):
    fakes = start()
    send(fakes)
    mail = httpx.get(f"{fakes.sendgrid_url}/messages/1.html")
    assert mail.text == "<p>Hello</p>"
    assert mail.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "script" not in mail.headers["Content-Security-Policy"]
    assert httpx.get(f"{fakes.sendgrid_url}/messages/2.html").status_code == 404


def test_programs_read_the_same(start: Start):
    fakes = start(keep=2)
    for number in range(3):
        send(fakes, message(f"c{number}@example.com"))
    counts = httpx.get(f"{fakes.sendgrid_url}/api/counts").json()
    assert counts["taken"] == {"email": 3}
    assert counts["answers"] == {"email 202": 3}
    assert (counts["repeated"], counts["nameless"]) == (2, 0), "all three have the same reference"
    nameless = message() | {"personalizations": [{"to": [{"email": "ann@example.com"}]}]}
    assert [send(fakes, nameless).status_code for _ in range(2)] == [202, 202]
    counts = httpx.get(f"{fakes.sendgrid_url}/api/counts").json()
    assert (counts["repeated"], counts["nameless"]) == (2, 2)
    listed = httpx.get(f"{fakes.sendgrid_url}/api/messages").json()
    assert [each["to"] for each in listed] == ["ann@example.com"] * 2, "the others were let go"


def parts(headers: dict[str, str], body: bytes) -> dict[str, str]:
    """The fields of a form in parts, by Python's own parser of mails."""
    head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
    whole = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + body)
    found = {}
    for part in whole.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(part.get_param("name", header="content-disposition"))] = content.decode()
    return found


def test_a_customer_replies_by_mail_to_where_the_mail_wants_it(start: Start, listener: Listener):
    fakes = start(events_to=listener.url, duplicates=0.0)
    send(fakes, message(reply_to={"email": "reply+abc@in.example.org"}))
    said = {"from": "Ann@example.com", "text": "5 – schön 😀"}
    answer = httpx.post(f"{fakes.sendgrid_url}/customers/mail", json=said)
    assert (answer.status_code, answer.json()) == (202, {"to": "reply+abc@in.example.org"})
    path = f"/hooks/sendgrid/inbound/{KEYS.inbound_secret}"
    until(lambda: path in [post[0] for post in listener.posts])
    [(_, headers, body)] = [post for post in listener.posts if post[0] == path]
    signature, stamp = headers[SIGNATURE_HEADER.lower()], headers[TIMESTAMP_HEADER.lower()]
    assert is_signed([signature], [stamp], body, [public_key(KEYS.inbound_public_key)])
    form = parts(headers, body)
    assert form["text"].startswith("5 – schön 😀\n")
    assert form["text"].rstrip().endswith("> Hello")
    assert form["subject"] == "Re: How did we do?"
    assert json.loads(form["envelope"]) == {"to": ["reply+abc@in.example.org"], "from": "Ann@example.com"}
    assert json.loads(form["charsets"])["text"] == "UTF-8"
    assert form["attachments"] == "0"
    assert "Message-ID: <" in form["headers"]
    assert f"In-Reply-To: <{fakes.ledger.newest[0].provider_id}@" in form["headers"]


def test_a_customer_replies_by_sms_from_the_page(start: Start, listener: Listener):
    fakes = start(events_to=listener.url)
    send_sms(fakes, From="+49301234567")
    form = {"from": "+4915112345678", "to": "", "text": "4 great job"}
    assert httpx.post(f"{fakes.twilio_url}/customers/sms", data=form).status_code == 303
    until(lambda: listener.posts)
    [(path, headers, body)] = listener.posts
    told = dict(httpx.QueryParams(body.decode()))
    assert path == "/hooks/twilio/sms"
    assert (told["From"], told["To"], told["Body"]) == ("+4915112345678", "+49301234567", "4 great job")
    assert told["AccountSid"] == KEYS.account_sid
    assert headers["x-twilio-signature"] == KEYS.sign_form(listener.url + path, told.items())


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"from": "ann@example.com", "text": "5"}, 400),  # nothing was sent to her, so where does she reply to?
        ({"from": "ann@example.com", "to": "x@example.org"}, 400),
        ({"text": "5", "to": "x@example.org"}, 400),
        ({"from": "ann@example.com", "to": "x@example.org", "text": 5}, 400),
        (["from"], 400),
        ({"from": "ann@example.com", "to": "x@example.org", "text": "5"}, 202),
    ],
)
def test_who_writes_to_whom_must_be_known(start: Start, listener: Listener, said: object, status: int):
    fakes = start(events_to=listener.url)
    assert httpx.post(f"{fakes.sendgrid_url}/customers/mail", json=said).status_code == status


def test_without_a_listener_nobody_can_write(start: Start):
    said = {"from": "ann@example.com", "to": "x@example.org", "text": "5"}
    assert httpx.post(f"{start().sendgrid_url}/customers/mail", json=said).status_code == 409


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example.com"}, 403),
        ({"Host": "127.0.0.1.example.com"}, 403),
        ({"Origin": "https://evil.example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:1", "Origin": "http://localhost:1"}, 200),
        ({}, 200),
    ],
)
def test_pages_of_other_sites_are_turned_away(start: Start, headers: dict[str, str], status: int):
    assert httpx.get(f"{start().sendgrid_url}/api/messages", headers=headers).status_code == status


def test_elsewhere_there_is_nothing(start: Start):
    assert httpx.get(f"{start().sendgrid_url}/favicon.ico").status_code == 404
