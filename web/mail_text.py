"""The parts of a mail as text: bytes of a named charset, HTML, raw MIME. Whatever comes in, text comes out."""

import re
from binascii import a2b_qp
from dataclasses import dataclass
from email import message_from_bytes
from email.base64mime import decode as base64_bytes
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser, HeaderParser
from html import unescape

_CHARSET = re.compile(
    r"utf[-_]?8|(us-?)?ascii|latin-?1|iso-?8859-\d{1,2}|(windows-|cp)\d{3,4}|koi8-[ru]|gb(k|2312|18030)|big5"
    r"|shift[-_]jis|euc-(jp|kr)|iso-2022-(jp|kr)|utf-?16([lb]e)?",
    re.IGNORECASE,
)
"""Python knows "charsets" that are none, and some of them take very long."""
_LONGEST_HTML = 500_000
_ODD = (ValueError, LookupError, TypeError, AttributeError, MessageError)
"""What Python's readers of mail have been seen to raise at odd heads; none of them says so."""
_MOST_HEADERS = 300
_LONGEST_HEADER = 4000
_WORD = re.compile(r"=\?([!-<>@-~]{1,80})\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)
_WORDS_IN_A_ROW = re.compile(rf"{_WORD.pattern}(?: ?{_WORD.pattern})*", re.IGNORECASE)
_SILENT = {"script", "style", "head", "title", "template"}
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,20})(?![a-z0-9])[^<>]{0,3000}>|<![^<>]{0,3000}>", re.IGNORECASE)
_VOID = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "source", "embed"}
_BLOCKS = {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr", "pre"}
_QUOTATION = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|divrplyfwdmsg|appendonsend", re.IGNORECASE)
"""What mail programs call the part of the page that is quoted, in a class or id."""


@dataclass(frozen=True, slots=True)
class MimeMail:
    headers: dict[str, str]
    text: str
    attachments: int


def decoded(raw: bytes, charset: str) -> str:
    if _CHARSET.fullmatch(charset.strip()):
        try:
            return raw.decode(charset.strip(), "replace")
        except LookupError:
            pass  # one that Python does not know
    return raw.decode("utf-8", "replace")


def headers_in(text: str) -> dict[str, str]:
    """By names in lower case; of those that come twice, the first."""
    return _headers(HeaderParser().parsestr(text.encode("utf-8", "replace").decode()))


def mime_mail(raw: bytes) -> MimeMail:
    """A whole mail: its first plain text, or else its HTML as text; all below its head where its parts cannot be told.

    Raises `RecursionError` when nested absurdly.
    """
    try:
        return _in_parts(message_from_bytes(raw))
    except _ODD:  # the name of a charset or a number in the head of a part that Python's own reader breaks at
        whole = BytesHeaderParser().parsebytes(raw)
        return MimeMail(
            _headers(whole), decoded(raw.partition(b"\n\n")[2] or raw.partition(b"\r\n\r\n")[2], "utf-8"), 0
        )


def _in_parts(message: Message) -> MimeMail:
    plain, html, attachments = "", "", 0
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart() or part.get_content_maintype() == "message":
            continue
        if part.get_filename() or kind not in ("text/plain", "text/html"):
            attachments += kind != "message/delivery-status"
        elif kind == "text/plain":
            plain = plain or _content(part)
        else:
            html = html or _content(part)
    text = plain if plain.strip() else text_of_html(html)
    return MimeMail(_headers(message), text, attachments)


def text_of_html(html: str) -> str:
    """What a reader sees of it; lines of the part that is quoted begin with "> ", as in a mail of plain text.

    Python's own parser takes minutes over a page of "<a <a <a": this one looks at each character a few times.
    """
    reader, at, page = _Reader(), 0, _without_comments(html[:_LONGEST_HTML])
    for tag in _TAG.finditer(page):
        reader.text(page[at : tag.start()])
        reader.tag((tag[2] or "").lower(), tag[0], closes=bool(tag[1]))
        at = tag.end()
    reader.text(page[at:])
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(_marked, lines))).strip()


def _marked(line: str) -> str:
    """With the mark of a quotation in front, where a piece of the line is quoted."""
    bare = " ".join(line.replace(_QUOTED, " ").split())
    return f"> {bare}" if _QUOTED in line and bare else bare


def _without_comments(html: str) -> str:
    kept, at = [], 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start)) >= 0:
        kept.append(html[at:start])
        at = end + len("-->")
    return "".join([*kept, html[at:]])


def _content(part: Message) -> str:
    raw = part.get_payload(decode=True)
    charset = part.get_content_charset("utf-8")
    return decoded(raw, charset) if isinstance(raw, bytes) else ""


def _headers(message: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in list(message.raw_items())[:_MOST_HEADERS]:
        found.setdefault(_plain(name).lower(), _header(_plain(str(value))[:_LONGEST_HEADER]))
    return found


def _plain(raw: str) -> str:
    """Bytes beyond ASCII are UTF-8 in headers that are not encoded (RFC 6532)."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _header(value: str) -> str:
    """With its encoded words (RFC 2047) as text. One that cannot be read stays as it was written.

    Python's own reader refuses the whole header for one bad word. Words in a row may share a letter between them.
    """
    parts, at, line = [], 0, " ".join(value.split())
    for row in _WORDS_IN_A_ROW.finditer(line):
        parts += [line[at : row.start()], _words(row[0])]
        at = row.end()
    return "".join([*parts, line[at:]])


def _words(row: str) -> str:
    parts, charset, raw = [], "", b""
    for word in _WORD.finditer(row):
        read = _bytes_of(word[2].lower(), word[3])
        name = word[1].partition("*")[0].lower()  # a language may follow (RFC 2231)
        if read is None or name != charset:
            parts.append(decoded(raw, charset))
            charset, raw = name, b""
        raw += read or b""
        parts += [word[0]] if read is None else []
    return "".join([*parts, decoded(raw, charset)])


def _bytes_of(encoding: str, coded: str) -> bytes | None:
    try:
        if encoding == "q":
            return a2b_qp(coded.encode("ascii"), header=True)
        return base64_bytes(coded.rstrip("=") + "=" * (-len(coded.rstrip("=")) % 4))
    except ValueError:
        return None


_QUOTED = "\x02"
"""Stands before each piece of text that is quoted; no mail has it in its text."""


class _Reader:
    def __init__(self) -> None:
        self.said: list[str] = []
        self._silent, self._depth = "", 0
        """The open element that is not read, and how many of its kind are open within it."""
        self._quotation, self._quoted = "", 0
        """The same of the element that is quoted."""

    def tag(self, name: str, whole: str, *, closes: bool) -> None:
        if name in _BLOCKS:
            self.said.append("\n")
        step = -1 if closes else 1
        if self._silent:
            self._depth += (name == self._silent) * step
            self._silent = self._silent if self._depth else ""
        elif not closes and name in _SILENT:
            self._silent, self._depth = name, 1
        if self._quotation:
            self._quoted += (name == self._quotation) * step
            if not self._quoted:
                self._quotation = ""
                self.said.append("\n")
        elif not closes and name not in _VOID and (name == "blockquote" or _QUOTATION.search(whole)):
            self._quotation, self._quoted = name, 1
            self.said.append("\n")

    def text(self, text: str) -> None:
        if not self._silent and text:
            self.said.append(
                (_QUOTED if self._quotation and text.strip() else "") + unescape(text).replace(_QUOTED, "")
            )
