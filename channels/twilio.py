"""SMS through Twilio's REST API (2010-04-01, Messages). Its own client would log addresses; the transport is ours."""

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlencode

import httpx

from channels.lanes import Answer, Lanes
from channels.protocol import Claim, Receipt, Sought, TextMessage, checked_text
from channels.twilio_account import Credentials, callback, headers_of, messages_url, validity
from channels.twilio_answers import receipt_of
from channels.twilio_list import Listing


class Twilio:
    """Sends through `<base_url>/2010-04-01/Accounts/<account>/Messages.json`, each SMS as a request of its own.

    `sender`: a number, a short code, or the SID of a Messaging Service. `status_url`: under which Twilio tells what
    became of a message, with its ref at the end; None: it tells nobody.
    Raises ValueError for an address, sender or credentials that cannot be right.
    """

    name = "twilio"

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        sender: str,
        status_url: str | None,
        timeout_s: float,
        now: Callable[[], datetime],
    ) -> None:
        self._url = messages_url(base_url, credentials)
        self._headers = headers_of(credentials)
        self._sender = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
        self._status_url = callback(status_url)
        self._timeout_s = timeout_s
        self._now = now
        self._lanes = Lanes(request=self._request, translated=self._translated, timeout_s=timeout_s)

    def send(self, texts: Sequence[TextMessage], *, claim: Claim, in_flight: int) -> list[Receipt]:
        """As in `Provider`. One that Twilio could not try for a minute is LATER, code "window", and not asked for."""
        return self._lanes.send(texts, claim=claim, in_flight=in_flight)

    def find(self, sought: Sequence[Sought], *, in_flight: int) -> list[Receipt]:
        """As in `Finder`, by the list of the account's messages to each number."""
        listing = Listing(self._url, self._headers, timeout_s=self._timeout_s)
        return listing.find(sought, in_flight=in_flight)

    def form(self, text: TextMessage, *, since_s: float = 0.0) -> dict[str, str]:
        """The request's fields, `since_s` seconds after the burst began. Raises `MessageFault`, or `NotNow`."""
        checked_text(text)
        try_for = validity(text.try_for_s, since_s=since_s, timeout_s=self._timeout_s)
        form = self._sender | {"To": text.to, "Body": text.body, "ValidityPeriod": try_for}
        return form | ({"StatusCallback": f"{self._status_url}/{text.ref}"} if self._status_url else {})

    def _request(self, text: TextMessage, since_s: float) -> httpx.Request:
        content = urlencode(self.form(text, since_s=since_s)).encode("ascii")
        return httpx.Request("POST", self._url, headers=self._headers, content=content)

    def _translated(self, ref: str, answer: Answer) -> Receipt:
        return receipt_of(ref, answer, self._now())
