"""Which known words a written word may be: beginnings, endings, parts of compounds, and one slip of the fingers."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from policy.folding import spelt_out

_TWICE = re.compile(r"([^\d])\1+")
_OFTEN = re.compile(r"(?<=\w)([^\W\d_])\1{2,}")
"""Behind another letter: BBB and www are words."""
_FEWEST_FOR_A_SLIP = 6
"""Letters that a word has at least before one of them may be wrong, doubled letters counted once: shorter ones are too
near to others, but for those that are marked, as in "~smoke*"."""
_FEWEST_OF_THE_MARKED = 4
_FEWEST_FOR_ANY_ENDING = 7
_LONGEST_ENDING = 3
_LONGEST_AFTER_A_GAP = 1
_SHORTEST_PART = 3
_LONGEST = 40
"""Letters of a word that is looked at closely; longer ones are no words."""


def unstretched(text: str) -> str:
    """Without letters that somebody held down: gaaas, nooo."""
    return _OFTEN.sub(r"\1", text)


class Spelling:
    """Knows words by their numbers: "gas" is itself, "smell*" begins so, "*geruch" ends so, "*monoxid*" holds it;
    "~smell*" may be misspelt although it is short, "=smell*" may not."""

    def __init__(self, words: Sequence[str], correct: Iterable[str]) -> None:
        self._whole: dict[str, set[int]] = defaultdict(set)
        self._begins: dict[str, set[int]] = defaultdict(set)
        self._ends: dict[str, set[int]] = defaultdict(set)
        self._holds: list[tuple[str, int]] = []
        self._slips: dict[str, set[tuple[str, int, bool]]] = defaultdict(set)
        self._correct = frozenset(_squeezed(_compared(word)) for word in correct)
        for number, word in enumerate(words):
            for text in _spellings(word.strip("=~*")):
                self._learn(number, word, text)
        self._longest = max(map(len, [*self._whole, *self._begins, *self._ends]), default=0)
        self._known = lru_cache(maxsize=20_000)(self._look_up)

    def words_in(self, token: str) -> frozenset[int]:
        """The numbers of the words that a token, as `hearing.tokens` has it, stands for."""
        return self._known(token[:_LONGEST])

    def _learn(self, number: int, word: str, text: str) -> None:
        begins, ends = word.endswith("*"), word.lstrip("=~").startswith("*")
        compared = _compared(text)
        for form in _forms(compared):
            if begins and ends:
                self._holds.append((form, number))
            else:
                (self._ends if ends else self._begins if begins else self._whole)[form].add(number)
        single = _squeezed(compared)
        fewest = _FEWEST_OF_THE_MARKED if word.startswith("~") else _FEWEST_FOR_A_SLIP
        if not ends and not word.startswith("=") and len(single) >= fewest:
            for slip in {single, *_shorter(single)}:
                self._slips[slip].add((single, number, begins))

    def _look_up(self, token: str) -> frozenset[int]:
        plain = {number for form in _forms(token) for number in self._plainly(form)}
        known = any(form in self._whole for form in _forms(token))
        return frozenset(plain if known else plain.union(self._misspelt(_squeezed(token))))

    def _plainly(self, token: str) -> Iterator[int]:
        yield from self._whole.get(token, ())
        for length in range(2, min(len(token), self._longest) + 1):
            yield from self._begins.get(token[:length], ())
            yield from self._ends.get(token[-length:], ())
        for part, number in self._holds:
            if part in token:
                yield number
        yield from self._in_compound(token)

    def _in_compound(self, token: str) -> Iterator[int]:
        """gas-geruch, brand-lucht, gas-leak: when both parts are known."""
        for cut in range(_SHORTEST_PART, len(token) - _SHORTEST_PART + 1):
            first = self._as_first(token[:cut])
            if first:
                second = self._as_second(token[cut:])
                if second:
                    yield from first | second

    def _as_first(self, part: str) -> set[int]:
        return self._whole.get(part, set()) | self._begins.get(part, set())

    def _as_second(self, part: str) -> set[int]:
        numbers = set(self._whole.get(part, ()))
        for length in range(_SHORTEST_PART, min(len(part), self._longest) + 1):
            numbers |= self._begins.get(part[:length], set())
        return numbers

    def _misspelt(self, token: str) -> Iterator[int]:
        if token in self._correct or not token.isalpha():
            return
        for length in range(_FEWEST_OF_THE_MARKED - 1, min(len(token), self._longest + 1) + 1):
            part, rest = token[:length], len(token) - length
            for slip in (part, *_shorter(part)):
                for word, number, begins in self._slips.get(slip, ()):
                    if _may_end(word, part, rest, begins=begins) and _one_slip(part, word):
                        yield number


def _may_end(word: str, part: str, rest: int, *, begins: bool) -> bool:
    """What follows a slip is an ending. A short word that lacks a letter says too little for one."""
    if not begins:
        return rest == 0
    if len(word) >= _FEWEST_FOR_ANY_ENDING:
        return True
    return rest <= (_LONGEST_ENDING if len(part) >= len(word) else _LONGEST_AFTER_A_GAP)


def _compared(text: str) -> str:
    return unstretched(spelt_out(text).replace("'", ""))


def _forms(word: str) -> tuple[str, ...]:
    """As it is, and without doubled letters, which are the commonest misspelling of all: smel, adres."""
    single = _squeezed(word)
    return (word,) if single == word or len(single) <= _SHORTEST_PART else (word, single)


def _squeezed(word: str) -> str:
    return _TWICE.sub(r"\1", word)


def _spellings(word: str) -> set[str]:
    """A German umlaut may be written with an e: Ueberschwemmung."""
    spelt = word
    for umlaut, letters in (("\xe4", "ae"), ("\xf6", "oe"), ("\xfc", "ue")):
        spelt = spelt.replace(umlaut, letters)
    return {word, spelt}


def _shorter(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _one_slip(written: str, word: str) -> bool:
    """One letter is wrong, missing or too many, or two have changed places; never the first by itself."""
    if written == word:
        return True
    if len(written) == len(word):
        wrong = [at for at, (one, other) in enumerate(zip(written, word, strict=True)) if one != other]
        if len(wrong) == 1:
            return wrong[0] > 0
        first, last = wrong[0], wrong[-1]
        return last == first + 1 and written[first] == word[last] and written[last] == word[first]
    short, long = sorted((written, word), key=len)
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(1, len(long)))
