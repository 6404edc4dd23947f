"""What a telephone writes when somebody taps on our text: 'Loved “…”', '👍 to “…”', 'A adoré « … »'."""

import re

from policy.folding import only_words, shown
from policy.reply_words import words_heard
from policy.tokens import CROSS, GLAD, SKIN

_MARKS = '"\u201c\u201d\u201e\u00ab\u00bb'
_QUOTED = re.compile(rf"[^\n{_MARKS}]{{0,60}}[{_MARKS}\u2018].*", re.DOTALL)
"""A few words, and then a text in quotes."""
_OF_QUOTES = re.compile(rf"([{_MARKS}\u2019])")
_EXPECTED = GLAD | SKIN | frozenset("\u201c\u201d\u201e\u00ab\u00bb\u2018\u2026\u00a0\U0001f602\U0001f923")
_MOST_WORDS = 6


def is_reaction(whole: str, own: str) -> bool:
    """Whether a text is a telephone's word on a text of ours. `own`: what of it is not ours."""
    if own == whole or _quotes_itself(shown(own)):
        return False
    return _QUOTED.match(shown(whole).strip()) is not None and len(only_words(own).split()) <= _MOST_WORDS


def _quotes_itself(text: str) -> bool:
    """Whether there are words of the customer's in quotes: "STOP" with the marks, as our text showed it."""
    *pieces, _ = _OF_QUOTES.split(text)
    opened = False
    for inside, closing in zip(pieces[::2], pieces[1::2], strict=True):
        if re.search(r"\w", inside if opened else inside.partition("\u2018")[2]):
            return True
        opened = closing in _MARKS
    return False


def is_harmless(own: str) -> bool:
    """Whether nobody has to read it: a like, an emoji, one taken back. A question or a dislike may mean something."""
    words = only_words(own).split()
    if any(char in CROSS or not (char.isascii() or char.isalpha() or char in _EXPECTED) for char in shown(own)):
        return False
    return not words or words[0] in ("removed", "entfernte", "retire", "quito") or words_heard().reactions.are(words)
