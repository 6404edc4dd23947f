"""The shape of the policy's words for replies. `policy/sop.toml` explains each. Case and accents do not count."""

from dataclasses import dataclass
from typing import Any

_SHAPE: Any = {"extra": "forbid"}

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWords:
    """How one language says what replies say."""

    __pydantic_config__ = _SHAPE
    language: str
    """Two letters: "en"."""
    numbers: tuple[str, str, str, str, str]
    out_of: Words
    stars: Words
    rating: Words
    counted: Words
    leave: Words
    leave_wordings: Words
    help: Words
    asks: Words
    requests: Words
    courtesy: Words
    mistaken: Words
    automatic: Words
    wrote: Words
    mail_from: Words
    sent_from: Words
    left_text: str
    help_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRules:
    """A policy from before replies were heard has no languages: digits, stars and the words of the law still count."""

    __pydantic_config__ = _SHAPE
    languages: tuple[ReplyWords, ...] = ()
