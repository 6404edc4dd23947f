"""The parts of a mail as text: bytes of a named charset, HTML. Whatever comes in, text comes out."""

import re
from html import unescape

_CHARSET = re.compile(
    r"utf[-_]?8|(us-?)?ascii|latin-?1|iso-?8859-\d{1,2}|(windows-|cp)\d{3,4}|koi8-[ru]|gb(k|2312|18030)|big5"
    r"|shift[-_]jis|euc-(jp|kr)|iso-2022-(jp|kr)|utf-?16([lb]e)?",
    re.IGNORECASE,
)
"""Python knows "charsets" that are none, and some of them take very long."""
LONGEST_HTML = 256 * 1024
"""Characters of a page that are looked at."""
_SILENT = {"script", "style", "head", "title", "template"}
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,20})(?![a-z0-9])[^<>]{0,3000}>|<![^<>]{0,3000}>", re.IGNORECASE)
_VOID = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "source", "embed"}
_BLOCKS = {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr", "pre"}
_QUOTATION = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|divrplyfwdmsg|appendonsend", re.IGNORECASE)
"""What mail programs call the part of the page that is quoted, in a class or id."""


def decoded(raw: bytes, charset: str) -> str:
    if _CHARSET.fullmatch(charset.strip()):
        try:
            return raw.decode(charset.strip(), "replace")
        except (LookupError, ValueError):
            pass  # one that Python does not know
    return raw.decode("utf-8", "replace")


def text_of_html(html: str) -> str:
    """What a reader sees of it; lines of the part that is quoted begin with "> ", as in a mail of plain text.

    Python's own parser takes minutes over a page of "<a <a <a": this one looks at each character a few times.
    """
    reader, at, page = _Reader(), 0, _without_comments(html[:LONGEST_HTML])
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
