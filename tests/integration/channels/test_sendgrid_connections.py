"""Before a request is written nothing can have happened; and it is written to the provider alone."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from channels.claims import Unguarded
from channels.protocol import Mail, Outcome, Receipt
from channels.sendgrid import SendGrid
from tests.integration.channels.faulty_server import PATIENCE_S, Answer, Ending, FaultyServer

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
YES = Answer(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")


def send(url: str, mail: Mail, *, timeout_s: float = PATIENCE_S) -> Receipt:
    key = SecretStr("SG.a-key_that.nobody-may_see")
    provider = SendGrid(url, key, sandbox=False, timeout_s=timeout_s, now=lambda: NOW)
    (receipt,) = provider.send([mail], claim=Unguarded(), in_flight=1)
    return receipt


def test_a_redirect_is_never_followed_and_the_key_goes_nowhere_else(
    a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer]
) -> None:
    stranger = serve(YES)
    for status in ("301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"):
        location = f"Location: {stranger.url}/v3/mail/send"
        server = serve(Answer(f"HTTP/1.1 {status}\r\n{location}\r\nContent-Length: 0\r\n\r\n".encode()))
        receipt = send(server.url, a_mail())
        assert (receipt.outcome, receipt.code) == (Outcome.LATER, "redirect")
        assert server.stop().done == [Ending.KEEP]
    assert stranger.stop().connections == 0
    assert stranger.received == 0


def test_a_proxy_in_the_environment_gets_nothing(
    a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger, server = serve(YES), serve(YES)
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(variable, stranger.url)
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    assert send(server.url, a_mail()).outcome is Outcome.ACCEPTED
    assert stranger.stop().connections == 0


def test_a_refused_connection_is_later(a_mail: Callable[..., Mail]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    receipt = send(f"http://127.0.0.1:{port}", a_mail())
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "connect")


def test_a_name_that_does_not_resolve_is_later(a_mail: Callable[..., Mail]) -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("sendgrid.invalid", 443)
    receipt = send("https://sendgrid.invalid", a_mail(), timeout_s=0.4)
    assert receipt.outcome is Outcome.LATER
    assert receipt.code in ("dns", "timeout")  # a resolver may take longer than the deadline to say no


def test_a_connection_that_is_never_made_is_later(a_mail: Callable[..., Mail]) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.create_connection(full.getsockname()):
        with pytest.raises(TimeoutError):  # the queue of the listener is full: it answers no one any more
            socket.create_connection(full.getsockname(), timeout=0.2)
        receipt = send(f"http://127.0.0.1:{full.getsockname()[1]}", a_mail(), timeout_s=0.4)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "timeout")


def test_a_failed_tls_handshake_is_later(a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer]) -> None:
    server = serve(Answer(b"HTTP/1.1 400 this is not TLS\r\n\r\n", Ending.CLOSE, unread=True))
    receipt = send(f"https://127.0.0.1:{server.port}", a_mail())
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "tls")
    assert server.stop().connections == 1


def test_a_tls_handshake_that_hangs_is_later(a_mail: Callable[..., Mail], serve: Callable[..., FaultyServer]) -> None:
    server = serve(Answer(b"", Ending.HANG, unread=True))
    receipt = send(f"https://127.0.0.1:{server.port}", a_mail(), timeout_s=0.6)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "timeout")
    assert server.stop().done == [Ending.HANG]
