"""Relays that break the rules of SMTP: each fault on a bare socket, at each step."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto

import pytest

from channels.burst import PATIENCE
from channels.claims import Unguarded
from channels.protocol import Mail, Outcome
from channels.smtp import Smtp
from tests.integration.channels.faulty_server import PATIENCE_S

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Do(Enum):
    CLOSE = auto()
    RESET = auto()
    HANG = auto()


REPLIES: dict[str, bytes | Do] = {
    "CONNECT": b"220 relay.example.org ESMTP\r\n",
    "EHLO": b"250-relay.example.org\r\n250 SIZE 1000000\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go ahead\r\n",
    "CONTENT": b"250 queued\r\n",
    "RSET": b"250 ok\r\n",
    "QUIT": b"221 bye\r\n",
}


@dataclass
class BareRelay:
    """Speaks SMTP, except for the `fault` at its step."""

    step: str
    fault: bytes | Do
    heard: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    done: int = 0
    """How often the fault was carried out; of HANG, how often the client hung up first."""

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def stop(self) -> "BareRelay":
        if not self._stopping.is_set():
            self._stopping.set()
            with socket.create_connection(("127.0.0.1", self.port)):
                self._thread.join(PATIENCE_S)
            assert not self._thread.is_alive(), "a client never hung up"
            self._socket.close()
        return self

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with closing(connection):
                if self._stopping.is_set():
                    return
                try:
                    self._talk(connection)
                except OSError:
                    continue  # the client went away

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            going_on = self._say(connection, "CONNECT")
            while going_on and (line := lines.readline()):
                verb = line[:4].decode().upper().strip()
                going_on = self._say(connection, verb)
                if verb == "DATA" and going_on and not (self.step == "DATA" and self.fault):
                    self.contents.append(b"".join(iter(lines.readline, b".\r\n")))
                    going_on = self._say(connection, "CONTENT")

    def _say(self, connection: socket.socket, step: str) -> bool:
        self.heard.append(step)
        reply = self.fault if step == self.step else REPLIES[step]
        if isinstance(reply, bytes):
            connection.sendall(reply)
        elif reply is Do.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif reply is Do.HANG:
            connection.settimeout(PATIENCE_S)
            assert connection.recv(65536) == b""
        self.done += step == self.step
        return isinstance(reply, bytes)


@pytest.fixture
def relay() -> Iterator[Callable[[str, bytes | Do], BareRelay]]:
    running: list[BareRelay] = []

    def start(step: str, fault: bytes | Do) -> BareRelay:
        running.append(BareRelay(step, fault))
        return running[-1]

    yield start
    for each in running:
        each.stop()


def smtp(port: int, *, timeout_s: float = PATIENCE_S) -> Smtp:
    return Smtp("127.0.0.1", port, starttls="off", timeout_s=timeout_s, now=lambda: NOW)


LONG = b"250 " + b"x" * 10_000 + b"\r\n"
FAULTS: dict[tuple[str, str], tuple[bytes | Do, Outcome, str]] = {
    ("CONNECT", "refuses for now"): (b"421 too busy\r\n", Outcome.LATER, "421"),
    ("CONNECT", "refuses for good"): (b"554 no mail from you\r\n", Outcome.STOPPED, "554"),
    ("CONNECT", "hangs"): (Do.HANG, Outcome.LATER, "timeout"),
    ("CONNECT", "closes"): (Do.CLOSE, Outcome.LATER, "connect"),
    ("CONNECT", "resets"): (Do.RESET, Outcome.LATER, "connect"),
    ("CONNECT", "speaks HTTP"): (b"HTTP/1.1 400 Bad Request\r\n\r\n", Outcome.LATER, "-1"),
    ("EHLO", "hangs"): (Do.HANG, Outcome.LATER, "timeout"),
    ("MAIL", "hangs"): (Do.HANG, Outcome.LATER, "timeout"),
    ("MAIL", "says garbage"): (b"\xff\xfe\r\n", Outcome.LATER, "-1"),
    ("MAIL", "says a line without end"): (LONG, Outcome.LATER, "lost"),
    ("RCPT", "hangs"): (Do.HANG, Outcome.LATER, "timeout"),
    ("RCPT", "resets"): (Do.RESET, Outcome.LATER, "lost"),
    ("DATA", "refuses for now"): (b"451 not now\r\n", Outcome.LATER, "451"),
    ("DATA", "refuses for good"): (b"554 no valid recipients\r\n", Outcome.REJECTED, "554"),
    ("DATA", "wants a login"): (b"530 log in\r\n", Outcome.STOPPED, "530"),
    ("DATA", "hangs"): (Do.HANG, Outcome.LATER, "timeout"),
    ("DATA", "closes"): (Do.CLOSE, Outcome.LATER, "lost"),
    ("DATA", "is content already"): (b"250 ok\r\n", Outcome.LATER, "250"),
    ("CONTENT", "hangs"): (Do.HANG, Outcome.UNKNOWN, "timeout"),
    ("CONTENT", "closes"): (Do.CLOSE, Outcome.UNKNOWN, "lost"),
    ("CONTENT", "resets"): (Do.RESET, Outcome.UNKNOWN, "lost"),
    ("CONTENT", "says half a line"): (b"25", Outcome.UNKNOWN, "timeout"),
    ("CONTENT", "says garbage"): (b"\xff\xfe\r\n", Outcome.UNKNOWN, "-1"),
    ("CONTENT", "says a line without end"): (LONG, Outcome.UNKNOWN, "lost"),
    ("CONTENT", "says go ahead again"): (b"354 more\r\n", Outcome.UNKNOWN, "354"),
}


@pytest.mark.parametrize(
    ("step", "fault", "outcome", "code"),
    [(step, *expected) for (step, _), expected in FAULTS.items()],
    ids=[" ".join(given) for given in FAULTS],
)
def test_only_after_the_content_was_begun_nobody_knows(
    a_mail: Callable[..., Mail],
    relay: Callable[[str, bytes | Do], BareRelay],
    step: str,
    fault: bytes | Do,
    outcome: Outcome,
    code: str,
) -> None:
    server = relay(step, fault)
    provider = smtp(server.port, timeout_s=0.6 if code == "timeout" else PATIENCE_S)
    (receipt,) = provider.send([a_mail()], claim=Unguarded(), in_flight=1)
    assert (receipt.outcome, receipt.code) == (outcome, code)
    assert server.stop().done == 1
    assert len(server.contents) == (1 if step == "CONTENT" else 0)


def test_a_final_ok_that_is_too_long_to_read_is_not_a_refusal(
    a_mail: Callable[..., Mail], relay: Callable[[str, bytes | Do], BareRelay]
) -> None:
    """smtplib reports it as status 500, which would read as a refusal."""
    server = relay("CONTENT", LONG)
    first, second = smtp(server.port).send([a_mail(), a_mail()], claim=Unguarded(), in_flight=1)
    assert (first.outcome, second.outcome) == (Outcome.UNKNOWN, Outcome.UNKNOWN)


def test_a_relay_that_never_says_yes_gets_a_few_mails_and_the_rest_stays_certain(
    a_mail: Callable[..., Mail], relay: Callable[[str, bytes | Do], BareRelay]
) -> None:
    server = relay("CONTENT", Do.CLOSE)
    receipts = smtp(server.port).send([a_mail()] * (PATIENCE + 5), claim=Unguarded(), in_flight=1)
    assert [receipt.outcome for receipt in receipts] == [Outcome.UNKNOWN] * PATIENCE + [Outcome.LATER] * 5
    assert len(server.stop().contents) == PATIENCE


def test_a_refused_connection_is_tried_once_for_the_burst(a_mail: Callable[..., Mail]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    receipts = smtp(port).send([a_mail()] * 3, claim=Unguarded(), in_flight=1)
    assert [(receipt.outcome, receipt.code) for receipt in receipts] == [(Outcome.LATER, "connect")] * 3


def test_a_name_that_does_not_resolve_is_later(a_mail: Callable[..., Mail]) -> None:
    provider = Smtp("relay.invalid", 25, starttls="off", timeout_s=PATIENCE_S, now=lambda: NOW)
    (receipt,) = provider.send([a_mail()], claim=Unguarded(), in_flight=1)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "dns")


def test_what_the_question_raises_comes_out_as_it_is(
    a_mail: Callable[..., Mail], relay: Callable[[str, bytes | Do], BareRelay]
) -> None:
    server = relay("NONE", b"")

    def broken(ref: str) -> bool:
        raise LookupError("the database is away")

    with pytest.raises(LookupError, match="away"):
        smtp(server.port).send([a_mail()], claim=Unguarded(broken), in_flight=1)
    assert server.stop().heard == ["CONNECT", "EHLO", "QUIT"]
