"""A mail as the bytes of RFC 5322: what SMTP carries and what the outbox folder keeps."""

import base64
import re
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from channels.protocol import Mail, checked

ONE_CLICK = "List-Unsubscribe=One-Click"
"""The value of List-Unsubscribe-Post, and the body that a mail client posts (RFC 8058, sections 3.1 and 3.2)."""


def letter(mail: Mail, *, at: datetime) -> bytes:
    """The mail with text and HTML as alternatives, in 7-bit lines that end in CRLF. Raises `MessageFault`."""
    checked(mail)
    message = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
    for name, value in _headers(mail, at):
        message[name] = _Verbatim.of(name, value)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()


def _headers(mail: Mail, at: datetime) -> list[tuple[str, str]]:
    domain = mail.sender.rpartition("@")[2]
    headers = [
        ("From", _mailbox(mail.sender, mail.sender_name)),
        ("To", _mailbox(mail.to, mail.to_name)),
        ("Subject", _subject(mail.subject)),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{mail.ref}@{domain}>"),
    ]
    if mail.reply_to:
        headers.append(("Reply-To", mail.reply_to))
    if mail.unsubscribe_url:
        headers += [("List-Unsubscribe", f"<{mail.unsubscribe_url}>"), ("List-Unsubscribe-Post", ONE_CLICK)]
    return headers


def _mailbox(address: str, name: str | None) -> str:
    if not name:
        return address
    if _is_plain(name) and not re.search(r'["\\]', name):
        return f'"{name}" <{address}>'
    return f"{_words(name)}\r\n <{address}>"


def _subject(subject: str) -> str:
    return subject if _is_plain(subject) else _words(subject)


def _is_plain(text: str) -> bool:
    """Whether every mail program reads this back as it stands: short, ASCII, single blanks, no accidental encoding."""
    return re.fullmatch(r"[!-~]+( [!-~]+)*", text) is not None and len(text) <= 200 and "=?" not in text


def _words(text: str) -> str:
    """The text as encoded words on lines of at most 76 characters, no character split over two (RFC 2047, 2 and 5)."""
    chunks = [b""]
    for char in text:
        encoded = char.encode()
        if len(chunks[-1]) + len(encoded) > 39:
            chunks.append(b"")
        chunks[-1] += encoded
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(chunk).decode()}?=" for chunk in chunks)


class _Verbatim(str):
    """A header value that is written as it is.

    EmailMessage re-folds values by default and then loses blanks and wraps links. A value that has a `name` and can
    `fold` itself is left alone (email.policy.EmailPolicy, "source value").
    """

    __slots__ = ("name",)
    name: str
    max_count = None

    @classmethod
    def of(cls, name: str, value: str) -> "_Verbatim":
        verbatim = cls(value)
        verbatim.name = name
        return verbatim

    def fold(self, *, policy: policy.EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"
