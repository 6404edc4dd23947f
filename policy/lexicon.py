"""The words by which we hear what customers say, one file per language in policy/words; read once, then kept.

docs/adding-a-language.md explains the files. `policy.listening` looks for faults where a program starts.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from policy.hearing import Ear, Phrase, Rule, Subject

_FOLDER = Path(__file__).with_name("words")
_WINDOW = 8
"""Words between the parts of a rule that names no other number."""
_RULE = re.compile(r"(?P<alone>=)?(?P<together>[^!/]+)(?:!(?P<unless>[^!/]+))?(?:/\s*(?P<window>\d+)\s*)?")
_WORD = re.compile(r"[=~]?\*?[^\s*~=]+\*?")


class LexiconFault(ValueError):
    """A file of words says something that cannot be meant."""


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that are listened for, all at once."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def table(language: str, name: str) -> Mapping[str, Any]:
    """One table of a language's file, or all of them for the name ""; empty when the file has none."""
    found = _file(language).get(name, {}) if name else _file(language)
    if not isinstance(found, dict):
        raise LexiconFault(f"policy/words/{language}.toml: {name} is no table")
    return found


def phrases(language: str, table_name: str, name: str) -> tuple[str, ...]:
    """A list of words and phrases in a table."""
    return _listed(table(language, table_name).get(name, []), f"policy/words/{language}.toml: {table_name}.{name}")


@lru_cache(maxsize=16)
def ear(subject: str, kinds: frozenset[str]) -> Ear:
    """Listens for a subject (a table of every file) by the rules of these kinds."""
    maker = _Maker()
    for language in languages():
        maker.add(language, subject, table(language, subject), kinds)
    return Ear(maker.subject(word for language in languages() for word in _correct(language)))


def _correct(language: str) -> list[str]:
    words = table(language, "spelling").get("correct", "")
    if not isinstance(words, str):
        raise LexiconFault(f"policy/words/{language}.toml: spelling.correct: a text of words is needed")
    return words.split()


@lru_cache(maxsize=64)
def _file(language: str) -> dict[str, Any]:
    path = _FOLDER / f"{language}.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise LexiconFault(f"policy/words/{language}.toml: {error}") from error


def _listed(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise LexiconFault(f"{where}: a list of words is needed")
    return tuple(value)


class _Maker:
    """Gives numbers to the words and groups of all languages."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._groups: dict[tuple[str, str], int] = {}
        self._numbers = count()
        self._groups_of: dict[int, set[int]] = {}
        self._phrases: list[Phrase] = []
        self._rules: list[Rule] = []

    def subject(self, correct: Iterable[str]) -> Subject:
        return Subject(
            words=tuple(self._words),
            groups_of={word: tuple(sorted(groups)) for word, groups in self._groups_of.items()},
            phrases=tuple(self._phrases),
            rules=tuple(self._rules),
            correct=frozenset(correct),
        )

    def add(self, language: str, subject: str, content: Mapping[str, Any], kinds: frozenset[str]) -> None:
        where = f"policy/words/{language}.toml: {subject}"
        for name, listed in content.get("words", {}).items():
            for phrase in _listed(listed, f"{where}.words.{name}"):
                self._belongs(phrase, self._group(language, name), where)
        for phrase in _listed(content.get("harmless", []), f"{where}.harmless"):
            exactly = " ".join(f"={word}" for word in phrase.split())
            self._phrases.append(Phrase(self._phrase(exactly, where), None))
        for kind, rules in content.get("rules", {}).items():
            if kind not in kinds:
                raise LexiconFault(f"{where}.rules: {kind!r} is none of {', '.join(sorted(kinds))}")
            for rule in _listed(rules, f"{where}.rules.{kind}"):
                self._rules.append(self._rule(kind, rule, language, f"{where}.rules.{kind}"))

    def _rule(self, kind: str, text: str, language: str, where: str) -> Rule:
        parts = _RULE.fullmatch(text)
        if parts is None:
            raise LexiconFault(f"{where}: {text!r} cannot be read")
        return Rule(
            kind=kind,
            together=tuple(self._terms(parts["together"], language, where)),
            unless=tuple(self._terms(parts["unless"] or "", language, where)),
            window=int(parts["window"] or _WINDOW),
            alone=parts["alone"] is not None,
        )

    def _terms(self, text: str, language: str, where: str) -> Iterator[int]:
        """A group's name is in capitals; everything else is a word or phrase."""
        for term in filter(None, map(str.strip, text.split("+"))):
            known = (language, term) in self._groups
            if term.isupper() and not known:
                raise LexiconFault(f"{where}: there are no words for {term}")
            group = self._group(language, term)
            if not known:
                self._belongs(term, group, where)
            yield group

    def _group(self, language: str, name: str) -> int:
        return self._groups.setdefault((language, name), len(self._groups))

    def _belongs(self, phrase: str, group: int, where: str) -> None:
        words = self._phrase(phrase, where)
        if len(words) == 1:
            self._groups_of.setdefault(words[0], set()).add(group)
        else:
            self._phrases.append(Phrase(words, group))

    def _phrase(self, phrase: str, where: str) -> tuple[int, ...]:
        words = phrase.split()
        for word in words:
            if not _WORD.fullmatch(word):
                raise LexiconFault(f"{where}: {phrase!r} is no word or phrase")
        return tuple(self._words.setdefault(word, len(self._words)) for word in words)
