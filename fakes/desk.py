"""The page and its JSON: what would have been sent, and invented customers who write back."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fakes.keys import Keys
from fakes.ledger import Ledger, Received
from fakes.options import Options
from fakes.postman import Post, Postman
from fakes.replies import PATH as MAIL_PATH
from fakes.replies import MailReply, post_of
from fakes.twilio import Twilio
from fakes.wire import Reply, Request, fields

SMS_PATH = "/hooks/twilio/sms"
_LOCAL = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?")
_JSON = {"Content-Type": "application/json"}
_HTML = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
_PAGE_RULES = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
_MAIL_RULES = (
    "sandbox allow-popups allow-top-navigation-by-user-activation; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


class Desk:
    """Answers what is for neither provider."""

    def __init__(self, options: Options, keys: Keys, ledger: Ledger, postman: Postman, twilio: Twilio) -> None:
        self._options, self._keys, self._ledger = options, keys, ledger
        self._postman, self._twilio = postman, twilio

    def handle(self, request: Request) -> Reply:
        if not _is_from_here(request):
            return _problem(403, "only pages of this machine may ask")
        match request.method, request.path:
            case "GET", "/":
                return self._page()
            case "GET", "/api/counts":
                return _as_json(self._ledger.counts() | {"waiting": self._postman.waiting})
            case "GET", "/api/messages":
                return _as_json(self._ledger.messages())
            case "GET", path if found := re.fullmatch(r"/messages/([0-9]{1,12})\.html", path):
                return self._mail(int(found[1]))
            case "POST", "/customers/sms" | "/customers/mail":
                return self._say(request)
        return _problem(404, "there is nothing here")

    def _page(self) -> Reply:
        counts = self._ledger.counts()
        html = _template().render(
            counts={name: value for name, value in counts.items() if isinstance(value, dict)},
            single={name: value for name, value in counts.items() if not isinstance(value, dict)},
            waiting=self._postman.waiting,
            messages=self._ledger.newest,
            told=self._options.events_to,
        )
        return Reply(headers=_HTML | {"Content-Security-Policy": _PAGE_RULES}, body=html.encode())

    def _mail(self, number: int) -> Reply:
        """The HTML of a mail, in which nothing runs and nothing is loaded."""
        found = next((each for each in self._ledger.newest if each.number == number and each.html), None)
        if found is None:
            return _problem(404, "this mail has no HTML, or too many came after it")
        return Reply(headers=_HTML | {"Content-Security-Policy": _MAIL_RULES}, body=found.html.encode())

    def _say(self, request: Request) -> Reply:
        try:
            said = _said(request)
        except ValueError:
            return _problem(400, "this is neither a form nor a JSON object of texts")
        if not self._options.events_to:
            return _problem(409, "nobody listens: start with the address of Aftercare (--events-to)")
        if not said.get("from") or not said.get("text"):
            return _problem(400, '"from" and "text" must be given')
        sms = request.path.endswith("sms")
        last = self._ledger.last_to("sms" if sms else "email", said["from"])
        to = said.get("to") or (last.reply_to if last else "")
        if not to:
            return _problem(400, 'nothing was sent to this customer yet: give "to", the address to reply to')
        self._postman.take(self._sms(said, to) if sms else self._reply(said, to, last))
        if "application/json" in request.headers.get("content-type", ""):
            return Reply(status=202, headers=_JSON, body=json.dumps({"to": to}).encode())
        return Reply(status=303, headers={"Location": "/"})

    def _sms(self, said: dict[str, str], to: str) -> Post:
        url = f"{self._options.events_to}{SMS_PATH}"
        return self._twilio.reply(url, sender=said["from"], to=to, text=said["text"])

    def _reply(self, said: dict[str, str], to: str, last: Received | None) -> Post:
        subject = said.get("subject") or f"Re: {last.subject if last else ''}"
        reply = MailReply(sender=said["from"], to=to, subject=subject, text=said["text"], answered=last)
        url = f"{self._options.events_to}{MAIL_PATH}/{quote(self._keys.inbound_secret)}"
        return post_of(reply, url, self._keys, self._options.clock)


def _is_from_here(request: Request) -> bool:
    """A page of another site can neither read what is here nor let a customer speak."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    return _LOCAL.fullmatch(host) is not None and (origin is None or urlsplit(origin).netloc == host)


def _said(request: Request) -> dict[str, str]:
    if "application/json" not in request.headers.get("content-type", ""):
        return fields(request.body.decode())
    said = json.loads(request.body)
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise ValueError("not an object of texts")
    return said


@cache
def _template() -> Any:
    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html.j2")


def _as_json(said: object) -> Reply:
    return Reply(headers=_JSON, body=json.dumps(said, ensure_ascii=False).encode())


def _problem(status: int, text: str) -> Reply:
    return Reply(status=status, headers={"Content-Type": "text/plain"}, body=f"{text}\n".encode())
