"""The shape of what the policy says of the causes of concerns, besides the list for all kinds of service."""

from dataclasses import dataclass
from typing import Any

_SHAPE: Any = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCauses:
    """Root causes that only services of one kind have: a delivery is damaged on its way, a ticket is not."""

    __pydantic_config__ = _SHAPE
    kind: str
    causes: tuple[str, ...]


def causes_of(kind: str, common: tuple[str, ...], of_kinds: tuple[KindCauses, ...]) -> tuple[str, ...]:
    """The root causes that a concern about a service of `kind` may have: those of all kinds, then its own."""
    return (*common, *(cause for one in of_kinds if one.kind == kind for cause in one.causes))
