"""How a reply begins and ends when its writer is polite: "Hello Mr Smith,", "Kind regards" and a name below it."""

import re

from policy.reply_words import words_heard
from policy.tokens import tokens_of, words_of

LONGEST_NAME = 3
"""Words."""


def is_greeting(line: str) -> bool:
    """ "Hello," or "Guten Tag Frau Meier," and nothing else."""
    tokens, words = tokens_of(line), words_heard()
    length = words.greetings.length_at(words_of(tokens), 0) if tokens else 0
    if not length:
        return False
    named = tokens[length:]
    if any(token.kind not in ("word", "sign") for token in named):
        return False
    signs = [token.text for token in named if token.kind == "sign"]
    names = [token for token in named if token.kind == "word"]
    return (
        len(names) <= LONGEST_NAME + 1
        and all(sign in ",.!:-'" for sign in signs)
        and all(token.capital or words.greetings.are([token.text]) for token in names)
    )


def without_farewell(text: str) -> str:
    """The text without "Kind regards", name and telephone number below it; as it is when the end may say more."""
    lines = text.split("\n")
    begins = len(lines)
    for at in range(len(lines) - 1, -1, -1):  # from the end, so that no line is looked at twice
        words = [token.text for token in tokens_of(lines[at]) if token.kind == "word"]
        if words and words_heard().farewells.are(words):
            begins = at
        if not _is_signature(lines[at]):
            break
    return text if begins == len(lines) else "\n".join(lines[:begins]).rstrip()


_MOST_OF_SIGNATURE = 6


def _is_signature(line: str) -> bool:
    """A name, a number, an address: words with capitals, or none at all."""
    tokens = [token for token in tokens_of(line) if token.kind == "word"]
    addressed = "@" in line or "www." in line or re.search(r"\d{4}", line)
    return len(tokens) <= _MOST_OF_SIGNATURE and (bool(addressed) or all(token.capital for token in tokens))
