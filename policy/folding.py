"""Text as it is compared: without case, accents and the many ways to write one character. Every length stays the same,
so that what was found in the folded text can be cut out of the other."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

_JOINED = re.compile("[\ufe0e\ufe0f\u20e3\u200b-\u200f\u2060\ufeff]")
"""What turns 5 into an emoji of a key, and what nobody sees."""
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"))

_TWO_LETTERS = str.maketrans({"ß": "ss", "ẞ": "ss", "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def shown(text: str) -> str:
    """The text in one spelling: full-width and circled digits are digits, letters and accents are one character."""
    if text.isascii():  # the same, and many times as fast
        return text.replace("`", "'")
    plain = unicodedata.normalize("NFKC", _JOINED.sub("", text)).translate(_APOSTROPHES)
    return plain.translate({ord(char): _as_digit(char) for char in set(plain)})


def beginning(text: str, most: int) -> str:
    """As much of a text as is at most `most` characters when it is `shown`: some characters become eighteen."""
    if len(text) <= most and (text.isascii() or len(unicodedata.normalize("NFKC", text)) <= most):
        return text
    head = text[:most]
    widths = {char: len(unicodedata.normalize("NFKC", char)) for char in set(head)}
    ends = accumulate(map(widths.__getitem__, head))
    return head[: next((at for at, end in enumerate(ends) if end > most), most)]


def folded(text: str) -> str:
    """Of a text that was `shown`: the same length, without case and accents."""
    if text.isascii():
        return text.lower()
    return text.translate({ord(char): _folded(char) for char in set(text)})


def only_words(text: str) -> str:
    """Of any text: its words alone, between single blanks, and a blank at both ends."""
    return " " + " ".join(re.findall(r"[^\W_]+", folded(shown(text)))) + " "


@lru_cache(maxsize=256)
def any_of(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """Finds one of the phrases (a tuple) in folded text, as whole words. None when there are none."""
    texts = [r"\W+".join(map(re.escape, only_words(phrase).split())) for phrase in phrases]
    longest_first = sorted(filter(None, texts), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)") if longest_first else None


def spelt_out(text: str) -> str:
    """Of any text: without case and accents, and letters that are written as two as well are two: Fuß, FUSS."""
    return folded(shown(text).translate(_TWO_LETTERS))


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    return (unicodedata.normalize("NFD", char)[0].casefold() or char)[0]


@lru_cache(maxsize=4096)
def _as_digit(char: str) -> str:
    """Digits of all scripts as ASCII."""
    return str(unicodedata.decimal(char)) if char.isdecimal() else char
