"""What programs between the mail and us make of our links, and how to read them all the same.

Links come in capitals, with the punctuation of the sentence around them, with `&` written as `&amp;`, with `=` written
as `=3D`, and with parameters that a filter has added. A token is 32 letters and digits of either case; whatever else is
there is not ours.
"""

import re
from urllib.parse import unquote

_TOKEN = re.compile(r"([a-z2-7]{32})(?:[^a-z0-9/][^/]*)?/?")
_TRAP = re.compile(r"([a-z2-7]{32})/v(?:[^a-z0-9/][^/]*)?/?")
_RATING = re.compile(r"(?:^|[?&;])r=(?:3d)?([1-5])(?![0-9a-z])")


def token_in(text: str) -> str | None:
    """The token at the beginning of the last part of a path."""
    found = _TOKEN.fullmatch(text.lower())
    return found[1] if found else None


def trapped_in(text: str) -> str | None:
    """The token of the link that people do not see, from what follows `/s/`, with or without the `/v` at its end."""
    found = _TRAP.fullmatch(text.lower())
    return found[1] if found else token_in(text)


def rating_in(text: str, query: str) -> int | None:
    """The rating that a link wants to preselect, from the last part of its path and from its query."""
    address = f"{text}?{query}".lower()
    found = _RATING.search(address) or _RATING.search(unquote(address, errors="replace"))
    return int(found[1]) if found else None
