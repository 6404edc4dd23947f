"""A mail provider on loopback that takes every mail at once, so that what is measured is our work and not its.

`python -m benchmarks.provider FILE` writes its port into FILE and serves until it is ended. It checks that no mail
arrives twice: `GET /count` tells how many came, and how many of them carried a reference that had come before.

Hand-written on asyncio.Protocol: a web framework would need more of the machine than the program that it answers.
"""

import asyncio
import json
import re
import sys
from pathlib import Path

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,9})", re.IGNORECASE)
_REF = re.compile(rb'"ac_send": ?"([^"]+)"')
"""Quotes inside of a text are escaped in JSON, so this is found only where it is a key."""
_LONGEST = 4 * 1024 * 1024
"""Bytes that are kept of one connection's unfinished request."""


class Counted:
    """What came since the start."""

    def __init__(self) -> None:
        self.mails = 0
        self.repeated = 0
        self.nameless = 0
        self._refs: set[bytes] = set()

    def take(self, body: bytes) -> None:
        self.mails += 1
        found = _REF.search(body)
        if found is None:
            self.nameless += 1
            return
        self.repeated += found[1] in self._refs
        self._refs.add(found[1])

    def as_json(self) -> bytes:
        counts = {"mails": self.mails, "repeated": self.repeated, "nameless": self.nameless}
        return json.dumps(counts).encode()


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as far as our clients speak it: no chunked bodies, no pipelining limits."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - says to the type checker what TCP gives
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(_HEAD_END)) >= 0:
            head = self._buffer[:end]
            length = _LENGTH.search(head)
            whole = end + len(_HEAD_END) + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                break
            body, self._buffer = self._buffer[end + len(_HEAD_END) : whole], self._buffer[whole:]
            self._transport.write(self._answer(head, body))
        if len(self._buffer) > _LONGEST:
            self._transport.abort()

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"POST /v3/mail/send "):
            self._counted.take(body)
            return b"HTTP/1.1 202 Accepted\r\nX-Message-Id: m%d\r\nContent-Length: 0\r\n\r\n" % self._counted.mails
        if head.startswith(b"GET /count "):
            answer = self._counted.as_json()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer)
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


async def serve(port_file: Path) -> None:
    counted = Counted()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(counted), "127.0.0.1", 0)
    draft = port_file.with_suffix(".part")
    draft.write_text(str(server.sockets[0].getsockname()[1]))
    draft.replace(port_file)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
