"""Standard Webhooks 1.0.0: word to a program, signed so that it knows who speaks and that nobody has changed it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence

from channels.pinned import Pinned
from channels.protocol import Claim, Receipt, Word


class Webhook:
    """`keys`: the keys of one or two secrets; each signs, so that a receiver can change from one to the other."""

    name = "webhook"

    def __init__(self, post: Pinned, keys: Sequence[bytes]) -> None:
        self._post = post
        self._keys = keys

    def send(self, words: Sequence[Word], *, claim: Claim, in_flight: int) -> list[Receipt]:
        """As in `Provider`. UNKNOWN may be sent again: `webhook-id` stays, and a receiver heeds it once."""
        return self._post.send(words, self._made, claim=claim, in_flight=in_flight)

    def _made(self, word: Word) -> tuple[Mapping[str, str], bytes]:
        stamp, content = str(int(self._post.now().timestamp())), body(word)
        signed = f"{word.ref}.{stamp}.".encode() + content
        signatures = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in self._keys]
        headers = {
            "webhook-id": word.ref,
            "webhook-timestamp": stamp,
            "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
        }
        return headers, content


def body(word: Word) -> bytes:
    """The same bytes at every attempt."""
    at = word.at.isoformat().replace("+00:00", "Z")
    told = {"type": word.event, "timestamp": at, "data": {**word.about, "url": word.url}}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
