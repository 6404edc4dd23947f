"""A short text as words, numbers, faces and signs, each where it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policy.folding import folded, shown

_TOKEN = re.compile(
    r"(?P<scale>\d{1,3}\s?/\s?\d{1,3}(?![\w/.,]))"
    r"|(?P<number>\d+(?:[.,:]\d+)*)(?P<glued>[^\W\d_]*)"
    r"|(?P<word>[^\W\d_]+)(?:'(?=[^\W\d_]))?"
    r"|(?P<face>[:;=]-?[)(D](?!\w))"
    r"|(?P<sign>\S|\n)"
)

STARS = frozenset("\u2b50\u2605\U0001f31f")
EMPTY_STARS = frozenset("\u2606")
GLAD = frozenset(
    "\U0001f44d\U0001f600\U0001f603\U0001f604\U0001f601\U0001f60a\U0001f642\U0001f60d\U0001f970\U0001f929\u2764\U0001f64f"
    "\U0001f44f\U0001f389\U0001f4af\U0001f64c\U0001f609\u263a\U0001f44c\U0001f60e\U0001f499\U0001f49a\U0001f49b\u2665"
)
CROSS = frozenset(
    "\U0001f44e\U0001f620\U0001f621\U0001f61e\U0001f622\U0001f62d\U0001f92c\U0001f4a9\U0001f612\U0001f641\u2639\U0001f92e"
    "\U0001f926\U0001f624\U0001f595"
)
SKIN = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff\u2640\u2642\u200d")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    """Folded."""
    capital: bool
    start: int
    end: int
    glued: str = ""


def tokens_of(text: str) -> list[Token]:
    plain = shown(text)
    low = folded(plain)
    found = []
    for hit in _TOKEN.finditer(low):
        kind = str(hit.lastgroup if hit.lastgroup != "glued" else "number")
        first = plain[hit.start()]
        glued = hit["glued"] or "" if kind == "number" else ""
        body = hit["number"] if kind == "number" else hit["word"] or hit[0].replace(" ", "")
        found.append(Token(kind, body, first.isupper(), hit.start(), hit.end(), glued))
    return found


def words_of(tokens: Sequence[Token]) -> list[str]:
    return [token.text if token.kind == "word" else "\0" for token in tokens]
