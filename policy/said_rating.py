"""Clause 4.3: the rating that a reply states for certain. What may mean something else is no rating.

A rating that nobody gave is worse than one that a person has to read: a bad one tells a supervisor. So a text is not
searched for a number: it is a rating only when every word beside the number is understood.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policy.courtesies import LONGEST_NAME, is_greeting, without_farewell
from policy.folding import shown
from policy.possible_ratings import mentions_rating
from policy.reply_words import Phrases, words_heard
from policy.tokens import CROSS, EMPTY_STARS, GLAD, SKIN, STARS, Token, tokens_of, words_of

_BEST = 5
_LIKED, _DISLIKED = 4, 2
"""From here on words of praise agree with a rating; up to here words of blame."""
_HARMLESS = frozenset(".,;:!()[]\"'\u201c\u201d\u201e\u00ab\u00bb\u2013\u2014\u2026-_\n\u00a1\u00b7\u2022")
_DASHES = frozenset("-\u2013\u2014\u2212")
_MOST_TOKENS = 60
"""In one line or text that is a rating with nothing but courtesies."""


@dataclass(frozen=True, slots=True)
class Stated:
    """The rating and what was written besides."""

    rating: int
    rest: str


def stated(text: str) -> Stated | None:
    """The rating that a text states for certain; None when a person has to read it."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return None
    whole = _Reading("\n".join(lines)).result()
    if whole is not None:
        return Stated(whole.rating, whole.rest)
    return _on_a_line_of_its_own(text)


def _on_a_line_of_its_own(text: str) -> Stated | None:
    """ "5", and below it what the customer wrote besides. Above it only a greeting; in the rest no second rating."""
    lines = text.split("\n")
    written = [at for at, line in enumerate(lines) if line.strip()]
    first = next((at for at in written if not is_greeting(lines[at])), None)
    if first is None:
        return None
    found = _Reading(lines[first]).result()
    if found is not None and first == written[-1]:
        return Stated(found.rating, found.rest)
    if found is None or found.rest or not _begins_anew(lines, first):
        return None
    rest = without_farewell("\n".join(lines[first + 1 :]))
    return None if mentions_rating(rest) else Stated(found.rating, rest.strip() if re.search(r"\w", rest) else "")


def _begins_anew(lines: Sequence[str], at: int) -> bool:
    """What follows a number on the next line is a sentence of its own, not the rest of "2 / radiators are cold"."""
    if not lines[at + 1].strip():
        return True
    following = lines[at + 1].strip()[0]
    return not following.islower() and not following.isdigit()


@dataclass(frozen=True, slots=True)
class _Result:
    rating: int
    rest: str
    """What was said besides in words of praise or blame."""


