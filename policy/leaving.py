"""Clause 2.4: does a reply ask us to stop. The words of the law alone are final; free wordings are held for a person.

47 CFR 64.1200(a)(10) names the words that are an opt-out by themselves, and asks to honour every other reasonable way
to say it. What only may be one is held: nothing more is sent until a person has decided what it is.
"""

import re
from collections.abc import Sequence

from policy.folding import folded, only_words, shown
from policy.reply_words import words_heard

BY_LAW = frozenset({"stop", "stopall", "quit", "end", "revoke", "optout", "cancel", "unsubscribe"})
"""47 CFR 64.1200(a)(10): each is an opt-out by itself. No word list can take one away."""
_ANYWHERE = BY_LAW - {"end", "cancel"}
"""Of them, those that are looked at by a person wherever they stand."""
_IN_PARTS = (("stop", "all"), ("opt", "out"))
_NEAR = 6
"""Words between what is to end and our contacting."""
_REPEATED = re.compile(r"(\w)\1{2,}")
_MISSPELT = ("stop", "unsubscribe", "cancel", "optout", "unsub")
_WORDS_LIKE_THEM = frozenset(
    {
        "top",
        "stopt",
        "step",
        "atop",
        "shop",
        "slop",
        "stoop",
        "strop",
        "stoep",
        "stopf",
        "stopfen",
        "sto",
        "stob",
        "stod",
        "estop",
        "tops",
        "post",
        "spot",
        "opts",
        "cancer",
        "cancels",
        "cancela",
        "canal",
        "chancel",
        "stops",
        "stopp",
        "stopper",
        "stoppe",
        "stoppt",
        "stopte",
        "stoffe",
        "stoff",
        "story",
        "store",
        "stock",
        "stomp",
        "soup",
        "stow",
        "stor",
        "subscribe",
        "stopped",
        "estoy",
    }
)
"""Words of the five languages that differ from one of the law in a letter, and mean something else."""
_FEW_WORDS = 4
_LONGEST_NAME = 3


def leaves_for_good(text: str) -> bool:
    """The words of the law, alone or repeated: beside courtesies, a number, a name below them, and nothing else."""
    words, names = _without_courtesies(text)
    return bool(words) and not names and _are_of_the_law(words)


def name_below(text: str) -> list[str]:
    """The words of lines that may be a name, below the words of the law."""
    lines = [line for line in re.split(r"\n|\s--\s", shown(text)) if line.strip()]
    return [
        word for line in lines[1:] if _is_a_name(line) and not _is_courtesy(line) for word in only_words(line).split()
    ]


def _is_courtesy(line: str) -> bool:
    words = only_words(line).split()
    at = 0
    while at < len(words):
        length = _length_of_courtesy(words, at) or _length_of_law(words, at)
        if not length:
            return False
        at += length
    return True


def has_number(text: str) -> bool:
    """Whether a number stands beside the words."""
    return any(word.isdecimal() or word in words_heard().numbers for word in only_words(text).split())


def may_leave(text: str) -> bool:
    """Free wordings, misspellings, the words of the law among others: a person decides what it is."""
    words, listening = only_words(text).split(), words_heard()
    if listening.leaving.within(words) or _is_near(words):
        return True
    if any(
        word in BY_LAW - {"end", "cancel"} or tuple(words[at : at + 2]) in _IN_PARTS for at, word in enumerate(words)
    ):
        return True
    few = len(words) <= _FEW_WORDS
    return few and any(_is_misspelt(word) or listening.leave.length_at(words, at) for at, word in enumerate(words))


def _is_near(words: Sequence[str]) -> bool:
    """ "take my number off your list", "keine weiteren SMS": what is to end within a few words of our contacting."""
    listening = words_heard()
    ends = [at for at, word in enumerate(words) if word in listening.ending]
    contacts = [at for at, word in enumerate(words) if word in listening.contacting]
    at = 0
    for end in ends:
        while at < len(contacts) and contacts[at] < end - _NEAR:
            at += 1
        if at < len(contacts) and contacts[at] <= end + _NEAR and contacts[at] != end:
            return True
        if at + 1 < len(contacts) and contacts[at] == end and contacts[at + 1] <= end + _NEAR:
            return True
    return False


def _without_courtesies(text: str) -> tuple[list[str], list[str]]:
    """The words that ask to stop, and those that may mean anything. A greeting, a farewell with its name, a name on a
    line of its own below are neither.
    """
    listening = words_heard()
    asked: list[str] = []
    unknown: list[str] = []
    for line in filter(str.strip, re.split(r"\n|\s--\s", shown(text))):
        written = re.findall(r"[^\W_]+", line)
        words = [folded(word) for word in written]
        if asked and not unknown and _is_a_name(line):
            continue
        at = 0
        while at < len(words):
            law, polite = _length_of_law(words, at), _length_of_courtesy(words, at)
            if law:
                asked += words[at : at + law]
            elif polite:
                behind = at + polite
                polite += _names_behind(words[at:behind], written[behind : behind + _LONGEST_NAME])
            elif not (words[at].isdecimal() or words[at] in listening.numbers):
                unknown.append(words[at])
            at += law or polite or 1
    return asked, unknown


def _length_of_courtesy(words: Sequence[str], at: int) -> int:
    listening = words_heard()
    polite = (listening.courtesies, listening.greetings, listening.farewells)
    return max(phrases.length_at(words, at) for phrases in polite)


def _names_behind(polite: Sequence[str], written: Sequence[str]) -> int:
    """How many of the words behind a greeting or a farewell (as many as a name may have) are the name with it."""
    listening = words_heard()
    if not (listening.greetings.are(polite) or listening.farewells.are(polite)):
        return 0
    return next((at for at, word in enumerate(written) if not word[0].isupper() or word.isupper()), len(written))


def _length_of_law(words: Sequence[str], at: int) -> int:
    if tuple(words[at : at + 2]) in _IN_PARTS:
        return 2
    return words_heard().leave.length_at(words, at) or (1 if words[at] in BY_LAW else 0)


def _are_of_the_law(words: Sequence[str]) -> bool:
    at = 0
    while at < len(words):
        length = _length_of_law(words, at)
        if not length:
            return False
        at += length
    return True


def _is_a_name(line: str) -> bool:
    """ "Anna Bergmann" below a STOP: up to three words with capitals that are none of the law's."""
    words = re.findall(r"[^\W\d_]+", line)
    signature = bool(re.fullmatch(r"[\s\d+()/.-]*", line))  # a telephone number
    return signature or (
        0 < len(words) <= _LONGEST_NAME and all(word[0].isupper() and not word.isupper() for word in words)
    )


def _is_misspelt(word: str) -> bool:
    """One letter off, two letters swapped, or letters repeated: "stpo", "stopppp", "unsubcribe"; never "top"."""
    plain = _REPEATED.sub(r"\1", folded(word))
    if plain in _WORDS_LIKE_THEM or word in _WORDS_LIKE_THEM:
        return False
    return any(plain == law or _is_one_off(plain, law) for law in _MISSPELT)


def _is_one_off(word: str, law: str) -> bool:
    """Damerau and Levenshtein: one letter more, less, other, or two swapped."""
    if abs(len(word) - len(law)) > 1 or word[0] != law[0]:
        return False
    at = next(
        (at for at, (one, other) in enumerate(zip(word, law, strict=False)) if one != other), min(len(word), len(law))
    )
    rest, wanted = word[at:], law[at:]
    swapped = len(rest) > 1 and rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:]
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
