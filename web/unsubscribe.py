"""The way out: a page with a button, and the same by one request of a mail program (RFC 8058).

Whoever presses is believed. Unknown addresses are answered like known ones, so that nobody learns who is a customer.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi.responses import Response

from models.answers import open_link
from models.optouts import opt_out
from models.store import Store
from vocabulary import LinkPurpose
from web.bodies import FormBody
from web.links import token_in
from web.pages import Pages


class Unsubscribe:
    def __init__(self, store: Store, clock: Callable[[], datetime], pages: Pages) -> None:
        self._store = store
        self._clock = clock
        self._pages = pages

    def show(self, link: str) -> Response:
        token = token_in(link)
        found = self._find(token, self._clock()) if token else None
        return self._pages.show("unsubscribe", {"action": f"/u/{token or 'unknown'}"}, language=self._language(found))

    def leave(self, link: str, _body: FormBody) -> Response:
        """Opt out, at once and for good. The body is read only because it comes: a button sends none."""
        token, now = token_in(link), self._clock()
        found = self._find(token, now) if token else None
        if found is not None:
            with self._store.write() as db:
                opt_out(db, found.case_id, at=now, source="unsubscribe link")
        return self._pages.show("unsubscribed", language=self._language(found))

    def _find(self, token: str, now: datetime) -> Any:
        with self._store.read() as db:  # who guesses tokens does not get to lock the store
            return open_link(db, token, (LinkPurpose.UNSUBSCRIBE,), now)

    def _language(self, found: Any) -> str | None:
        return self._pages.language(found) if found is not None else None
