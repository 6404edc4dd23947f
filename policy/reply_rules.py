"""The shape of what the policy says of replies: what we text back. Case and accents do not count."""

from dataclasses import dataclass
from typing import Any

_SHAPE: Any = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWords:
    """What we text back in one language."""

    __pydantic_config__ = _SHAPE
    language: str
    """Two letters: "en"."""
    left_text: str
    help_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRules:
    """A policy from before replies were heard has no languages: they are understood all the same."""

    __pydantic_config__ = _SHAPE
    languages: tuple[ReplyWords, ...] = ()
