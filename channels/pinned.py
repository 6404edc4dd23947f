"""Posts to an address that somebody has set: its name is looked up once, and what it led to is what we connect to.

So a name cannot lead to the public internet while it is checked and into our own network when it is used. The request
goes to the IP address; the certificate must be that of the name, and the receiver sees the name (Host, SNI).
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue

import httpx

from channels.burst import word_for
from channels.lanes import Answer, Lanes, in_seconds, seconds_in
from channels.protocol import Claim, Outcome, Receipt, Word
from config.destination import destination, host_of, is_public

LOOK_UP_S = 2.0
REQUEST_S = 3.0
"""Together five seconds for an announcement, the longest that a receiver may keep us."""
AT_ONCE = 4
"""Requests under way to one receiver, which is no mail provider."""

REFUSALS = {
    401: Outcome.STOPPED,
    403: Outcome.STOPPED,
    404: Outcome.STOPPED,
    405: Outcome.STOPPED,
    415: Outcome.STOPPED,
    410: Outcome.REJECTED,
}
"""What a status says besides "not taken" (LATER) and "nobody knows" (5xx: UNKNOWN): the receiver does not know us, or
is gone for good (410)."""
GONE = "410"

Resolve = Callable[[str, int], Sequence[str]]
"""From a host and a port to IP addresses. Raises OSError."""


class NotReached(Exception):
    """There is no address to connect to. Its text is the receipt's code."""


def look_up(host: str, port: int) -> Sequence[str]:
    """As the system resolves names."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """Posts JSON to one address. Raises ValueError for an address that breaks a rule of `destination`."""

    address: str
    loopback: bool
    now: Callable[[], datetime]
    resolve: Resolve = look_up
    trust: ssl.SSLContext | None = None
    _url: httpx.URL = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_url", destination(self.address, loopback=self.loopback))

    def send(
        self,
        words: Sequence[Word],
        made: Callable[[Word], tuple[Mapping[str, str], bytes]],
        *,
        claim: Claim,
        in_flight: int,
    ) -> list[Receipt]:
        """As in `Provider`. `made`: headers and body of each."""
        try:
            ip = self._looked_up()
        except NotReached as reason:
            return [Receipt(ref=word.ref, outcome=Outcome.STOPPED, code=str(reason)) for word in words]

        def request(word: Word, _since_s: float) -> httpx.Request:
            return self._request(ip, *made(word))

        lanes = Lanes(request=request, translated=self._translated, timeout_s=REQUEST_S, trust=self.trust)
        return lanes.send(words, claim=claim, in_flight=min(in_flight, AT_ONCE))

    def _looked_up(self) -> str:
        """The one IP address for this burst. All that the name leads to must be allowed, or none of it is used."""
        host, port = host_of(self._url), self._url.port or (80 if self._url.scheme == "http" else 443)
        found = _within(LOOK_UP_S, lambda: self.resolve(host, port))
        if not found:
            raise NotReached("dns")
        if not all(is_public(ip) or (self.loopback and _is_loopback(ip)) for ip in found):
            raise NotReached("private address")
        return found[0]

    def _request(self, ip: str, headers: Mapping[str, str], body: bytes) -> httpx.Request:
        fixed = {
            "Host": self._url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "aftercare",
        }
        request = httpx.Request("POST", self._url.copy_with(host=ip), headers=fixed | dict(headers), content=body)
        request.extensions["sni_hostname"] = host_of(self._url)
        return request

    def _translated(self, ref: str, answer: Answer) -> Receipt:
        """By the status alone: what a receiver writes into its answer is nothing that we need."""
        status, code = answer.status, str(answer.status)
        if httpx.codes.is_success(status):
            return Receipt(ref=ref, outcome=Outcome.ACCEPTED, code=code)
        if httpx.codes.is_redirect(status):
            return Receipt(ref=ref, outcome=Outcome.LATER, code="redirect")
        outcome = Outcome.UNKNOWN if httpx.codes.is_server_error(status) else Outcome.LATER
        busy = status in (408, 429, 503)
        return Receipt(ref=ref, outcome=REFUSALS.get(status, outcome), code=code,
                       retry_at=self._retry_at(answer.headers) if busy else None)  # fmt: skip

    def _retry_at(self, headers: Mapping[str, str]) -> datetime | None:
        """The moment in Retry-After (seconds or a date), from now to an hour ahead; None if unreadable."""
        text, now = headers.get("Retry-After", ""), self.now()
        seconds = seconds_in(text)
        if seconds is None:
            try:
                seconds = parsedate_to_datetime(text).timestamp() - now.timestamp()
            except (ValueError, OverflowError):
                return None
        return in_seconds(now, seconds)


def _within(seconds: float, ask: Callable[[], Sequence[str]]) -> Sequence[str]:
    """What `ask` finds. The system's look-up cannot be broken off: when it takes too long its thread is left behind."""
    found: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def look() -> None:
        try:
            found.put(ask())
        except OSError as error:
            found.put(error)
        except UnicodeError as error:  # a label that cannot be a name
            found.put(OSError(str(error)))

    threading.Thread(target=look, name="look-up", daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except Empty:
        raise NotReached("timeout") from None
    if isinstance(answer, OSError):
        raise NotReached(word_for(answer, otherwise="dns"))
    return answer


def _is_loopback(ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False
