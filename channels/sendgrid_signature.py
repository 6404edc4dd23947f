"""SendGrid's signature on what it posts: events, and mail where its "security policies" are on.

The vendor's verifier raises on hostile input, keeps no time limit, and takes the text instead of the bytes. Signed is
the timestamp followed by the body, without anything in between: so the timestamp must have ten digits exactly. Only
the body's hash is kept, so that a long one can be checked while it comes in. Nothing here raises because of what was
sent.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"
_LONGEST_SIGNATURE = 128
_TIMESTAMP = re.compile(r"[0-9]{10}")

Key = ec.EllipticCurvePublicKey


def public_key(text: str) -> Key:
    """From the base64 text that SendGrid's console shows. Raises ValueError for anything but a P-256 public key."""
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise ValueError("is not a public key in base64 as SendGrid shows it") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("is not a key of the curve P-256")
    return key


class Claim:
    """What a post says of who signed it. Its body is handed to `read` as it comes in."""

    def __init__(self, signature: bytes, stamp: str) -> None:
        self._signature = signature
        self._stamp = stamp
        self._hash = hashlib.sha256(stamp.encode("ascii"))

    def read(self, data: bytes) -> None:
        self._hash.update(data)

    def holds(self, keys: Sequence[Key]) -> bool:
        """Whether one of `keys` signed what was read."""
        return any(_fits(key, self._signature, self._hash.digest()) for key in keys)

    def is_fresh(self, now: datetime, tolerance: timedelta) -> bool:
        """Whether the time that is signed is near `now`, on either side."""
        return abs(now.timestamp() - int(self._stamp)) <= tolerance.total_seconds()


def claim(signatures: Sequence[str], stamps: Sequence[str]) -> Claim | None:
    """From all headers of these two names; None when they cannot be SendGrid's."""
    if len(signatures) != 1 or len(stamps) != 1 or len(signatures[0]) > _LONGEST_SIGNATURE:
        return None
    if not _TIMESTAMP.fullmatch(stamps[0]):
        return None
    try:
        return Claim(base64.b64decode(signatures[0], validate=True), stamps[0])
    except (binascii.Error, ValueError):
        return None


def is_signed(signatures: Sequence[str], stamps: Sequence[str], body: bytes, keys: Sequence[Key]) -> bool:
    """Whether one of `keys` signed a body that was read whole."""
    claimed = claim(signatures, stamps)
    if claimed is None:
        return False
    claimed.read(body)
    return claimed.holds(keys)


def _fits(key: Key, signature: bytes, digest: bytes) -> bool:
    try:
        key.verify(signature, digest, ec.ECDSA(Prehashed(SHA256())))
    except (InvalidSignature, ValueError):
        return False
    return True
