"""Everybody who speaks to the web application: the source system, customers, and the provider with its events.

Each repeats a request until it is acknowledged, as such programs do, and remembers what was.
"""

import base64
import hashlib
import hmac
import http.client
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from random import Random
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.fault_provider import Provider
from benchmarks.fault_story import StoryClock, report

_SECRET = b"a secret of the source system, 32"
INTAKE_SECRET = "whsec_" + base64.b64encode(_SECRET).decode()
_BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
    "Accept-Language": "en-US,en;q=0.9",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-User": "?1",
    "Sec-Fetch-Dest": "document",
    "Content-Type": "application/x-www-form-urlencoded",
}
_WAIT_S = 30.0
_AGAIN_S = 0.2
_PER_POST = 40
"""Reports and events in one post, at the most."""
_READS_FOR_S = 0.3
"""Three seconds of the story: a form is good for nothing before two."""
_ANSWERING = 0.5
"""Of the customers who have a survey and look at it."""
_LOW_EVERY = 6


@dataclass
class Customers:
    provider: Provider
    clock: StoryClock
    port: int
    seed: int
    reported: list[str] = field(default_factory=list)
    """Numbers of services, as they were acknowledged."""
    answered: dict[str, int] = field(default_factory=dict)
    """Ratings that were acknowledged, by the token of their survey."""
    told: dict[str, float] = field(default_factory=dict)
    """When (machine's clock) the application acknowledged the first event of a message."""
    repeated: int = 0
    """Requests that nobody acknowledged, and that were made again."""

    def __post_init__(self) -> None:
        self._lot = Random(f"{self.seed} customers")
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._number = 0
        self._ending = threading.Event()
        self._postman = threading.Thread(target=self._tell_events, daemon=True)

    @property
    def event_key(self) -> str:
        public = self._key.public_key()
        return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()

    def start(self) -> None:
        self._postman.start()

    def stop(self) -> None:
        self._ending.set()
        if self._postman.is_alive():
            self._postman.join()

    def report(self, count: int) -> None:
        """So many services more."""
        while count > 0:
            size = min(count, self._lot.choice((1, 3, 8, _PER_POST)))
            reports = [report(self._number + place, self.clock.now()) for place in range(size)]
            body = json.dumps(reports).encode()
            self._number += size
            count -= size
            if self._until_taken("/services/closed", body, self._standard_webhook) is not None:
                self.reported += [one["external_id"] for one in reports]

    def answer(self) -> None:
        """Those who have got a survey look at it, or not; those who do read it and send what they think."""
        letters, self.provider.letters[:] = self.provider.letters[:], []
        tokens = [token for _, token in letters if token not in self.answered and self._lot.random() < _ANSWERING]
        pages = [(token, self._until_taken(f"/s/{token}", None, lambda _body: _BROWSER)) for token in tokens]
        self._ending.wait(_READS_FOR_S if pages else 0)
        for token, page in pages:
            nonce = re.search(r'name="nonce" value="([^"]+)"', page or "")
            if nonce is not None:  # otherwise the case is over, or there is another link by now
                self._fill_in(token, unescape(nonce[1]))

    def _fill_in(self, token: str, nonce: str) -> None:
        rating = self._lot.randint(1, 2) if self._lot.randrange(_LOW_EVERY) == 0 else self._lot.randint(3, 5)
        form = urlencode({"nonce": nonce, "rating": rating, "comment": "It went as we had agreed."})
        thanks = self._until_taken(f"/s/{token}", form.encode(), lambda _body: _BROWSER)
        if thanks is not None and 'name="nonce"' not in thanks:
            self.answered[token] = rating

    def _tell_events(self) -> None:
        """The provider's own thread: what is due, in posts, each until it is acknowledged."""
        while not self._ending.wait(_AGAIN_S):
            now = time.monotonic()
            due = [event for event in self.provider.events[:] if event[0] <= now][:_PER_POST]
            if not due:
                continue
            body = json.dumps([self._event(ref, to) for _, ref, to in due]).encode()
            if self._until_taken("/hooks/sendgrid/events", body, self._signed) is None:
                continue
            for event in due:
                self.provider.events.remove(event)
                self.told.setdefault(event[1], time.monotonic())

    def _event(self, ref: str, to: str) -> dict[str, object]:
        return {"email": to, "timestamp": int(self.clock.now().timestamp()), "event": "delivered", "ac_send": ref,
                "sg_event_id": hashlib.sha256(ref.encode()).hexdigest()[:22], "sg_message_id": "m.1", "ac_v": "1",
                "response": "250 OK"}  # fmt: skip

    def _standard_webhook(self, body: bytes) -> dict[str, str]:
        stamp = str(int(self.clock.now().timestamp()))
        signed = base64.b64encode(hmac.digest(_SECRET, f"msg_1.{stamp}.".encode() + body, hashlib.sha256)).decode()
        return {"Content-Type": "application/json", "webhook-id": "msg_1", "webhook-timestamp": stamp,
                "webhook-signature": f"v1,{signed}"}  # fmt: skip

    def _signed(self, body: bytes) -> dict[str, str]:
        stamp = str(int(self.clock.now().timestamp()))
        signature = base64.b64encode(self._key.sign(stamp.encode() + body, ec.ECDSA(SHA256()))).decode()
        return {"Content-Type": "application/json", "X-Twilio-Email-Event-Webhook-Signature": signature,
                "X-Twilio-Email-Event-Webhook-Timestamp": stamp}  # fmt: skip

    def _until_taken(self, path: str, body: bytes | None, headers: Callable[[bytes], dict[str, str]]) -> str | None:
        """The answer's text. None when it is refused for good, or the story is over."""
        while not self._ending.is_set():
            status, text = self._ask(path, body, headers)
            if 0 < status < 500:
                return text if status < 400 else None
            self.repeated += 1
            self._ending.wait(_AGAIN_S)
        return None

    def _ask(self, path: str, body: bytes | None, headers: Callable[[bytes], dict[str, str]]) -> tuple[int, str]:
        """Status and text; 0 when nobody answered."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_WAIT_S)
        try:
            line.request("GET" if body is None else "POST", path, body, headers(body or b""))
            answer = line.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            line.close()
