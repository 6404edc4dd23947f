"""Requests below HTTP clients, which tidy up what they are given: any bytes in any place, into an application."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp

Pairs = Sequence[tuple[bytes, bytes]]


@dataclass
class Reply:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def request(app: ASGIApp, method: str, path: bytes, query: bytes = b"", headers: Pairs = (),
            body: bytes | Iterable[bytes] = b"", *, hangs_up: bool = False,
            client: str = "127.0.0.1") -> Reply:  # fmt: skip
    """One request as a server would hand it over, its body in pieces if it is given so. With `hangs_up` the sender is
    gone after the body given."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in headers],
        "client": (client, 50000),
        "server": ("127.0.0.1", 8000),
    }
    pieces = _whole(body, hangs_up) if isinstance(body, bytes) else _pieces(body)
    return asyncio.run(_exchange(app, scope, pieces))


def _whole(body: bytes, hangs_up: bool) -> Iterator[dict[str, Any]]:
    yield {"type": "http.request", "body": body, "more_body": hangs_up}


def _pieces(body: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for piece in body:
        yield {"type": "http.request", "body": piece, "more_body": True}
    yield {"type": "http.request", "body": b"", "more_body": False}


async def _exchange(app: ASGIApp, scope: dict[str, Any], events: Iterator[dict[str, Any]]) -> Reply:
    reply = Reply()

    async def receive() -> dict[str, Any]:
        return next(events, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        else:
            reply.body += message.get("body", b"")

    await app(scope, receive, send)
    return reply
