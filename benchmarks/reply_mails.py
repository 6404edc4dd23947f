"""What a customer's program sends: the text of an SMS, and a mail with our own below, as Inbound Parse posts it."""

import email
import json
import re
import textwrap
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.reply_cases import Quotation, ReplyCase

REPLY_DOMAIN = "reply.example.com"
_SENT_ON = "Mon, 5 Oct 2026 18:20:00 +0200"
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)
_SUBJECTS = {"en": "How did we do?", "de": "Wie war unser Service?"}


@dataclass(frozen=True, slots=True)
class Ours:
    """A message that we sent, as its reader has it. Of an SMS, `text` alone."""

    text: str
    html: str = ""
    reply_address: str = ""


def read_mail(file: Path) -> Ours:
    mail = email.message_from_bytes(file.read_bytes())  # the old policy: it parses no header that nobody asks for
    bodies = {part.get_content_type(): _decoded(part) for part in mail.walk() if not part.is_multipart()}
    return Ours(bodies["text/plain"], bodies.get("text/html", ""), parseaddr(mail["Reply-To"])[1])


def _decoded(part: Message) -> str:
    content: Any = part.get_payload(decode=True)  # bytes, of a part that has no parts
    return str(content, part.get_content_charset("utf-8")).replace("\r\n", "\n")


def read_text(file: Path) -> Ours:
    return Ours(file.read_text(encoding="utf-8").partition("\n\n")[2].removesuffix("\n"))


def said(case: ReplyCase, ours: Ours, company: str) -> str:
    """The text of the reply, with ours where the case quotes it."""
    written = case.text.replace("{our_text}", ours.text.strip()).replace("{company}", company)
    return written.replace("{reply_address}", ours.reply_address)


def mail_fields(case: ReplyCase, ours: Ours, company: str, number: int, customer: str) -> dict[str, str]:
    """The fields of a post of Inbound Parse."""
    sender = case.sender or customer
    subject = case.subject if case.subject is not None else f"Re: {_SUBJECTS.get(case.language, _SUBJECTS['en'])}"
    headers = f"Message-ID: <{number}.{customer}>\nDate: {_SENT_ON}\nFrom: {sender}\nSubject: {subject}\n{case.headers}"
    html, body = _body(case, ours, company)
    return {
        "headers": headers,
        "html" if html else "text": body,
        "from": sender,
        "to": ours.reply_address,
        "subject": subject,
        "charsets": '{"text":"UTF-8","html":"UTF-8"}',
        "envelope": json.dumps({"to": [ours.reply_address], "from": sender}),
        "attachments": "0",
    }


def _body(case: ReplyCase, ours: Ours, company: str) -> tuple[bool, str]:
    """Whether it is HTML, and the body."""
    written, quotation = said(case, ours, company), case.quotation
    if quotation is None:
        return False, written
    head = quotation.head.replace("{company}", company).replace("{reply_address}", ours.reply_address)
    if quotation.html:
        return True, _as_html(written, head, ours, quotation)
    return False, _as_text(written, head, ours, quotation)


def _as_text(written: str, head: str, ours: Ours, quotation: Quotation) -> str:
    lines = ours.text.splitlines()
    if quotation.wrap:
        lines = [broken for line in lines for broken in _rewrapped(line, quotation.wrap)]
    mark = ">" if quotation.tight else "> "
    quoted = "\n".join((mark + line).rstrip() for line in lines) if quotation.marked else "\n".join(lines)
    text = f"{written}\n" + ("\n" if quotation.blank else "") + _ended(head) + quoted
    return text.replace("\n", "\r\n") if quotation.crlf else text


def _rewrapped(line: str, width: int) -> list[str]:
    """No mail program breaks an address of a page."""
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]


def _ended(head: str) -> str:
    return head if not head or head.endswith("\n") else head + "\n"


def _as_html(written: str, head: str, ours: Ours, quotation: Quotation) -> str:
    above = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in written.split("\n"))
    gap = "<div><br></div>" if quotation.blank else ""
    introduced = f"<div>{_lines(head.rstrip())}</div>" if head.strip() else ""
    found = _BODY.search(ours.html)
    inner = _lines(ours.text) if quotation.from_text or not found else found[1]
    mark = "blockquote" if quotation.marked else "div"
    return f"<html><body>{above}{gap}{introduced}<{mark}>{inner}</{mark}></body></html>"


def _lines(text: str) -> str:
    return "<br>\n".join(escape(line) for line in text.split("\n"))
