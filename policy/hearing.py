"""Hears what a text speaks of, by stems and combinations of words, misspelt ones included. Linear in the text's length.

An `Ear` is made of the rules of one subject in all languages, each language by itself: a word that is harmless in one
and alarming in another ("brand", "gift") counts only beside words of its own.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policy.folding import spelt_out
from policy.spelling import Spelling, unstretched

_TOKEN = re.compile(
    r"[^\W_]+(?:'[^\W_]+)*|[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001f3fa\U0001f400-\U0001faff]|(?<![.!?;:])[.!?;:]++(?=\s|$)|[?\xbf]|\n\s*\n"
)
"""A word, an emoji without the colour of its skin, the end of a sentence or paragraph. A row of dots is looked at once,
not once for each of them."""
_LETTERS_APART = re.compile(r"(?<!\w)(?:\w\.){2,}\w?(?!\w)")
"""C.O., R.I.P."""
_ELIDED = re.compile(r"^(?:[ldjmnstc]|qu|jusqu|lorsqu|puisqu|quelqu)'")
"""French words that lost their vowel are words of their own; everything else is one word: doesn't."""
_MARKS = frozenset(".!?;:\n\xbf")
_QUESTION = frozenset("?\xbf")
_END_OF_SENTENCE = 2
"""So many words further away is what stands in another sentence."""


@dataclass(frozen=True, slots=True)
class Rule:
    """All of `together` within `window` words, in any order, and none of `unless` as near to them.

    `alone`: in a text of one word only.
    """

    kind: str
    together: tuple[int, ...]
    unless: tuple[int, ...]
    window: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row; together they belong to `group`, or are set aside when that is None."""

    words: tuple[int, ...]
    group: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The rules of all languages on one subject. Words and groups of words have numbers."""

    words: Sequence[str]
    """Each by its number: "gas", "smell*", "*geruch", "*monoxid*"."""
    groups_of: Mapping[int, tuple[int, ...]]
    """The groups that a word by itself belongs to."""
    phrases: tuple[Phrase, ...]
    rules: tuple[Rule, ...]
    correct: frozenset[str]
    """Words that are no misspelling of another."""


class Ear:
    """Listens for one subject."""

    def __init__(self, subject: Subject) -> None:
        self._spelling = Spelling(subject.words, subject.correct)
        self._groups_of = subject.groups_of
        self._phrases: dict[int, list[Phrase]] = defaultdict(list)
        for phrase in subject.phrases:
            self._phrases[phrase.words[-1]].append(phrase)
        self._rules: dict[int, list[Rule]] = defaultdict(list)
        for rule in subject.rules:
            self._rules[rule.together[0]].append(rule)

    def kinds(self, text: str) -> frozenset[str]:
        """The kinds of the rules that the text fulfils."""
        said = tokens(text)
        heard = [(place, self._spelling.words_in(token)) for place, token in said]
        one_word = sum(token[0].isalnum() for _, token in said) == 1
        places: dict[int, list[int]] = defaultdict(list)
        for place, group in sorted(self._groups(heard)):
            places[group].append(place)
        fulfilled: set[str] = set()
        for rule in (rule for group in list(places) for rule in self._rules.get(group, ())):
            if rule.kind not in fulfilled and (one_word or not rule.alone) and _fulfilled(rule, places):
                fulfilled.add(rule.kind)
        return frozenset(fulfilled)

    def _groups(self, heard: Sequence[tuple[int, frozenset[int]]]) -> Iterator[tuple[int, int]]:
        """Where a word or phrase of which group stands."""
        found = list(self._found_phrases(heard))
        aside = {at for span, phrase in found if phrase.group is None for at in span}
        for span, phrase in found:
            if phrase.group is not None and aside.isdisjoint(span):
                yield heard[span[-1]][0], phrase.group
        for at, (place, words) in enumerate(heard):
            if words and at not in aside:
                yield from {(place, group) for word in words for group in self._groups_of.get(word, ())}

    def _found_phrases(self, heard: Sequence[tuple[int, frozenset[int]]]) -> Iterator[tuple[range, Phrase]]:
        for at, (_, words) in enumerate(heard):
            for word in words:
                for phrase in self._phrases.get(word, ()):
                    span = range(at + 1 - len(phrase.words), at + 1)
                    if span.start >= 0 and all(
                        one in heard[there][1] for one, there in zip(phrase.words, span, strict=True)
                    ):
                        yield span, phrase


def tokens(text: str) -> list[tuple[int, str]]:
    """The words of a text as they are compared, and how far from its beginning each stands."""
    plain = unstretched(_LETTERS_APART.sub(lambda dotted: dotted[0].replace(".", ""), _compared(text)))
    found, place = [], 0
    for token in _TOKEN.findall(plain):
        if token[0] in _MARKS:
            if not _QUESTION.isdisjoint(token):
                found.append((place, "?"))
            place += _END_OF_SENTENCE
            continue
        for word in _ELIDED.sub(_and_blank, token).split() if "'" in token else (token,):
            found.append((place, word.replace("'", "")))
            place += 1
    return found


def _compared(text: str) -> str:
    if text.isascii():  # the same, and many times as fast
        return text.replace("`", "'").lower()
    return spelt_out(text)


def _and_blank(elided: re.Match[str]) -> str:
    return elided[0] + " "


def _fulfilled(rule: Rule, places: Mapping[int, list[int]]) -> bool:
    if not all(group in places for group in rule.together):
        return False
    rarest = min(rule.together, key=lambda group: len(places[group]))
    return any(_near(place, rule, places) for place in places[rarest])


def _near(place: int, rule: Rule, places: Mapping[int, list[int]]) -> bool:
    return all(_any_near(places[group], place, rule.window) for group in rule.together) and not any(
        _any_near(places[group], place, rule.window) for group in rule.unless if group in places
    )


def _any_near(places: Sequence[int], place: int, window: int) -> bool:
    at = bisect_left(places, place - window)
    return at < len(places) and places[at] <= place + window
