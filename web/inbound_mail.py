"""Mail that customers send back, as SendGrid's Inbound Parse posts it.

Who writes is not proven: From and the envelope's sender can be forged. The token in the address that the mail was sent
to decides which case it is about, and nothing in a mail ever changes contact data.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from channels.returned import returned
from config.settings import Settings
from models.answers import open_link, token_sha256
from models.report import address_key
from models.senders import Meant, answered_message
from models.store import Store
from policy.machines import Heard
from policy.replies import Meaning
from policy.rules import Rules
from vocabulary import Channel, LinkPurpose
from web.bell import Bell, sound_of
from web.bodies import pieces_up_to
from web.cleaned import cleaned
from web.inbound_door import InboundDoor
from web.mail_text import decoded, headers_in, mime_mail, text_of_html
from web.multipart import Beginning, FormReader, Holder, NotAForm, Parts
from web.news import take_in
from web.our_words import OurWords
from web.replies import Arrived, take
from web.sendgrid_guard import of_mail
from web.strict_json import NotJson, parse
from web.thinned import Thinned

_TOKEN = re.compile(r"reply\+([a-z2-7]{32})@", re.IGNORECASE)
_RETURNED = "returned mail"
"""The name under which what a mail that came back tells is kept, beside what providers tell."""
_KB = 1024
_WANTED: Mapping[str, Callable[[], Holder]] = {
    "text": lambda: Beginning(128 * _KB),
    "html": lambda: Beginning(256 * _KB),
    "email": lambda: Thinned(384 * _KB),
    "headers": lambda: Beginning(128 * _KB),
    **{
        name: (lambda: Beginning(16 * _KB)) for name in ("from", "to", "subject", "envelope", "charsets", "attachments")
    },
}
"""How much of each field is kept: about 1 MiB in all, of a post of up to `inbound_most_bytes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedMail:
    """`to`: the addresses of the envelope and of the header, in one text."""

    to: str
    sender: str
    envelope_to: str
    headers: dict[str, str]
    subject: str
    text: str
    attachments: int

    @property
    def token(self) -> str | None:
        found = _TOKEN.search(self.to)
        return found[1].lower() if found else None

    @property
    def external_id(self) -> str:
        """The same for the same mail to the same address: Inbound Parse sends no number of its own."""
        names = [self.headers.get("message-id", ""), self.envelope_to, self.headers.get("date", "")]
        if not names[0]:
            names.append(self.text)
        return hashlib.sha256("\n".join(names).encode("utf-8", "replace")).hexdigest()


class InboundMail:
    def __init__(
        self, store: Store, clock: Callable[[], datetime], bell: Bell, rules: Rules, settings: Settings
    ) -> None:
        self._store = store
        self._clock = clock
        self._bell = bell
        self._rules = rules
        self._ours = OurWords(rules, settings)
        self._most = settings.inbound_most_bytes
        self._door = InboundDoor(settings)
        self._guard = of_mail(settings)

    async def arrive(self, secret: str, request: Request) -> Response:
        """Whoever does not know the address is told that there is none; whoever does not sign leaves nothing."""
        refused = self._door.refuses(secret, request.headers)
        claimed = self._guard.claim(request.headers)
        if refused is not None:
            return refused
        if self._guard.is_set and claimed is None:
            return Response(status_code=401)
        form = FormReader(request.headers.get("content-type", ""), _WANTED)
        async for piece in pieces_up_to(request, self._most):
            if claimed is not None:
                claimed.read(piece)
            form.write(piece)
        if self._guard.is_set and not self._guard.admits(claimed, self._clock()):
            return Response(status_code=401)
        return await run_in_threadpool(self._read, form)

    def _read(self, form: FormReader) -> Response:
        try:
            mail = _posted(form.finish())
        except (NotAForm, RecursionError):
            return JSONResponse({"error": "This is not what Inbound Parse posts."}, status_code=400)
        return self._take(mail)

    def _take(self, mail: PostedMail) -> Response:
        now = self._clock()
        sender = parseaddr(mail.headers.get("from", ""))[1]
        arrived = Arrived(
            heard=Heard(
                channel=Channel.EMAIL, text=mail.text, subject=mail.subject, headers=mail.headers, sender=mail.sender
            ),
            external_id=mail.external_id,
            sender=sender or None,
            from_keys=(address_key(sender),) if sender else (),
            attachments=mail.attachments,
        )
        with self._store.write() as db:
            case = open_link(db, mail.token, (LinkPurpose.REPLY,), now, hold=True) if mail.token else None
            arrived = replace(arrived, message_ref=_answered(db, mail.token))
            taken = take(db, arrived, Meant(case), now, in_force=self._rules, ours=self._ours)
            if taken.new and taken.meaning is Meaning.BOUNCE and arrived.message_ref:
                take_in(
                    db,
                    _RETURNED,
                    [returned(f"{mail.subject}\n{mail.text}", arrived.message_ref, mail.external_id, now)],
                    Channel.EMAIL,
                    at=now,
                )
        sound = sound_of(recorded=taken.recorded, alarmed=taken.alarmed)
        ring = BackgroundTask(self._bell.ring, sound) if sound else None
        # To whoever reads SendGrid's log: why the attachments are nowhere.
        return JSONResponse({"taken": taken.new, "attachments refused": mail.attachments}, background=ring)


def _answered(db: Connection, token: str | None) -> str | None:
    return answered_message(db, token_sha256(token)) if token else None


def _posted(parts: Parts) -> PostedMail:
    charsets = _object(parts.fields.get("charsets", b""))

    def field(name: str) -> str:
        return cleaned(decoded(parts.fields.get(name, b""), str(charsets.get(name, "utf-8"))))

    envelope = _object(parts.fields.get("envelope", b""))
    addressed = envelope.get("to")
    recipients = sorted(map(str, addressed)) if isinstance(addressed, list) else []
    if "email" in parts.fields:
        whole = mime_mail(parts.fields["email"])
        headers, text, attachments = whole.headers, cleaned(whole.text), whole.attachments
    else:
        headers, attachments = headers_in(field("headers")), parts.files
        text = field("text") if field("text").strip() else cleaned(text_of_html(field("html")))
        declared = field("attachments").strip()
        if declared.isascii() and declared.isdigit() and len(declared) <= 3:
            attachments = max(attachments, int(declared))
    headers = {name: cleaned(value) for name, value in headers.items()}
    headers.setdefault("from", field("from"))
    return PostedMail(
        to="\n".join([*recipients, field("to"), headers.get("to", "")]),
        sender=str(envelope.get("from", "unknown")) or "<>",
        envelope_to="\n".join(recipients),
        headers=headers,
        subject=field("subject") or headers.get("subject", ""),
        text=text,
        attachments=attachments,
    )


def _object(raw: bytes) -> dict[str, object]:
    try:
        value = parse(raw) if raw else {}
    except NotJson:
        return {}
    return value if isinstance(value, dict) else {}
