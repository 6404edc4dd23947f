"""SendGrid's mail/send as far as Aftercare uses it: what it takes and refuses, and how it says so."""

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fakes.faults import Faults, spoiled
from fakes.keys import Keys
from fakes.ledger import Ledger, Received
from fakes.options import Options
from fakes.sendgrid_events import Events
from fakes.sendgrid_limits import MOST_BYTES, faults
from fakes.wire import Reply, Request

REF_ARG = "ac_send"
"""The custom argument in which Aftercare puts its own reference."""
_ELSEWHERE = "/elsewhere"
_WORDS = {
    401: "The provided authorization grant is invalid, expired, or revoked",
    405: "POST method only",
    413: "The JSON payload you have included in your request exceeds the maximum of 30 MB.",
    415: "Content-Type should be application/json.",
    429: "too many requests",
}


class SendGrid:
    """`handle` gives None for paths that are not SendGrid's."""

    def __init__(self, options: Options, keys: Keys, ledger: Ledger, events: Events) -> None:
        self._options, self._keys, self._ledger, self._events = options, keys, ledger, events
        self._faults = Faults(options.fault_rate, options.seed, options.faults)
        self._second, self._in_second = 0, 0
        self.port = 0

    def handle(self, request: Request) -> Reply | None:
        if request.path.startswith(_ELSEWHERE):
            self._ledger.keys_elsewhere += "authorization" in request.headers
            return Reply()
        if request.path != "/v3/mail/send":
            return None
        reply = self._send(request)
        self._ledger.answers[f"email {reply.status}"] += reply.raw is None
        return replace(reply, wait_s=self._options.latency_s)

    def _send(self, request: Request) -> Reply:
        if request.method != "POST":
            return _said(405)
        if not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self._keys.sendgrid_api_key}"):
            return _said(401)
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _said(415)
        if len(request.body) > MOST_BYTES:
            return _said(413)
        limits = self._rate()
        if limits and limits["X-RateLimit-Remaining"] == "-1":
            return Reply(status=429, headers=limits | {"X-RateLimit-Remaining": "0"}, body=_said(429).body)
        try:
            message = json.loads(request.body)
        except ValueError:
            return _refused([(None, "Bad Request")])
        if wrong := faults(message):
            return _refused(wrong)
        return self._fate(message, limits)

    def _fate(self, message: dict[str, Any], limits: dict[str, str]) -> Reply:
        fault = self._faults.meeting(message["personalizations"][0]["to"][0]["email"])
        if fault:
            self._ledger.inject("email", fault)
        good = Reply(status=202, headers=limits)
        if fault is None or fault.takes:
            good = self._take(message, limits)
        if fault is None:
            return good
        elsewhere = f"http://localhost:{self.port}{_ELSEWHERE}/v3/mail/send"
        return spoiled(fault, good, said=_said, elsewhere=elsewhere, now_s=self._options.clock())

    def _take(self, message: dict[str, Any], limits: dict[str, str]) -> Reply:
        if message.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
            return Reply(status=200, headers=limits)
        message_id = secrets.token_urlsafe(16)
        tracking = message.get("tracking_settings", {})
        tracked = [name for name in ("open", "click") if tracking.get(f"{name}_tracking", {}).get("enable", True)]
        for part in message["personalizations"]:
            arguments = message.get("custom_args", {}) | part.get("custom_args", {})
            categories = message.get("categories", [])
            common = arguments | ({"category": categories} if categories else {})
            for person in (*part["to"], *part.get("cc", ()), *part.get("bcc", ())):
                mail = self._received(message, part, person["email"], message_id, arguments)
                self._ledger.take(mail)
                self._events.follow(mail, common, tracked=frozenset(tracked))
        return Reply(status=202, headers=limits | {"X-Message-Id": message_id})

    def _received(
        self, message: dict[str, Any], part: dict[str, Any], to: str, message_id: str, arguments: dict[str, str]
    ) -> Received:
        contents = {each["type"]: each["value"] for each in message.get("content", ())}
        sender = message["from"]["email"]
        return Received(
            number=self._ledger.next_number(),
            at=self._options.clock(),
            channel="email",
            to=to,
            sender=sender,
            reply_to=message.get("reply_to", {}).get("email", sender),
            subject=part.get("subject") or message.get("subject", ""),
            text=contents.get("text/plain", ""),
            html=contents.get("text/html", ""),
            ref=arguments.get(REF_ARG, ""),
            provider_id=message_id,
        )

    def _rate(self) -> dict[str, str]:
        """The headers about the rate, if there is one; -1 remain when this request is one too many."""
        if self._options.rate_per_s is None:
            return {}
        second = int(self._options.clock())
        if second != self._second:
            self._second, self._in_second = second, 0
        self._in_second += 1
        remaining = max(self._options.rate_per_s - self._in_second, -1)
        return {
            "X-RateLimit-Limit": str(self._options.rate_per_s),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(second + 1),
        }


def _said(status: int) -> Reply:
    """The provider's way to say no, or to be out of order."""
    message = _WORDS.get(status, "Internal server error")
    if status >= 500:
        return _as_json(status, {"errors": [{"message": message}]})
    return _as_json(status, {"errors": [{"message": message, "field": None, "help": None}]})


def _refused(wrong: Sequence[tuple[str | None, str]]) -> Reply:
    errors = [{"message": text, "field": field, "help": None} for field, text in wrong]
    return _as_json(400, {"errors": errors, "id": secrets.token_hex(8)})


def _as_json(status: int, said: dict[str, Any]) -> Reply:
    return Reply(status=status, headers={"Content-Type": "application/json"}, body=json.dumps(said).encode())
