"""SendGrid v3 mail/send. The helpers of the `sendgrid` package make the payload; the transport is our own.

The package's own client has no deadline, follows redirects with the key in its headers and writes the key to the log at
DEBUG (docs/decisions.md, "SendGrid without its client").
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

import httpx
from pydantic import SecretStr

from channels.burst import Brake, stays_here, word_for
from channels.protocol import Mail, MailFault, Outcome, Receipt
from channels.sendgrid_payload import payload

for _logger in ("httpx", "httpcore", "python_http_client"):
    logging.getLogger(_logger).setLevel(logging.WARNING)  # below that they write down keys, addresses and recipients

MEANING = {
    202: Outcome.ACCEPTED,
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
"""What an answer means by its status. Every status that is not here leaves us UNKNOWN (but see `_translated`)."""

LONGEST_WAIT = timedelta(hours=1)
LONGEST_ANSWER = 64 * 1024
"""Bytes."""
CONNECT_SHARE = 0.4
"""Of the deadline, for the connection and for the TLS handshake each. Both end by themselves before the deadline,
because httpcore 1.0.9 leaks the socket of a handshake that is cancelled from outside."""


class SendGrid:
    """Sends through `<base_url>/v3/mail/send`, each mail as a request of its own with a deadline for the whole of it.

    In the `sandbox` SendGrid checks a mail, answers 200 and sends nothing: no mail, no events.
    Raises ValueError for a base URL or a key that cannot be right, such as plain http to another machine.
    """

    name = "sendgrid"

    def __init__(
        self, base_url: str, api_key: SecretStr, *, sandbox: bool, timeout_s: float, now: Callable[[], datetime]
    ) -> None:
        self._url = _endpoint(base_url)
        self._headers = _headers(api_key)
        self._sandbox = sandbox
        self._timeout_s = timeout_s
        self._now = now

    def send(self, mails: Sequence[Mail], *, allowed: Callable[[str], bool], in_flight: int) -> list[Receipt]:
        """As in `MailProvider`, up to `in_flight` requests at a time. Not to be called from a running event loop."""
        return asyncio.run(self._burst(mails, allowed, lanes=max(1, min(in_flight, len(mails)))))

    async def _burst(self, mails: Sequence[Mail], allowed: Callable[[str], bool], *, lanes: int) -> list[Receipt]:
        receipts: dict[int, Receipt] = {}
        brake, queue = Brake(), enumerate(mails)
        await asyncio.gather(*(self._lane(queue, allowed, brake, receipts) for _ in range(lanes)))
        return [receipts[place] for place in range(len(mails))]

    async def _lane(
        self,
        queue: Iterator[tuple[int, Mail]],
        allowed: Callable[[str], bool],
        brake: Brake,
        receipts: dict[int, Receipt],
    ) -> None:
        """Take mails from the common queue until it is empty, over one connection of our own.

        A pool shared by all lanes looks through all its connections at every request: 16 lanes in one pool cost 2.5
        times the processor time per mail of 16 pools, 64 lanes 6 times (measured).
        """
        one = httpx.Limits(max_connections=1)
        async with httpx.AsyncHTTPTransport(verify=_trust(), limits=one, trust_env=False) as line:
            for place, mail in queue:
                receipts[place] = brake.untried(mail) or brake.note(await self._deliver(line, mail, allowed))

    async def _deliver(self, line: httpx.AsyncHTTPTransport, mail: Mail, allowed: Callable[[str], bool]) -> Receipt:
        try:
            body = payload(mail, sandbox=self._sandbox)
        except MailFault as fault:
            return Receipt(ref=mail.ref, outcome=Outcome.REJECTED, code=fault.code)
        threshold = _Threshold(mail.ref, allowed)
        extensions = {"trace": threshold, "timeout": {"connect": self._timeout_s * CONNECT_SHARE}}
        request = httpx.Request("POST", self._url, headers=self._headers, content=body, extensions=extensions)
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await line.handle_async_request(request)
                whole = await _read(response)
        except _Withheld:
            return Receipt(ref=mail.ref, outcome=Outcome.WITHHELD, code="withheld")
        except (httpx.TransportError, TimeoutError) as error:
            if threshold.may_have_written(error):
                return Receipt(ref=mail.ref, outcome=Outcome.UNKNOWN, code=word_for(error, otherwise="lost"))
            return Receipt(ref=mail.ref, outcome=Outcome.LATER, code=word_for(error, otherwise="connect"))
        if not threshold.passed:
            raise RuntimeError("httpcore no longer announces its writes: nobody was asked whether the mail may go")
        return self._translated(mail.ref, response, whole=whole)

    def _translated(self, ref: str, response: httpx.Response, *, whole: bool) -> Receipt:
        status = response.status_code
        outcome, code = MEANING.get(status, Outcome.UNKNOWN), str(status)
        if httpx.codes.is_redirect(status):
            outcome, code = Outcome.LATER, "redirect"
        elif status == httpx.codes.OK and self._sandbox:
            outcome = Outcome.ACCEPTED
        if outcome is Outcome.ACCEPTED and not whole:
            outcome, code = Outcome.UNKNOWN, "oversize"
        return Receipt(
            ref=ref,
            outcome=outcome,
            code=code,
            provider_id=_message_id(response.headers) if outcome is Outcome.ACCEPTED else None,
            retry_at=self._retry_at(response.headers) if status in (408, 429) else None,
        )

    def _retry_at(self, headers: Mapping[str, str]) -> datetime | None:
        """The moment in X-RateLimit-Reset (unix seconds), from now to an hour ahead; None if unreadable."""
        seconds = re.match(r"\s*([0-9]{1,20})", headers.get("X-RateLimit-Reset", ""))
        if not seconds:
            return None
        now = self._now()
        wait_s = float(seconds[1]) - now.timestamp()
        return now + timedelta(seconds=max(0.0, min(wait_s, LONGEST_WAIT.total_seconds())))


@cache
def _trust() -> ssl.SSLContext:
    """Made once: reading the certificates takes 14 ms."""
    return httpx.create_ssl_context(trust_env=False)


class _Threshold:
    """httpcore tells it what a request is about to do. The first byte is written only past this point.

    A request that ends before it was certainly not processed; after it, nobody can tell.
    """

    def __init__(self, ref: str, allowed: Callable[[str], bool]) -> None:
        self._ref = ref
        self._allowed = allowed
        self.passed = False

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        if event == "http11.send_request_headers.started":
            if not self._allowed(self._ref):
                raise _Withheld
            self.passed = True

    def may_have_written(self, error: Exception) -> bool:
        before = (TimeoutError, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
        return self.passed or not isinstance(error, before)


class _Withheld(Exception):
    pass


async def _read(response: httpx.Response) -> bool:
    """Read the answer as it came over the line and keep nothing of it; whether it ended within 64 KB."""
    size = 0
    try:
        async for chunk in response.aiter_raw():
            size += len(chunk)
            if size > LONGEST_ANSWER:
                return False
    finally:
        await response.aclose()
    return True


def _message_id(headers: Mapping[str, str]) -> str | None:
    found = re.fullmatch(r"[!-~]{1,200}", headers.get("X-Message-Id", ""))
    return found[0] if found else None


def _endpoint(base_url: str) -> httpx.URL:
    url = httpx.URL(base_url)
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError("the address of SendGrid must look like https://api.sendgrid.com")
    if url.scheme == "http" and not stays_here(url.host):
        raise ValueError("the key would cross the network unencrypted: use https, or a provider on this machine")
    return url.copy_with(path=url.path.rstrip("/") + "/v3/mail/send")


def _headers(api_key: SecretStr) -> httpx.Headers:
    if not re.fullmatch(r"[!-~]+", api_key.get_secret_value()):
        raise ValueError("the SendGrid key is empty or holds a blank or a character that is not ASCII")
    return httpx.Headers(
        {
            "Authorization": f"Bearer {api_key.get_secret_value()}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "aftercare",
        }
    )
