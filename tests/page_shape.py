"""What a browser makes of a page: its elements with their attributes, without its words."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

FREE = frozenset({"value", "href", "action", "datetime"})
"""Attributes that differ from one object to the next. All others are the template's own."""
HREF = re.compile(
    r"/(?:console|static)(?:[/?][\w/?=&%.,:@+-]*)?|#main|mailto:[\w%@+.-]*|tel:[0-9+]*"
    r"|http://127\.0\.0\.1:\d+(?:/[\w/.-]*)?"
)
"""Where a link of the console may lead."""
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


@dataclass(frozen=True)
class Shape:
    """`elements`: in their order, each with those around it and its attributes; the values of FREE ones left out."""

    elements: tuple[str, ...]
    links: tuple[str, ...]
    words: str


@dataclass
class _Reader(HTMLParser):
    around: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("href", "action", "src", "formaction")]
        said = "".join(f"[{name}]" if name in FREE else f"[{name}={value}]" for name, value in sorted(attrs, key=repr))
        self.elements.append(">".join([*self.around, tag + said]))
        if tag not in _VOID:
            self.around.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.elements.append(f"/{tag}" if self.around and self.around[-1] == tag else f"unmatched /{tag}")
            del self.around[-1:]

    def handle_comment(self, data: str) -> None:
        self.elements.append(f"comment {data}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def shape_of(page: str) -> Shape:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return Shape(tuple(reader.elements), tuple(reader.links), " ".join("".join(reader.words).split()))
