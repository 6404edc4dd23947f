"""Clause 4.4: whether the clock of a resolution may stand still, and until when at the latest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policy.closing_rules import PauseRule

_LEAST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a concern stands when somebody asks for a pause."""

    acknowledged: bool
    resolved: bool
    paused: bool
    resolve_by: datetime
    paused_before: timedelta
    """By earlier pauses for the same reason."""


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str


def pause_until(
    code: str, wanted: datetime | None, standing: Standing, now: datetime, rules: Sequence[PauseRule]
) -> datetime | Refused:
    """The latest date of the pause: the one that is wanted, or as late as the policy allows when none is named."""
    rule = next((rule for rule in rules if rule.code == code), None)
    if rule is None:
        listed = ", ".join(rule.code for rule in rules) or "none"
        return Refused(f"{code!r} is no reason for a pause in the policy of this case; it lists: {listed}")
    if fault := _not_now(standing, now):
        return Refused(fault)
    left = timedelta(days=rule.longest_days) - standing.paused_before
    if left < _LEAST:
        return Refused(f"the {rule.longest_days} days that the policy allows for {code!r} are used up")
    latest = now + left
    if wanted is None:
        return latest
    if wanted <= now:
        return Refused(f"the end of the pause, {wanted:%Y-%m-%d %H:%M} UTC, is over: name a later one")
    if wanted > latest:
        return Refused(f"the policy allows {code!r} until {latest:%Y-%m-%d %H:%M} UTC: name an earlier end")
    return wanted


def _not_now(standing: Standing, now: datetime) -> str | None:
    if not standing.acknowledged:
        return "nobody has acknowledged it: the 24 hours until it is in a person's hands cannot be paused"
    if standing.resolved:
        return "it is resolved: there is nothing to pause"
    if standing.paused:
        return "it is paused already: end that pause first"
    if now >= standing.resolve_by:
        return "its resolution target has passed: a pause cannot undo that. Resolve it, or hand it on"
    return None
