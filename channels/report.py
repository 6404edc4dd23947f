"""What every provider's report of a message looks like to us, after translation."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vocabulary import News

_KIND = re.compile(r"[^a-z0-9_-]+")
_LONGEST_KIND = 50
_MILLISECONDS_FROM = 10**11
"""Seconds since 1970 reach this in the year 5138."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing that a provider tells of a message. Whatever was sent, this can be stored."""

    event_id: str
    """The provider's number of the event, or what stands for it: up to 100 printable ASCII characters."""
    kind: str
    """The provider's word in lower case."""
    news: News | None
    ref: str | None = None
    """Ours, if the provider repeated it."""
    provider_id: str | None = None
    """The provider's number of the message."""
    happened_at: datetime
    code: str | None = None
    """A status or error number, or a short word for it: no text of the provider."""
    address: str | None = field(default=None, repr=False)
    """Personal data: it is hashed, never stored."""
    invalid: bool = False
    """The address cannot be reached on this channel."""
    objects: bool = False
    """The customer does not want to be asked again."""


def kind_of(word: object) -> str:
    """A provider's word as it can be stored; empty when there is none."""
    return _KIND.sub("_", word.lower())[:_LONGEST_KIND] if isinstance(word, str) else ""


def instant_of(value: object, now: datetime) -> datetime:
    """Seconds or milliseconds since 1970 as a number or digits; `now` for anything else and for the future."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**15:
        return now
    seconds = value / 1000 if value >= _MILLISECONDS_FROM else value
    try:
        return min(datetime.fromtimestamp(seconds, UTC), now)
    except (OverflowError, OSError, ValueError):
        return now
