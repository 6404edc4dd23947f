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
    "not yet": "You are not signed in yet.",
}


class Entrance:
    def __init__(self, desk: Desk, shell: Shell, guard: Guard, *, proxies: int) -> None:
        """`proxies`: how many stand in front of us."""
        self._proxies = proxies
        self._desk = desk
        self._shell = shell
        self._guard = guard

    def show(self, request: Request) -> Response:
        done = NOTES.get(request.query_params.get("done", ""))
        return self._form(back_in(request.query_params.get("next", "")), done=done)

    def sign_in(self, request: Request, body: FormBody) -> Response:
        form, now = read_fields(body), self._desk.clock()
        email, back, sealed = form.get("email", "").lower(), back_in(form.get("next", "")), form.get("kept", "")
        if not self._guard.from_here(request):
            return self._form(back, email, "stale")
        account = self._key("account", email)
        keys = [account, *self._address_keys(request)]
        with self._desk.store.read() as db:
            often, known = sign_ins.too_many_failures(db, keys, now), password_of(db, email)
        if often:
            return self._form(back, email, "often", sealed)
        right = is_password(known[1] if known else None, form.get("password", ""))
        token = secrets.token_urlsafe(32)
        with self._desk.store.write() as db:
            if not right or known is None:
                sign_ins.failed(db, keys, at=now)
                return self._form(back, email, "wrong", sealed)
            sign_ins.forget_failures(db, account)
            sign_ins.end(db, request.cookies.get(self._guard.cookie, ""))
            sign_ins.begin(db, known[0].id, token, at=now)
        return self._with_cookie(self._give_back(request, sealed, known[0].id, token) or _welcome(back), token)

    def go_on(self, request: Request, body: FormBody) -> Response:
        """Somebody has signed in in another window, as with the company's account, and wants their form back."""
        sealed, now = read_fields(body).get("kept", ""), self._desk.clock()
        token = request.cookies.get(self._guard.cookie, "")
        with self._desk.store.read() as db:
            row = sign_ins.person_signed_in(db, token, now)
        if row is None or not self._guard.from_here(request):
            return self._form("", "", "not yet", sealed)
        return self._give_back(request, sealed, row.id, token) or _welcome("")

    def _give_back(self, request: Request, sealed: str, person_id: int, token: str) -> Response | None:
        kept = self._guard.keeper.open(sealed, self._desk.clock())
        if kept is None:
            return None
        if kept.person_id != person_id:
            return RedirectResponse(f"{HOME}?done=dropped", status_code=303)
        return self._guard.give_back(kept, request, token)

    def let_in(self, token: str, back: str) -> Response:
        return self._with_cookie(_welcome(back), token)

    def _with_cookie(self, response: Response, token: str) -> Response:
        https = self._guard.cookie.startswith("__Host-")
        response.set_cookie(self._guard.cookie, token, secure=https, httponly=True, samesite="lax", path="/")
        return response

    def sign_out(self, request: Request, body: FormBody) -> Response:
        """Only by a form of ours: a link elsewhere must not sign anybody out."""
        token = request.cookies.get(self._guard.cookie, "")
        if token and not self._guard.proofs.fits(read_fields(body).get("csrf", ""), token):
            return self._shell.bare("stale", status=403)
        with self._desk.store.write() as db:
            sign_ins.end(db, token)
        response = RedirectResponse(SIGN_IN, status_code=303)
        response.delete_cookie(self._guard.cookie, path="/", secure=self._guard.cookie.startswith("__Host-"),
                               httponly=True, samesite="lax")  # fmt: skip
        return response

    def _form(
        self, back: str, email: str = "", fault: str = "", kept: str = "", *, done: str | None = None
    ) -> Response:
        status = {"wrong": 401, "often": 429, "stale": 403, "not yet": 401}.get(fault, 200)
        return self._guard.ask_to_sign_in(back=back, email=email, fault=_FAULTS.get(fault), done=done, kept=kept,
                                          ended=bool(kept), status=status)  # fmt: skip

    def _address_keys(self, request: Request) -> list[str]:
        """None where it cannot be known whose address it is: then only the account counts."""
        address = address_of(request, self._proxies)
        return [self._key("address", address)] if address else []

    def _key(self, kind: str, text: str) -> str:
        named = f"aftercare.console {kind}:{text}".encode("utf-8", "replace")
        return hmac.new(self._desk.key, named, hashlib.sha256).hexdigest()


def _welcome(back: str) -> Response:
    return RedirectResponse(f"{back or HOME}{'&' if '?' in back else '?'}done=welcome", status_code=303)


def back_in(text: str) -> str:
    """An address of the console to come back to, from what a browser says; empty for any other."""
    return text if _BACK.fullmatch(text) else ""
