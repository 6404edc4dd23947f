"""The shape of what the policy says of customers who may not be asked, or not there, or not so many at once."""

from dataclasses import dataclass
from typing import Any, Literal

from vocabulary import Channel, ContactBasis

_SHAPE: Any = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisRule:
    """In `region`, `channels` are used only for customers for whom the source reports one of `accepts`."""

    __pydantic_config__ = _SHAPE
    region: str
    """A country, or a part of one: "DE", "DE-BY"."""
    channels: tuple[Channel, ...]
    accepts: tuple[ContactBasis, ...]
    clause: str = "4.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Of services whose `field` is `value`, at most `most` customers are asked within `days`."""

    __pydantic_config__ = _SHAPE
    field: Literal["tag", "department", "branch", "kind", "source", "customer_ref"]
    value: str
    most: int
    days: int
    clause: str = "2.3"
