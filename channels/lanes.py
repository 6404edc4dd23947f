"""What HTTP providers share: a burst of requests in lanes, with one question before each first byte and one deadline.

No redirect is followed, no proxy of the environment is used, of an answer no more is read than it may have, and nothing
is tried twice.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Generic

import httpx

from channels.burst import Brake, stays_here, word_for
from channels.claims import Together, stopped_by_signals
from channels.protocol import Claim, Message, MessageFault, Outcome, Receipt

for _logger in ("httpx", "httpcore"):
    logging.getLogger(_logger).setLevel(logging.WARNING)  # below that they write down keys, addresses and recipients

LONGEST_ANSWER = 64 * 1024
"""Bytes."""
LONGEST_WAIT = timedelta(hours=1)
CONNECT_SHARE = 0.4
"""Of the deadline, for the connection and for the TLS handshake each. Both end by themselves before the deadline,
because httpcore 1.0.9 leaks the socket of a handshake that is cancelled from outside."""


REFUSALS = {
    400: Outcome.REJECTED,
    413: Outcome.REJECTED,
    401: Outcome.STOPPED,
    403: Outcome.STOPPED,
    404: Outcome.STOPPED,
    405: Outcome.STOPPED,
    415: Outcome.STOPPED,
    408: Outcome.LATER,
    429: Outcome.LATER,
}
"""What a provider's refusal means by its status alone. Every status that is not here leaves us UNKNOWN."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes | None
    """As it came over the line; None when it did not end within `LONGEST_ANSWER`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes(Generic[Message]):
    """How one provider's requests are made and its answers read. `timeout_s` is for the whole of a request."""

    request: Callable[[Message, float], httpx.Request]
    """Also given the seconds since the burst began. Raises `MessageFault`, or `NotNow`."""
    translated: Callable[[str, Answer], Receipt]
    """From a message's `ref` and what the provider answered."""
    timeout_s: float
    trust: ssl.SSLContext | None = None
    """Instead of the certificates that everybody trusts."""

    def send(self, messages: Sequence[Message], *, claim: Claim, in_flight: int) -> list[Receipt]:
        """As in `Provider`, up to `in_flight` requests at a time. Not to be called from a running event loop."""
        return asyncio.run(self._burst(messages, claim, lanes=max(1, min(in_flight, len(messages)))))

    async def _burst(self, messages: Sequence[Message], claim: Claim, *, lanes: int) -> list[Receipt]:
        receipts: dict[int, Receipt] = {}
        brake, queue, together = Brake(), enumerate(messages), Together(claim)
        began_s = asyncio.get_running_loop().time()
        with stopped_by_signals(together):
            await asyncio.gather(*(self._lane(queue, together, brake, receipts, began_s) for _ in range(lanes)))
            together.settle()
        return [receipts[place] for place in range(len(messages))]

    async def _lane(
        self,
        queue: Iterator[tuple[int, Message]],
        together: Together,
        brake: Brake,
        receipts: dict[int, Receipt],
        began_s: float,
    ) -> None:
        """Take messages from the common queue until it is empty, over one connection of our own.

        A pool shared by all lanes looks through all its connections at every request: 16 lanes in one pool cost 2.5
        times the processor time per mail of 16 pools, 64 lanes 6 times (measured).
        """
        one, clock = httpx.Limits(max_connections=1), asyncio.get_running_loop()
        async with httpx.AsyncHTTPTransport(verify=self.trust or _trust(), limits=one, trust_env=False) as line:
            for place, message in queue:
                untried = together.untried(message) or brake.untried(message)
                made = untried or self._made(message, clock.time() - began_s)
                if isinstance(made, httpx.Request):
                    made = brake.note(await self._deliver(line, message.ref, made, together))
                receipts[place] = together.note(made)

    def _made(self, message: Message, since_s: float) -> httpx.Request | Receipt:
        """The message's request, or why there is none: the provider has no part in that."""
        try:
            return self.request(message, since_s)
        except MessageFault as fault:
            return Receipt(ref=message.ref, outcome=Outcome.REJECTED, code=fault.code)
        except NotNow as reason:
            return Receipt(ref=message.ref, outcome=Outcome.LATER, code=str(reason))

    async def _deliver(
        self, line: httpx.AsyncHTTPTransport, ref: str, request: httpx.Request, together: Together
    ) -> Receipt:
        threshold = _Threshold(ref, together)
        request.extensions |= {"trace": threshold, "timeout": {"connect": self.timeout_s * CONNECT_SHARE}}
        try:
            async with asyncio.timeout(self.timeout_s) as deadline:
                threshold.deadline = deadline
                response = await line.handle_async_request(request)
                body = await _read(response)
        except _Withheld:
            return Receipt(ref=ref, outcome=Outcome.WITHHELD, code="withheld")
        except (httpx.TransportError, TimeoutError) as error:
            if threshold.may_have_written(error):
                return Receipt(ref=ref, outcome=Outcome.UNKNOWN, code=word_for(error, otherwise="lost"))
            return Receipt(ref=ref, outcome=Outcome.LATER, code=word_for(error, otherwise="connect"))
        if not threshold.passed:
            raise RuntimeError("httpcore no longer announces its writes: nobody was asked whether the message may go")
        return self.translated(ref, Answer(response.status_code, response.headers, body))


