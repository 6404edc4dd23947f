"""Tokens of our links in texts that people send us: whoever reads such a text later must not be able to use them."""

import re

_BREAK = r"(?:[ \t]{0,40}=?\r?\n[ \t>|]{0,80}|[\u00ad\u200b])?"
"""Where a mail program has broken a line in the middle of a link, with or without its mark of a quotation."""
_PLUS = r"(?:\+|%(?:25)*2b|[=-]2b|&#(?:43|x2b);)"
_SLASH = r"(?:/|%(?:25)*2f|[=-]2f|_|&#(?:47|x2f);)"
"""As written, in URLs within URLs, in quoted-printable, as link scanners write it, and in HTML."""
_SECRET = rf"(?:(?:[a-z2-7]{_BREAK}){{31}}[a-z2-7](?![a-z0-9])|[a-z2-7]{{8,31}}\Z)"
"""32 letters and digits; fewer where the text was cut off."""
_OURS = re.compile(rf"((?:{_PLUS}|{_SLASH}{_BREAK}[su]{_BREAK}{_SLASH}){_BREAK}){_SECRET}", re.IGNORECASE)
_ALONE = re.compile(r"(?<![a-z0-9])(?=[a-z]{0,31}[2-7])[a-z2-7]{32}(?![a-z0-9])", re.IGNORECASE)
"""What looks like a token in an address that is none of ours any more. No word of 32 letters has a digit in it."""
_HIDDEN = "…"


def without_tokens(text: str) -> str:
    """The text with "…" for each token: of reply addresses and links, also broken, encoded or rewritten by scanners."""
    return _ALONE.sub(_HIDDEN, _OURS.sub(rf"\1{_HIDDEN}", text))
