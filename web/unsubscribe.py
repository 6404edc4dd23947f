"""The way out: a page with a button, and the same by one request of a mail program (RFC 8058).

The page also offers less than everything: one channel, or a pause; and to whoever has opted out, the way back.

Whoever presses is believed, a program once it has pressed twice. Unknown addresses are answered like known ones, so
that nobody learns who is a customer.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import Headers

from models.answers import open_link
from models.coming_back import come_back
from models.optouts import EVERYTHING, Refusal, Standing, as_seen, in_force, opt_out
from models.store import Store
from templates.dates import day_text
from templates.language import SOURCE
from vocabulary import Channel, LinkPurpose
from web.bodies import FormBody
from web.limiter import Limiter
from web.links import token_in
from web.pages import Pages
from web.presses import Presses, is_one_click

_PAUSES = {"30": timedelta(days=30), "90": timedelta(days=90), "180": timedelta(days=180)}
_RETURN = "nothing"
"""What is stopped from now on, in the form that takes an opt-out back."""
_MOST_FIELDS = 20


class Unsubscribe:
    def __init__(
        self, store: Store, clock: Callable[[], datetime], pages: Pages, presses: Presses, limiter: Limiter
    ) -> None:
        self._limiter = limiter
        self._presses = presses
        self._store = store
        self._clock = clock
        self._pages = pages

    def show(self, link: str, request: Request) -> Response:
        token = token_in(link)
        found = self._find(token, self._clock()) if token else None
        if found is None and self._limiter.refuses(request, token, self._clock()):
            return self._pages.too_many()
        values = {"action": f"/u/{token or 'unknown'}", "out": bool(self._refused(found))}
        return self._pages.show("unsubscribe", values, language=self._language(found))

    def leave(self, link: str, body: FormBody, request: Request) -> Response:
        """Opt out, at once and for good; less only when the page's own form says so. Any other body is not looked at:
        a button sends none, and what a mail program sends means everything. A press that looks like a program's is
        asked for once more."""
        token, now = token_in(link), self._clock()
        choice, found = _choice(body), self._find(token, now) if token else None
        language = self._language(found)
        again = self._again(token, choice, found, body, request.headers) if token else None
        if again is not None:
            asked = {"action": f"/u/{token}", "again": again, "stop": choice, "back": choice == _RETURN}
            return self._pages.show("unsubscribe_again", asked, language=language)
        if choice == _RETURN:
            return self._come_back(found, now, language)
        refusal = _refusal(choice, now)
        if found is not None:
            with self._store.write() as db:
                for case_id in sorted({found.sent_for, found.case_id}):  # the report may have another number by now
                    opt_out(db, case_id, at=now, source="unsubscribe link", refusal=refusal)
        if refusal == EVERYTHING:
            return self._pages.show("unsubscribed", language=language)
        until = day_text(refusal.until, "UTC", language or SOURCE) if refusal.until else None
        return self._pages.show("preference_set", {"channel": refusal.channel, "until": until}, language=language)

    def _again(self, token: str, choice: str | None, found: Any, body: bytes, headers: Headers) -> str | None:
        if choice != _RETURN:
            return self._presses.again(token, body, headers)
        return self._presses.again_to_return(token, body, headers, seen=as_seen(self._refused(found)))

    def _come_back(self, found: Any, now: datetime, language: str | None) -> Response:
        """What the customer refused is taken back, but for STOP by text message."""
        stopped = []
        if found is not None:
            with self._store.write() as db:
                stopped = [come_back(db, case_id, at=now) for case_id in sorted({found.sent_for, found.case_id})]
        return self._pages.show("welcome_back", {"texts_stopped": any(stopped)}, language=language)

    def _refused(self, found: Any) -> Sequence[Standing]:
        if found is None:
            return []
        with self._store.read() as db:
            return in_force(db, found.case_id, self._clock())

    def _find(self, token: str, now: datetime) -> Any:
        with self._store.read() as db:  # who guesses tokens does not get to lock the store
            return open_link(db, token, (LinkPurpose.UNSUBSCRIBE,), now)

    def _language(self, found: Any) -> str | None:
        return self._pages.language(found) if found is not None else None


def _choice(body: bytes) -> str | None:
    """What was chosen in the forms for less than everything, and for coming back."""
    try:
        fields = parse_qs(body.decode("ascii", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:  # more fields than any form of ours has
        return None
    choice = fields.get("stop", [""])[0]
    if choice == _RETURN and not is_one_click(body):
        return choice
    return choice if choice in _PAUSES or choice in list(Channel) else None


def _refusal(choice: str | None, now: datetime) -> Refusal:
    if choice is None:
        return EVERYTHING
    return Refusal(until=now + _PAUSES[choice]) if choice in _PAUSES else Refusal(channel=Channel(choice))
