"""Signing in and out. A wrong password takes as long as an unknown account, and after five nothing is tried."""

import hashlib
import hmac
import re
import secrets

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models import sign_ins
from models.passwords import is_password
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
}


class Entrance:
    def __init__(self, desk: Desk, shell: Shell, guard: Guard, *, company: bool, proxies: int) -> None:
        """`company`: whether people can also sign in by the company's identity provider. `proxies`: how many stand in
        front of us."""
        self._company = company
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
        account = self._key("account", email)
        keys = [account, *self._address_keys(request)]
        with self._desk.store.read() as db:
            often, known = sign_ins.too_many_failures(db, keys, now), password_of(db, email)
        if often:
            return self._form(back, email, "often")
        right = is_password(known[1] if known else None, form.get("password", ""))
        token = secrets.token_urlsafe(32)
        with self._desk.store.write() as db:
            if not right or known is None:
                sign_ins.failed(db, keys, at=now)
                return self._form(back, email, "wrong")
            sign_ins.forget_failures(db, account)
            sign_ins.end(db, request.cookies.get(self._guard.cookie, ""))
            sign_ins.begin(db, known[0].id, token, at=now)
        return self.let_in(token, back)

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
        status = {"wrong": 401, "often": 429, "stale": 403}.get(fault or "", 200)
        values = {"next": back, "email": email[:254], "fault": _FAULTS.get(fault or ""), "done": done,
                  "by_company": self._company}  # fmt: skip
        return self._shell.bare("sign_in", values, status=status)

    def _address_keys(self, request: Request) -> list[str]:
        """None where it cannot be known whose address it is: then only the account counts."""
        address = address_of(request, self._proxies)
        return [self._key("address", address)] if address else []

    def _key(self, kind: str, text: str) -> str:
        named = f"aftercare.console {kind}:{text}".encode("utf-8", "replace")
        return hmac.new(self._desk.key, named, hashlib.sha256).hexdigest()


def back_in(text: str) -> str:
    """An address of the console to come back to, from what a browser says; empty for any other."""
    return text if _BACK.fullmatch(text) else ""
