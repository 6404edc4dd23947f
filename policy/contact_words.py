"""SOP 3, policy 7: what may leave the console holds no contact data, also none that a customer wrote into a comment."""

import re
from typing import Final

_BETWEEN: Final = r"[\s().\-/·\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069]{0,3}"
_NUMBER: Final = re.compile(rf"[+(]{{0,2}}\d(?:{_BETWEEN}\d){{5,}}")
"""Six digits or more with at most three signs between two of them: local numbers have no more."""
_DATE: Final = re.compile(r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{4}|\d{2}))")
_WORD: Final = re.compile(r"[^\s<>]+")
_AT: Final = re.compile(r"@|[\[(]at[\])]|\uff20", re.IGNORECASE)
_GONE: Final = "…"


def without_contacts(text: str) -> str:
    """The text with "…" for what looks like an e-mail address or a telephone number.

    Rather too much than too little: a long number of a job goes, too. Dates stay. What is spelled out in words is not
    seen.
    """
    return _NUMBER.sub(_unless_date, _WORD.sub(_unless_address, text))


def _unless_address(found: re.Match[str]) -> str:
    return _GONE if _AT.search(found[0]) else found[0]


def _unless_date(found: re.Match[str]) -> str:
    return found[0] if _DATE.fullmatch(found[0].strip()) else _GONE
