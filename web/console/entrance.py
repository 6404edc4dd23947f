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
    "not yet": "You are not signed in yet.",
    "busy": "Many people are signing in just now. Try again in a moment.",
}
_RETRY_AFTER_S = {"busy": 2, "often": 900}
_MOST, _MOST_BY_SOURCE, _MOST_BY_STRANGERS = 5, 20, 20
"""Failures within a quarter of an hour: of one browser or source at one account, of one source at all accounts (an
office has one address), and of all unknown browsers together at one account."""
_KNOWN_S = 180 * 24 * 3600


class Entrance:
    def __init__(self, desk: Desk, shell: Shell, guard: Guard, *, proxies: int) -> None:
        """`proxies`: how many stand in front of us."""
        self._device = f"{guard.cookie}-device"
        self._proxies = proxies
        self._desk = desk
        self._shell = shell
        self._guard = guard

    def show(self, request: Request) -> Response:
        done = NOTES.get(request.query_params.get("done", ""))
        return self._form({"next": request.query_params.get("next", "")}, done=done)

    def sign_in(self, request: Request, body: FormBody) -> Response:
        form = read_fields(body)
        if not self._guard.from_here(request):
            return self._form(form, "stale")
        try:
            with ROOM:
                return self._tried(request, form, self._desk.clock())
        except Busy:
            return self._form(form, "busy")

    def _tried(self, request: Request, form: Mapping[str, str], now: datetime) -> Response:
        """Counted first, looked at then."""
        email, source = form.get("email", "").lower(), self._source_key(request)
        limits = self._limits(request, email)
        with self._desk.store.write() as db:
            if not sign_ins.try_once(db, limits, at=now):
                return self._form(form, "often")
            known = password_of(db, email)
        right = is_password(known[1] if known else None, form.get("password", ""))
        if not right or known is None:
            return self._form(form, "wrong")
        token = secrets.token_urlsafe(32)
        with self._desk.store.write() as db:
            sign_ins.forget_failures(db, limits.keys() - {source})
            sign_ins.take_back(db, source, at=now)
            sign_ins.end(db, request.cookies.get(self._guard.cookie, ""))
            sign_ins.begin(db, known[0].id, token, at=now)
        given_back = self._give_back(request, form.get("kept", ""), known[0].id, token)
        response = given_back or _welcome(back_in(form.get("next", "")))
        return self._known_from_now_on(self._with_cookie(response, token), email)

    def go_on(self, request: Request, body: FormBody) -> Response:
        """Somebody has signed in in another window, as with the company's account, and wants their form back."""
        sealed, now = read_fields(body).get("kept", ""), self._desk.clock()
        token = request.cookies.get(self._guard.cookie, "")
        with self._desk.store.read() as db:
            row = sign_ins.person_signed_in(db, token, now)
        if row is None or not self._guard.from_here(request):
            return self._form({"kept": sealed}, "not yet")
        return self._give_back(request, sealed, row.id, token) or _welcome("")

    def _give_back(self, request: Request, sealed: str, person_id: int, token: str) -> Response | None:
        kept = self._guard.keeper.open(sealed, self._desk.clock())
        if kept is None:
            return None
        if kept.person_id != person_id:
            return RedirectResponse(f"{HOME}?done=dropped", status_code=303)
        return self._guard.give_back(kept, request, token)

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

    def _form(self, form: Mapping[str, str], fault: str = "", *, done: str | None = None) -> Response:
        """The page again, with what was typed but the password."""
        status = {"wrong": 401, "often": 429, "stale": 403, "not yet": 401, "busy": 503}.get(fault, 200)
        kept = "" if fault == "stale" else form.get("kept", "")
        response = self._guard.ask_to_sign_in(
            back=back_in(form.get("next", "")), email=form.get("email", "").lower(), fault=_FAULTS.get(fault),
            done=done, kept=kept, ended=bool(kept), status=status,
        )  # fmt: skip
        if fault in _RETRY_AFTER_S:
            response.headers["Retry-After"] = str(_RETRY_AFTER_S[fault])
        return response

    def _key(self, kind: str, text: str) -> str:
        named = f"aftercare.console {kind}:{text}".encode("utf-8", "replace")
        return hmac.new(self._desk.key, named, hashlib.sha256).hexdigest()


def _welcome(back: str) -> Response:
    return RedirectResponse(f"{back or HOME}{'&' if '?' in back else '?'}done=welcome", status_code=303)


def back_in(text: str) -> str:
    """An address of the console to come back to, from what a browser says; empty for any other."""
    return text if _BACK.fullmatch(text) else ""
