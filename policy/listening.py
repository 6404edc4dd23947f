"""Whether the files of words can be listened with: asked where a program starts, not when the first customer writes."""

from collections.abc import Mapping
from typing import Any, Final

from policy.danger import dangers
from policy.greeting import greeted
from policy.law import speaks_of_law
from policy.lexicon import LexiconFault, languages, table
from policy.reply_words import words_heard
from policy.trouble import tells_of_trouble
from policy.yes_no import yes_or_no

_HEARD = frozenset({"harmless", "words", "rules"})
TABLES: Final[Mapping[str, frozenset[str]]] = {
    "spelling": frozenset({"correct"}),
    "danger": _HEARD,
    "law": _HEARD,
    "trouble": _HEARD,
    "answer": frozenset({"yes", "well", "no", "not_no"}),
    "reply": frozenset({
        "numbers", "articles", "out_of", "units", "before", "after", "graded", "greetings", "courtesies", "farewells",
        "praise", "blame", "leave", "leaving", "ending", "contacting", "help", "away", "subjects", "machine",
        "telephone", "reactions", "sent_from",
    }),
    "names": frozenset({"none", "titles", "organisations"}),
}  # fmt: skip
"""The keys of each table of a file; docs/adding-a-language.md says what they hold."""


def check_words() -> None:
    """Read every file of words as it is read when a customer writes. Raises LexiconFault: file, place and fault."""
    for language in languages():
        where = f"policy/words/{language}.toml"
        _check_names(where, table(language, ""), TABLES)
        for name, keys in TABLES.items():
            _check_names(f"{where}: {name}", table(language, name), keys)
    dangers("x")
    speaks_of_law("x")
    tells_of_trouble("x")
    yes_or_no("x")
    words_heard()
    greeted("Xenia Ypsilon", whole=False)


def _check_names(where: str, given: Mapping[str, Any], known: Mapping[str, Any] | frozenset[str]) -> None:
    unknown = sorted(given.keys() - set(known))
    if unknown:
        raise LexiconFault(f"{where}: {unknown[0]!r} is none of {', '.join(sorted(known))}")
