"""Signed posts of events at a given pace, or as fast as they are taken, over several connections at once.

Hand-written on asyncio streams: a client library would need more of the machine than the application that answers.
"""

import asyncio
import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PER_POST = 50
CONNECTIONS = 16
_TAKEN = (b"HTTP/1.1 200 ", b"HTTP/1.1 204 ")
_EVENT = (
    '{"email":"customer%d@example.com","timestamp":%d,"event":"%s","sg_event_id":"%s-%d","category":["aftercare"],'
    '"sg_message_id":"m%d.recvd-5f9c7b9d8c-abcde-1-68F0A1B2-3.0","smtp-id":"<m%d@geopod-ismtpd-12.sendgrid.net>",'
    '"ac_send":"%032x","ac_v":"1"%s}'
)
_ENDINGS = {
    7: ("bounce", ',"type":"bounce","status":"5.1.1","reason":"550 5.1.1 no such mailbox"'),
    57: ("dropped", ',"reason":"Bounced Address","status":"5.0.0"'),
}
"""Of a hundred mails; all others are delivered."""


@dataclass
class Result:
    """What was acknowledged, and how long each post took from the moment at which it was to begin."""

    seconds: float = 0.0
    acknowledged: int = 0
    """Events in posts that were answered with success."""
    refused: int = 0
    """Posts."""
    waits_s: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.acknowledged / self.seconds

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.waits_s)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Sender:
    """Signs and posts. Each mail has two events, in different posts: it was processed, and what became of it."""

    def __init__(self, port: int) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._port = port
        self._blocks = count()

    @property
    def public_key(self) -> str:
        public = self._private.public_key()
        return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()

    @property
    def mails(self) -> int:
        """The number of the last mail of which something was told."""
        return self.blocks * PER_POST // 2

    @property
    def blocks(self) -> int:
        """How many posts were made."""
        return self._made

    _made = 0

    def post(self) -> bytes:
        """The next post, with its head: half of it about new mails, half about those of the post before."""
        block, stamp = next(self._blocks), int(time.time())
        self._made = block + 1
        half = PER_POST // 2
        new = range(block * half + 1, (block + 1) * half + 1)
        body = "[" + ",\n".join([*_processed(new, stamp), *_ended(range(new.start - half, new.start), stamp)]) + "]\r\n"
        raw = body.encode()
        signature = base64.b64encode(self._private.sign(str(stamp).encode() + raw, ec.ECDSA(SHA256())))
        head = (
            b"POST /hooks/sendgrid/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"X-Twilio-Email-Event-Webhook-Signature: %b\r\nX-Twilio-Email-Event-Webhook-Timestamp: %d\r\n"
            b"Content-Length: %d\r\n\r\n"
        )
        return head % (signature, stamp, len(raw)) + raw

    async def run(self, *, seconds: float, per_second: float | None) -> Result:
        """For so long; `per_second` posts, or as many as are taken when it is None."""
        result, began = Result(), time.perf_counter()
        slots = _slots(began, seconds, per_second)
        await asyncio.gather(*(self._lane(slots, result) for _ in range(CONNECTIONS)))
        result.seconds = time.perf_counter() - began
        return result

    async def _lane(self, slots: Iterator[float], result: Result) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        for at in slots:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            writer.write(self.post())
            answer = await reader.readuntil(b"\r\n\r\n")
            result.waits_s.append(time.perf_counter() - at)
            if answer.startswith(_TAKEN):
                result.acknowledged += PER_POST
            else:
                result.refused += 1
                break  # its body would be read as the next answer
        writer.close()


def _slots(began: float, seconds: float, per_second: float | None) -> Iterator[float]:
    """When each post is to begin. It does not wait for slow answers: what they delay counts as their wait."""
    if per_second is not None:
        yield from (began + number / per_second for number in range(int(seconds * per_second)))
        return
    while (now := time.perf_counter()) < began + seconds:
        yield now


def _processed(mails: range, stamp: int) -> Iterator[str]:
    return (_event(mail, stamp, "processed", "") for mail in mails)


def _ended(mails: range, stamp: int) -> Iterator[str]:
    """The first post has no mails before it; what it tells instead is about mails that nobody knows."""
    for mail in mails:
        kind, more = _ENDINGS.get(mail % 100, ("delivered", ',"response":"250 2.0.0 OK"'))
        yield _event(mail, stamp, kind, more) if mail > 0 else _event(10**9 - mail, stamp, "processed", "")


def _event(mail: int, stamp: int, kind: str, more: str) -> str:
    return _EVENT % (mail, stamp, kind, kind, mail, mail, mail, mail, more)
