"""What a customer's program sends: the text of an SMS, and a mail with our own below, as Inbound Parse posts it."""

import email
import json
import re
import textwrap
from dataclasses import dataclass
from email import policy as email_policy
from html import escape
from pathlib import Path

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
    mail = email.message_from_bytes(file.read_bytes(), policy=email_policy.default)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None  # noqa: S101 - every mail of ours has a text
    address = mail["Reply-To"].addresses[0].addr_spec
    return Ours(plain.get_content(), html.get_content() if html else "", address)


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
        lines = [broken for line in lines for broken in textwrap.wrap(line, quotation.wrap) or [""]]
    quoted = "\n".join("> " + line if line else ">" for line in lines) if quotation.marked else "\n".join(lines)
    return f"{written}\n" + ("\n" if quotation.blank else "") + _ended(head) + quoted


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
