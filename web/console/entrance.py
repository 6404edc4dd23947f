"""Signing in and out. A wrong password takes as long as an unknown account, and after five nothing is tried.

Nobody's guesses keep others from their work: two passwords are looked at at once, and who is known here has a count of
their own.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models import sign_ins
from models.passwords import ROOM, Busy, is_password
from models.people import password_of
from web.bodies import FormBody
from web.console.doors import HOME, SIGN_IN, Desk
from web.console.guard import Guard, read_fields
from web.console.notes import NOTES
from web.console.shell import Shell
from web.limiter import address_of

_BACK = re.compile(r"/console(/[\w/-]*)?(\?[\w=&%+.,:@-]*)?")
"""Addresses of the console to come back to after signing in."""
_FAULTS = {
    "wrong": "That is not right. Look at the address and the password.",
    "often": "Too many attempts. Wait a quarter of an hour, or ask an administrator for a new password.",
    "stale": "This form did not come from here. Try again.",
    "busy": "Many people are signing in just now. Try again in a moment.",
}
_RETRY_AFTER_S = {"busy": 2, "often": 900}
_MOST, _MOST_BY_SOURCE, _MOST_BY_STRANGERS = 5, 20, 20
"""Failures within a quarter of an hour: of one browser or source at one account, of one source at all accounts (an
office has one address), and of all unknown browsers together at one account."""
_KNOWN_S = 180 * 24 * 3600


class Entrance:
    def __init__(self, desk: Desk, shell: Shell, guard: Guard, *, company: bool, proxies: int) -> None:
        """`company`: whether people can also sign in by the company's identity provider. `proxies`: how many stand in
        front of us."""
        self._company = company
        self._device = f"{guard.cookie}-device"
        self._proxies = proxies
        self._desk = desk
        self._shell = shell
        self._guard = guard

    def show(self, request: Request) -> Response:
        done = NOTES.get(request.query_params.get("done", ""))
        return self._form(back_in(request.query_params.get("next", "")), done=done)

    def sign_in(self, request: Request, body: FormBody) -> Response:
        form, now = read_fields(body), self._desk.clock()
        email, back = form.get("email", "").lower(), back_in(form.get("next", ""))
        if not self._guard.from_here(request):
            return self._form(back, email, "stale")
        limits = self._limits(request, email)
        try:
            with ROOM:
                return self._tried(request, form, limits, now)
        except Busy:
            return self._form(back, email, "busy")

    def _tried(self, request: Request, form: Mapping[str, str], limits: Mapping[str, int], now: datetime) -> Response:
        """Counted first, looked at then."""
        email, back = form.get("email", "").lower(), back_in(form.get("next", ""))
        with self._desk.store.write() as db:
            if not sign_ins.try_once(db, limits, at=now):
                return self._form(back, email, "often")
            known = password_of(db, email)
        right = is_password(known[1] if known else None, form.get("password", ""))
        if not right or known is None:
            return self._form(back, email, "wrong")
        token = secrets.token_urlsafe(32)
        with self._desk.store.write() as db:
            source = self._source_key(request)
            sign_ins.forget_failures(db, limits.keys() - {source})
            sign_ins.take_back(db, source, at=now)
            sign_ins.end(db, request.cookies.get(self._guard.cookie, ""))
            sign_ins.begin(db, known[0].id, token, at=now)
        return self._known_from_now_on(self.let_in(token, back), email)

    def _limits(self, request: Request, email: str) -> dict[str, int]:
        """How many failures are too many, by what is counted.

        A browser on which this account was signed in before has a count of its own: whoever guesses elsewhere locks
        nobody out of their own desk. All strangers together have one for the account, and each one for theirs.
        """
        account, source = self._key("account", email), self._source_key(request)
        if hmac.compare_digest(request.cookies.get(self._device, ""), self._key("device", email)):
            return {self._key("known device", email): _MOST}
        by_source = {source: _MOST_BY_SOURCE, self._key("account from", f"{email} {source}"): _MOST} if source else {}
        return {account: _MOST_BY_STRANGERS if source else _MOST, **by_source}

    def _source_key(self, request: Request) -> str:
        """Empty where it cannot be known whose address it is: then only the account counts."""
        address = address_of(request, self._proxies)
        return self._key("address", address) if address else ""

    def _known_from_now_on(self, response: Response, email: str) -> Response:
        """This browser's count is its own. Another one's is not reached with the cookie: it opens nothing."""
        response.set_cookie(self._device, self._key("device", email), max_age=_KNOWN_S, httponly=True, samesite="lax",
                            secure=self._device.startswith("__Host-"), path="/")  # fmt: skip
        return response

    def let_in(self, token: str, back: str) -> Response:
        response = RedirectResponse(f"{back or HOME}{'&' if '?' in back else '?'}done=welcome", status_code=303)
        https = self._guard.cookie.startswith("__Host-")
        response.set_cookie(self._guard.cookie, token, secure=https, httponly=True, samesite="lax", path="/")
        return response

    def sign_out(self, request: Request, body: FormBody) -> Response:
        """Only by a form of ours: a link elsewhere must not sign anybody out."""
        token = request.cookies.get(self._guard.cookie, "")
        given = read_fields(body).get("csrf", "").encode("utf-8", "replace")
        if token and not hmac.compare_digest(given, self._guard.proof(token).encode()):
            return self._shell.bare("stale", status=403)
        with self._desk.store.write() as db:
            sign_ins.end(db, token)
        response = RedirectResponse(SIGN_IN, status_code=303)
        response.delete_cookie(self._guard.cookie, path="/", secure=self._guard.cookie.startswith("__Host-"),
                               httponly=True, samesite="lax")  # fmt: skip
        return response

    def _form(self, back: str, email: str = "", fault: str | None = None, *, done: str | None = None) -> Response:
        status = {"wrong": 401, "often": 429, "stale": 403, "busy": 503}.get(fault or "", 200)
        values = {"next": back, "email": email[:254], "fault": _FAULTS.get(fault or ""), "done": done,
                  "by_company": self._company}  # fmt: skip
        response = self._shell.bare("sign_in", values, status=status)
        if fault in _RETRY_AFTER_S:
            response.headers["Retry-After"] = str(_RETRY_AFTER_S[fault])
        return response

    def _key(self, kind: str, text: str) -> str:
        named = f"aftercare.console {kind}:{text}".encode("utf-8", "replace")
        return hmac.new(self._desk.key, named, hashlib.sha256).hexdigest()


def back_in(text: str) -> str:
    """An address of the console to come back to, from what a browser says; empty for any other."""
    return text if _BACK.fullmatch(text) else ""
