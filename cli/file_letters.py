"""Letters that stand where no name has them: a text was read in another encoding than it was written in."""

import re
import unicodedata
from collections.abc import Iterable

from models.report import ClosedService

_SHOWN = 20
_FIELDS = ("customer_name", "agent", "branch", "department", "kind")
_NO_TEXT = ("Cc", "Cn", "Co", "Cs")  # controls, and code points without a meaning
_JOINING = ("Pd", "Pi", "Pf")  # O’Neill, Müller–Schmidt, «Nord»
_OPENING = ("Ps", "Po")  # „Nord“, ¿Nord?
_ACUTE = "\u00b4"  # typed for an apostrophe in O'Neill
_LOST_LETTER = re.compile(r"[^\W\d_]\?[^\W\d_]")
"""A program whose encoding lacks a letter writes a question mark: "J?rgen"."""


def is_plausible(word: str) -> bool:
    """Whether every letter and sign beyond ASCII stands where names have one: "Müller", not "M‰ller" or "£ukasz"."""
    around = zip(" " + word, word, word[1:] + " ", strict=False)
    # In capitals old programs leave other letters small: MüLLER, GROßMANN.
    in_capitals = not any(letter.isascii() and letter.islower() for letter in word)
    return not any(
        _out_of_place(before, here, after) or (not in_capitals and _capital_inside(before, here, after))
        for before, here, after in around
        if not here.isascii()
    )


def warnings_about_letters(reports: Iterable[tuple[int, ClosedService]]) -> list[str]:
    """A sentence for each cell whose letters betray a wrong encoding, with the line of its row."""
    found = [
        f"row {line}, {name}: {value!r} has letters as a wrong encoding makes them{_meant(value)}; correct the source, "
        "or name the encoding of the file with --encoding"
        for line, report in reports
        for name in _FIELDS
        if (value := getattr(report, name)) is not None and betrays(value)
    ]
    more = [f"{len(found) - _SHOWN} more cells like these"] if len(found) > _SHOWN else []
    return found[:_SHOWN] + more


def betrays(text: str) -> bool:
    """Whether a name was read in a wrong encoding, here or by the program that wrote it."""
    return (
        "\ufffd" in text
        or _LOST_LETTER.search(text) is not None
        or _undone(text) is not None
        or not all(map(is_plausible, text.split()))
    )


def _meant(text: str) -> str:
    meant = _undone(text)
    return f" (may be {meant!r})" if meant else ""


def _undone(text: str) -> str | None:
    """What a text was when somebody took UTF-8 for Western Windows: that such bytes are UTF-8 is no chance."""
    if text.isascii():
        return None
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def _out_of_place(before: str, here: str, after: str) -> bool:
    kind = unicodedata.category(here)
    if kind in _NO_TEXT or here == "\ufffd":
        return True
    if here in "ªº":  # 1ª, Mª: written like a sign, counted among the letters
        return False
    return _letter_out_of_place(before, here, after) if here.isalpha() else _sign_out_of_place(before, here, after)


def _sign_out_of_place(before: str, here: str, after: str) -> bool:
    """In front of a letter, unless it joins words, opens one, or follows a figure ("21°C")."""
    kind = unicodedata.category(here)
    if not after.isalpha() or before.isdigit() or kind in _JOINING or f"a{here}".isidentifier():
        return False
    if here == _ACUTE and before.isalpha():
        return False
    return kind not in _OPENING or before.isalpha()


def _letter_out_of_place(before: str, here: str, after: str) -> bool:
    """Of another script than the letters beside it, or one that only typesetters use ("ﬂ")."""
    if _script(here) in ("LATIN", "SUPERSCRIPT") and unicodedata.normalize("NFKC", here) != here:
        return True
    return any((_script(here) == "LATIN") != (_script(near) == "LATIN") for near in (before, after) if near.isalpha())


def _capital_inside(before: str, here: str, after: str) -> bool:
    """ "AndrÈ", "OíNeill", "MŸller"."""
    if here.isupper():
        return before.islower() or (before.isupper() and after.islower())
    return here.islower() and after.isupper() and here not in "ªº"


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
