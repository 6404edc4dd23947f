"""Clauses 4.4 and 6: the dates of an escalation, and who is told when one comes near or passes.

The hard limit is elapsed time from the moment we received the concern; acknowledging counts business hours.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from policy.escalation_rules import EscalationRules, Route


@dataclass(frozen=True, slots=True)
class Dates:
    acknowledge_by: datetime
    deadline_at: datetime
    resolve_by: datetime


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: at `at`, those in `tell` hear that `percent` of the time is gone (100: it is over)."""

    number: int
    at: datetime
    percent: int
    tell: tuple[str, ...]
    """Of "owner", "supervisor", "head", "management"."""


OVER = 100
"""Percent of the time, at which a deadline has passed."""
_AT_BREACH = (("owner", "supervisor"), ("head",), ("management",))
_AFTER_BREACH = timedelta(hours=4)
"""How long each rung above the supervisor has before the next is told."""


def dates(received_at: datetime, acknowledge_by: datetime, rules: EscalationRules) -> Dates:
    """UTC instants. `acknowledge_by` comes from the branch's calendar, but never lies behind the hard limit."""
    deadline = received_at + timedelta(hours=rules.deadline_hours)
    return Dates(min(acknowledge_by, deadline), deadline, received_at + timedelta(days=rules.resolve_days))


def ladder(received_at: datetime, rules: EscalationRules) -> tuple[Rung, ...]:
    """Warnings before the deadline, then the breach, one rung higher each time."""
    whole = timedelta(hours=rules.deadline_hours)
    warned: tuple[tuple[str, ...], ...] = (("owner",), ("owner", "supervisor"))
    rungs = [(received_at + whole * percent / 100, percent, warned[min(index, 1)])
             for index, percent in enumerate(rules.warn_percent)]  # fmt: skip
    if len(rungs) > len(warned):
        at, percent, tell = rungs[-1]
        rungs[-1] = (at, percent, (*tell, "head"))
    rungs += [(received_at + whole + _AFTER_BREACH * step, 100, tell) for step, tell in enumerate(_AT_BREACH)]
    return tuple(Rung(number, *rung) for number, rung in enumerate(rungs, start=1))


def due_rung(
    received_at: datetime, worked: int, now: datetime, rules: EscalationRules
) -> tuple[Rung | None, datetime | None]:
    """The rung to work now and when the next one comes.

    Warnings missed while we were down are not sent late: only the highest rung that has come is worked.
    Rungs after the breach are worked one by one, because each tells other people.
    """
    rungs = ladder(received_at, rules)
    open_rungs = [rung for rung in rungs[worked:] if rung.at <= now]
    if not open_rungs:
        return None, rungs[worked].at if worked < len(rungs) else None
    breached = [rung for rung in open_rungs if rung.percent == OVER]
    chosen = breached[0] if breached else open_rungs[-1]
    later = rungs[chosen.number :]
    return chosen, later[0].at if later else None


ROLES = ("owner", "supervisor", "head", "management")
"""From the one who has to act upwards."""


def told_instead(role: str, addresses: Mapping[str, str], lost: Collection[str]) -> str | None:
    """Who is told when a mail to `role` did not arrive: the next role above it whose address has not failed, too.

    `addresses` are those of the roles, `lost` those to which mail about the same thing did not arrive. None when nobody
    is left. The role rises each time, so that mails about mails come to an end.
    """
    above = ROLES[ROLES.index(role) + 1 :]
    failed = {address.casefold() for address in lost}
    return next((other for other in above if addresses[other].casefold() not in failed), None)


def person(role: str, of: Route, rules: EscalationRules) -> tuple[str, str]:
    """Name and address of who holds a role on a route."""
    held = {"owner": of.owner, "supervisor": of.supervisor, "head": of.head, "management": rules.management}[role]
    return held.name, held.email
