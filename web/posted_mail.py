"""A mail as Inbound Parse posts it, in fields or whole: what of it is kept, and what that says.

Whatever is in it, something comes out: what cannot be read is left as it came, for a person.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from web.cleaned import cleaned
from web.mail_heads import UNREADABLE, headers_in
from web.mail_text import LONGEST_HTML, decoded, text_of_html
from web.mime import UNREAD, mime_mail
from web.multipart import Beginning, Holder, Parts
from web.strict_json import NotJson, parse
from web.thinned import Thinned

_TOKEN = re.compile(r"reply\+([a-z2-7]{32})@", re.IGNORECASE)
_KB = 1024
WANTED: Mapping[str, Callable[[], Holder]] = {
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
    unread: str = ""
    """Why `text` may not be all that was written."""

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


def posted_mail(parts: Parts) -> PostedMail:
    """Never raises because of what was posted."""
    try:
        return _posted(parts)
    except UNREADABLE:
        fields = {name: cleaned(decoded(value, "utf-8")) for name, value in parts.fields.items()}
        text = "\n\n".join(fields[name] for name in ("headers", "email", "text", "html") if fields.get(name))
        return PostedMail(
            to="\n".join([fields.get("to", ""), fields.get("envelope", "")]),
            sender="unknown",
            envelope_to=fields.get("envelope", ""),
            headers={"from": fields.get("from", "")},
            subject=fields.get("subject", ""),
            text=text,
            attachments=parts.files,
            unread=UNREAD,
        )


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
        unread = whole.unread or ("longer than we keep" if "email" in parts.cut else "")
    else:
        headers, attachments = headers_in(field("headers")), parts.files
        plain, page = field("text"), field("html")
        text = plain if plain.strip() else cleaned(text_of_html(page))
        is_cut = "text" in parts.cut if plain.strip() else "html" in parts.cut or len(page) > LONGEST_HTML
        unread = "longer than we keep" if is_cut else ""
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
        unread=unread,
    )


def _object(raw: bytes) -> dict[str, object]:
    try:
        value = parse(raw) if raw else {}
    except NotJson:
        return {}
    return value if isinstance(value, dict) else {}
