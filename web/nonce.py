"""Proof that a submission comes from a form that we showed, to somebody who had the time to read it.

Programs that check links follow them, and some also submit what they find. A form is therefore good for one submission,
not at once and not for ever. Nothing is stored when a form is shown: the nonce carries its own time and its signature.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

_YOUNGEST = timedelta(seconds=2)
_OLDEST = timedelta(hours=24)


class Nonces:
    def __init__(self, key: bytes) -> None:
        options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._serializer = URLSafeSerializer(key, salt="aftercare.survey form", signer_kwargs=options)

    def issue(self, token: str, now: datetime) -> str:
        """A nonce for one form behind the link of this token."""
        return str(self._serializer.dumps([_bound(token), round(now.timestamp() * 1000), secrets.token_hex(16)]))

    def read(self, text: str, token: str, now: datetime) -> str | None:
        """What makes this submission the same one when it comes twice. None when it does not count."""
        try:
            bound, milliseconds, unique = self._serializer.loads(text)
        except (BadData, UnicodeError):
            return None
        age = now - datetime.fromtimestamp(milliseconds / 1000, UTC)
        return str(unique) if bound == _bound(token) and _YOUNGEST <= age <= _OLDEST else None


def _bound(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
