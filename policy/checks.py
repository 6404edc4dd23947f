"""What a decision looked at, in the order in which it looked: the lines that `explain` prints."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from vocabulary import Channel, Clause


@dataclass(frozen=True, slots=True)
class Check:
    """One rule as it was applied. All texts are plain language and free of personal data."""

    rule: str
    clause: str
    input: str
    verdict: str


def address_check(channel: Channel) -> Check:
    """An address of this channel is not used, because messages to it have come back."""
    return Check(f"address for {channel}", Clause.CHANNEL, "known not to work", "passed over")


def utc(value: datetime, name: str) -> datetime:
    """The same instant in UTC. A naive `value` is a `ValueError` that names the argument.

    Two datetimes of one local zone compare and subtract by wall clock in Python, so all arithmetic is done in UTC.
    """
    if value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise ValueError(f"{name} = {value.isoformat()} has no time zone. Pass an instant, best in UTC.")
    return value.astimezone(UTC)


def instant_text(value: datetime) -> str:
    """An instant of UTC as `2026-10-05T18:00Z`; seconds and less are shown only where they are not zero."""
    text = utc(value, "value").isoformat(timespec=_precision(value))
    return text.removesuffix("+00:00") + "Z"


def clock_text(value: time) -> str:
    """A time of day as `17:00`, with seconds and less only where they are not zero."""
    return value.isoformat(timespec=_precision(value))


def _precision(value: datetime | time) -> str:
    return "auto" if value.second or value.microsecond else "minutes"
