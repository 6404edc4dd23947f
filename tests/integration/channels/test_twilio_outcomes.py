"""What Twilio's answers mean, each row against a server that really gives it."""

import gzip
import json
import tracemalloc
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from channels.claims import Unguarded
from channels.protocol import AddressFault, Outcome, Receipt, TextMessage
from channels.twilio import Twilio
from channels.twilio_account import Credentials
from tests.integration.channels.faulty_server import PATIENCE_S, Answer, Ending, FaultyServer
from vocabulary import Cause

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DEADLINE_S = 0.6
"""For what does not answer in time; every other answer is waited for however busy the machine is."""
ACCOUNT, KEY, SID = "AC" + "0a" * 16, "SK" + "0b" * 16, "SM" + "0c" * 16
Serve = Callable[..., FaultyServer]
Text = Callable[..., TextMessage]


def twilio(
    url: str, *, sender: str = "+493023125000", status_url: str | None = None, timeout_s: float = PATIENCE_S
) -> Twilio:
    credentials = Credentials(ACCOUNT, KEY, SecretStr("a-secret_that.nobody-may_see"))
    return Twilio(url, credentials, sender=sender, status_url=status_url, timeout_s=timeout_s, now=lambda: NOW)


def send(provider: Twilio, text: TextMessage) -> Receipt:
    (receipt,) = provider.send([text], claim=Unguarded(), in_flight=1)
    return receipt


def answer(status: str, *headers: str, body: bytes = b"", ending: Ending = Ending.KEEP) -> Answer:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return Answer("\r\n".join(lines).encode() + body, ending)


def created(**fields: object) -> Answer:
    told = {"sid": SID, "status": "queued", "error_code": None, "error_message": None, "to": "+491701234567"}
    return answer("201 Created", "Content-Type: application/json", body=json.dumps(told | fields).encode())


def error(status: str, code: object) -> Answer:
    told = {"code": code, "message": "The 'To' number +491701234567 is no good", "more_info": "x", "status": 400}
    return answer(status, body=json.dumps(told).encode())


PAGE = b"<html><body><h1>503 Service Unavailable</h1></body></html>"
HUGE = b'{"sid": "' + SID.encode() + b'", "x": "' + b"x" * 100_000 + b'"}'

