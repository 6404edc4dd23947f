"""Who may come in: every door of the console is behind this, and nothing is let through that is not granted.

Signed in, permitted, and shown only what is theirs; a form besides comes from a page of ours (its token, and what the
browser says of where it was sent from) and is taken once, however often it is sent.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from models import sign_ins
from models.people import person_of
from models.refused import Refused
from vocabulary import Permission
from web.bell import Bell
from web.bodies import read_form
from web.cleaned import cleaned
from web.console.doors import HOME, LARGEST_NUMBER, SIGN_IN, Desk, Done, Door, Page, Visit
from web.console.kept import SECRETS, Keeper, Kept, Proofs
from web.console.scope import may_see
from web.console.shell import Shell

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_MOST_FIELDS = 200
ENDED = "your session had ended before it was sent. What you wrote is still here: look it over, and send it again"


@dataclass(frozen=True, slots=True)
class Pass:
    """What a browser brings."""

    token: str


class Guard:
    def __init__(self, desk: Desk, shell: Shell, bell: Bell, doors: Sequence[Door], *, company: bool) -> None:
        """`company`: whether people can also sign in by the company's identity provider."""
        self._desk = desk
        self._doors = doors
        self._company = company
        self._shell = shell
        self._bell = bell
        self.proofs = Proofs(desk.key)
        self.keeper = Keeper(desk.key)
        self._https = desk.public_url.startswith("https://")
        self.cookie = "__Host-aftercare" if self._https else "aftercare"

    def endpoint(self, door: Door) -> Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]:
        """For a route. The work is done in a thread: it waits for the store."""

        def show(request: Request) -> Response:
            return self._show(door, request)

        async def take(request: Request) -> Response:
            return await run_in_threadpool(self._take, door, request, await read_form(request))

        return show if door.method == "GET" else take

    def _show(self, door: Door, request: Request) -> Response:
        now, shown = self._desk.clock(), self._pass(request)
        with self._desk.store.read() as db:
            visit = self._visit(db, door, request, shown, now)
            if isinstance(visit, Response):
                return visit
            answer = self._answered(door.handler(visit), visit, shown)
        self._still_there(request, shown, now)
        return answer

    def _take(self, door: Door, request: Request, body: bytes) -> Response:
        now, shown, form = self._desk.clock(), self._pass(request), read_fields(body)
        nonce = form.get("nonce", "")
        if shown.token and not (self.from_here(request) and _NONCE.fullmatch(nonce)):
            return self._shell.bare("stale", status=403)
        if shown.token and not self.proofs.fits(form.get("csrf", ""), shown.token):
            return self._from_before(door, request, shown, now, form)
        try:
            with self._desk.store.write() as db:
                visit = self._visit(db, door, request, shown, now, form)
                if isinstance(visit, Response):
                    return visit
                done = self._once(door, visit, nonce)
        except Refused as refused:
            return self._again(door, request, shown, now, form, str(refused))
        self._still_there(request, shown, now)
        return self._answered(done, visit, shown)

    def _once(self, door: Door, visit: Visit, nonce: str) -> Page | Done | Response:
        """The work of a form, or where it led when it was taken before."""
        if not sign_ins.take_form(visit.db, nonce, visit.person.id, at=visit.now):
            return Done(to=sign_ins.form_went_to(visit.db, nonce, visit.person.id) or HOME, note="before")
        answer = door.handler(visit)
        if isinstance(answer, Done):
            sign_ins.note_where(visit.db, nonce, answer.to)
        return answer

    def _again(self, door: Door, request: Request, shown: Pass, now: datetime, form: Mapping[str, str],
               fault: str) -> Response:  # fmt: skip
        """The page with what was written into the form, and why it was not taken."""
        with self._desk.store.read() as db:
            visit = self._visit(db, door, request, shown, now, form)
            if isinstance(visit, Response):
                return visit
            visit = replace(visit, fault=fault)
            answer = door.again(visit) if door.again else Page(template="refused")
            return self._answered(replace(answer, status=409) if isinstance(answer, Page) else answer, visit, shown)

    def _visit(self, db: Connection, door: Door, request: Request, shown: Pass, now: datetime,
               form: Mapping[str, str] | None = None) -> Visit | Response:  # fmt: skip
        """The visit; or what is answered to somebody who may not make it."""
        row = sign_ins.person_signed_in(db, shown.token, now) if shown.token else None
        if row is None:
            return (self._kept(request, form, now) if form else None) or self._to_sign_in(request)
        request.state.seen_at = row.seen_at
        number = _number(request.path_params.get("number", "0"))
        visit = Visit(db=db, person=person_of(row), now=now, path=request.scope["path"], number=number, form=form or {},
                      query=read_query(request))  # fmt: skip
        if not self._is_granted(door, visit):
            return self._shell.page(visit, Page(template="nothing_here", status=404), self._proof(visit, shown))
        return visit

    def _is_granted(self, door: Door, visit: Visit) -> bool:
        if door.needs is not None and not visit.may(door.needs):
            return False
        if door.of is None:
            return True
        return may_see(visit, door.of, visit.departments(door.needs or Permission.CASES))

    def _answered(self, answer: Page | Done | Response, visit: Visit, shown: Pass) -> Response:
        match answer:
            case Page():
                return self._shell.page(visit, answer, self._proof(visit, shown))
            case Done(to=to, note=note, ring=ring):
                to = f"{to}{'&' if '?' in to else '?'}done={note}" if note else to
                after = BackgroundTask(self._bell.ring, ring) if ring else None
                return RedirectResponse(to, status_code=303, background=after)
            case _:
                return answer

    def _to_sign_in(self, request: Request) -> Response:
        query = request.scope["query_string"].decode("ascii", "replace")  # `request.url` cannot hold any bytes
        back = request.scope["path"] + (f"?{query}" if query else "")
        come_back = f"?next={quote(back)}" if request.method == "GET" and back != HOME else ""
        return RedirectResponse(f"{SIGN_IN}{come_back}", status_code=303)

    def _pass(self, request: Request) -> Pass:
        return Pass(request.cookies.get(self.cookie, ""))

    def _proof(self, visit: Visit, shown: Pass) -> str:
        return self.proofs.issue(visit.person.id, shown.token)

    def _from_before(self, door: Door, request: Request, shown: Pass, now: datetime,
                     form: Mapping[str, str]) -> Response:  # fmt: skip
        """A form that another sign-in was shown: given back to the same person, and to nobody else."""
        whose = self.proofs.person(form.get("csrf", ""))
        with self._desk.store.read() as db:
            row = sign_ins.person_signed_in(db, shown.token, now)
        if whose is None or (row is not None and row.id != whose):
            return self._shell.bare("stale", status=403)
        if row is None:
            return self._kept(request, form, now) or self._to_sign_in(request)
        return self._again(door, request, shown, now, form, ENDED)

    def _kept(self, request: Request, form: Mapping[str, str], now: datetime) -> Response | None:
        """The page to sign in with what was written, for a form of ours whose session has ended."""
        whose = self.proofs.person(form.get("csrf", ""))
        if whose is None or not self.from_here(request):
            return None
        kept = self.keeper.seal(Kept(whose, request.scope["path"], form), now)
        return self.ask_to_sign_in(kept=kept or "", ended=True, status=401)

    def ask_to_sign_in(self, *, back: str = "", email: str = "", fault: str | None = None, done: str | None = None,
                       kept: str = "", ended: bool = False, status: int = 200) -> Response:  # fmt: skip
        """`kept`: what was written before, sealed; `ended`: a form came after its session."""
        values = {"next": back, "email": email[:254], "fault": fault, "done": done, "by_company": self._company,
                  "kept": kept, "ended": ended}  # fmt: skip
        return self._shell.bare("sign_in", values, status=status)

    def give_back(self, kept: Kept, request: Request, token: str) -> Response | None:
        """The form with what was written into it, for who has just signed in; None when it was somebody else's."""
        for door in self._doors:
            found = re.fullmatch(re.sub(r"\{number\}", r"(?P<number>\\d+)", door.path), kept.path)
            if door.method == "POST" and door.again and found:
                request.scope["path"], request.scope["path_params"] = kept.path, found.groupdict()
                return self._again(door, request, Pass(token), self._desk.clock(), kept.fields, ENDED)
        return None

    def from_here(self, request: Request) -> bool:
        """What the browser says of where a form was sent from. A browser that says nothing is believed."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        return origin is None or origin.rstrip("/") in {self._desk.public_url, f"http://{request.headers.get('host')}"}

    def _still_there(self, request: Request, shown: Pass, now: datetime) -> None:
        """Kept apart from the page's own transaction, and not written with every page."""
        if sign_ins.is_stale(request.state.seen_at, now):
            with self._desk.store.write() as db:
                sign_ins.seen(db, shown.token, at=now)


def read_fields(body: bytes) -> dict[str, str]:
    """The fields of a form; nothing is cut off passwords (OWASP ASVS 5.0, 6.2.8).

    Of fields that come several times, all values, separated by line feeds.
    """
    try:
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:  # more fields than any form of ours has
        return {}
    fields: dict[str, str] = {}
    for name, value in pairs:
        text = value if name in SECRETS else cleaned(value).strip()
        fields[name] = f"{fields[name]}\n{text}" if name in fields else text
    return fields


def read_query(request: Request) -> dict[str, str]:
    return {name: cleaned(value).strip() for name, value in request.query_params.multi_items()}


def _number(text: Any) -> int:
    """Of a row; -1, which no row has, for what is no number of one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_NUMBER else -1
