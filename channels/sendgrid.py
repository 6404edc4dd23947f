"""SendGrid v3 mail/send. The helpers of the `sendgrid` package make the payload; the transport is our own.

The package's own client has no deadline, follows redirects with the key in its headers and writes the key to the log at
DEBUG (docs/decisions.md, "SendGrid without its client").
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import httpx
from pydantic import SecretStr

from channels.lanes import REFUSALS, Answer, Lanes, endpoint, in_seconds, seconds_in
from channels.protocol import Claim, Mail, Outcome, Receipt
from channels.sendgrid_payload import payload

logging.getLogger("python_http_client").setLevel(logging.WARNING)  # below that it writes down keys and recipients

MEANING = {202: Outcome.ACCEPTED, **REFUSALS}
"""What an answer means by its status. Every status that is not here leaves us UNKNOWN (but see `_translated`)."""


class SendGrid:
    """Sends through `<base_url>/v3/mail/send`, each mail as a request of its own with a deadline for the whole of it.

    In the `sandbox` SendGrid checks a mail, answers 200 and sends nothing: no mail, no events.
    Raises ValueError for a base URL or a key that cannot be right, such as plain http to another machine.
    """

    name = "sendgrid"

    def __init__(
        self, base_url: str, api_key: SecretStr, *, sandbox: bool, timeout_s: float, now: Callable[[], datetime]
    ) -> None:
        self._url = endpoint(base_url, "/v3/mail/send", provider="SendGrid", like="https://api.sendgrid.com")
        self._headers = _headers(api_key)
        self._sandbox = sandbox
        self._now = now
        self._lanes = Lanes(request=self._request, translated=self._translated, timeout_s=timeout_s)

    def send(self, mails: Sequence[Mail], *, claim: Claim, in_flight: int) -> list[Receipt]:
        """As in `Provider`, up to `in_flight` requests at a time. Not to be called from a running event loop."""
        return self._lanes.send(mails, claim=claim, in_flight=in_flight)

    def _request(self, mail: Mail, _since_s: float) -> httpx.Request:
        return httpx.Request("POST", self._url, headers=self._headers, content=payload(mail, sandbox=self._sandbox))

    def _translated(self, ref: str, answer: Answer) -> Receipt:
        status = answer.status
        outcome, code = MEANING.get(status, Outcome.UNKNOWN), str(status)
        if httpx.codes.is_redirect(status):
            outcome, code = Outcome.LATER, "redirect"
        elif status == httpx.codes.OK and self._sandbox:
            outcome = Outcome.ACCEPTED
        if outcome is Outcome.ACCEPTED and answer.body is None:
            outcome, code = Outcome.UNKNOWN, "oversize"
        return Receipt(
            ref=ref,
            outcome=outcome,
            code=code,
            provider_id=_message_id(answer.headers) if outcome is Outcome.ACCEPTED else None,
            retry_at=self._retry_at(answer.headers) if status in (408, 429) else None,
        )

    def _retry_at(self, headers: Mapping[str, str]) -> datetime | None:
        """The moment in X-RateLimit-Reset (unix seconds), from now to an hour ahead; None if unreadable."""
        seconds, now = seconds_in(headers.get("X-RateLimit-Reset", "")), self._now()
        return None if seconds is None else in_seconds(now, seconds - now.timestamp())


def _message_id(headers: Mapping[str, str]) -> str | None:
    found = re.fullmatch(r"[!-~]{1,200}", headers.get("X-Message-Id", ""))
    return found[0] if found else None


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
