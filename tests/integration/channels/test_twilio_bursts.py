"""Many SMS at once: order, limits, the last question, when the rest is left alone; and nothing secret gets out."""

import gc
import json
import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from channels.burst import PATIENCE
from channels.claims import Unguarded
from channels.protocol import Outcome, TextMessage
from channels.twilio import Twilio
from channels.twilio_account import Credentials
from tests.integration.channels.faulty_server import PATIENCE_S, Answer, Ending, FaultyServer

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ACCOUNT, SECRET = "AC" + "0a" * 16, "a-secret_that.nobody-may_see"
Serve = Callable[..., FaultyServer]


def answer(status: str, told: object, *headers: str) -> Answer:
    body = json.dumps(told).encode()
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""])
    return Answer(head.encode() + body)


YES = answer("201 Created", {"sid": "SM" + "0c" * 16, "status": "queued"})
NO = answer("400 Bad Request", {"code": 21614})
DOWN = answer("503 Service Unavailable", None)
BAD_KEY = answer("401 Unauthorized", {"code": 20003})
SLOW_DOWN = answer("429 Too Many Requests", {"code": 20429}, "Retry-After: 60")


def twilio(url: str, *, timeout_s: float = PATIENCE_S) -> Twilio:
    credentials = Credentials(ACCOUNT, ACCOUNT, SecretStr(SECRET))
    return Twilio(url, credentials, sender="+493023125000", status_url="https://care.example.org/hooks/twilio/status",
                  timeout_s=timeout_s, now=lambda: NOW)  # fmt: skip


def anyone(ref: str) -> bool:
    return True


@pytest.fixture
def texts(a_text: Callable[..., TextMessage]) -> list[TextMessage]:
    """Forty SMS to forty people, m00 to m39."""
    return [a_text(ref=f"m{number:02}", to=f"+49170555{number:04}") for number in range(40)]


def refs(server: FaultyServer) -> list[str]:
    forms = (parse_qs(request.partition(b"\r\n\r\n")[2].decode()) for request in server.requests)
    return [form["StatusCallback"][0].rpartition("/")[2] for form in forms]


def test_receipts_come_in_the_order_of_the_texts(texts: list[TextMessage], serve: Serve) -> None:
    server = serve(YES, NO, YES, DOWN, YES)
    receipts = twilio(server.url).send(texts, claim=Unguarded(anyone), in_flight=1)
    assert [receipt.ref for receipt in receipts] == [text.ref for text in texts] == refs(server)
    assert [receipt.code for receipt in receipts[:5]] == ["201", "21614", "201", "503", "201"]


@pytest.mark.parametrize("in_flight", [1, 4])
@pytest.mark.parametrize(("brake", "outcome"), [(SLOW_DOWN, Outcome.LATER), (BAD_KEY, Outcome.STOPPED)])
def test_after_haste_or_a_stop_the_rest_is_neither_tried_nor_asked_for(
    texts: list[TextMessage], serve: Serve, brake: Answer, outcome: Outcome, in_flight: int
) -> None:
    server = serve(YES, YES, YES, brake)
    asked: list[str] = []
    receipts = twilio(server.url).send(
        texts, claim=Unguarded(lambda ref: asked.append(ref) is None), in_flight=in_flight
    )
    assert [receipt.outcome for receipt in receipts].count(Outcome.ACCEPTED) == 3
    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED, outcome}
    assert len(server.stop().requests) <= 3 + in_flight
    assert sorted(asked) == sorted(refs(server))


def test_a_provider_that_is_down_gets_a_few_and_the_rest_stays_certain(texts: list[TextMessage], serve: Serve) -> None:
    server = serve(DOWN)
    receipts = twilio(server.url).send(texts, claim=Unguarded(anyone), in_flight=1)
    assert [receipt.outcome for receipt in receipts] == [Outcome.UNKNOWN] * PATIENCE + [Outcome.LATER] * 30
    assert len(server.stop().requests) == PATIENCE


def test_one_that_is_not_allowed_any_more_is_not_written(texts: list[TextMessage], serve: Serve) -> None:
    server = serve(YES)
    receipts = twilio(server.url).send(texts, claim=Unguarded(lambda ref: False), in_flight=4)
    assert {(receipt.outcome, receipt.code) for receipt in receipts} == {(Outcome.WITHHELD, "withheld")}
    assert server.stop().received == 0


def test_each_is_asked_for_once_directly_before_it_is_written(texts: list[TextMessage], serve: Serve) -> None:
    server = serve(YES)
    seen: list[tuple[str, int]] = []
    allowed = lambda ref: seen.append((ref, len(server.requests))) is None  # noqa: E731
    twilio(server.url).send(texts[:5], claim=Unguarded(allowed), in_flight=1)
    assert seen == [(text.ref, place) for place, text in enumerate(texts[:5])]


def test_one_whose_window_closes_during_the_burst_is_put_off_and_costs_no_patience(
    texts: list[TextMessage], a_text: Callable[..., TextMessage], serve: Serve
) -> None:
    server = serve(YES, pause_s=1.1)
    closing = [
        a_text(ref=f"n{number}", try_for_s=61 + PATIENCE_S) for number in range(PATIENCE + 2)
    ]  # a minute and the deadline of a request
    receipts = twilio(server.url).send([*closing, texts[0]], claim=Unguarded(anyone), in_flight=1)
    assert [(receipt.outcome, receipt.code) for receipt in receipts] == [
        (Outcome.ACCEPTED, "201"), *[(Outcome.LATER, "window")] * (PATIENCE + 1), (Outcome.ACCEPTED, "201"),
    ]  # fmt: skip
    assert refs(server.stop()) == ["n0", "m00"]


def test_what_cannot_be_sent_is_refused_without_a_request(a_text: Callable[..., TextMessage], serve: Serve) -> None:
    server = serve(YES)
    bad, good = twilio(server.url).send([a_text(to="0170 555"), a_text()], claim=Unguarded(anyone), in_flight=1)
    assert (bad.outcome, bad.code) == (Outcome.REJECTED, "number")
    assert good.outcome is Outcome.ACCEPTED
    assert len(server.stop().requests) == 1


def test_a_refused_connection_is_later(a_text: Callable[..., TextMessage]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    (receipt,) = twilio(f"http://127.0.0.1:{port}").send([a_text()], claim=Unguarded(anyone), in_flight=1)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "connect")


def test_neither_secret_nor_number_nor_account_reaches_the_log(
    a_text: Callable[..., TextMessage], serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    lost, hung = Answer(b"", Ending.RESET), Answer(b"", Ending.HANG)
    caplog.set_level(logging.DEBUG)
    for given in (YES, NO, DOWN, BAD_KEY, SLOW_DOWN, lost, hung, Answer(b"garbage\r\n\r\n", Ending.CLOSE)):
        twilio(serve(given).url, timeout_s=0.4 if given is hung else PATIENCE_S).send(
            [a_text()], claim=Unguarded(anyone), in_flight=1
        )
    twilio("http://127.0.0.1:9").send([a_text()], claim=Unguarded(anyone), in_flight=1)
    gc.collect()
    assert "selector" in caplog.text, "the log is open down to DEBUG: asyncio wrote into it"
    for secret in (SECRET, "Basic ", "1701234567", "how did we do", ACCOUNT, "m_5f2c"):
        assert secret not in caplog.text


def test_the_secret_does_not_show_in_the_provider() -> None:
    provider = twilio("https://api.twilio.com")
    assert SECRET not in repr(provider)
    assert SECRET not in repr(Credentials(ACCOUNT, ACCOUNT, SecretStr(SECRET)))
    assert SECRET not in str(vars(provider))
