"""Clause 4.4: who is told of a danger, and who is told next while nobody has taken it. Day and night, on every day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from policy.danger_rules import DangerRules
from policy.escalation_rules import EscalationRules, Person, Route


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody who is to be told: by mail always, by text message where there is a number."""

    name: str
    email: str
    phone: str | None
    role: str
    """"on call", or the role on the department's route."""


def told_at(rung: int, on_call: OnCall | None, route: Route, rules: EscalationRules) -> OnCall:
    """Who is told at a rung: the person on call, or the department's owner when nobody is; then one role higher each
    time. The last one is told again and again.
    """
    ladder = [
        on_call or _held("owner", route.owner),
        _held("supervisor", route.supervisor),
        _held("head", route.head),
        _held("management", rules.management),
    ]
    return ladder[min(rung, len(ladder) - 1)]


def next_at(now: datetime, rules: DangerRules) -> datetime:
    """When it goes on to the next one, unless somebody takes it before."""
    return now + timedelta(minutes=rules.pass_on_minutes)


def first_gap(shifts: Iterable[tuple[datetime, datetime]], start: datetime, until: datetime) -> datetime | None:
    """The first instant from `start` on at which none of these shifts (beginning, end) runs; None when there is none
    before `until`.
    """
    covered = start
    for begins, ends in sorted(shifts):
        if begins > covered:
            break
        covered = max(covered, ends)
    return covered if covered < until else None


def _held(role: str, person: Person) -> OnCall:
    return OnCall(person.name, person.email, person.phone, role)
