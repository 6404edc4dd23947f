"""The way out: a page with a button, and the same by one request of a mail program (RFC 8058).

Whoever presses is believed, a program once it has pressed twice. Unknown addresses are answered like known ones, so
that nobody learns who is a customer.
"""

from collections.abc import Callable
from datetime import datetime

from fastapi import Request
from fastapi.responses import Response

from models.answers import open_link
from models.optouts import opt_out
from models.store import Store
from vocabulary import LinkPurpose
from web.bodies import FormBody
from web.links import token_in
from web.pages import Pages
from web.presses import Presses


class Unsubscribe:
    def __init__(self, store: Store, clock: Callable[[], datetime], pages: Pages, presses: Presses) -> None:
        self._presses = presses
        self._store = store
        self._clock = clock
        self._pages = pages

    def show(self, link: str) -> Response:
        return self._pages.show("unsubscribe", {"action": f"/u/{token_in(link) or 'unknown'}"})

    def leave(self, link: str, body: FormBody, request: Request) -> Response:
        """Opt out, at once and for good. A press that looks like a program's is asked for once more."""
        token, now = token_in(link), self._clock()
        again = self._presses.again(token, body, request.headers) if token else None
        if again is not None:
            return self._pages.show("unsubscribe_again", {"action": f"/u/{token}", "again": again})
        if token is not None:
            self._opt_out(token, now)
        return self._pages.show("unsubscribed")

    def _opt_out(self, token: str, now: datetime) -> None:
        with self._store.read() as db:  # who guesses tokens does not get to lock the store
            link = open_link(db, token, (LinkPurpose.UNSUBSCRIBE,), now)
        if link is not None:
            with self._store.write() as db:
                opt_out(db, link.case_id, at=now, source="unsubscribe link")
