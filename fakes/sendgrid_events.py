"""What SendGrid tells about a mail: flat events, gathered, shuffled, some twice, signed, until somebody listens."""

import asyncio
import json
import random
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fakes.fates import Happening, mail_fate
from fakes.keys import Keys
from fakes.ledger import Received
from fakes.options import Options
from fakes.postman import Made, Post, Postman

PATH = "/hooks/sendgrid/events"
_GATHER_S = 0.3
"""SendGrid itself waits up to 30 s, or for 768 KB."""
_MOST_IN_A_POST = 100

_SUPPRESSING = {
    "bounce": "Bounced Address",
    "spamreport": "Spam Reporting Address",
    "unsubscribe": "Unsubscribed Address",
}
"""After these SendGrid drops what is sent to the address later, with this reason."""


class Events:
    def __init__(self, options: Options, keys: Keys, postman: Postman) -> None:
        self._options, self._keys, self._postman = options, keys, postman
        self._chance = random.Random(options.seed)  # noqa: S311 - decides what is told twice, no secret
        self._due: list[dict[str, Any]] = []
        self._dropping: dict[str, str] = {}

    def follow(self, mail: Received, common: Mapping[str, Any], *, tracked: frozenset[str]) -> None:
        """Let happen to the mail what its address decides. `common` goes into each event, `tracked` events are sent."""
        if not self._options.follow:
            return
        reason = self._dropping.get(mail.to.lower())
        fate = [Happening(0.5, "dropped", {"reason": reason})] if reason else mail_fate(mail.to)
        for happening in fate:
            if happening.event in ("open", "click") and happening.event not in tracked:
                continue
            delay_s = happening.after_s * self._options.pace
            asyncio.get_running_loop().call_later(delay_s, self._happen, mail, common, happening)

    def _happen(self, mail: Received, common: Mapping[str, Any], happening: Happening) -> None:
        mail.happened.append(happening.event)
        about = dict(happening.about)
        if happening.event in _SUPPRESSING and about.get("type") != "blocked":
            self._dropping[mail.to.lower()] = _SUPPRESSING[happening.event]
        if not self._options.events_to:
            return
        event = {
            **common,
            "email": mail.to,
            "timestamp": int(self._options.clock()),
            "event": happening.event,
            "sg_event_id": secrets.token_urlsafe(24),
            "smtp-id": f"<{mail.provider_id}@geopod-ismtpd-fake>",
        }
        if not about.pop("asynchronous", False):
            event["sg_message_id"] = f"{mail.provider_id}.recvd-fake-{mail.number}-0"
        self._tell(event | about)

    def _tell(self, event: dict[str, Any]) -> None:
        if not self._due:
            asyncio.get_running_loop().call_later(_GATHER_S * self._options.pace, self._post)
        self._due.append(event)

    def _post(self) -> None:
        told = self._due + [event for event in self._due if self._chance.random() < self._options.duplicates]
        self._due = []
        self._chance.shuffle(told)
        for first in range(0, len(told), _MOST_IN_A_POST):
            body = _body(told[first : first + _MOST_IN_A_POST])
            self._postman.take(Post("events", f"{self._options.events_to}{PATH}", self._signed(body), insists=True))

    def _signed(self, body: bytes) -> Any:
        def make() -> Made:
            signed = self._keys.sign_events(str(int(self._options.clock())), body)
            return {"Content-Type": "application/json;charset=utf-8", **signed}, body

        return make


def _body(events: Sequence[Mapping[str, Any]]) -> bytes:
    """One event a line, and a line end at the end: it counts for the signature."""
    return ("[" + ",\r\n".join(json.dumps(event, ensure_ascii=False) for event in events) + "]\r\n").encode()
