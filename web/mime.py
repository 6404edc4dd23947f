"""A whole mail (MIME), taken apart in as much work as it has bytes, whatever it says that it holds.

Python's own reader asks of every line whether it ends any of the parts that are open, and calls itself for each.
"""

from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser

from web.mail_heads import SHORT, UNREADABLE, headers_of
from web.mail_text import LONGEST_HTML, decoded, text_of_html

UNREAD = "not all of it could be read"
_DEEPEST = 20
"""Parts within parts."""
_MOST_PARTS = 1000
_LONGEST_HEAD = 128 * 1024
_LONGEST_BOUNDARY = 200
"""RFC 2046 allows 70 characters."""


@dataclass(frozen=True, slots=True)
class MimeMail:
    headers: dict[str, str]
    text: str
    attachments: int
    unread: str = ""
    """Why `text` may not be all that somebody wrote."""


def mime_mail(raw: bytes) -> MimeMail:
    """A whole mail: its first plain text, or else its HTML; all below its head where its parts cannot be told."""
    whole = raw.decode("ascii", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    head, below = _split(whole)
    found = _Reading()
    found.read(whole)
    try:
        headers = headers_of(_message(head))
    except UNREADABLE:
        headers, found.unread = {}, UNREAD
    text = found.plain if found.plain.strip() else text_of_html(found.html)
    if found.unread and not text.strip():
        text = decoded(below.encode("ascii", "surrogateescape"), "utf-8")
    return MimeMail(headers, text, found.attachments, found.unread)


@dataclass(slots=True)
class _Reading:
    """Goes through the parts in the order in which they stand."""

    plain: str = ""
    html: str = ""
    attachments: int = 0
    unread: str = ""
    _waiting: list[tuple[str, int]] = field(default_factory=list)
    """Parts as they came, the next one last, and within how many others each is."""

    def read(self, whole: str) -> None:
        self._waiting.append((whole, 0))
        count = 0
        while self._waiting and count < _MOST_PARTS:
            part, depth = self._waiting.pop()
            count += 1
            try:
                self._take(part, depth)
            except UNREADABLE:  # the name of a charset or a number in its head
                self.unread = UNREAD
        if self._waiting:
            self.unread = UNREAD

    def _take(self, part: str, depth: int) -> None:
        head, body = _split(part)
        message = _message(head)
        body = str(message.get_payload()) + body
        kind = message.get_content_type()
        if kind.startswith("multipart/"):
            self._divide(body, message.get_boundary(), depth)
        elif kind == "message/rfc822":
            self._enter([body], depth)
        elif message.get_filename() or kind not in ("text/plain", "text/html"):
            self.attachments += not kind.startswith("message/")
        else:
            self._hear(kind, _content(message, body))

    def _hear(self, kind: str, text: str) -> None:
        if kind == "text/plain":
            self.plain = self.plain or text
        elif not self.html:
            self.html = text
            self.unread = UNREAD if len(text) > LONGEST_HTML else self.unread

    def _divide(self, body: str, boundary: str | None, depth: int) -> None:
        parts = _between(body, boundary) if boundary and len(boundary) <= _LONGEST_BOUNDARY else []
        if not parts:
            self.unread = UNREAD
        self._enter(parts, depth)

    def _enter(self, parts: list[str], depth: int) -> None:
        if depth == _DEEPEST:
            self.unread = UNREAD
            return
        self._waiting += [(part, depth + 1) for part in reversed(parts)]


def _split(part: str) -> tuple[str, str]:
    """The head, with the end of its last line, and what is below it."""
    if part.startswith("\n"):
        return "", part[1:]
    head, _, body = part.partition("\n\n")
    return (head + "\n", body) if len(head) <= _LONGEST_HEAD else ("", part)


def _message(head: str) -> Message:
    """What follows the first line that is none of a head becomes its payload."""
    return HeaderParser(policy=SHORT).parsestr(head)


def _between(body: str, boundary: str) -> list[str]:
    """The parts between the lines of a boundary; what stands before the first and behind the last is not read."""
    parts: list[list[str]] = []
    for piece in f"\n{body}".split(f"\n--{boundary}")[1:]:
        rest, _, part = piece.partition("\n")
        if rest.strip(" \t") == "":
            parts.append([part])
        elif rest.rstrip(" \t") == "--":
            break
        elif parts:  # a longer line that only begins like it
            parts[-1].append(f"\n--{boundary}{piece}")
    return ["".join(part) for part in parts]


def _content(message: Message, body: str) -> str:
    message.set_payload(body)
    raw = message.get_payload(decode=True)
    charset = message.get_content_charset("utf-8")
    return decoded(raw, charset) if isinstance(raw, bytes) else ""