class NotNow(Exception):
    """This message is not to be asked for at this moment. Its text is the receipt's code."""


@cache
def _trust() -> ssl.SSLContext:
    """Made once: reading the certificates takes 14 ms."""
    return httpx.create_ssl_context(trust_env=False)


class _Threshold:
    """httpcore tells it what a request is about to do. The first byte is written only past this point.

    A request that ends before it was certainly not processed; after it, nobody can tell.
    """

    def __init__(self, ref: str, together: Together) -> None:
        self._ref = ref
        self._together = together
        self.passed = False
        self.deadline: asyncio.Timeout | None = None

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        if event == "http11.send_request_headers.started":
            if not await self._asked():
                raise _Withheld
            self.passed = True

    async def _asked(self) -> bool:
        """The wait for our own store does not count as the provider's."""
        clock, deadline = asyncio.get_running_loop(), self.deadline
        left_s = (deadline.when() or clock.time()) - clock.time() if deadline else 0.0
        if deadline:
            deadline.reschedule(None)
        may = await self._together.may_go(self._ref)
        if deadline:
            deadline.reschedule(clock.time() + left_s)
        return may

    def may_have_written(self, error: Exception) -> bool:
        before = (TimeoutError, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
        return self.passed or not isinstance(error, before)


class _Withheld(Exception):
    pass


async def _read(response: httpx.Response) -> bytes | None:
    """The answer as it came over the line, not unpacked; None when it did not end within 64 KB."""
    body = bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > LONGEST_ANSWER:
                return None
    finally:
        await response.aclose()
    return bytes(body)


def endpoint(base_url: str, path: str, *, provider: str, like: str) -> httpx.URL:
    """The address of a provider's `path`. ValueError for one that cannot be right, or that would show the secret."""
    url = httpx.URL(base_url)
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError(f"the address of {provider} must look like {like}")
    if url.scheme == "http" and not stays_here(url.host):
        raise ValueError("the key would cross the network unencrypted: use https, or a provider on this machine")
    return url.copy_with(path=url.path.rstrip("/") + path)


def in_seconds(now: datetime, wait_s: float) -> datetime:
    """So many seconds from now, but not in the past and an hour ahead at the most."""
    return now + timedelta(seconds=max(0.0, min(wait_s, LONGEST_WAIT.total_seconds())))


def seconds_in(header: str) -> float | None:
    """The number that a header begins with; None if it is unreadable."""
    found = re.match(r"\s*([0-9]{1,20})", header)
    return float(found[1]) if found else None
