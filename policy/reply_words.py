"""How customers say what replies say: the words of each language, from `policy/words`.

Every language is listened for at once, whatever the customer's record says; docs/adding-a-language.md explains the
keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from policy.folding import only_words
from policy.lexicon import languages, phrases

Phrase = tuple[str, ...]
"""The words of a phrase, folded."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Many phrases, found as the longest that begins at a word."""

    by_first: Mapping[str, tuple[Phrase, ...]]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Phrases":
        found: dict[str, set[Phrase]] = {}
        for words in (tuple(only_words(text).split()) for text in texts):
            if words:
                found.setdefault(words[0], set()).add(words)
        return cls({first: tuple(sorted(them, key=lambda one: (-len(one), one))) for first, them in found.items()})

    def length_at(self, words: Sequence[str], at: int) -> int:
        """How many words the longest phrase takes from `at` on; 0 when none begins there."""
        for phrase in self.by_first.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                return len(phrase)
        return 0

    def within(self, words: Sequence[str]) -> bool:
        return any(self.length_at(words, at) for at in range(len(words)))

    def are(self, words: Sequence[str]) -> bool:
        """Whether one phrase is all of the words."""
        return bool(words) and tuple(words) in self.by_first.get(words[0], ())

    def begin(self, words: Sequence[str]) -> bool:
        return bool(words) and self.length_at(words, 0) > 0


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of all languages together. `numbers` leaves out those that may as well be an article."""

    numbers: Mapping[str, int]
    ones: frozenset[str]
    graded: frozenset[str]
    """Words of `before` beside which a low number may be a good mark."""
    before: Phrases
    after: Phrases
    units: Phrases
    out_of: Phrases
    greetings: Phrases
    courtesies: Phrases
    farewells: Phrases
    praise: Phrases
    blame: Phrases
    leave: Phrases
    leaving: Phrases
    help: Phrases
    away: Phrases
    subjects: Phrases
    machine: Phrases
    telephone: Phrases
    reactions: Phrases
    sent_from: Phrases
    ending: frozenset[str]
    contacting: frozenset[str]


@cache
def words_heard() -> Heard:
    """Of all languages that have a file."""

    def all_of(name: str) -> list[str]:
        return [word for language in languages() for word in phrases(language, "reply", name)]

    ones = {_folded(word) for word in all_of("articles")}
    numbers = {
        _folded(word): value
        for language in languages()
        for value, word in enumerate(phrases(language, "reply", "numbers"), 1)
    }
    lists = (
        "before",
        "after",
        "units",
        "out_of",
        "greetings",
        "courtesies",
        "farewells",
        "praise",
        "blame",
        "leave",
        "leaving",
        "help",
        "away",
        "subjects",
        "machine",
        "telephone",
        "reactions",
        "sent_from",
    )
    return Heard(
        numbers={word: value for word, value in numbers.items() if word not in ones},
        ones=frozenset(word for word, value in numbers.items() if value == 1),
        graded=frozenset(map(_folded, all_of("graded"))),
        ending=frozenset(map(_folded, all_of("ending"))),
        contacting=frozenset(map(_folded, all_of("contacting"))),
        **{name: Phrases.of(all_of(name)) for name in lists},
    )


def _folded(word: str) -> str:
    return " ".join(only_words(word).split())
