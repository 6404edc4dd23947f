"""Twilio's Messages resource as far as Aftercare uses it, and the status callbacks and replies that follow."""

import asyncio
import base64
import hmac
import json
import re
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from fakes.fates import SMS_REFUSALS, Happening, sms_fate
from fakes.faults import Faults, spoiled
from fakes.keys import Keys
from fakes.ledger import Ledger, Received
from fakes.options import Options
from fakes.postman import Made, Post, Postman
from fakes.segments import segments
from fakes.twilio_list import page_of
from fakes.wire import Reply, Request, fields

_STOP = frozenset(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"))
_START = frozenset(("start", "yes", "unstop"))
_LONGEST_BODY = 1600
_SID = "(?:SM|MM)[0-9a-fA-F]{32}"


class Twilio:
    """`handle` gives None for paths that are not Twilio's."""

    def __init__(self, options: Options, keys: Keys, ledger: Ledger, postman: Postman) -> None:
        self._options, self._keys, self._ledger, self._postman = options, keys, ledger, postman
        self._faults = Faults(options.fault_rate, options.seed, options.faults)
        self._resources: deque[dict[str, Any]] = deque(maxlen=options.keep)
        """The newest first, as the API shows them."""
        self._opted_out: set[str] = set()
        self.port = 0

    def handle(self, request: Request) -> Reply | None:
        if request.path.startswith("/elsewhere"):
            self._ledger.keys_elsewhere += "authorization" in request.headers
            return Reply()
        found = re.fullmatch(rf"/2010-04-01/Accounts/([^/]+)/Messages(?:/({_SID}))?\.json", request.path)
        if not found:
            return None
        if found[1] != self._keys.account_sid or not self._knows(request.headers.get("authorization", "")):
            reply = _error(401, 20003, "Authenticate")
        elif request.method == "GET":
            return self._shown(found[2], fields(request.query))
        elif request.method == "POST" and not found[2]:
            reply = self._create(request)
        else:
            reply = _error(405, 20004, "Method not allowed")
        self._ledger.answers[f"sms {reply.status}"] += reply.raw is None
        return replace(reply, wait_s=self._options.latency_s)

    def _knows(self, authorization: str) -> bool:
        """The account with its token, or any API key (`SK…`) with the token as its secret."""
        kind, _, encoded = authorization.partition(" ")
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return False
        known = user == self._keys.account_sid or re.fullmatch(r"SK[0-9a-fA-F]{32}", user) is not None
        return (
            kind.lower() == "basic" and known and hmac.compare_digest(password.encode(), self._keys.auth_token.encode())
        )

    def _create(self, request: Request) -> Reply:
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return _error(415, 20415, "Unsupported Media Type")
        try:
            form = fields(request.body.decode())
        except ValueError:
            return _error(400, 20001, "Bad request")
        refusal = _refusal(form)
        if refusal is None and form["To"] in self._opted_out:
            refusal = SMS_REFUSALS["0610"]
        if refusal:
            return _error(*refusal)
        fault = self._faults.meeting(form["To"])
        if fault:
            self._ledger.inject("sms", fault)
        good = Reply(status=201)
        if fault is None or fault.takes:
            good = self._take(form)
        if fault is None:
            return good
        elsewhere = f"http://localhost:{self.port}/elsewhere{request.path}"
        return spoiled(fault, good, said=_said, elsewhere=elsewhere, now_s=self._options.clock())

    def _take(self, form: Mapping[str, str]) -> Reply:
        sid = f"SM{secrets.token_hex(16)}"
        sender = form.get("From") or "+15005550006"
        resource = self._resource(form, sid, sender)
        sms = Received(
            number=self._ledger.next_number(), at=self._options.clock(), channel="sms", to=form["To"], sender=sender,
            reply_to=sender, text=form["Body"], ref=form.get("StatusCallback", ""), provider_id=sid,
        )  # fmt: skip
        self._ledger.take(sms)
        self._resources.appendleft(resource)
        for happening in sms_fate(form["To"]) if self._options.follow else ():
            delay_s = happening.after_s * self._options.pace
            loop = asyncio.get_running_loop()
            loop.call_later(delay_s, self._happen, sms, resource, happening, form.get("StatusCallback"))
        return _as_json(201, resource)

    def _resource(self, form: Mapping[str, str], sid: str, sender: str) -> dict[str, Any]:
        now = format_datetime(datetime.fromtimestamp(int(self._options.clock()), UTC))
        uri = f"/2010-04-01/Accounts/{self._keys.account_sid}/Messages/{sid}"
        return {
            "account_sid": self._keys.account_sid, "api_version": "2010-04-01", "body": form["Body"],
            "date_created": now, "date_sent": None, "date_updated": now, "direction": "outbound-api",
            "error_code": None, "error_message": None, "from": sender, "num_media": "0",
            "num_segments": str(segments(form["Body"])), "price": None, "price_unit": "USD",
            "messaging_service_sid": form.get("MessagingServiceSid"), "sid": sid, "status": "queued",
            "subresource_uris": {"media": f"{uri}/Media.json"}, "to": form["To"], "uri": f"{uri}.json",
        }  # fmt: skip

    def _happen(self, sms: Received, resource: dict[str, Any], happening: Happening, callback: str | None) -> None:
        sms.happened.append(happening.event)
        resource["status"] = happening.event
        if happening.event == "sent":
            resource["date_sent"] = format_datetime(datetime.fromtimestamp(int(self._options.clock()), UTC))
        if "ErrorCode" in happening.about:
            resource["error_code"] = int(happening.about["ErrorCode"])
        if callback:
            told = {
                "SmsSid": sms.provider_id, "SmsStatus": happening.event, "MessageStatus": happening.event,
                "To": sms.to, "MessageSid": sms.provider_id, "AccountSid": self._keys.account_sid,
                "From": sms.sender, "ApiVersion": "2010-04-01", **happening.about,
            }  # fmt: skip
            self._postman.take(self._post("status", callback, told))

    def reply(self, url: str, *, sender: str, to: str, text: str) -> Post:
        """An SMS of a customer, as Twilio hands it over. After STOP nothing more is sent to that number."""
        word = text.strip().lower()
        if word in _STOP:
            self._opted_out.add(sender)
        elif word in _START:
            self._opted_out.discard(sender)
        sid = f"SM{secrets.token_hex(16)}"
        told = {
            "ToCountry": "", "SmsMessageSid": sid, "NumMedia": "0", "SmsSid": sid, "SmsStatus": "received",
            "Body": text, "To": to, "NumSegments": str(segments(text)), "MessageSid": sid,
            "AccountSid": self._keys.account_sid, "From": sender, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        return self._post("sms", url, told)

    def _post(self, kind: str, url: str, told: Mapping[str, str]) -> Post:
        def make() -> Made:
            signature = self._keys.sign_form(url, told.items())
            content = "application/x-www-form-urlencoded; charset=UTF-8"
            return {"Content-Type": content, "X-Twilio-Signature": signature}, urlencode(told).encode()

        return Post(kind, url, make, insists=False)

    def _shown(self, sid: str | None, query: Mapping[str, str]) -> Reply:
        if sid:
            one = next((each for each in self._resources if each["sid"] == sid), None)
            return _as_json(200, one) if one else _error(404, 20404, "The requested resource was not found")
        return _as_json(200, page_of(self._resources, query, self._keys.account_sid))


def _refusal(form: Mapping[str, str]) -> tuple[int, int, str] | None:
    """Status, code and text of the refusal, or None: it will be taken."""
    to = form.get("To", "")
    if not to:
        return 400, 21604, "A 'To' phone number is required."
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return 400, 21603, "A 'From' phone number is required."
    if not form.get("Body"):
        return 400, 21602, "Message body is required."
    if len(form["Body"]) > _LONGEST_BODY:
        return 400, 21617, "The concatenated message body exceeds the 1600 character limit"
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", to):
        return SMS_REFUSALS["0211"]
    callback = form.get("StatusCallback")
    if callback is not None and not _callable(callback):
        return 400, 21609, "The 'StatusCallback' URL is not a valid URL."
    if not _is_period(form.get("ValidityPeriod", "1")):
        return 400, 21001, "Invalid 'ValidityPeriod'"
    return SMS_REFUSALS.get(to[-4:])


def _is_period(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,5}", text) is not None and 1 <= int(text) <= 36_000


def _callable(url: str) -> bool:
    try:
        address = urlsplit(url)
        return address.scheme in ("http", "https") and bool(address.hostname) and "_" not in (address.hostname or "_")
    except ValueError:
        return False


def _said(status: int) -> Reply:
    code = {401: 20003, 429: 20429}.get(status, 20000 + status)
    return _error(status, code, "Too Many Requests" if status == 429 else "An error occurred")


def _error(status: int, code: int, message: str) -> Reply:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return _as_json(status, {"code": code, "message": message, "more_info": more, "status": status})


def _as_json(status: int, said: object) -> Reply:
    return Reply(status=status, headers={"Content-Type": "application/json"}, body=json.dumps(said).encode())
