"""Clause 4.6: the words of comments that tell low ratings from high ones, as counts; never a comment itself."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from policy.statistics import Share, log_odds_z, stands_out

_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
"""Letters only: numbers of invoices, houses and telephones are no words."""
_SHORTEST = 3
_FILLERS = frozenset(
    _TOKEN.findall(
        "and the was were for with that this but had has have our they them she his her you your from would could been "
        "und der die das den dem ein eine war mit für von auf sich wir uns ihr aber auch hat haben wurde"
    )
)
"""Words that say nothing by themselves, nor in a pair."""
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Word:
    """One word or two in a row, and how many comments with low and with high ratings use it."""

    text: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Words:
    """How many comments came with low and with high ratings, and the words that mark each side, strongest first."""

    low_comments: int
    high_comments: int
    of_low: tuple[Word, ...] = ()
    of_high: tuple[Word, ...] = ()


def telling_words(
    comments: Iterable[tuple[int, str, tuple[str, ...]]], *, low_max: int, satisfied_min: int, at_least: int
) -> Words:
    """From (rating, comment, names of people) to the words that stand out.

    A word must be used in `at_least` comments of its side, so none can be traced to its writer, and must not be part
    of anybody's name. With fewer than `at_least` comments on either side, there is nothing to compare.
    """
    low, high, names = _Side(), _Side(), set[str]()
    for rating, text, people in comments:
        names.update(token for name in people for token in _tokens(name))
        if rating <= low_max:
            low.hear(text)
        elif rating >= satisfied_min:
            high.hear(text)
    if min(low.comments, high.comments) < at_least:
        return Words(low.comments, high.comments)
    of_low = [Word(term, used, high.uses[term]) for term, used in _told(low, high, names, at_least)]
    of_high = [Word(term, low.uses[term], used) for term, used in _told(high, low, names, at_least)]
    return Words(low.comments, high.comments, tuple(of_low), tuple(of_high))


class _Side:
    def __init__(self) -> None:
        self.comments = 0
        self.uses: Counter[str] = Counter()

    def hear(self, comment: str) -> None:
        self.comments += 1
        self.uses.update(set(_terms(comment)))

    def share(self, term: str) -> Share:
        return Share(self.uses[term], self.comments)


def _told(side: _Side, other: _Side, names: set[str], at_least: int) -> list[tuple[str, int]]:
    often = [(term, used) for term, used in side.uses.items() if used >= at_least and names.isdisjoint(term.split())]
    scored = [(log_odds_z(side.share(term), other.share(term)), term, used) for term, used in often]
    chosen: list[tuple[str, int]] = []
    for score, term, used in sorted(scored, key=lambda one: (-one[0], -len(one[1]), one[1])):
        said = {word for before, _ in chosen for word in before.split()}
        if stands_out(score) and said.isdisjoint(term.split()) and len(chosen) < _SHOWN:
            chosen.append((term, used))
    return chosen


def _tokens(text: str) -> list[str]:
    return [token.replace("\u2019", "'") for token in _TOKEN.findall(text.casefold())]


def _terms(comment: str) -> Iterator[str]:
    tokens = _tokens(comment)
    telling = [len(token) >= _SHORTEST and token not in _FILLERS for token in tokens]
    yield from (token for token, tells in zip(tokens, telling, strict=True) if tells)
    for (first, begins), (second, ends) in pairwise(zip(tokens, telling, strict=True)):
        if begins and ends:
            yield f"{first} {second}"
