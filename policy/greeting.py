"""How a customer is greeted: whole, by the first name where that is certain, or without a name.

Whatever a source has no name for stands in the same cell: "Unknown", "N/A", a number, an address. The words that tell
it are in `policy/words`, a file per language, and listened for all at once. Each doubt leads to more of the name or to
none of it, never to a part: a customer minds "Hello Müller," more than "Hello Müller GmbH & Co. KG,".
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from policy.folding import folded, only_words, shown
from policy.lexicon import languages, phrases

_FIRST_AND_LAST: Final = 2
_MOST_DIGITS: Final = 4
"""More of them are a telephone or customer number. "Auto 2000 GmbH" is a name."""
_OF_NO_NAME: Final = re.compile(r"[\[\](){}<>|\\/:;@*!?#=~^%$€_]|\s[-–—]+\s|\w\.\w\w|\bwww\b")
"""Signs of addresses, templates and error values, and of notes that staff write behind a name: "Bergmann (VIP)"."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_PLAIN: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def greeted(name: str | None, *, whole: bool) -> str | None:
    """What stands behind "Hello". None for what is no name; with `whole` never the first name alone."""
    if name is None or is_no_name(name):
        return None
    words = name.split()
    return words[0] if not whole and _is_first_and_last(words) else " ".join(words).strip(", ")


def is_no_name(name: str) -> bool:
    """Whether a cell says that there is no name, or holds something else, such as a number or an address."""
    text = folded(shown(name))
    words = _LETTERS.findall(text)
    if not words or _OF_NO_NAME.search(text) or sum(char.isdigit() for char in text) > _MOST_DIGITS:
        return True
    said, fillers = " ".join(words), _listed("none")
    letters = set("".join(words))
    if said in fillers or all(word in fillers or word in _listed("titles") for word in words):
        return True
    return len(letters) == 1 and said.isascii()  # "x", "xxx"


def _is_first_and_last(words: list[str]) -> bool:
    """ "Anna Bergmann": two words as names are written, and neither a title nor the word of an organisation."""
    names = len(words) == _FIRST_AND_LAST and all(map(_is_written_as_a_name, words))
    return names and not any(map(_speaks_against, words))


def _is_written_as_a_name(word: str) -> bool:
    """In Latin letters, the first one a capital and not all of them. In other scripts the family name often is first,
    and so it often is in capitals.
    """
    letters = word.replace("’", "'")
    latin = all(unicodedata.name(char, "").startswith("LATIN") for char in letters if char.isalpha())
    return bool(_PLAIN.fullmatch(letters)) and latin and letters[0].isupper() and not letters.isupper()


def _speaks_against(word: str) -> bool:
    for part in _LETTERS.findall(folded(shown(word))):
        if part in _listed("titles") or part in _listed("organisations"):
            return True
        if part.endswith(_endings()):
            return True
    return False


@lru_cache(maxsize=8)
def _listed(name: str) -> frozenset[str]:
    words = (word for language in languages() for word in phrases(language, "names", name))
    return frozenset(only_words(word).strip() for word in words if not word.startswith("*"))


@lru_cache(maxsize=1)
def _endings() -> tuple[str, ...]:
    """Of compounds that name an organisation: "*verwaltung"."""
    words = (word for language in languages() for word in phrases(language, "names", "organisations"))
    return tuple(only_words(word).strip() for word in words if word.startswith("*"))