ANSWERS: dict[str, tuple[Answer, Outcome, str]] = {
    "201": (created(), Outcome.ACCEPTED, "201"),
    "201, accepted for a Messaging Service": (created(status="accepted"), Outcome.ACCEPTED, "201"),
    "201 as MMS": (created(sid="MM" + "0c" * 16), Outcome.ACCEPTED, "201"),
    "201 that has failed already": (created(status="failed", error_code=30008), Outcome.REJECTED, "30008"),
    "201 that was undelivered, without a number": (created(status="undelivered"), Outcome.REJECTED, "undelivered"),
    "201 without a SID": (created(sid=None), Outcome.UNKNOWN, "201"),
    "201 with a SID that is none": (created(sid="SM1"), Outcome.UNKNOWN, "201"),
    "201 with garbage": (answer("201 Created", body=b"\0\xff<?"), Outcome.UNKNOWN, "201"),
    "201 with a list": (answer("201 Created", body=b"[1]"), Outcome.UNKNOWN, "201"),
    "201 without a body": (answer("201 Created"), Outcome.UNKNOWN, "201"),
    "201 with JSON too deep": (answer("201 Created", body=b"[" * 60_000), Outcome.UNKNOWN, "201"),
    "201 too long to be read": (answer("201 Created", body=HUGE, ending=Ending.CLOSE), Outcome.UNKNOWN, "201"),
    "200": (answer("200 OK", body=b'{"sid": "x"}'), Outcome.UNKNOWN, "200"),
    "202": (answer("202 Accepted"), Outcome.UNKNOWN, "202"),
    "21211, no number": (error("400 Bad Request", 21211), Outcome.REJECTED, "21211"),
    "21408, region not enabled": (error("403 Forbidden", 21408), Outcome.REJECTED, "21408"),
    "21606, sender cannot": (error("400 Bad Request", 21606), Outcome.REJECTED, "21606"),
    "21610, opted out": (error("400 Bad Request", 21610), Outcome.REJECTED, "21610"),
    "21612, not reachable from here": (error("400 Bad Request", 21612), Outcome.REJECTED, "21612"),
    "21614, not a mobile": (error("400 Bad Request", 21614), Outcome.REJECTED, "21614"),
    "30007, filtered": (error("400 Bad Request", 30007), Outcome.REJECTED, "30007"),
    "30034, sender not registered": (error("400 Bad Request", 30034), Outcome.REJECTED, "30034"),
    "a number nobody knows": (error("400 Bad Request", 29999), Outcome.REJECTED, "29999"),
    "400 without a number": (answer("400 Bad Request", body=PAGE), Outcome.REJECTED, "400"),
    "400 with a number that is none": (error("400 Bad Request", "21614; DROP"), Outcome.REJECTED, "400"),
    "400 with a number that is true": (error("400 Bad Request", True), Outcome.REJECTED, "400"),
    "413": (answer("413 Payload Too Large"), Outcome.REJECTED, "413"),
    "20003 with 401": (error("401 Unauthorized", 20003), Outcome.STOPPED, "20003"),
    "20003 with 400": (error("400 Bad Request", 20003), Outcome.STOPPED, "20003"),
    "20003 with 403": (error("403 Forbidden", 20003), Outcome.STOPPED, "20003"),
    "20005, account not active": (error("403 Forbidden", 20005), Outcome.STOPPED, "20005"),
    "a restricted key": (error("403 Forbidden", 70051), Outcome.STOPPED, "70051"),
    "401 alone": (answer("401 Unauthorized"), Outcome.STOPPED, "401"),
    "403 alone": (answer("403 Forbidden", body=PAGE), Outcome.STOPPED, "403"),
    "20404, no such account": (error("404 Not Found", 20404), Outcome.STOPPED, "20404"),
    "404 of another host": (answer("404 Not Found", body=PAGE), Outcome.STOPPED, "404"),
    "405": (answer("405 Method Not Allowed"), Outcome.STOPPED, "405"),
    "415": (answer("415 Unsupported Media Type"), Outcome.STOPPED, "415"),
    "20429": (error("429 Too Many Requests", 20429), Outcome.LATER, "20429"),
    "429 alone": (answer("429 Too Many Requests"), Outcome.LATER, "429"),
    "20429 with 400": (error("400 Bad Request", 20429), Outcome.LATER, "20429"),
    "14107": (error("400 Bad Request", 14107), Outcome.LATER, "14107"),
    "408": (answer("408 Request Timeout"), Outcome.LATER, "408"),
    "418, which nobody expects": (answer("418 I'm a teapot"), Outcome.UNKNOWN, "418"),
    "500": (error("500 Internal Server Error", 20500), Outcome.UNKNOWN, "20500"),
    "503 with HTML": (answer("503 Service Unavailable", body=PAGE), Outcome.UNKNOWN, "503"),
    "503 with a number of a refusal": (error("503 Service Unavailable", 21614), Outcome.UNKNOWN, "21614"),
    "304 without a location": (answer("304 Not Modified"), Outcome.LATER, "redirect"),
}

