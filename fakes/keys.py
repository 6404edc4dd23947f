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
    account_sid: str
    auth_token: str

    @classmethod
    def made(cls) -> "Keys":
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(
            sendgrid_api_key=f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}",
            event_key=pem.decode(),
            inbound_secret=secrets.token_urlsafe(24),
            account_sid=f"AC{secrets.token_hex(16)}",
            auth_token=secrets.token_hex(16),
        )

    @classmethod
    def kept(cls, file: Path) -> "Keys":
        """Those in the file, which is made if it is not there and readable by this user only. Raises OSError."""
        try:
            return cls(**json.loads(file.read_text("utf-8")))
        except (FileNotFoundError, json.JSONDecodeError, TypeError):
            made = cls.made()
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            json.dump(asdict(made), out)
        return made

    @cached_property
    def _private(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.event_key.encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - we made it
        return key

    @cached_property
    def public_key(self) -> str:
        """As SendGrid's console shows it: SPKI in base64."""
        spki = self._private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(spki).decode()

    @cached_property
    def webhook_secret(self) -> str:
        """Of Standard Webhooks: made from another secret, so that files from before it stay good."""
        return "whsec_" + base64.b64encode(hashlib.sha256(f"webhook {self.auth_token}".encode()).digest()).decode()

    def sign_events(self, timestamp: str, body: bytes) -> str:
        """X-Twilio-Email-Event-Webhook-Signature: ECDSA over the timestamp and the raw bytes of the body."""
        return base64.b64encode(self._private.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()

    def sign_form(self, url: str, form: Iterable[tuple[str, str]]) -> str:
        """X-Twilio-Signature: HMAC-SHA1 over the address and the sorted names and values."""
        text = url + "".join(name + value for name, value in sorted(set(form)))
        return base64.b64encode(hmac.new(self.auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()
