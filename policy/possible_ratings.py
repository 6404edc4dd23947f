"""Numbers in a text that may be ratings, or may not."""

from policy.reply_words import words_heard
from policy.tokens import STARS, tokens_of

_RATINGS = frozenset(map(str, range(1, 6)))
_LIKE_RATINGS = frozenset(map(str, range(11)))


def likely_rating(text: str) -> int | None:
    """The only number from 1 to 5 in a text, to propose to the person who reads it; None when there is none."""
    numbers = [token.text for token in tokens_of(text) if token.kind in ("number", "scale")]
    return int(numbers[0]) if len(numbers) == 1 and numbers[0] in _RATINGS else None


def mentions_rating(text: str) -> bool:
    """Whether anything in a text looks like a rating: a number up to 10, a word for one, stars."""
    words = words_heard()
    for token in tokens_of(text):
        if token.kind == "scale" or (token.kind == "sign" and token.text in STARS):
            return True
        if token.kind == "number" and not token.glued and token.text in _LIKE_RATINGS:
            return True
        if token.kind == "word" and token.text in words.numbers:
            return True
    return False
