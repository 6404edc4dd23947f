"""What a provider does wrong, on demand: which fault meets a send, and what it does to the answer."""

import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from http import HTTPStatus

from fakes.wire import Ending, Reply

BOMB_BYTES = 50_000_000
"""What the bomb unpacks to; over the wire it is less than 64 KB."""
_RESET_S = 60
_PAGE = b"<html><head><title>503 Service Temporarily Unavailable</title></head><body><h1>503</h1></body></html>"


class Fault(StrEnum):
    """ "before" and "after" mean the moment at which the message is taken: after it, it will be delivered."""

    BUSY_UNTIL = "429-reset"
    BUSY = "429"
    BROKEN_BEFORE = "500-before"
    GATEWAY_BEFORE = "502-before"
    DOWN_BEFORE = "503-before"
    BROKEN_AFTER = "500-after"
    GATEWAY_AFTER = "502-after"
    DOWN_AFTER = "503-after"
    PAGE = "503-html"
    HANG_BEFORE = "hang-before"
    HANG_AFTER = "hang-after"
    DRIP = "drip"
    RESET_BEFORE = "reset-before"
    RESET_AFTER = "reset-after"
    END_BEFORE = "eof-before"
    END_AFTER = "eof-after"
    TRUNCATED = "truncated"
    ELSEWHERE = "302"
    GARBAGE = "garbage"
    BOMB = "gzip-bomb"
    KEY_REFUSED = "401"
    TOO_LARGE = "413"

    @property
    def takes(self) -> bool:
        """Whether the message is taken all the same."""
        return self in _TAKING


_TAKING = frozenset(
    {
        Fault.BROKEN_AFTER, Fault.GATEWAY_AFTER, Fault.DOWN_AFTER, Fault.HANG_AFTER, Fault.DRIP, Fault.RESET_AFTER,
        Fault.END_AFTER, Fault.TRUNCATED, Fault.GARBAGE, Fault.BOMB,
    }
)  # fmt: skip


class Faults:
    """Chooses the fault for each send: by its address, how often that was tried before, the share and the seed.

    An address whose local part is `fault-<name>` (anything may follow a "+") always meets that fault.
    """

    def __init__(self, share: float, seed: int, among: Sequence[Fault] = tuple(Fault)) -> None:
        self._share, self._seed, self._among = share, seed, among
        self._tried: Counter[str] = Counter()
        if share and Fault.BOMB in among:
            _bomb()  # now, because it takes a moment in which no request would be answered

    def meeting(self, address: str) -> Fault | None:
        named = re.match(r"fault-([a-z0-9-]+)(\+[^@]*)?@", address)
        if named and named[1] in set(Fault):
            return Fault(named[1])
        if not self._share:
            return None
        self._tried[address] += 1
        chance = drawn(self._seed, "fault", address, self._tried[address])
        if chance >= self._share:
            return None
        return self._among[int(chance / self._share * len(self._among))]


def drawn(seed: int, *parts: object) -> float:
    """A number in [0, 1) that looks like chance and is the same for the same seed and parts."""
    digest = hashlib.sha256("\0".join(map(str, (seed, *parts))).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def spoiled(fault: Fault, good: Reply, *, said: Callable[[int], Reply], elsewhere: str, now_s: float) -> Reply:
    """What is answered instead of `good`. `said(status)` is the provider's own way to say no."""
    if fault in _BROKEN:
        return Reply(raw=b"", ending=_BROKEN[fault])
    if fault in _TWISTED:
        return _TWISTED[fault](good)
    if fault is Fault.PAGE:
        return Reply(status=503, headers={"Content-Type": "text/html"}, body=_PAGE)
    if fault is Fault.ELSEWHERE:
        return Reply(status=302, headers={"Location": elsewhere})
    no = said(int(fault.value[:3]))
    if fault is Fault.BUSY_UNTIL:
        reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{now_s + _RESET_S:.0f}"}
        return replace(no, headers={**no.headers, **reset})
    return no


def _line(reply: Reply) -> bytes:
    return f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}".encode()


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(BOMB_BYTES))


_BROKEN = {
    Fault.HANG_BEFORE: Ending.HANG,
    Fault.HANG_AFTER: Ending.HANG,
    Fault.RESET_BEFORE: Ending.RESET,
    Fault.RESET_AFTER: Ending.RESET,
    Fault.END_BEFORE: Ending.CLOSE,
    Fault.END_AFTER: Ending.CLOSE,
}
_TWISTED: dict[Fault, Callable[[Reply], Reply]] = {
    Fault.DRIP: lambda good: Reply(raw=_line(good) + b"\r\nContent-Length: 9999\r\n\r\n", ending=Ending.DRIP),
    Fault.TRUNCATED: lambda good: Reply(raw=_line(good)[:11], ending=Ending.CLOSE),
    Fault.GARBAGE: lambda good: replace(good, body=b"\0\xff{<?"),
    Fault.BOMB: lambda good: replace(good, headers={**good.headers, "Content-Encoding": "gzip"}, body=_bomb()),
}