BROKEN: dict[str, tuple[Answer, str]] = {
    "hangs before the answer": (Answer(b"", Ending.HANG), "timeout"),
    "hangs within the body": (Answer(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n", Ending.HANG), "timeout"),
    "drips the body": (Answer(b"HTTP/1.1 201 Created\r\nContent-Length: 9999\r\n\r\n", Ending.DRIP), "timeout"),
    "resets before it has read": (Answer(b"", Ending.RESET, unread=True), "lost"),
    "resets after it has read": (Answer(b"", Ending.RESET), "lost"),
    "ends without an answer": (Answer(b"", Ending.CLOSE), "lost"),
    "ends within the status line": (Answer(b"HTTP/1.1 20", Ending.CLOSE), "lost"),
    "ends within a refusal": (Answer(b"HTTP/1.1 400 Bad\r\nContent-Length: 9\r\n\r\nabc", Ending.CLOSE), "lost"),
    "sends garbage": (Answer(b"\x16\x03\x01 garbage\r\n\r\n", Ending.CLOSE), "lost"),
}


@pytest.mark.parametrize(("given", "outcome", "code"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_translated(a_text: Text, serve: Serve, given: Answer, outcome: Outcome, code: str) -> None:
    server = serve(given)
    receipt = send(twilio(server.url), a_text())
    assert (receipt.ref, receipt.outcome, receipt.code) == ("m_5f2c", outcome, code)
    assert receipt.retry_at is None
    assert (receipt.provider_id is not None) is (given.data.startswith(b"HTTP/1.1 201") and outcome != "unknown")
    assert len(server.stop().requests) == 1


@pytest.mark.parametrize(
    ("given", "about"),
    [
        (error("400 Bad Request", 21211), AddressFault.INVALID),
        (error("400 Bad Request", 21614), AddressFault.INVALID),
        (error("400 Bad Request", 21610), AddressFault.OPTED_OUT),
        (created(status="failed", error_code=30005), AddressFault.INVALID),
        (created(status="undelivered", error_code=30006), AddressFault.INVALID),
        (created(status="undelivered", error_code=30003), None),
        (error("400 Bad Request", 30007), None),
        (error("400 Bad Request", 21612), None),
        (error("503 Service Unavailable", 21614), None),
        (error("429 Too Many Requests", 21610), None),
        (created(), None),
    ],
)
def test_what_a_refusal_says_of_the_number(a_text: Text, serve: Serve, given: Answer, about: AddressFault | None):
    assert send(twilio(serve(given).url), a_text()).address is about


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        (error("400 Bad Request", 30003), Cause.AWAY),
        (created(status="undelivered", error_code=30003), Cause.AWAY),
        (error("400 Bad Request", 30007), Cause.SENDER),
        (error("403 Forbidden", 30034), Cause.SENDER),
        (created(status="failed", error_code=30034), Cause.SENDER),
        (error("400 Bad Request", 30008), None),
        (error("503 Service Unavailable", 30003), None),  # nobody knows whether it was taken
        (error("429 Too Many Requests", 30007), None),
        (created(), None),
    ],
)
def test_what_a_refusal_says_of_the_moment_or_of_us(a_text: Text, serve: Serve, given: Answer, cause: Cause | None):
    assert send(twilio(serve(given).url), a_text()).cause is cause


@pytest.mark.parametrize(("given", "code"), BROKEN.values(), ids=BROKEN)
def test_without_a_whole_answer_nobody_knows(a_text: Text, serve: Serve, given: Answer, code: str) -> None:
    server = serve(given)
    receipt = send(twilio(server.url, timeout_s=DEADLINE_S if code == "timeout" else PATIENCE_S), a_text())
    assert (receipt.outcome, receipt.code) == (Outcome.UNKNOWN, code)
    server.stop()  # the deadline is for the whole: who hangs or drips does so until we hang up
    assert server.connections == 1, "and nothing was tried twice"
    assert server.done == [given.ending]


def test_the_request_is_the_one_that_twilio_documents(a_text: Text, serve: Serve) -> None:
    server = serve(created())
    text = a_text(body="Grüße & 100 % = €+1? 😀")
    receipt = send(twilio(server.url + "/", status_url="https://care.example.org/hooks/twilio/status"), text)
    assert (receipt.outcome, receipt.provider_id) == (Outcome.ACCEPTED, SID)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == f"POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1"
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    expected = b64encode(f"{KEY}:a-secret_that.nobody-may_see".encode()).decode()
    assert headers["authorization"] == f"Basic {expected}"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["accept-encoding"] == "identity"
    assert not any(name in headers for name in ("cookie", "x-forwarded-for", "referer"))
    form = parse_qs(body.decode("ascii"), strict_parsing=True)
    [seconds] = form.pop("ValidityPeriod")
    assert 3000 < int(seconds) < 3600 - PATIENCE_S, "less the deadline, and what has passed already"
    assert form == {
        "From": ["+493023125000"],
        "To": ["+491701234567"],
        "Body": [text.body],
        "StatusCallback": ["https://care.example.org/hooks/twilio/status/m_5f2c"],
    }


@pytest.mark.parametrize(
    ("header", "retry_at"),
    [
        ("Retry-After: 90", NOW + timedelta(seconds=90)),
        ("Retry-After: 0", NOW),
        ("Retry-After: 99999999", NOW + timedelta(hours=1)),
        ("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("Retry-After: -5", None),
        ("X-Other: 90", None),
    ],
)
def test_twilio_s_own_time_is_kept_for_an_hour_at_most(
    a_text: Text, serve: Serve, header: str, retry_at: datetime | None
) -> None:
    receipt = send(twilio(serve(answer("429 Too Many Requests", header)).url), a_text())
    assert (receipt.outcome, receipt.retry_at) == (Outcome.LATER, retry_at)


def test_a_compressed_bomb_is_not_unpacked(a_text: Text, serve: Serve) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 64 * 1024, "small enough to be read to its end"
    provider = twilio(serve(answer("201 Created", "Content-Encoding: gzip", body=bomb)).url)
    send(provider, a_text())
    tracemalloc.start()
    receipt = send(provider, a_text())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert receipt.outcome is Outcome.UNKNOWN
    assert peak < 5_000_000


def test_a_redirect_is_never_followed_and_the_credentials_go_nowhere_else(a_text: Text, serve: Serve) -> None:
    stranger = serve(created())
    for status in ("301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"):
        server = serve(answer(status, f"Location: {stranger.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"))
        receipt = send(twilio(server.url), a_text())
        assert (receipt.outcome, receipt.code) == (Outcome.LATER, "redirect")
    assert stranger.stop().received == 0


def test_a_proxy_in_the_environment_gets_nothing(a_text: Text, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger, server = serve(created()), serve(created())
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(variable, stranger.url)
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    assert send(twilio(server.url), a_text()).outcome is Outcome.ACCEPTED
    assert stranger.stop().connections == 0
