"""The secrets of our providers: invented, kept in a file of the installation's home so that settings stay valid."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Keys:
    sendgrid_api_key: str
    event_key: str
    """The private half, PEM."""
    inbound_secret: str
    """The last part of the path to which replies by mail are posted."""
    inbound_key: str
    """The private half of the key that signs them, PEM."""
    account_sid: str
    auth_token: str

    @classmethod
    def made(cls) -> "Keys":
        return cls(
            sendgrid_api_key=f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}",
            event_key=_new_key(),
            inbound_secret=secrets.token_urlsafe(24),
            inbound_key=_new_key(),
            account_sid=f"AC{secrets.token_hex(16)}",
            auth_token=secrets.token_hex(16),
        )

    @classmethod
    def kept(cls, file: Path) -> "Keys":
        """Those in the file, which is made if it is not there and readable by this user only. What an older one lacks
        is added. Raises OSError."""
        made = cls.made()
        try:
            known = json.loads(file.read_text("utf-8"))
            kept = cls(**(asdict(made) | known))
            if len(known) == len(asdict(made)):
                return kept
            made = kept
        except (FileNotFoundError, json.JSONDecodeError, TypeError):
            pass  # none, or none of ours: new ones
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            json.dump(asdict(made), out)
        return made

    @cached_property
    def _private(self) -> ec.EllipticCurvePrivateKey:
        return _loaded(self.event_key)

    @cached_property
    def _inbound(self) -> ec.EllipticCurvePrivateKey:
        return _loaded(self.inbound_key)

    @cached_property
    def public_key(self) -> str:
        """Of events, as SendGrid's console shows it: SPKI in base64."""
        return _public(self._private)

    @cached_property
    def inbound_public_key(self) -> str:
        """The same of Inbound Parse's security policy."""
        return _public(self._inbound)

    def sign_events(self, timestamp: str, body: bytes) -> dict[str, str]:
        """The headers of a post of events: ECDSA over the timestamp and the raw bytes of the body."""
        return _signed(self._private, timestamp, body)

    def sign_mail(self, timestamp: str, body: bytes) -> dict[str, str]:
        """The headers of a post of Inbound Parse with a security policy."""
        return _signed(self._inbound, timestamp, body)

    @cached_property
    def webhook_secret(self) -> str:
        """Of Standard Webhooks: made from another secret, so that files from before it stay good."""
        return "whsec_" + base64.b64encode(hashlib.sha256(f"webhook {self.auth_token}".encode()).digest()).decode()

    def sign_form(self, url: str, form: Iterable[tuple[str, str]]) -> str:
        """X-Twilio-Signature: HMAC-SHA1 over the address and the sorted names and values."""
        text = url + "".join(name + value for name, value in sorted(set(form)))
        return base64.b64encode(hmac.new(self.auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _new_key() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def _loaded(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - we made it
    return key


def _public(key: ec.EllipticCurvePrivateKey) -> str:
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(spki).decode()


def _signed(key: ec.EllipticCurvePrivateKey, timestamp: str, body: bytes) -> dict[str, str]:
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }
