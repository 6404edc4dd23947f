"""HTTP/1.1 on loopback that can also break off, hang, drip and reset, which no web framework lets a program do.

As far as our clients speak it: keep-alive, bodies with a length; no chunked bodies (411), one request at a time.
"""

import asyncio
import re
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

_HEAD_END = b"\r\n\r\n"
_LONGEST_HEAD = 64 * 1024
_LONGEST_BODY = 31 * 1024 * 1024
"""Bytes; a little more than the 30 MB that SendGrid takes, so that it can say so itself."""
_DRIP_EVERY_S = 0.05


class Ending(Enum):
    """What happens to the connection after the answer."""

    KEEP = auto()
    CLOSE = auto()
    RESET = auto()
    HANG = auto()
    """Nothing more, until the client hangs up."""
    DRIP = auto()
    """Twenty spaces a second, until the client hangs up."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a request. `raw` stands for status, headers and body where it is given."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw: bytes | None = None
    ending: Ending = Ending.KEEP
    wait_s: float = 0.0

    def as_bytes(self) -> bytes:
        if self.raw is not None:
            return self.raw
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body


class Server:
    """Answers every request with what `handle` says. `longest_s` is the longest that one took, hanging included."""

    def __init__(self, handle: Callable[[Request], Reply]) -> None:
        self._handle = handle
        self._connections: set[_Connection] = set()
        self._listening: asyncio.Server | None = None
        self.longest_s = 0.0

    async def start(self, port: int) -> int:
        """Listen on loopback; the port, which is a free one for 0. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(lambda: _Connection(self), "127.0.0.1", port, backlog=512)
        return int(self._listening.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """At once: nobody is waited for."""
        if self._listening:
            self._listening.close()
        for connection in list(self._connections):
            connection.end()

    def answer(self, request: Request) -> Reply:
        return self._handle(request)

    def opened(self, connection: "_Connection") -> None:
        self._connections.add(connection)

    def closed(self, connection: "_Connection") -> None:
        self._connections.discard(connection)


class _Connection(asyncio.Protocol):
    def __init__(self, server: Server) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._began: float | None = None
        """When the request in hand had arrived; None while there is none."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - says to the type checker what TCP gives
        self._transport = transport
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._done()
        self._server.closed(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._look()

    def _look(self) -> None:
        """Answer the next request when it is there as a whole and the one before it is done."""
        if self._began is not None or self._transport.is_closing():
            return
        head, found, rest = self._buffer.partition(_HEAD_END)
        if not found:
            if len(self._buffer) > _LONGEST_HEAD:
                self._refuse(431)
            return
        request, length = _parsed(head)
        if request is None:
            self._refuse(length)
        elif len(rest) >= length:
            self._buffer = rest[length:]
            self._began = self._loop.time()
            whole = Request(request.method, request.path, request.query, request.headers, rest[:length])
            reply = self._server.answer(whole)
            if reply.wait_s:
                self._loop.call_later(reply.wait_s, self._send, reply)
            else:
                self._send(reply)

    def _refuse(self, status: int) -> None:
        self._send(Reply(status=status, headers={"Connection": "close"}, ending=Ending.CLOSE))

    def _send(self, reply: Reply) -> None:
        if self._transport.is_closing():
            return
        if data := reply.as_bytes():
            self._transport.write(data)
        if reply.ending is Ending.KEEP:
            self._done()
            self._look()
        elif reply.ending is Ending.CLOSE:
            self._transport.close()
        elif reply.ending is Ending.RESET:
            self._reset()
        elif reply.ending is Ending.DRIP:
            self._drip()

    def _reset(self) -> None:
        opened: socket.socket = self._transport.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def _drip(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(b" ")
            self._loop.call_later(_DRIP_EVERY_S, self._drip)

    def _done(self) -> None:
        if self._began is not None:
            self._server.longest_s = max(self._server.longest_s, self._loop.time() - self._began)
            self._began = None

    def end(self) -> None:
        self._began = None  # that we end it says nothing about how long it took
        self._transport.abort()


def _parsed(head: bytes) -> tuple[Request | None, int]:
    """The request without its body and the length of that; or None and the status that says what is wrong."""
    lines = head.decode("latin-1").split("\r\n")
    first = re.fullmatch(r"([A-Z]+) (/\S*) HTTP/1\.[01]", lines[0])
    if not first:
        return None, 400
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if "transfer-encoding" in headers:
        return None, 411
    length = headers.get("content-length", "0")
    if not re.fullmatch(r"[0-9]{1,12}", length):
        return None, 400
    if int(length) > _LONGEST_BODY:
        return None, 413
    address = urlsplit(first[2])
    return Request(first[1], address.path, address.query, headers, b""), int(length)


def fields(text: str) -> dict[str, str]:
    """A query or an urlencoded body; of a name given twice, the last."""
    return dict(parse_qsl(text, keep_blank_values=True))