class _Reading:
    """Reads tokens one after the other; understands all of them, or nothing."""

    def __init__(self, text: str) -> None:
        self._text = shown(text)
        self._tokens = tokens_of(text)
        self._words = words_of(self._tokens)
        self._heard = words_heard()
        self._begins = self._ends = 0
        self._rating: int | None = None
        self._stars = 0
        self._asterisks = 0
        self._glad = self._cross = self._praised = self._blamed = False
        self._beside = self._graded = False

    def result(self) -> _Result | None:
        at = 0
        if len(self._tokens) > _MOST_TOKENS:
            return None
        while at < len(self._tokens):
            before, taken = self._rating, self._take(at)
            if not taken:
                return None
            if before is None and self._rating is not None:
                self._begins, self._ends = at, at + taken
            at += taken
        return self._agreed()

    def _agreed(self) -> _Result | None:
        """What was read, when all of it says the same."""
        rating = self._rating
        if self._asterisks and (rating is not None or self._stars):
            return None
        if rating is None:
            rating = max(self._stars, self._asterisks)
            if not 1 < rating <= _BEST:
                return None
        elif self._stars not in (0, 1, rating):
            return None
        liked, disliked = self._glad or self._praised, self._cross or self._blamed
        against = (liked and rating < _LIKED) or (disliked and rating > _DISLIKED)
        alone = self._beside and not (self._praised or self._blamed)  # "1 job" counts something
        graded = (
            self._graded and rating <= _DISLIKED
        )  # where 1 is the best mark at school, or "number 1" the best there is
        if against or alone or graded:
            return None
        return _Result(rating, self._besides() if self._praised or self._blamed else "")

    def _besides(self) -> str:
        """The words of praise or blame: all but the rating, where that stands at one end."""
        first, behind = self._begins, self._tokens[self._ends :]
        if first == self._ends:
            return self._text.strip()
        if not any(token.kind == "word" for token in self._tokens[:first]):
            return self._text[self._tokens[self._ends - 1].end :].lstrip(" \t\n.,;:!)-\u2013\u2014\"'").rstrip()
        if not any(token.kind == "word" for token in behind):
            return self._text[: self._tokens[first].start].strip()
        return self._text.strip()

    def _take(self, at: int) -> int:
        token = self._tokens[at]
        if token.kind in ("number", "scale"):
            return self._number(at)
        if token.kind == "word":
            return self._word(at)
        return 0 if token.text in _DASHES and self._touches_number(at) else self._sign(token)

    def _touches_number(self, at: int) -> bool:
        """ "-5", "1-": a sign, or half of something else."""
        here, near = self._tokens[at], (self._tokens[max(at - 1, 0)], self._tokens[min(at + 1, len(self._tokens) - 1)])
        return any(one.kind == "number" and (one.end == here.start or one.start == here.end) for one in near)

    def _number(self, at: int) -> int:
        """The number with its unit: "5", "4/5", "5 out of 5 stars", "5-star", "5star"."""
        token = self._tokens[at]
        if self._rating is not None or self._hangs_on_a_word(at):
            return 0
        if token.kind == "scale":
            value, scale = (int(part) for part in token.text.split("/"))
            if scale != _BEST or not 1 <= value <= _BEST:
                return 0
            self._rating = value
            return 1 + self._unit(at + 1)
        if not token.text.isdecimal() or not 1 <= int(token.text[:9]) <= _BEST:
            return 0
        if token.glued and not self._heard.units.are([token.glued]):
            return 0
        self._rating = int(token.text)
        taken = 1 + self._scale(at + 1)
        return taken + (0 if token.glued else self._unit(at + taken))

    def _hangs_on_a_word(self, at: int) -> bool:
        """ "A1", "E5": a house, a fault code, the best there is; no number of its own."""
        before = self._tokens[at - 1] if at else None
        return before is not None and before.kind == "word" and before.end == self._tokens[at].start

    def _scale(self, at: int) -> int:
        """ "out of five": how many tokens."""
        length = self._length(self._heard.out_of, at)
        if not length or at + length >= len(self._tokens):
            return 0
        five = self._tokens[at + length]
        is_five = five.text == str(_BEST) if five.kind == "number" else self._heard.numbers.get(five.text) == _BEST
        return length + 1 if is_five and not five.glued else 0

    def _unit(self, at: int) -> int:
        hyphen = at < len(self._tokens) and self._tokens[at].text == "-"
        length = self._length(self._heard.units, at + hyphen)
        return length + hyphen if length else 0

    def _word(self, at: int) -> int:
        heard, token = self._heard, self._tokens[at]
        if self._rating is None and token.text in heard.numbers:
            self._rating = heard.numbers[token.text]
            taken = 1 + self._scale(at + 1)
            return taken + self._unit(at + taken)
        if self._rating is None and token.text in heard.ones and self._unit(at + 1):
            self._rating = 1
            return 1 + self._unit(at + 1)
        lengths = {
            "before": self._length(heard.before, at) if self._rating is None else 0,
            "after": self._length(heard.after, at) if self._rating is not None else 0,
            "courtesy": self._length(heard.courtesies, at),
            "praise": self._length(heard.praise, at),
            "blame": self._length(heard.blame, at),
        }
        longest, named = max(lengths.values()), self._named(at)
        if named > longest:
            return named
        if not longest:
            return 0
        both = lengths["praise"] == lengths["blame"] == longest  # "service", "very"
        self._praised |= lengths["praise"] == longest and not both
        self._blamed |= lengths["blame"] == longest and not both
        self._beside |= both
        self._graded |= lengths["before"] == longest and token.text in heard.graded
        return longest

    def _named(self, at: int) -> int:
        """A greeting or a farewell with the name that belongs to it."""
        greeting = self._length(self._heard.greetings, at)
        farewell = self._length(self._heard.farewells, at)
        length = max(greeting, farewell)
        if not length:
            return 0
        names = 0
        for token in self._tokens[at + length :]:
            is_name = token.kind == "word" and token.capital and names < LONGEST_NAME
            if not is_name or token.text in self._heard.numbers:
                break
            names += 1
        return length + names

    def _sign(self, token: Token) -> int:
        sign = token.text
        if token.kind == "face":
            self._glad |= sign.endswith((")", "d"))
            self._cross |= sign.endswith("(")
            return 1
        if sign in STARS:
            self._stars += 1
        elif sign == "*":
            self._asterisks += 1
        elif sign in GLAD:
            self._glad = True
        elif sign in CROSS:
            self._cross = True
        elif sign not in _HARMLESS | EMPTY_STARS | SKIN:
            return 0
        return 1

    def _length(self, phrases: Phrases, at: int) -> int:
        return phrases.length_at(self._words, at) if at < len(self._words) else 0
