"""The shape of what the policy says of concerns: who takes them, by when, and by which words they are heard."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import EmailStr, Field

from policy.closing_rules import PauseRule, UnreachableRules
from policy.concern_rules import KindCauses
from policy.shapes import SHAPE, Days, Percent, Text, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`phone`: where a danger is reported to by text message, as "+49…"."""

    __pydantic_config__ = SHAPE
    name: Text
    email: EmailStr
    phone: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who takes a concern about a service of `department`. Department `*` is the fallback and stands last."""

    __pydantic_config__ = SHAPE
    department: Text
    handled_by: Text
    owner: Person
    supervisor: Person
    head: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRules:
    __pydantic_config__ = SHAPE
    acknowledge_business_hours: Annotated[int, Field(strict=True, ge=1, le=24)]
    deadline_hours: Annotated[int, Field(strict=True, ge=1, le=24)]
    warn_percent: Annotated[tuple[Percent, ...], Field(max_length=5)]
    resolve_days: Annotated[int, Field(strict=True, ge=1, le=60)]
    recovery_hours: Annotated[int, Field(strict=True, ge=1, le=336)]
    recovery_wait_days: Days
    concern_words: tuple[Word, ...] = ()
    safety_words: tuple[Word, ...] = ()
    legal_words: tuple[Word, ...] = ()
    """The company's own words, besides those of policy/words."""
    root_causes: Annotated[tuple[Text, ...], Field(min_length=1)]
    kind_causes: tuple[KindCauses, ...] = ()
    management: Person
    routes: Annotated[tuple[Route, ...], Field(min_length=1)]
    pauses: tuple[PauseRule, ...] = ()
    unreachable: UnreachableRules = field(default_factory=UnreachableRules)
