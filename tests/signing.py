"""What SendGrid and Twilio would send: signed posts of events and callbacks, made independently of our verifiers."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "0" * 32


class SendGridKey:
    """A key pair as SendGrid's console makes one."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        der = self._private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public = base64.b64encode(der).decode()

    def headers(self, body: bytes, at: datetime, *, content_type: str = "application/json") -> dict[str, str]:
        stamp = f"{at.timestamp():.0f}"
        signature = self._private.sign(stamp.encode() + body, ec.ECDSA(SHA256()))
        return {
            "content-type": content_type,
            "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
            "x-twilio-email-event-webhook-timestamp": stamp,
        }


def events_body(events: Sequence[Mapping[str, Any]]) -> bytes:
    return json.dumps(events, separators=(",", ":")).encode() + b"\r\n"


def twilio_signature(url: str, body: bytes, token: str = TOKEN) -> str:
    pairs = sorted(set(parse_qsl(body.decode(), keep_blank_values=True)))
    text = url + "".join(name + value for name, value in pairs)
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def status_body(status: str, *, sid: str = "SM" + "1" * 32, error: str | None = None, **more: str) -> bytes:
    fields = {"MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "MessageStatus": status, "SmsStatus": status,
              "From": "+15005550006", "To": "+4930123456", "ApiVersion": "2010-04-01"}  # fmt: skip
    return urlencode(fields | ({"ErrorCode": error} if error else {}) | more).encode()
