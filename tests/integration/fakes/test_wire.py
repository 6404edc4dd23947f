"""The fakes' HTTP: whole requests in any pieces, nothing that they do not speak, and every way to break off."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from fakes.faults import Fault
from fakes.running import Fakes
from tests.integration.fakes.conftest import KEYS
from tests.integration.fakes.waiting import until

Start = Callable[..., Fakes]
BODY = (
    b'{"personalizations":[{"to":[{"email":"ann@example.com"}]}],"from":{"email":"care@example.org"},'
    b'"subject":"Hi","content":[{"type":"text/plain","value":"Hello"}]}'
)
HEAD = (
    f"POST /v3/mail/send HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEYS.sendgrid_api_key}\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
).encode()


@contextmanager
def connection(fakes: Fakes) -> Iterator[socket.socket]:
    port = int(fakes.sendgrid_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        yield line


def heard(line: socket.socket, *, for_s: float = 60.0, first: bytes = b"") -> tuple[bytes, str]:
    """What came, and how it ended: "eof", "reset", or "open" when nothing more came after `first`."""
    data = b""
    try:
        while first not in data and (chunk := line.recv(1 << 20)):
            data += chunk
        end = time.monotonic() + for_s
        while (left := end - time.monotonic()) > 0:
            line.settimeout(left)
            chunk = line.recv(1 << 20)
            if not chunk:
                return data, "eof"
            data += chunk
    except ConnectionResetError:
        return data, "reset"
    except TimeoutError:
        pass
    return data, "open"


def test_a_request_may_come_in_any_pieces_and_the_connection_is_kept(start: Start):
    fakes = start()
    with connection(fakes) as line:
        for place in range(0, len(HEAD + BODY), 50):
            line.sendall((HEAD + BODY)[place : place + 50])
        assert heard(line, for_s=0.2, first=b"\r\n\r\n")[0].startswith(b"HTTP/1.1 202 Accepted\r\n")
        line.sendall((HEAD + BODY) * 2)
        data = b""
        while data.count(b"HTTP/1.1 202 Accepted\r\n") < 2:
            more = line.recv(1 << 20)
            assert more, "it answered only once"
            data += more


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / SMTP/1.0\r\n\r\n", b"400"),
        (b"\x16\x03\x01\r\n\r\n", b"400"),
        (b"POST /v3/mail/send HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST /v3/mail/send HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /v3/mail/send HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"GET /" + b"x" * 70_000, b"431"),
    ],
)
def test_what_it_does_not_speak_ends_the_connection(start: Start, said: bytes, status: bytes):
    with connection(start()) as line:
        line.sendall(said)
        data, ending = heard(line)
    assert data.startswith(b"HTTP/1.1 " + status)
    assert ending in ("eof", "reset")


BREAKS = {
    Fault.HANG_BEFORE: (b"", "open"),
    Fault.HANG_AFTER: (b"", "open"),
    Fault.DRIP: (b"HTTP/1.1 202 Accepted\r\nContent-Length: 9999\r\n\r\n  ", "open"),
    Fault.RESET_BEFORE: (b"", "reset"),
    Fault.RESET_AFTER: (b"", "reset"),
    Fault.END_BEFORE: (b"", "eof"),
    Fault.END_AFTER: (b"", "eof"),
    Fault.TRUNCATED: (b"HTTP/1.1 20", "eof"),
    Fault.BUSY_UNTIL: (b"HTTP/1.1 429 Too Many Requests\r\n", "open"),
    Fault.BUSY: (b"HTTP/1.1 429 Too Many Requests\r\n", "open"),
    Fault.BROKEN_BEFORE: (b"HTTP/1.1 500 Internal Server Error\r\n", "open"),
    Fault.BROKEN_AFTER: (b"HTTP/1.1 500 Internal Server Error\r\n", "open"),
    Fault.GATEWAY_BEFORE: (b"HTTP/1.1 502 Bad Gateway\r\n", "open"),
    Fault.GATEWAY_AFTER: (b"HTTP/1.1 502 Bad Gateway\r\n", "open"),
    Fault.DOWN_BEFORE: (b"HTTP/1.1 503 Service Unavailable\r\n", "open"),
    Fault.DOWN_AFTER: (b"HTTP/1.1 503 Service Unavailable\r\n", "open"),
    Fault.PAGE: (b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\n", "open"),
    Fault.ELSEWHERE: (b"HTTP/1.1 302 Found\r\nLocation: http://localhost:", "open"),
    Fault.GARBAGE: (b"HTTP/1.1 202 Accepted\r\n", "open"),
    Fault.BOMB: (b"HTTP/1.1 202 Accepted\r\n", "open"),
    Fault.KEY_REFUSED: (b"HTTP/1.1 401 Unauthorized\r\n", "open"),
    Fault.TOO_LARGE: (b"HTTP/1.1 413 ", "open"),
}


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_happens_as_it_is_named(start: Start, fault: Fault):
    fakes = start(fault_rate=1.0, faults=(fault,))
    with connection(fakes) as line:
        line.sendall(HEAD + BODY)
        begins, ends = BREAKS[fault]
        data, ending = heard(line, for_s=0.3 if ends == "open" else 60.0, first=begins if ends == "open" else b"")
    assert data.startswith(begins) if begins else data == b""
    assert ending == ends
    assert fakes.ledger.taken["email"] == fault.takes
    assert dict(fakes.ledger.faults) == {fault: 1}


def test_a_bomb_is_small_on_the_wire_and_the_reset_lies_ahead(start: Start):
    with connection(start(fault_rate=1.0, faults=(Fault.BOMB,))) as line:
        line.sendall(HEAD + BODY)
        data, _ = heard(line, for_s=1.0, first=b"\r\n\r\n")
    assert b"Content-Encoding: gzip\r\n" in data
    assert 10_000 < len(data) < 64 * 1024
    with connection(start(fault_rate=1.0, faults=(Fault.BUSY_UNTIL,), clock=lambda: 1000.0)) as line:
        line.sendall(HEAD + BODY)
        assert heard(line, for_s=0.2, first=b"X-RateLimit-Reset: 1060\r\n")


def test_how_long_a_request_hung_is_known(start: Start):
    fakes = start(fault_rate=1.0, faults=(Fault.HANG_BEFORE,))
    with connection(fakes) as line:
        line.sendall(HEAD + BODY)
        until(lambda: fakes.ledger.faults)  # it has the request in hand
        time.sleep(0.3)
    until(lambda: fakes.longest_s >= 0.29)
