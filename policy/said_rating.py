"""Clause 4.3: the rating that a reply states, in digits, words or stars. What may mean something else is no rating.

A rating that nobody gave is worse than one that a person has to read: a bad one tells a supervisor.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from policy.folding import folded, only_words, shown
from policy.reply_rules import ReplyRules

_BEST = 5
_STARS = re.compile("[\u2b50\u2605\U0001f31f](?:\\s*[\u2b50\u2605\U0001f31f])*")
_OTHER_SCALES = (6, 10, 20, 100)


@dataclass(frozen=True, slots=True)
class Stated:
    """The rating and what was written besides."""

    rating: int
    rest: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A number that may be a rating, or may not."""

    reason: str


def stated(text: str, rules: ReplyRules) -> Stated | Doubtful | None:
    """The rating in a text; None when there is nothing in it that looks like one."""
    plain = shown(text)
    tongue = _tongue(rules)
    for find in (_in_stars, _on_a_scale, _named, _alone, _in_front, _at_the_end):
        found = find(folded(plain), tongue)
        if isinstance(found, str):
            return Doubtful(found)
        if found is not None:
            rating, (start, end) = found
            return Stated(rating, _without(plain, start, end))
    return None


_Found = tuple[int, tuple[int, int]] | str | None
"""A rating and where it stands; or why it is doubtful."""


@dataclass(frozen=True, slots=True)
class _Tongue:
    """The patterns of all languages together."""

    words: dict[str, int]
    number: str
    out_of: str
    stars: str
    rating: str
    counted: str
    courtesy: str


@lru_cache(maxsize=16)
def _tongue(rules: ReplyRules) -> _Tongue:
    numbered = [(only_words(word).strip(), value) for tongue in rules.languages
                for value, word in enumerate(tongue.numbers, 1)]  # fmt: skip
    words = {word: value for word, value in numbered if word}
    every = rules.languages
    return _Tongue(
        words=words,
        number=rf"(?:\d{{1,4}}(?:[.,]\d)?|{_one_of(list(words))})",
        out_of=_one_of([word for tongue in every for word in tongue.out_of]),
        stars=_one_of([word for tongue in every for word in tongue.stars]),
        rating=_one_of([word for tongue in every for word in tongue.rating]),
        counted=_one_of([word for tongue in every for word in tongue.counted]),
        courtesy=_one_of([word for tongue in every for word in tongue.courtesy]),
    )


def _one_of(phrases: Sequence[str]) -> str:
    texts = {r"\W+".join(map(re.escape, only_words(phrase).split())) for phrase in phrases} - {""}
    return "(?:" + "|".join(sorted(texts, key=lambda text: (-len(text), text))) + ")" if texts else "(?!)"


def _value(number: str, tongue: _Tongue) -> int | None:
    """1 to 5, or None."""
    value = tongue.words.get(number) or (int(number) if number.isdecimal() else 0)
    return value if 1 <= value <= _BEST else None


def _one(hits: Sequence[re.Match[str]], tongue: _Tongue) -> _Found:
    values = {_value(hit[1], tongue) for hit in hits}
    value = values.pop()
    if values:
        return "more than one rating"
    return (value, hits[0].span()) if value else "a number beyond 1 to 5"


def _in_stars(text: str, _tongue: _Tongue) -> _Found:
    runs = list(_STARS.finditer(text))
    counts = {len(re.findall(r"\S", run[0])) for run in runs}
    if not counts:
        return None
    count = counts.pop()
    if counts:
        return "more than one rating"
    return (count, runs[0].span()) if count <= _BEST else "a number beyond 1 to 5"


def _on_a_scale(text: str, tongue: _Tongue) -> _Found:
    """ "4/5", "four out of five", at either end of the text: in the middle it may as well be a date."""
    five = "|".join(["5", *(word for word, value in tongue.words.items() if value == _BEST)])
    scales = "|".join([five, *map(str, _OTHER_SCALES)])
    ends = rf"(?![\w/])(?![.,]\d)(?:\s*{tongue.stars}(?!\w))?"
    fraction = rf"(?<![\w/.,])({tongue.number})\s*(?:/|\s{tongue.out_of}\s)\s*({scales}){ends}"
    hits = [hit for hit in re.finditer(fraction, text) if _at_an_end(text, hit, tongue)]
    if not hits:
        return None
    if any(_value(hit[2], tongue) is None for hit in hits):
        return "a rating on another scale"
    return _one(hits, tongue)


def _at_an_end(text: str, hit: re.Match[str], tongue: _Tongue) -> bool:
    before = re.sub(tongue.rating, "", text[: hit.start()])
    return not re.search(r"\w", before) or not re.search(r"\w", text[hit.end() :])


def _named(text: str, tongue: _Tongue) -> _Found:
    """ "5 stars", "rating: 4", anywhere."""
    stars = rf"(?<![\w.,/-])({tongue.number})[\s-]*{tongue.stars}(?!\w)"
    rating = rf"(?<!\w){tongue.rating}\s*[:=]?\s*({tongue.number})(?!\w)(?![.,/:-]\d)"
    hits = [*re.finditer(stars, text), *re.finditer(rating, text)]
    return _one(hits, tongue) if hits else None


def _alone(text: str, tongue: _Tongue) -> _Found:
    """With nothing but courtesies: "Thanks, 4"."""
    polite = rf"(?:[\W_]|(?<!\w){tongue.courtesy}(?!\w))*"
    hit = re.fullmatch(rf"{polite}(?<!\w)({tongue.number})(?!\w){polite}", text)
    if hit is None or "-" in text[: hit.start(1)]:
        return None if hit is None else "a number beyond 1 to 5"
    return _one([hit], tongue) if not re.search(r"[€$£%°]", text) else "a number that may be no rating"


def _in_front(text: str, tongue: _Tongue) -> _Found:
    """ "4 great job", "five! great": the number stands first and counts nothing."""
    word = re.match(rf"\s*({'|'.join(map(re.escape, tongue.words)) or '(?!)'})\s*[.,!:;\n–-]", text)
    if word:
        return _one([word], tongue)
    digit = re.match(r"[\s\"'(#*]*(\d{1,4})(?!\w)", text)
    if digit is None:
        return None
    after = text[digit.end() :]
    goes_on = re.match(r"[.,:/-]\d|\s*[€$£%°+]", after)
    counts = re.match(rf"[\s-]*{tongue.counted}(?!\w)", after)
    second = re.match(r"\W+(?:\w{1,4}\W+)?\d(?!\w)", after)
    listed = digit[1] == "1" and re.match(r"\s*[.):]", after) and re.search(r"(?<!\w)2\s*[.):]", after)
    if goes_on or counts or second or listed:
        return "a number that may be no rating"
    return _one([digit], tongue)


def _at_the_end(text: str, tongue: _Tongue) -> _Found:
    """ "Great job!\\n5": on a line or after an exclamation of its own, and the only number."""
    hit = re.search(r"(?<=[\n!])\s*([1-5])\W*$", text)
    return _one([hit], tongue) if hit and len(re.findall(r"\d", text)) == 1 else None


def _without(text: str, start: int, end: int) -> str:
    before, after = text[:start].strip(), text[end:]
    after = re.sub(r"^[\s.,;:!)\"'\u2605\u2606\u2b50–-]+", "", after).strip()
    return f"{before} {after}".strip() if re.search(r"\w", before) else after
