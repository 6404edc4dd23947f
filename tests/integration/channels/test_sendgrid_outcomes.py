"""The outcome table, each row against a server that really does it: docs/decisions.md, "Outcomes of a send"."""

import gzip
import json
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from channels.claims import Unguarded
from channels.protocol import Mail, Outcome, Receipt
from channels.sendgrid import SendGrid
from tests.integration.channels.faulty_server import PATIENCE_S, Answer, Ending, FaultyServer

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DEADLINE_S = 0.6
"""For what does not answer in time; every other answer is waited for however busy the machine is."""


def sendgrid(url: str, *, sandbox: bool = False, timeout_s: float = PATIENCE_S) -> SendGrid:
    key = SecretStr("SG.a-key_that.nobody-may_see")
    return SendGrid(url, key, sandbox=sandbox, timeout_s=timeout_s, now=lambda: NOW)


def send(provider: SendGrid, mail: Mail) -> Receipt:
    (receipt,) = provider.send([mail], claim=Unguarded(), in_flight=1)
    return receipt


def answer(status: str, *headers: str, body: bytes = b"", ending: Ending = Ending.KEEP) -> Answer:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return Answer("\r\n".join(lines).encode() + body, ending)


ERRORS = b'{"errors":[{"message":"no","field":null,"help":null}],"id":"x"}'
PAGE = b"<html><body><h1>503 Service Unavailable</h1></body></html>"

ANSWERS: dict[str, tuple[Answer, Outcome, str]] = {
    "202": (answer("202 Accepted", "X-Message-Id: abc"), Outcome.ACCEPTED, "202"),
    "202 with garbage after the head": (answer("202 Accepted", body=b"\0\xff<?"), Outcome.ACCEPTED, "202"),
    "200 outside the sandbox": (answer("200 OK"), Outcome.UNKNOWN, "200"),
    "201": (answer("201 Created"), Outcome.UNKNOWN, "201"),
    "204": (Answer(b"HTTP/1.1 204 No Content\r\n\r\n"), Outcome.UNKNOWN, "204"),
    "400": (answer("400 Bad Request", body=ERRORS), Outcome.REJECTED, "400"),
    "413": (answer("413 Payload Too Large", body=ERRORS), Outcome.REJECTED, "413"),
    "401": (answer("401 Unauthorized", body=ERRORS), Outcome.STOPPED, "401"),
    "403": (answer("403 Forbidden", body=ERRORS), Outcome.STOPPED, "403"),
    "404": (answer("404 Not Found", body=PAGE), Outcome.STOPPED, "404"),
    "405": (answer("405 Method Not Allowed"), Outcome.STOPPED, "405"),
    "415": (answer("415 Unsupported Media Type"), Outcome.STOPPED, "415"),
    "408": (answer("408 Request Timeout"), Outcome.LATER, "408"),
    "429": (answer("429 Too Many Requests", body=ERRORS), Outcome.LATER, "429"),
    "418, which nobody expects": (answer("418 I'm a teapot"), Outcome.UNKNOWN, "418"),
    "500": (answer("500 Internal Server Error", body=ERRORS), Outcome.UNKNOWN, "500"),
    "503 with HTML": (answer("503 Service Unavailable", "Content-Type: text/html", body=PAGE), Outcome.UNKNOWN, "503"),
    "304 without a location": (answer("304 Not Modified"), Outcome.LATER, "redirect"),
}

