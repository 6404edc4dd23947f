"""A mail and an SMS to start from, and servers that are stopped at the end of a test."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from channels.protocol import Mail, TextMessage
from tests.integration.channels.desk import Desk
from tests.integration.channels.faulty_server import Answer, FaultyServer

A_MAIL = Mail(
    ref="m_5f2c",
    to="ann.recipient@example.com",
    to_name="Ann Recipient",
    sender="care@example.org",
    sender_name="Customer Care",
    subject="How did we do?",
    text="Hello Ann,\n.\n..how did we do?\n",
    html="<p>Hello Ann,</p><p>how did we do?</p>\n",
    unsubscribe_url="https://example.org/u/abc234",
)


@pytest.fixture
def serve() -> Iterator[Callable[..., FaultyServer]]:
    """`serve(Answer(...), ..., pause_s=..., together=...)`: a server that is stopped at the end of the test."""
    servers: list[FaultyServer] = []

    def start(*script: Answer, pause_s: float = 0.0, together: int = 1) -> FaultyServer:
        servers.append(FaultyServer(script, pause_s=pause_s, together=together))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def a_mail() -> Callable[..., Mail]:
    """`a_mail(subject="Hi")`: a good mail that differs in what is given."""

    def build(**fields: Any) -> Mail:
        return replace(A_MAIL, **fields)

    return build


@pytest.fixture
def relay() -> Iterator[Callable[..., tuple[Desk, int]]]:
    """`relay(faults, ...)`: a running relay's handler and port."""
    running: list[Controller] = []

    def start(faults: dict[tuple[str, int], str] | None = None, **options: Any) -> tuple[Desk, int]:
        desk = Desk(faults or {})
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]  # the controller needs a number
        controller = Controller(desk, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return desk, port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def mails(a_mail: Callable[..., Mail]) -> list[Mail]:
    """Forty mails to forty people, m00 to m39."""
    return [a_mail(ref=f"m{number:02}", to=f"customer{number}@example.com") for number in range(40)]


@pytest.fixture(scope="session")
def a_text() -> Callable[..., TextMessage]:
    """`a_text(to="+33612345678")`: a good SMS that differs in what is given."""
    body = "Example Home Services: how did we do? https://example.org/s/abc234 STOP to opt out"

    def build(**fields: Any) -> TextMessage:
        return replace(TextMessage(ref="m_5f2c", to="+491701234567", body=body, try_for_s=3600), **fields)

    return build
