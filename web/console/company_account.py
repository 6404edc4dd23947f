"""Signing in by the company's identity provider. Who is let in stays ours: it only says who somebody is."""

import hmac
import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadData, URLSafeSerializer

from config.settings import Settings, SettingsError, secret_from
from models import sign_ins
from models.people import Person, by_identity
from web.console.doors import HOME, SIGN_IN, Desk
from web.console.entrance import Entrance, back_in
from web.console.guard import Guard
from web.console.identity import Identity, IdentityError, IdentityProvider
from web.console.shell import Shell

_LOG = logging.getLogger("aftercare.web")
START = f"{SIGN_IN}/company"
BACK = f"{SIGN_IN}/back"
_LASTS = timedelta(minutes=10)


def provider_of(settings: Settings) -> IdentityProvider | None:
    """None where no provider is set up; SettingsError where it is half set up."""
    if not settings.oidc_issuer:
        return None
    secret = secret_from(settings.oidc_client_secret, settings.oidc_client_secret_file)
    if not settings.oidc_client_id or secret is None:
        raise SettingsError("AFTERCARE_OIDC_ISSUER: needs AFTERCARE_OIDC_CLIENT_ID and AFTERCARE_OIDC_CLIENT_SECRET.")
    if not settings.oidc_issuer.startswith(("https://", "http://127.0.0.1:")):
        raise SettingsError("AFTERCARE_OIDC_ISSUER: must begin with https://.")
    return IdentityProvider(settings.oidc_issuer, settings.oidc_client_id, secret.get_secret_value(),
                            f"{settings.web_url}{BACK}")  # fmt: skip


class CompanyAccount:
    def __init__(self, desk: Desk, shell: Shell, guard: Guard, entrance: Entrance, provider: IdentityProvider) -> None:
        self._desk = desk
        self._shell = shell
        self._entrance = entrance
        self._provider = provider
        self._https = guard.cookie.startswith("__Host-")
        self._cookie = f"{guard.cookie}-oidc"
        self._signer = URLSafeSerializer(desk.key, salt="aftercare.company account")

    def start(self, request: Request) -> Response:
        """What the answer must fit is kept in the browser, signed: nothing is stored for somebody who never returns."""
        memory = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        try:
            address = self._provider.address(**memory)
        except IdentityError as error:
            return self._failed(str(error))
        memory |= {"back": back_in(request.query_params.get("next", "")),
                   "at": str(self._desk.clock().timestamp())}  # fmt: skip
        response = RedirectResponse(address, status_code=303)
        kept = str(self._signer.dumps(memory))
        response.set_cookie(self._cookie, kept, max_age=int(_LASTS.total_seconds()), secure=self._https, httponly=True,
                            samesite="lax", path="/")  # fmt: skip
        return response

    def finish(self, request: Request) -> Response:
        now, memory = self._desk.clock(), self._remembered(request)
        given = request.query_params
        if memory is None or not hmac.compare_digest(given.get("state", "").encode(), memory["state"].encode()):
            return self._failed("it came back too late, or to another browser")
        try:
            identity = self._provider.identity(given.get("code", ""), nonce=memory["nonce"],
                                               verifier=memory["verifier"], now=now)  # fmt: skip
        except IdentityError as error:
            return self._failed(str(error))
        token = secrets.token_urlsafe(32)
        person = self._let_in(identity, token, now)
        if person is None:
            return self._shell.bare("no_account", status=403)
        response = self._entrance.let_in(token, memory["back"] or HOME)
        response.delete_cookie(self._cookie, path="/", secure=self._https, httponly=True, samesite="lax")
        return response

    def _let_in(self, identity: Identity, token: str, now: datetime) -> Person | None:
        with self._desk.store.write() as db:
            person = by_identity(db, identity.subject, identity.email)
            if person is not None:
                sign_ins.begin(db, person.id, token, at=now)
        return person

    def _remembered(self, request: Request) -> dict[str, Any] | None:
        try:
            memory: dict[str, Any] = self._signer.loads(request.cookies.get(self._cookie, ""))
            age = self._desk.clock() - datetime.fromtimestamp(float(memory["at"]), UTC)
        except (BadData, KeyError, TypeError, ValueError):
            return None
        return memory if timedelta(0) <= age <= _LASTS else None

    def _failed(self, why: str) -> Response:
        _LOG.warning("Signing in by the company's account failed: %s.", why)
        return self._shell.bare("no_answer", status=502)
