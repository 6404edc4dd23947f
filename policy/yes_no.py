"""Clause 4.4: is a reply to "Did we put it right?" an explicit yes or no. What is not certain is neither.

A yes that nobody gave closes a concern, which is the worst outcome: so every word of a yes has to be known and good.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from policy.hearing import tokens
from policy.lexicon import languages, phrases

_LONGEST = 30
"""Words of a certain answer; longer replies are read by a person."""

_Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Tongue:
    yes: tuple[_Phrase, ...]
    well: tuple[_Phrase, ...]
    """Courtesies and praise: they may stand beside a yes."""
    no: tuple[_Phrase, ...]
    not_no: tuple[_Phrase, ...]
    """What begins like a no and is none: no problem."""


def yes_or_no(text: str) -> bool | None:
    """True and False are certain; None means that a person has to read it."""
    words = [word for _, word in tokens(text)]
    if not words or len(words) > _LONGEST or "?" in words or any(word.isdecimal() for word in words):
        return None
    tongues = _tongues()
    if any(_is_yes(words, tongue) for tongue in tongues):
        return True
    if any(_begins(words[at:], phrase) for tongue in tongues for phrase in tongue.not_no for at in range(len(words))):
        return None
    return False if any(_is_no(words, tongue) for tongue in tongues) else None


@lru_cache(maxsize=1)
def _tongues() -> tuple[_Tongue, ...]:
    return tuple(
        _Tongue(*(_compared(phrases(language, "answer", name)) for name in ("yes", "well", "no", "not_no")))
        for language in languages()
    )


def _compared(listed: Iterable[str]) -> tuple[_Phrase, ...]:
    """Each phrase as its words; an asterisk at the end becomes a word of its own."""
    ending: dict[bool, _Phrase] = {True: ("*",), False: ()}
    return tuple(
        (*(word for _, word in tokens(phrase.rstrip("*"))), *ending[phrase.endswith("*")]) for phrase in listed
    )


def _is_yes(words: Sequence[str], tongue: _Tongue) -> bool:
    """All of it is a yes with courtesies, from the first word to the last."""
    reached = {(0, False)}
    for at in range(len(words)):
        for said in (False, True):
            if (at, said) in reached:
                rest = words[at:]
                reached |= {(at + _length(one), True) for one in tongue.yes if _begins(rest, one)}
                reached |= {(at + _length(one), said) for one in tongue.well if _begins(rest, one)}
    return (len(words), True) in reached


def _is_no(words: Sequence[str], tongue: _Tongue) -> bool:
    """It begins with a no, and nothing good follows that is not denied again."""
    start = _after_courtesies(words, tongue)
    length = max((_length(one) for one in tongue.no if _begins(words[start:], one)), default=0)
    rest = words[start + length :]
    good = any(_begins(rest[at:], one) for one in (*tongue.yes, *tongue.well) for at in range(len(rest)))
    denied = any(_begins(rest[at:], one) for one in tongue.no for at in range(len(rest)))
    return length > 0 and (denied or not good or _is_courteous(rest, tongue))


def _after_courtesies(words: Sequence[str], tongue: _Tongue) -> int:
    at = 0
    while length := max((_length(one) for one in tongue.well if _begins(words[at:], one)), default=0):
        at += length
    return at


def _is_courteous(words: Sequence[str], tongue: _Tongue) -> bool:
    return _after_courtesies(words, tongue) == len(words) and not any(_begins(words, one) for one in tongue.yes)


def _begins(words: Sequence[str], phrase: _Phrase) -> bool:
    if phrase[-1] != "*":
        return tuple(words[: len(phrase)]) == phrase
    whole, stem = phrase[:-2], phrase[-2]
    at = len(whole)
    return len(words) > at and tuple(words[:at]) == whole and words[at].startswith(stem)


def _length(phrase: _Phrase) -> int:
    return len(phrase) - (phrase[-1] == "*")
