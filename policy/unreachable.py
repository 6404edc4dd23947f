"""Clauses 4.4 and 6: when a concern may be closed because its customer cannot be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from policy.calendar import BranchCalendar
from policy.closing_rules import UnreachableRules


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach the customer that led to nothing."""

    at: datetime
    channel: str
    """Of `Channel`, or another way, such as a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was tried, and what is still lacking. `lacks` is in words, and empty when a signature may be asked for."""

    attempts: int
    attempts_needed: int
    channels: tuple[str, ...]
    channels_needed: int
    first_at: datetime | None
    days_over_on: date | None
    """Local date of the branch from which on enough business days have passed; None before the first attempt."""
    lacks: tuple[str, ...]


def tried(
    attempts: Sequence[Attempt], usable: int, now: datetime, calendar: BranchCalendar, rules: UnreachableRules
) -> Tried:
    """`attempts` since the customer's last word. `usable`: how many channels this customer has."""
    channels = tuple(dict.fromkeys(attempt.channel for attempt in sorted(attempts, key=lambda one: one.at)))
    channels_needed = max(1, min(rules.channels, usable))
    first_at = min((attempt.at for attempt in attempts), default=None)
    days_over_on = None
    if first_at is not None:
        days_over_on = calendar.add_business_days(first_at.astimezone(calendar.zone).date(), rules.business_days)
    lacks = []
    if len(attempts) < rules.attempts:
        lacks.append(f"{len(attempts)} of {rules.attempts} attempts were made")
    if len(channels) < channels_needed:
        lacks.append(f"{len(channels)} of {channels_needed} channels were tried")
    if days_over_on is None:
        lacks.append(f"{rules.business_days} business days have to pass from the first attempt")
    elif now.astimezone(calendar.zone).date() < days_over_on:
        lacks.append(f"{rules.business_days} business days from the first attempt are over on {days_over_on}")
    return Tried(attempts=len(attempts), attempts_needed=rules.attempts, channels=channels,
                 channels_needed=channels_needed, first_at=first_at, days_over_on=days_over_on,
                 lacks=tuple(lacks))  # fmt: skip
