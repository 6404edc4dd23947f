"""What a telephone writes when somebody taps on our text: 'Loved “…”', '👍 to “…”', 'A adoré « … »'."""

import re

from policy.folding import only_words, shown
from policy.reply_words import words_heard
from policy.tokens import CROSS, GLAD, SKIN

_MARKS = '"\u201c\u201d\u201e\u00ab\u00bb'
_QUOTED = re.compile(rf"[^\n{_MARKS}]{{0,60}}[{_MARKS}\u2018].*", re.DOTALL)
"""A few words, and then a text in quotes."""
_QUOTES_ITSELF = re.compile(rf"[{_MARKS}\u2018][^{_MARKS}\u2019]*\w[^{_MARKS}\u2019]*[{_MARKS}\u2019]")
"""Words of the customer's in quotes: "STOP" with the marks, as our text showed it."""
_EXPECTED = GLAD | SKIN | frozenset("\u201c\u201d\u201e\u00ab\u00bb\u2018\u2026\u00a0\U0001f602\U0001f923")
_MOST_WORDS = 6


def is_reaction(whole: str, own: str) -> bool:
    """Whether a text is a telephone's word on a text of ours. `own`: what of it is not ours."""
    if own == whole or _QUOTES_ITSELF.search(shown(own)):
        return False
    return _QUOTED.match(shown(whole).strip()) is not None and len(only_words(own).split()) <= _MOST_WORDS


def is_harmless(own: str) -> bool:
    """Whether nobody has to read it: a like, an emoji, one taken back. A question or a dislike may mean something."""
    words = only_words(own).split()
    if any(char in CROSS or not (char.isascii() or char.isalpha() or char in _EXPECTED) for char in shown(own)):
        return False
    return not words or words[0] in ("removed", "entfernte", "retire", "quito") or words_heard().reactions.are(words)
