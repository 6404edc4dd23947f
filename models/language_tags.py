"""Languages as sources write them, read as tags: "German", "Deutsch", "deu", "de_AT.UTF-8" are "de" or "de-AT".

Codes and names come from the Unicode CLDR: every language by its name in every language. What may be two languages, or
none, is not read.
"""

import pickle
import re
import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

from babel.core import Locale, get_global
from babel.localedata import locale_identifiers, resolve_locale_filename

from vocabulary.comparing import compared

_ENGLISH: Final = "en"
_NONE: Final = frozenset({"mul", "und", "zxx"})
"""Codes for several languages, an unknown one, and none."""
_TAG: Final = re.compile(r"(?P<language>[a-z]{2,3})(?P<rest>(?:-[a-z0-9]{1,8})*)")
_PLACE: Final = re.compile(r"(?P<name>[^(\[_–]+?)\s*(?:[(\[_–]|\s-\s)\s*(?P<place>[^)\]]+?)[)\]]?")
""" "German (Austria)", "English - US", "German_Austria" """
_WEIGHT: Final = re.compile(r"\s*q\s*=\s*[\d.]+\s*")
_SCRIPT, _REGION, _NUMBERED = 4, 2, 3
"""Lengths of the parts of a tag."""


@lru_cache(maxsize=4096)
def language_tag(text: str) -> str | None:
    """The tag, as "de" or "pt-BR". Several in a cell are read when all of them are the same language."""
    parts = [part for part in re.split(r"[/;,|]", text) if part.strip() and not _WEIGHT.fullmatch(part)]
    tags = {_tag(part.strip()) for part in parts}
    if None in tags:
        return None
    found = tags if len(tags) == 1 else {tag.partition("-")[0] for tag in tags if tag}
    return found.pop() if len(found) == 1 else None


def language_name(tag: str) -> str:
    """In English: "German"."""
    return str(Locale(_ENGLISH).languages.get(tag.partition("-")[0], tag))


def _tag(text: str) -> str | None:
    return _from_code(text) or _from_name(text)


def _from_code(text: str) -> str | None:
    """ "DE", "ger", "de_AT.UTF-8", "zh-hans-cn": a language that there is, with parts that there are."""
    plain = re.split(r"[.@]", text, maxsplit=1)[0].replace("_", "-").lower()
    found = _TAG.fullmatch(plain)
    if not found:
        return None
    language, *rest = _in_use(found["language"]).split("-")
    if language not in Locale(_ENGLISH).languages or language in _NONE:
        return None
    parts = rest + [_part(part) for part in found["rest"].split("-")[1:]]
    return None if "" in parts else "-".join([language, *parts])


def _in_use(code: str) -> str:
    """The code that counts now: "de" for "deu" and "ger", "he" for "iw"."""
    return str(get_global("language_aliases").get(code, code)).replace("_", "-")


def _part(part: str) -> str:
    """A part behind the language, in its usual spelling; empty for what is none."""
    english = Locale(_ENGLISH)
    if len(part) == _SCRIPT and part.title() in english.scripts:
        return part.title()
    if len(part) in (_REGION, _NUMBERED) and part.upper() in english.territories:
        return part.upper()
    return part if part.upper() in english.variants else ""


def _from_name(text: str) -> str | None:
    whole, placed = _names().get(_bare(text)), _PLACE.fullmatch(text)
    if whole or not placed:
        return whole
    language, place = _names().get(_bare(placed["name"])), _place(placed["place"])
    if language is None or (place is None and not text.endswith((")", "]"))):
        return None
    return language if place is None or "-" in language else f"{language}-{place}"


def _place(text: str) -> str | None:
    """ "US" and "United States" alike; also a code page's number behind it is passed over: "Germany.1252"."""
    wanted = compared(text.partition(".")[0])
    found = (code for code, name in _territories() if wanted in (code.casefold(), name))
    return next(found, None)


@cache
def _territories() -> tuple[tuple[str, str], ...]:
    return tuple((code, compared(name)) for code, name in Locale(_ENGLISH).territories.items())


@cache
def _names() -> dict[str, str]:
    """The tag of each name that only one language has, in whatever language. Takes about a second, once per process."""
    tags: dict[str, set[str]] = {}
    for locale in (name for name in locale_identifiers() if "_" not in name):
        for code, name in _languages_in(locale).items():
            if code not in _NONE:
                tags.setdefault(_bare(str(name)), set()).add(_in_use(code.replace("_", "-")))
    return {name: tag for name, found in tags.items() if (tag := _only(found))}


def _bare(name: str) -> str:
    """Without accents as well: "Francais" is typed as often as "français"."""
    letters = unicodedata.normalize("NFD", compared(name))
    return "".join(char for char in letters if not unicodedata.combining(char))


def _only(tags: set[str]) -> str | None:
    languages = {tag.partition("-")[0] for tag in tags}
    return next(iter(tags)) if len(tags) == 1 else next(iter(languages)) if len(languages) == 1 else None


def _languages_in(locale: str) -> dict[str, Any]:
    """What the languages are called in one. Read past babel's cache, which would keep all locales in memory."""
    with open(resolve_locale_filename(locale), "rb") as file:  # noqa: PTH123 - babel gives a text
        return dict(pickle.load(file).get("languages", {}))  # noqa: S301 - a file of the library's own
