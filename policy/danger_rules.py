"""The shape of what the policy says of dangers: how soon they are passed on, and what customers are told at once."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from policy.shapes import SHAPE, LanguageTag, Text
from vocabulary import Danger


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a customer who reports a danger is told at once, by language."""

    __pydantic_config__ = SHAPE
    danger: Danger
    texts: dict[LanguageTag, Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerRules:
    """The defaults are for policies from before there was this."""

    __pydantic_config__ = SHAPE
    pass_on_minutes: Annotated[int, Field(strict=True, ge=1, le=120)] = 15
    advice: tuple[Advice, ...] = ()

    def advice_on(self, dangers: tuple[Danger, ...], language: str, fallback: str) -> str | None:
        """The advice on the gravest danger that has one; None when the policy has none to give."""
        known = {one.danger: one.texts for one in self.advice}
        texts = next((known[danger] for danger in dangers if danger in known), None)
        if texts is None:
            return None
        return texts.get(language) or texts.get(language.partition("-")[0]) or texts.get(fallback)
