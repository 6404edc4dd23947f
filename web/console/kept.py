"""What somebody had written into a form when their session ended, given back to them after they sign in.

It is kept in the page that asks them to sign in, sealed: nothing is stored here, and nobody else reads it on a shared
computer. It is never sent by itself: the act may have been done meanwhile.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

FOR: Final = timedelta(hours=12)
_MOST_BYTES = 24 * 1024
"""So that it fits, sealed, into the form that signs in (web.bodies)."""
SECRETS: Final = frozenset({"now", "new", "repeated", "password"})
"""Fields of passwords: they are typed again."""
_OURS = frozenset({"csrf", "nonce"})


@dataclass(frozen=True, slots=True)
class Kept:
    """`path`: where the form was sent to. `fields`: as the guard reads them."""

    person_id: int
    path: str
    fields: Mapping[str, str]


class Keeper:
    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(
            base64.urlsafe_b64encode(hmac.digest(key, b"aftercare.console kept form", hashlib.sha256))
        )

    def seal(self, kept: Kept, now: datetime) -> str | None:
        """None when there is nothing to keep, or more than we keep."""
        fields = {name: text for name, text in kept.fields.items() if name not in SECRETS | _OURS}
        raw = json.dumps([kept.person_id, kept.path, fields], ensure_ascii=False).encode()
        if not any(fields.values()) or len(raw) > _MOST_BYTES:
            return None
        return self._fernet.encrypt_at_time(raw, int(now.timestamp())).decode()

    def open(self, text: str, now: datetime) -> Kept | None:
        try:
            raw = self._fernet.decrypt_at_time(text.encode(), int(FOR.total_seconds()), int(now.timestamp()))
        except (InvalidToken, UnicodeError):
            return None
        person_id, path, fields = json.loads(raw)
        return Kept(person_id, path, fields)


class Proofs:
    """What a form must bring along: only our pages know it, it is good for one sign-in, and says whose it is."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self, person_id: int, token: str) -> str:
        return self._signed(f"{person_id}.{self._named(token)}")

    def person(self, proof: str) -> int | None:
        """Whose form it is, also when the sign-in is over; None when it is no proof of ours."""
        said, _, _ = proof.rpartition(".")
        if not hmac.compare_digest(self._signed(said).encode(), proof.encode("utf-8", "replace")):
            return None
        return int(said.partition(".")[0])

    def fits(self, proof: str, token: str) -> bool:
        """Whether the form was shown to this sign-in."""
        return self.person(proof) is not None and proof.split(".")[1] == self._named(token)

    def _named(self, token: str) -> str:
        return self._hash(b"aftercare.console form of:", token)[:32]

    def _signed(self, said: str) -> str:
        return f"{said}.{self._hash(b'aftercare.console form:', said)}"

    def _hash(self, of: bytes, text: str) -> str:
        return hmac.new(self._key, of + text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