BROKEN: dict[str, tuple[Answer, str]] = {
    "hangs before the answer": (Answer(b"", Ending.HANG), "timeout"),
    "hangs within the body": (Answer(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n", Ending.HANG), "timeout"),
    "drips the status line": (Answer(b"HTTP/1.1 202 Accepted", Ending.DRIP), "timeout"),
    "drips the body": (Answer(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9999\r\n\r\n", Ending.DRIP), "timeout"),
    "resets before it has read": (Answer(b"", Ending.RESET, unread=True), "lost"),
    "resets after it has read": (Answer(b"", Ending.RESET), "lost"),
    "ends without an answer": (Answer(b"", Ending.CLOSE), "lost"),
    "ends within the status line": (Answer(b"HTTP/1.1 20", Ending.CLOSE), "lost"),
    "ends within the head": (Answer(b"HTTP/1.1 202 Accepted\r\nX-Mess", Ending.CLOSE), "lost"),
    "ends within the body": (Answer(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nabc", Ending.CLOSE), "lost"),
    "ends within a refusal": (Answer(b"HTTP/1.1 400 Bad\r\nContent-Length: 9\r\n\r\nabc", Ending.CLOSE), "lost"),
    "sends garbage": (Answer(b"\x16\x03\x01 garbage\r\n\r\n", Ending.CLOSE), "lost"),
    "sends another protocol": (Answer(b"220 mail.example.com ESMTP\r\n", Ending.CLOSE), "lost"),
    "sends a head without end": (Answer(b"HTTP/1.1 202 Accepted\r\nX: " + b"x" * 300_000, Ending.HANG), "lost"),
}


@pytest.mark.parametrize(("given", "outcome", "code"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_translated_by_its_status(
    a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer], given: Answer, outcome: Outcome, code: str
) -> None:
    server = serve(given)
    receipt = send(sendgrid(server.url), a_mail())
    assert (receipt.ref, receipt.outcome, receipt.code) == ("m_5f2c", outcome, code)
    assert receipt.retry_at is None
    assert server.stop().done == [Ending.KEEP]
    assert len(server.requests) == 1


@pytest.mark.parametrize(("given", "code"), BROKEN.values(), ids=BROKEN)
def test_without_a_whole_answer_nobody_knows(
    a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer], given: Answer, code: str
) -> None:
    server = serve(given)
    started = time.monotonic()
    receipt = send(sendgrid(server.url, timeout_s=DEADLINE_S if code == "timeout" else PATIENCE_S), a_mail())
    took_s = time.monotonic() - started
    assert (receipt.outcome, receipt.code) == (Outcome.UNKNOWN, code)
    server.stop()  # the deadline is for the whole: who hangs or drips does so until we hang up
    assert server.connections == 1, "and nothing was tried twice"
    assert len(server.requests) == (0 if given.unread else 1)
    if len(given.data) < 1_000:  # of a head without end, the client reads no more than it must
        assert server.done == [given.ending]
    if given.ending is Ending.DRIP:
        assert server.sent > len(given.data), "it really dripped"
    if code == "timeout":
        assert took_s >= DEADLINE_S


@pytest.mark.parametrize(
    ("status", "outcome"), [("200 OK", "accepted"), ("202 Accepted", "accepted"), ("201 Created", "unknown")]
)
def test_in_the_sandbox_200_is_a_yes(
    a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer], status: str, outcome: str
) -> None:
    server = serve(answer(status))
    assert send(sendgrid(server.url, sandbox=True), a_mail()).outcome == outcome
    assert b'"sandbox_mode":{"enable":true}' in server.requests[0]


def test_the_request_is_the_one_that_sendgrid_documents(
    a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer]
) -> None:
    server = serve(answer("202 Accepted", "X-Message-Id: rV9.abc-_1"))
    assert send(sendgrid(server.url + "/"), a_mail(subject="Grüße 😀")).provider_id == "rV9.abc-_1"
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v3/mail/send HTTP/1.1"
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    assert headers["authorization"] == "Bearer SG.a-key_that.nobody-may_see"
    assert headers["content-type"] == "application/json"
    assert headers["accept-encoding"] == "identity"
    assert not any(name in headers for name in ("cookie", "x-forwarded-for", "referer"))
    message = json.loads(body)
    assert message["subject"] == "Grüße 😀"
    assert message["personalizations"][0]["custom_args"] == {"ac_send": "m_5f2c", "ac_v": "1"}


@pytest.mark.parametrize("theirs", ["", "x" * 201, "a b", "ä"])
def test_a_message_id_that_is_none_is_not_stored(
    a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer], theirs: str
) -> None:
    receipt = send(sendgrid(serve(answer("202 Accepted", f"X-Message-Id: {theirs}")).url), a_mail())
    assert (receipt.outcome, receipt.provider_id) == (Outcome.ACCEPTED, None)


SOON = int(NOW.timestamp()) + 90
HOUR = NOW + timedelta(hours=1)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "408 Request Timeout"])
@pytest.mark.parametrize(
    ("reset", "retry_at"),
    [
        (f"{SOON}", NOW + timedelta(seconds=90)),
        (f"  {SOON}.7", NOW + timedelta(seconds=90)),
        (f"{SOON}, {SOON + 5}", NOW + timedelta(seconds=90)),
        (f"{SOON}000", HOUR),  # milliseconds
        ("99999999999999999999", HOUR),
        ("0", NOW),
        ("60", NOW),  # seconds from now, or 1970: either way not in the past
        ("", None),
        ("-5", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("٣", None),
    ],
)
def test_a_reset_is_read_leniently_and_is_an_hour_away_at_most(
    a_mail: Callable[..., Mail],
    serve: Callable[..., FaultyServer],
    status: str,
    reset: str,
    retry_at: datetime | None,
) -> None:
    trailing_comma = b'{"errors":[{"field":null,"message":"too many requests"},]}'
    server = serve(answer(status, f"X-RateLimit-Reset: {reset}", body=trailing_comma))
    receipt = send(sendgrid(server.url), a_mail())
    assert (receipt.outcome, receipt.code, receipt.retry_at) == (Outcome.LATER, status[:3], retry_at)


def test_a_compressed_bomb_is_not_unpacked(a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer]) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 64 * 1024, "small enough to be read to its end"
    server = serve(answer("202 Accepted", "Content-Encoding: gzip", body=bomb))
    provider = sendgrid(server.url)
    send(provider, a_mail())
    tracemalloc.start()
    receipt = send(provider, a_mail())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert receipt.outcome is Outcome.ACCEPTED
    assert peak < 5_000_000
    assert server.stop().done == [Ending.KEEP, Ending.KEEP]


@pytest.mark.parametrize(("status", "outcome"), [("202 Accepted", Outcome.UNKNOWN), ("404 Not Found", Outcome.STOPPED)])
def test_of_an_endless_answer_64_kb_are_read(
    a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer], status: str, outcome: Outcome
) -> None:
    server = serve(answer(status, body=b"x" * 50_000_000, ending=Ending.CLOSE))
    receipt = send(sendgrid(server.url), a_mail())
    assert receipt.outcome is outcome, "a page too long to read still says 404; a yes too long to read is no yes"
    assert server.stop().sent < 20_000_000, "the client hung up long before the end (socket buffers take some MB)"
