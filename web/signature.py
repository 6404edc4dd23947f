"""Standard Webhooks 1.0.0: only who knows a secret may report services. Checked on the bytes as they came.

A header or a body that is not well-formed is simply not signed: nothing in here raises because of what was sent.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from starlette.datastructures import Headers

from config.settings import Settings, SettingsError

_TOLERANCE = timedelta(minutes=5)
_SECRET_BYTES = range(24, 65)
_ID = re.compile(r"[!-~]{1,256}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_MOST_SIGNATURES = 10


def intake_secrets(settings: Settings) -> tuple[bytes, ...]:
    """The keys in force, or `SettingsError`."""
    given = [(secret.get_secret_value(), "AFTERCARE_INTAKE_SECRETS") for secret in settings.intake_secrets]
    if settings.intake_secrets_file is not None:
        try:
            words = settings.intake_secrets_file.read_text(encoding="utf-8").split()
        except OSError as error:
            name = settings.intake_secrets_file
            raise SettingsError(f"{name}: the secrets cannot be read ({error.strerror}).") from None
        given += [(word, str(settings.intake_secrets_file)) for word in words]
    return tuple(_key(secret, name) for secret, name in given)


def is_signed(headers: Headers, body: bytes, keys: Sequence[bytes], now: datetime) -> bool:
    """Whether one of `keys` signed these bytes within the last (or next) five minutes."""
    ids, stamps, lists = (headers.getlist(f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    if not len(ids) == len(stamps) == len(lists) == 1:
        return False
    if not _ID.fullmatch(ids[0]) or not _TIMESTAMP.fullmatch(stamps[0]):
        return False
    if abs(now.timestamp() - int(stamps[0])) > _TOLERANCE.total_seconds():
        return False
    signed = f"{ids[0]}.{stamps[0]}.".encode("ascii") + body
    given = [word.encode("latin-1") for word in lists[0].split(" ", _MOST_SIGNATURES)[:_MOST_SIGNATURES]]
    wanted = [b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in keys]
    # All of them are compared, so that the time does not tell which key was right.
    return sum(hmac.compare_digest(one, other) for one in given for other in wanted) > 0


def _key(secret: str, name: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith("whsec_") or len(key) not in _SECRET_BYTES:
        raise SettingsError(f"{name}: a secret is `whsec_` and 24 to 64 bytes in base64.")
    return key
