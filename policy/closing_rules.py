"""The shape of what the policy says of pauses in a concern, and of customers who cannot be reached about theirs."""

from dataclasses import dataclass
from typing import Any, Literal

_SHAPE: Any = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRule:
    """A reason for which the clock of the resolution may stand still."""

    __pydantic_config__ = _SHAPE
    code: str
    words: str
    stops: Literal["resolution"]
    """Nothing else: that a concern is in a named person's hands within 24 hours has no pause."""
    longest_days: int
    """Elapsed days, of all pauses of one concern for this reason together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachableRules:
    """What must have been tried before a concern may be closed because its customer cannot be reached."""

    __pydantic_config__ = _SHAPE
    attempts: int = 3
    channels: int = 2
    business_days: int = 5
    """From the first attempt."""
