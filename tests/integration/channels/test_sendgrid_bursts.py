"""Many mails at once: order, limits, the last question, when the rest is left alone; and nothing secret gets out."""

import gc
import json
import logging
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from channels.burst import PATIENCE
from channels.claims import Unguarded
from channels.protocol import Mail, Outcome
from channels.sendgrid import SendGrid
from tests.integration.channels.faulty_server import PATIENCE_S, Answer, Ending, FaultyServer

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KEY = "SG.a-key_that.nobody-may_see"
YES = Answer(b"HTTP/1.1 202 Accepted\r\nX-Message-Id: abc\r\nContent-Length: 0\r\n\r\n")
NO = Answer(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
DOWN = Answer(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
SLOW_DOWN = Answer(
    f"HTTP/1.1 429 Too Many\r\nX-RateLimit-Reset: {int(NOW.timestamp()) + 60}\r\nContent-Length: 0\r\n\r\n".encode()
)
SLOW_DOWN_SOME_TIME = Answer(b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n")
BAD_KEY = Answer(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")


def sendgrid(url: str, *, timeout_s: float = PATIENCE_S) -> SendGrid:
    return SendGrid(url, SecretStr(KEY), sandbox=False, timeout_s=timeout_s, now=lambda: NOW)


def anyone(ref: str) -> bool:
    return True


def refs(server: FaultyServer) -> list[str]:
    bodies = (json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests)
    return [body["personalizations"][0]["custom_args"]["ac_send"] for body in bodies]


def test_receipts_come_in_the_order_of_the_mails(mails: list[Mail], serve: Callable[..., FaultyServer]) -> None:
    server = serve(YES, NO, YES, DOWN, YES)
    receipts = sendgrid(server.url).send(mails, claim=Unguarded(anyone), in_flight=1)
    assert [receipt.ref for receipt in receipts] == [mail.ref for mail in mails] == refs(server)
    assert [receipt.code for receipt in receipts[:5]] == ["202", "400", "202", "503", "202"]


def test_a_burst_keeps_its_connections(mails: list[Mail], serve: Callable[..., FaultyServer]) -> None:
    server = serve(YES)
    sendgrid(server.url).send(mails, claim=Unguarded(anyone), in_flight=3)
    assert server.stop().connections == 3
    assert sorted(refs(server)) == [mail.ref for mail in mails]


@pytest.mark.parametrize("in_flight", [1, 4, 100])
def test_no_more_than_in_flight_are_under_way_and_no_fewer(
    mails: list[Mail], serve: Callable[..., FaultyServer], in_flight: int
) -> None:
    server = serve(YES, pause_s=0.05, together=min(in_flight, 12))
    receipts = sendgrid(server.url).send(mails[:12], claim=Unguarded(anyone), in_flight=in_flight)
    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    assert server.stop().busiest == min(in_flight, 12)


def test_a_connection_that_was_closed_between_two_mails_is_made_anew(
    mails: list[Mail], serve: Callable[..., FaultyServer]
) -> None:
    last_on_its_connection = Answer(
        b"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", Ending.CLOSE
    )
    server = serve(last_on_its_connection)
    receipts = sendgrid(server.url).send(mails, claim=Unguarded(anyone), in_flight=2)
    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    assert server.stop().connections == len(mails)


@pytest.mark.parametrize(
    ("brake", "outcome", "retry_at"),
    [(SLOW_DOWN, Outcome.LATER, NOW + timedelta(seconds=60)), (BAD_KEY, Outcome.STOPPED, None)],
    ids=["429 with a reset", "401"],
)
@pytest.mark.parametrize("in_flight", [1, 4])
def test_after_a_429_or_a_stop_the_rest_is_not_tried(
    mails: list[Mail],
    serve: Callable[..., FaultyServer],
    brake: Answer,
    outcome: Outcome,
    retry_at: datetime | None,
    in_flight: int,
) -> None:
    server = serve(YES, YES, YES, brake)
    asked: list[str] = []

    def allowed(ref: str) -> bool:
        asked.append(ref)
        return True

    receipts = sendgrid(server.url).send(mails, claim=Unguarded(allowed), in_flight=in_flight)
    assert [receipt.outcome for receipt in receipts].count(Outcome.ACCEPTED) == 3
    refused = [receipt for receipt in receipts if receipt.outcome is not Outcome.ACCEPTED]
    assert {(receipt.outcome, receipt.retry_at) for receipt in refused} == {(outcome, retry_at)}
    assert len(server.stop().requests) <= 3 + in_flight
    assert sorted(asked) == sorted(refs(server)), "nor asked for"


def test_a_429_without_a_reset_stops_nobody_at_once(mails: list[Mail], serve: Callable[..., FaultyServer]) -> None:
    server = serve(YES, SLOW_DOWN_SOME_TIME, YES)
    receipts = sendgrid(server.url).send(mails, claim=Unguarded(anyone), in_flight=1)
    assert [receipt.outcome for receipt in receipts].count(Outcome.ACCEPTED) == 39
    assert (receipts[1].outcome, receipts[1].retry_at) == (Outcome.LATER, None)


def test_a_provider_that_is_down_gets_a_few_mails_and_the_rest_stays_certain(
    mails: list[Mail], serve: Callable[..., FaultyServer]
) -> None:
    server = serve(DOWN)
    receipts = sendgrid(server.url).send(mails, claim=Unguarded(anyone), in_flight=1)
    assert [receipt.outcome for receipt in receipts] == [Outcome.UNKNOWN] * PATIENCE + [Outcome.LATER] * 30
    assert {receipt.code for receipt in receipts[PATIENCE:]} == {"untried"}
    assert len(server.stop().requests) == PATIENCE


def test_a_mail_that_is_not_allowed_any_more_is_not_written(
    mails: list[Mail], serve: Callable[..., FaultyServer]
) -> None:
    server = serve(YES)
    receipts = sendgrid(server.url).send(mails, claim=Unguarded(lambda ref: False), in_flight=4)
    assert {(receipt.outcome, receipt.code) for receipt in receipts} == {(Outcome.WITHHELD, "withheld")}
    assert server.stop().received == 0
    receipts = sendgrid(serve(YES).url).send(mails, claim=Unguarded(lambda ref: ref != "m07"), in_flight=4)
    assert [receipt.ref for receipt in receipts if receipt.outcome is Outcome.WITHHELD] == ["m07"]


def test_each_mail_is_asked_for_once_directly_before_it_is_written(
    mails: list[Mail], serve: Callable[..., FaultyServer]
) -> None:
    server = serve(YES)
    seen: list[tuple[str, int, int]] = []

    def allowed(ref: str) -> bool:
        seen.append((ref, server.connections, len(server.requests)))
        return threading.current_thread() is threading.main_thread()

    sendgrid(server.url).send(mails[:5], claim=Unguarded(allowed), in_flight=1)
    assert [(ref, written) for ref, _, written in seen] == [(mail.ref, place) for place, mail in enumerate(mails[:5])]
    assert {connections for _, connections, _ in seen} <= {0, 1}


def test_what_the_question_raises_comes_out_as_it_is(mails: list[Mail], serve: Callable[..., FaultyServer]) -> None:
    server = serve(YES)

    def broken(ref: str) -> bool:
        raise LookupError("the database is away")

    with pytest.raises(LookupError, match="away"):
        sendgrid(server.url).send(mails, claim=Unguarded(broken), in_flight=4)
    assert server.stop().received == 0


def test_no_mails_are_no_receipts(serve: Callable[..., FaultyServer]) -> None:
    server = serve(YES)
    assert sendgrid(server.url).send([], claim=Unguarded(anyone), in_flight=4) == []
    assert server.stop().connections == 0


def test_neither_key_nor_recipient_reaches_the_log(
    a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer], caplog: pytest.LogCaptureFixture
) -> None:
    lost, hung = Answer(b"", Ending.RESET), Answer(b"", Ending.HANG)
    caplog.set_level(logging.DEBUG)
    for answer in (YES, NO, DOWN, BAD_KEY, SLOW_DOWN, lost, hung, Answer(b"garbage\r\n\r\n", Ending.CLOSE)):
        sendgrid(serve(answer).url, timeout_s=0.4 if answer is hung else PATIENCE_S).send(
            [a_mail()], claim=Unguarded(anyone), in_flight=1
        )
    sendgrid("http://127.0.0.1:9").send([a_mail()], claim=Unguarded(anyone), in_flight=1)
    gc.collect()
    assert "selector" in caplog.text, "the log is open down to DEBUG: asyncio wrote into it"
    for secret in (KEY, "SG.", "Bearer", "ann.recipient", "Ann Recipient", "How did we do"):
        assert secret not in caplog.text
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection", "python_http_client.client"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)


def test_the_key_shows_neither_in_the_provider_nor_in_a_refused_set_up() -> None:
    provider = sendgrid("https://api.sendgrid.com")
    assert KEY not in repr(provider) + str(vars(provider))
    for url, key in (("ftp://x", KEY), ("http://api.sendgrid.com", KEY), ("https://x", KEY + "\n"), ("https://x", "")):
        with pytest.raises(ValueError, match=r"SendGrid|unencrypted") as fault:
            SendGrid(url, SecretStr(key), sandbox=False, timeout_s=1, now=lambda: NOW)
        assert not re.search(r"SG\.a", str(fault.value))


@pytest.mark.parametrize(
    "url", ["", "api.sendgrid.com", "https://", "https://eve:pw@api.sendgrid.com", "https://x/?a=b", "https://x/#a"]
)
def test_an_address_that_cannot_be_right_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        sendgrid(url)
