"""The row of a new concern: who takes it, and its dates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from casework.contact import Contact
from casework.standing_in import owner_for
from models.escalations import reasons_text
from models.people import Person
from policy.concern import Concern, route
from policy.deadlines import dates, ladder


def new_escalation(
    contact: Contact, answer: Row[Any], verdict: Concern, now: datetime, stand_ins: Mapping[str, Person]
) -> dict[str, Any]:
    """It goes to the owner of the route; when that one is away, to who stands in."""
    taken_by = route(contact.case.department, contact.rules.escalation)
    return (
        times_of(contact, answer.received_at)
        | {
            "case_id": contact.case.id,
            "answer_id": answer.id,
            "severity": verdict.severity,
            "reasons": reasons_text(verdict.reasons),
            "department": taken_by.handled_by,
            "owner": taken_by.owner.name,
            "owner_email": taken_by.owner.email,
            "supervisor": taken_by.supervisor.name,
            "supervisor_email": taken_by.supervisor.email,
            "received_at": answer.received_at,
            "opened_at": now,
            "warned": 0,
            "repeats": 0,
            "reopened": 0,
        }
        | owner_for(taken_by.owner.email, stand_ins)
    )


def times_of(contact: Contact, received_at: datetime) -> dict[str, Any]:
    rules = contact.rules.escalation
    by = contact.calendar.add_business_hours(received_at, rules.acknowledge_business_hours)
    found = dates(received_at, by, rules)
    return {
        "acknowledge_by": found.acknowledge_by,
        "deadline_at": found.deadline_at,
        "resolve_by": found.resolve_by,
        "next_at": ladder(received_at, rules)[0].at,
    }
