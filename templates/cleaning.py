"""Plain values for templates: whatever hides, reorders or breaks lines is taken out before a template sees it."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

SUBJECT_LENGTH = 200

Plain: TypeAlias = "str | int | float | dict[str, Plain] | list[Plain] | None"
Cleaner: TypeAlias = Callable[[str, str], str]
"""From the name of a value and its text to the text as a template may show it."""

# Controls, format characters (bidi marks and overrides, zero-width joiners, byte order marks) and lone surrogates,
# which cannot even be encoded for the wire.
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})


def one_line(text: str) -> str:
    """The text on one line, without hidden characters."""
    if text.isprintable():  # almost every value: no control, format or separator character but the plain space
        return text
    spaced = " ".join(text.splitlines()).replace("\t", " ")
    return "".join(char for char in spaced if unicodedata.category(char) not in _HIDDEN)


def lines(text: str) -> str:
    """The text with its line ends (all of them as \\n), without hidden characters."""
    return "\n".join(one_line(line) for line in text.splitlines())


def header(text: str) -> str:
    """The text as the value of a mail header: one line, bounded, and nothing that a reader would decode."""
    flat = " ".join(one_line(text).split()).replace("=?", "= ?")
    return flat if len(flat) <= SUBJECT_LENGTH else flat[: SUBJECT_LENGTH - 1].rstrip() + "…"


def body(text: str) -> str:
    """A text part as it is sent: at most one blank line in a row, none at the ends."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def for_mail(name: str, text: str) -> str:
    """A mail's value: one line, so that none passes for text of ours. What people wrote is quoted in its lines."""
    return lines(text) if name in _WRITTEN else one_line(text)


_WRITTEN = frozenset({"comment", "words", "result"})


def for_text(_name: str, text: str) -> str:
    """An SMS's value: one line, and the dashes, quotes and blanks of GSM-7 instead of those that look like them."""
    return one_line(text).translate(_GSM_7_TWINS)


_GSM_7_TWINS = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
        "\u2026": "...", "\u00a0": " ", "\u202f": " ",
    }
)  # fmt: skip
"""One of these alone would make a text UCS-2, of 70 characters instead of 160."""


def for_page(name: str, text: str) -> str:
    """A page's value. Customers who change their comment find it as typed: joiners are letters in some scripts."""
    return text.encode("utf-8", "replace").decode("utf-8") if name == "comment" else one_line(text)


def for_console(_name: str, text: str) -> str:
    """A value of the console: staff read what customers wrote in its lines, without what hides or reorders letters."""
    return lines(text) if "\n" in text else one_line(text)


def for_document(_name: str, text: str) -> str:
    """A document's value: long texts keep their lines."""
    return lines(text)


def plain_values(values: Mapping[str, object], clean: Cleaner) -> dict[str, Plain]:
    """The values as plain data, every text cleaned: a template can reach no object, and so no attribute of one.

    Raises TypeError for anything but text, numbers, None, mappings, and lists of these.
    """
    return {name: _plain(value, name, clean) for name, value in values.items()}


def _plain(value: object, name: str, clean: Cleaner) -> Plain:
    if isinstance(value, str):
        return clean(name, value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return plain_values(value, clean)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item, name, clean) for item in value]
    raise TypeError(f"{name}: a template takes text, numbers, lists and mappings, not {type(value).__name__}")
