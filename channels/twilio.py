"""SMS through Twilio's REST API (2010-04-01, Messages). Its own client would log addresses; the transport is ours.

What the answers mean: docs/decisions.md, "Outcomes of a send", and channels/twilio_codes.py.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from pydantic import SecretStr

from channels.lanes import Answer, Lanes, NotNow, endpoint, in_seconds, seconds_in
from channels.protocol import Outcome, Receipt, TextMessage, checked_text
from channels.twilio_codes import ADDRESS_FAULTS, CODE_MEANING, about_a_message

STATUS_MEANING = {
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
"""What a refusal means by its status alone. Every status that is not here leaves us UNKNOWN (but see `_translated`)."""

LONGEST_TRY_S = 14_400
SHORTEST_TRY_S = 60
"""Seconds for Twilio's ValidityPeriod, which is ten hours when it is not given: far into the night."""

_FAILED = frozenset({"failed", "undelivered", "canceled"})
_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of an account: its auth token, or an API key and its secret."""

    account_sid: str
    user: str
    """The account's SID, or that of an API key."""
    secret: SecretStr


class Twilio:
    """Sends through `<base_url>/2010-04-01/Accounts/<account>/Messages.json`, each SMS as a request of its own.

    `sender`: a number, a short code, or the SID of a Messaging Service. `status_url`: under which Twilio tells what
    became of a message, with its ref at the end; None: it tells nobody.
    Raises ValueError for an address, sender or credentials that cannot be right.
    """

    name = "twilio"

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        sender: str,
        status_url: str | None,
        timeout_s: float,
        now: Callable[[], datetime],
    ) -> None:
        path = f"/2010-04-01/Accounts/{credentials.account_sid}/Messages.json"
        self._url = endpoint(base_url, path, provider="Twilio", like="https://api.twilio.com")
        self._headers = _headers(credentials)
        self._sender = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
        self._status_url = _callback(status_url)
        self._timeout_s = timeout_s
        self._now = now
        self._lanes = Lanes(request=self._request, translated=self._translated, timeout_s=timeout_s)

    def send(self, texts: Sequence[TextMessage], *, allowed: Callable[[str], bool], in_flight: int) -> list[Receipt]:
        """As in `Provider`. One that Twilio could not try for a minute is LATER, code "window", and not asked for."""
        return self._lanes.send(texts, allowed=allowed, in_flight=in_flight)

    def form(self, text: TextMessage, *, since_s: float = 0.0) -> dict[str, str]:
        """The request's fields, `since_s` seconds after the burst began. Raises `MessageFault`, or `NotNow`."""
        checked_text(text)
        left_s = int(text.try_for_s - since_s - self._timeout_s)  # Twilio counts from when it has the request
        if left_s < SHORTEST_TRY_S:
            raise NotNow("window")
        form = self._sender | {"To": text.to, "Body": text.body, "ValidityPeriod": str(min(LONGEST_TRY_S, left_s))}
        return form | ({"StatusCallback": f"{self._status_url}/{text.ref}"} if self._status_url else {})

    def _request(self, text: TextMessage, since_s: float) -> httpx.Request:
        content = urlencode(self.form(text, since_s=since_s)).encode("ascii")
        return httpx.Request("POST", self._url, headers=self._headers, content=content)

    def _translated(self, ref: str, answer: Answer) -> Receipt:
        status, told = answer.status, _object(answer.body)
        if status == httpx.codes.CREATED:
            return _taken(ref, told)
        if httpx.codes.is_redirect(status):
            return Receipt(ref=ref, outcome=Outcome.LATER, code="redirect")
        code = _code(told.get("code"))
        outcome = _refusal(status, code)
        return Receipt(
            ref=ref,
            outcome=outcome,
            code=str(status if code is None else code),
            retry_at=self._retry_at(answer.headers) if outcome is Outcome.LATER else None,
            address=ADDRESS_FAULTS.get(code or 0) if outcome is Outcome.REJECTED else None,
        )

    def _retry_at(self, headers: Mapping[str, str]) -> datetime | None:
        wait_s = seconds_in(headers.get("Retry-After", ""))
        return None if wait_s is None else in_seconds(self._now(), wait_s)


def _taken(ref: str, told: Mapping[str, Any]) -> Receipt:
    """A 201. Twilio calls nobody back for the first status, so a failure that is known at once is said here only."""
    sid, status = told.get("sid"), told.get("status")
    if not isinstance(sid, str) or not _SID.fullmatch(sid):
        return Receipt(ref=ref, outcome=Outcome.UNKNOWN, code="201")
    if status in _FAILED:
        code = _code(told.get("error_code"))
        return Receipt(
            ref=ref,
            outcome=Outcome.REJECTED,
            code=str(code or status),
            provider_id=sid,
            address=ADDRESS_FAULTS.get(code or 0),
        )
    return Receipt(ref=ref, outcome=Outcome.ACCEPTED, code="201", provider_id=sid)


def _refusal(status: int, code: int | None) -> Outcome:
    """Where a status speaks of credentials, set-up or haste, the number beside it changes nothing.

    But 403 is said of an account and of a region alike.
    """
    by_status = STATUS_MEANING.get(status, Outcome.UNKNOWN)
    if code is None or not 400 <= status < 500:
        return by_status
    if status == httpx.codes.FORBIDDEN:
        return Outcome.REJECTED if about_a_message(code) else by_status
    if by_status in (Outcome.LATER, Outcome.STOPPED):
        return by_status
    return CODE_MEANING.get(code, Outcome.REJECTED)


def _object(body: bytes | None) -> Mapping[str, Any]:
    """The answer as JSON; empty when it is something else."""
    try:
        told = json.loads(body or b"")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _code(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value < 1_000_000 and not isinstance(value, bool) else None


def _callback(url: str | None) -> str | None:
    if url is not None and not _HOST.fullmatch(urlsplit(url).netloc):
        raise ValueError("Twilio calls back no host whose name holds an underscore or a letter that is not ASCII")
    return url


def _headers(credentials: Credentials) -> httpx.Headers:
    secret = credentials.secret.get_secret_value()
    if not re.fullmatch(r"[!-~]+", secret):
        raise ValueError("the Twilio secret is empty or holds a blank or a character that is not ASCII")
    return httpx.Headers(
        {
            "Authorization": "Basic " + b64encode(f"{credentials.user}:{secret}".encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "aftercare",
        }
    )
