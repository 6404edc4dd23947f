"""The company's identity provider: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636)."""

import base64
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

_TIMEOUT_S = 5.0
_KEPT_S = 600.0
"""How long the provider's addresses and keys are taken to be what they were."""
_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
_LEEWAY_S = 60


class IdentityError(Exception):
    """The provider did not say who it is, or what it said does not hold. For the log: nothing personal."""


@dataclass(frozen=True, slots=True)
class Identity:
    subject: str
    email: str | None
    """None when the provider does not vouch for it."""


class IdentityProvider:
    def __init__(self, issuer: str, client_id: str, secret: str, back: str) -> None:
        """`back`: our address that the provider sends people back to; it must know it."""
        self._issuer = issuer
        self._client_id = client_id
        self._secret = secret
        self._back = back
        self._documents: dict[str, tuple[float, dict[str, Any]]] = {}

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send somebody who wants to sign in. Raises IdentityError."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._back,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(asked)}"

    def identity(self, code: str, *, nonce: str, verifier: str, now: datetime) -> Identity:
        """Who came back with this code. Raises IdentityError."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back, "code_verifier": verifier}
        login = (self._client_id, self._secret)
        answer = self._asked(lambda: httpx.post(self._endpoint("token_endpoint"), data=form, auth=login,
                                                timeout=_TIMEOUT_S, trust_env=False))  # fmt: skip
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise IdentityError("the provider's answer holds no ID token")
        claims = self._checked(token, nonce, now)
        verified = claims.get("email_verified") in (True, "true")
        email = claims.get("email")
        return Identity(str(claims["sub"]), email.lower() if verified and isinstance(email, str) else None)

    def _checked(self, token: str, nonce: str, now: datetime) -> Mapping[str, Any]:
        """OpenID Connect Core 3.1.3.7. Keys that are new to us are asked for once more."""
        for fresh in (False, True):
            try:
                keys = KeySet.import_key_set(self._document(self._endpoint("jwks_uri"), fresh=fresh))  # type: ignore[arg-type]
                claims = jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
                break
            except (JoseError, ValueError, KeyError, TypeError) as error:
                if fresh:
                    raise IdentityError(f"the ID token's signature does not hold ({type(error).__name__})") from None
        rules: dict[str, Any] = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": self._client_id},
            "exp": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
            "sub": {"essential": True},
        }
        registry = jwt.JWTClaimsRegistry(now=int(now.timestamp()), leeway=_LEEWAY_S, **rules)
        try:
            registry.validate(claims)
        except JoseError as error:
            raise IdentityError(f"the ID token does not hold ({type(error).__name__})") from None
        return claims

    def _endpoint(self, name: str) -> str:
        """Discovery 1.0: the document must be this issuer's own."""
        document = self._document(f"{self._issuer}/.well-known/openid-configuration")
        if str(document.get("issuer", "")).rstrip("/") != self._issuer:
            raise IdentityError("the provider calls itself by another name than AFTERCARE_OIDC_ISSUER")
        address = document.get(name)
        if not isinstance(address, str) or not address.startswith(("https://", "http://127.0.0.1:")):
            raise IdentityError(f"the provider's document has no {name} of https")
        return address

    def _document(self, address: str, *, fresh: bool = False) -> dict[str, Any]:
        kept = self._documents.get(address)
        if kept is not None and not fresh and time.monotonic() - kept[0] < _KEPT_S:
            return kept[1]
        document = self._asked(lambda: httpx.get(address, timeout=_TIMEOUT_S, trust_env=False))
        self._documents[address] = time.monotonic(), document
        return document

    def _asked(self, ask: Callable[[], httpx.Response]) -> dict[str, Any]:
        try:
            answer = ask()
            answer.raise_for_status()
            document = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise IdentityError(f"the provider cannot be asked ({type(error).__name__})") from None
        if not isinstance(document, dict):
            raise IdentityError("the provider's answer is not what it should be")
        return document
