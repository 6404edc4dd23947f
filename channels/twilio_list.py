"""Twilio's list of the messages to a number: does it hold one of which we do not know whether it was taken?

The text tells: our link in it is made for one message only. An account that has Twilio redact its texts shows none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from channels.claims import Unguarded
from channels.lanes import Answer, Lanes
from channels.protocol import Outcome, Receipt, Sought
from channels.twilio_answers import object_of, taken

PAGE_SIZE = 20
"""Messages; a page of them is less than the 64 KB that are read of an answer, also when all texts are long."""
MOST_PAGES = 5
_SKEW = timedelta(minutes=10)
"""By so much Twilio's clock may differ from ours; it lists whole days."""


@dataclass(slots=True)
class _Search:
    """How far one message was looked for."""

    sought: Sought
    query: bytes | None
    """Of the page to be read next; None when the list has ended, or the message was found."""
    found: Receipt | None = None
    trouble: str | None = None
    """Why a page could not be read."""

    def receipt(self) -> Receipt:
        code = self.trouble or ("absent" if self.query is None else "pages")
        return self.found or Receipt(ref=self.sought.ref, outcome=Outcome.UNKNOWN, code=code)


@dataclass(slots=True)
class Listing:
    """The account's messages at `url`. `timeout_s` is for the whole of a request; a search takes five at the most."""

    url: httpx.URL
    headers: httpx.Headers
    timeout_s: float = field(kw_only=True)

    def find(self, sought: Sequence[Sought], *, in_flight: int) -> list[Receipt]:
        """As in `Finder`. What cannot be asked for at the first page is not asked for again."""
        searches = {one.ref: _Search(one, first_query(one)) for one in sought}
        lanes: Lanes[Sought] = Lanes(
            request=lambda one, _since_s: self._request(searches[one.ref]),
            translated=lambda ref, answer: _read(searches[ref], answer),
            timeout_s=self.timeout_s,
        )
        for _ in range(MOST_PAGES):
            left = [one.sought for one in searches.values() if one.query is not None and one.trouble is None]
            if not left:
                break
            for receipt in lanes.send(left, claim=Unguarded(), in_flight=in_flight):
                if receipt.outcome is not Outcome.ACCEPTED:
                    searches[receipt.ref].trouble = receipt.code
        return [search.receipt() for search in searches.values()]

    def _request(self, search: _Search) -> httpx.Request:
        return httpx.Request("GET", self.url.copy_with(query=search.query), headers=self.headers)


def first_query(sought: Sought) -> bytes:
    """Twilio's parameter really is called "DateSent>": from that day (GMT) on."""
    since = f"{sought.since - _SKEW:%Y-%m-%d}"
    return urlencode({"To": sought.to, "DateSent>": since, "PageSize": str(PAGE_SIZE)}).encode("ascii")


def _read(search: _Search, answer: Answer) -> Receipt:
    """ACCEPTED: a page was read, whatever was on it. The receipt of the message itself is in the search."""
    told = object_of(answer.body)
    listed = told.get("messages")
    if answer.status != httpx.codes.OK or not isinstance(listed, list):
        wrong = Outcome.STOPPED if answer.status in _REFUSED else Outcome.UNKNOWN
        return Receipt(ref=search.sought.ref, outcome=wrong, code=str(answer.status))
    mine = [taken(search.sought.ref, one) for one in listed if isinstance(one, dict) and _is_it(search.sought, one)]
    known = [receipt for receipt in mine if receipt.outcome is not Outcome.UNKNOWN]
    # Of two copies the one that fares well is the one that the customer has.
    search.found = min(known, key=lambda receipt: receipt.outcome is Outcome.REJECTED, default=None)
    search.query = None if search.found else _next_query(told)
    return Receipt(ref=search.sought.ref, outcome=Outcome.ACCEPTED, code="200")


_REFUSED = frozenset({401, 403, 404, 405, 429})
"""Whoever is told this once is not to ask on."""


def _is_it(sought: Sought, one: Mapping[str, Any]) -> bool:
    body = one.get("body")
    return isinstance(body, str) and one.get("to") == sought.to and sought.is_it(body)


def _next_query(told: Mapping[str, Any]) -> bytes | None:
    """Of the next page. Only the query is taken: no answer can send us, and the secret, to another address."""
    uri = told.get("next_page_uri")
    query = urlsplit(uri).query if isinstance(uri, str) and uri.isascii() else ""
    return query.encode() or None
