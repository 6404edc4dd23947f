"""Where Inbound Parse comes in: an address that nobody else knows, and a login where the operator wants one."""

import base64
import hmac
import re

from fastapi import HTTPException
from fastapi.responses import Response
from starlette.datastructures import Headers

from config.settings import Settings, SettingsError, secret_from

_SHORTEST_SECRET = 32


class InboundDoor:
    """Raises `SettingsError` for a secret that can be guessed, and for a name without a password."""

    def __init__(self, settings: Settings) -> None:
        self._secret = _secret(settings)
        self._login = _login(settings)

    @property
    def is_open(self) -> bool:
        return bool(self._secret)

    @property
    def has_login(self) -> bool:
        return bool(self._login)

    def refuses(self, secret: str, headers: Headers) -> Response | None:
        """The answer to who may not come in, whatever is sent. Raises 404 for an address that is not ours."""
        if not self._secret or not hmac.compare_digest(secret.encode("utf-8", "replace"), self._secret):
            raise HTTPException(404)
        given = headers.get("authorization", "").encode("utf-8", "replace")
        if self._login and not hmac.compare_digest(given, self._login):
            return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="inbound mail"'})
        return None


def _secret(settings: Settings) -> bytes:
    secret = secret_from(settings.inbound_secret, settings.inbound_secret_file)
    if secret is None:
        return b""
    # Paths are read in lower case.
    value = secret.get_secret_value().lower()
    if len(value) < _SHORTEST_SECRET or not re.fullmatch(r"[a-z0-9_-]+", value):
        raise SettingsError(
            f"AFTERCARE_INBOUND_SECRET: must have at least {_SHORTEST_SECRET} letters, digits, hyphens or underscores."
        )
    return value.encode()


def _login(settings: Settings) -> bytes:
    """The header that is demanded; empty when none is."""
    if settings.inbound_username is None:
        return b""
    password = secret_from(settings.inbound_password, settings.inbound_password_file)
    if password is None:
        raise SettingsError("AFTERCARE_INBOUND_USERNAME is set: set AFTERCARE_INBOUND_PASSWORD, or …_FILE, too.")
    login = f"{settings.inbound_username}:{password.get_secret_value()}"
    return b"Basic " + base64.b64encode(login.encode())
