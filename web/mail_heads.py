"""The heads of mails as text: encoded words, raw bytes, names of charsets that are none. Whatever comes in, text does.

Each is cut before anything takes it apart: what reads "a; b; c" in Python copies the rest for each semicolon.
"""

import re
from binascii import a2b_qp
from email.base64mime import decode as base64_bytes
from email.errors import MessageError
from email.message import Message
from email.parser import HeaderParser
from email.policy import Compat32
from email.utils import parseaddr

from web.mail_text import decoded

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, MessageError)
"""What Python's readers of mail have been seen to raise at odd heads; none of them says so."""
_MOST_HEADERS = 300
_LONGEST_HEADER = 4000
_MOST_PARAMETERS = 50
_LONGEST_ADDRESS = 1000
"""With the name before it."""
_WORD = re.compile(r"=\?([!-<>@-~]{1,80})\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)
_WORDS_IN_A_ROW = re.compile(rf"{_WORD.pattern}(?: ?{_WORD.pattern})*", re.IGNORECASE)


class _Short(Compat32):
    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, _, value = sourcelines[0].partition(":")
        value = (value.lstrip(" \t") + "".join(sourcelines[1:])).rstrip("\r\n")[:_LONGEST_HEADER]
        if name.lower().startswith("content-"):
            value = ";".join(value.split(";", _MOST_PARAMETERS)[:_MOST_PARAMETERS])
        return name, value


SHORT = _Short()


def headers_in(text: str) -> dict[str, str]:
    """By names in lower case; of those that come twice, the first."""
    return headers_of(HeaderParser(policy=SHORT).parsestr(text.encode("utf-8", "replace").decode()))


def headers_of(message: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in list(message.raw_items())[:_MOST_HEADERS]:
        found.setdefault(_plain(name).lower(), _header(_plain(str(value))[:_LONGEST_HEADER]))
    return found


def address_in(text: str) -> str:
    """The address in the head From; empty where none can be told."""
    try:
        return parseaddr(text[:_LONGEST_ADDRESS])[1]
    except UNREADABLE:  # comments within comments
        return ""


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
