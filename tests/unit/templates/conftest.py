"""What the tests of the templates share: a reader that sees HTML as a mail program does."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from templates.environment import FOLDER

VOID = {"meta", "link", "br", "input"}


@dataclass
class Seen:
    """`tags` with their attributes, `words` that people see, `links` that people can follow, `trap` links."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    trap: list[str] = field(default_factory=list)
    styles: str = ""

    @property
    def words(self) -> set[str]:
        return set(re.findall(r"[\w@+./:?=-]*\w", " ".join(self.text)))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen()
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.seen.tags.append((tag, given))
        hidden = self.hidden or tag in {"title", "style", "head"} or given.get("class") in {"trap", "preheader"}
        if tag not in VOID:
            self.open.append((tag, hidden))
        if "href" in given and tag == "a":
            (self.seen.trap if hidden else self.seen.links).append(given["href"])

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "style":
            self.seen.styles += data
        if not self.hidden:
            self.seen.text.append(data)

    @property
    def hidden(self) -> bool:
        return bool(self.open) and self.open[-1][1]


@pytest.fixture
def read_html() -> Callable[[str], Seen]:
    def read(html: str) -> Seen:
        reader = _Reader()
        reader.feed(html)
        reader.close()
        assert not reader.open, f"left open: {reader.open}"
        return reader.seen

    return read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the templates, to be broken."""
    return Path(shutil.copytree(FOLDER, tmp_path / "copy", ignore=shutil.ignore_patterns("*.py", "__pycache__")))
