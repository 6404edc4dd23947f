"""A program that takes Standard Webhooks and a room of a chat: whoever is to hear of concerns."""

import base64
import hmac
import json
import re
from dataclasses import replace

from fakes.faults import Faults, spoiled
from fakes.keys import Keys
from fakes.ledger import Ledger, Received
from fakes.options import Options
from fakes.wire import Reply, Request

WEBHOOK_PATH, CHAT_PATH = "/webhook", "/slack"
_TOLERANCE_S = 300
_BUSY_S = 60


class Receiver:
    """`handle` gives None for paths that are not its own.

    It heeds a webhook once, by its number, as a receiver should. A chat has no numbers: it shows what it is given.
    `/webhook/fault-<name>` and `/slack/fault-<name>` meet that fault each time, `/webhook/gone` answers 410.
    """

    def __init__(self, options: Options, keys: Keys, ledger: Ledger) -> None:
        self._options, self._keys, self._ledger = options, keys, ledger
        self._faults = Faults(options.fault_rate, options.seed, options.faults)
        self._heeded: set[str] = set()
        self.port = 0

    def handle(self, request: Request) -> Reply | None:
        if request.path.startswith("/elsewhere"):
            self._ledger.keys_elsewhere += "webhook-signature" in request.headers
            return Reply()
        found = re.fullmatch(rf"({WEBHOOK_PATH}|{CHAT_PATH})(?:/(gone|fault-[a-z0-9-]+))?", request.path)
        if not found or request.method != "POST":
            return None
        channel = "webhook" if found[1] == WEBHOOK_PATH else "chat"
        reply = self._answered(request, channel, found[2] or "")
        self._ledger.answers[f"{channel} {reply.status}"] += reply.raw is None
        return replace(reply, wait_s=self._options.latency_s)

    def _answered(self, request: Request, channel: str, named: str) -> Reply:
        if named == "gone":
            return Reply(status=410)
        if channel == "webhook" and not self._is_signed(request):
            return Reply(status=401)
        word = _read(request, channel)
        if word is None:
            return Reply(status=400, body=b"invalid_payload")
        fault = self._faults.meeting(f"{named or word.subject + word.text}@receiver")
        if fault:
            self._ledger.faults[fault] += 1
        if fault is None or fault.takes:
            self._heed(word)
        good = Reply(status=204) if channel == "webhook" else Reply(body=b"ok")
        if fault is None:
            return good
        elsewhere = f"http://localhost:{self.port}/elsewhere{request.path}"
        return spoiled(fault, good, said=_said, elsewhere=elsewhere, now_s=self._options.clock())

    def _heed(self, word: Received) -> None:
        if word.ref and word.ref in self._heeded:
            self._ledger.again[word.channel] += 1
            return
        self._heeded.add(word.ref)
        word.number, word.at = self._ledger.next_number(), self._options.clock()
        self._ledger.take(word)

    def _is_signed(self, request: Request) -> bool:
        id, stamp, given = (request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        if not re.fullmatch(r"[0-9]{1,11}", stamp) or abs(self._options.clock() - int(stamp)) > _TOLERANCE_S:
            return False
        key = base64.b64decode(self._keys.webhook_secret.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.digest(key, f"{id}.{stamp}.".encode() + request.body, "sha256")).decode()
        return any(hmac.compare_digest(each, f"v1,{wanted}") for each in given.split())


def _read(request: Request, channel: str) -> Received | None:
    """What was posted, without number and time; None when it is not what it should be."""
    try:
        told = json.loads(request.body)
        subject, text = (told["type"], json.dumps(told["data"])) if channel == "webhook" else ("", told["text"])
    except (ValueError, KeyError, TypeError):
        return None
    return Received(
        number=0, at=0.0, channel=channel, to=request.path, sender=request.headers.get("user-agent", ""), reply_to="",
        subject=str(subject), text=str(text), ref=request.headers.get("webhook-id", ""), provider_id="",
    )  # fmt: skip


def _said(status: int) -> Reply:
    return Reply(status=status, headers={"Retry-After": str(_BUSY_S)} if status == 429 else {})
