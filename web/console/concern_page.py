"""What the page of one concern shows, as plain values."""

import json
from typing import Any

from sqlalchemy import Row

from casework.rules import rules_of
from casework.writing import ELSEWHERE
from models.concern_list import attached_to, concern_of, subtasks_of
from models.following import others_of_customer
from models.pauses import open_pauses
from models.people import listed
from policy.concern_rules import causes_of
from policy.escalation_rules import EscalationRules
from policy.permissions import permissions_of
from vocabulary import Permission, Stage
from web.console.contacts import reach, words_for
from web.console.doors import Desk, Visit
from web.console.scope import sees_concern
from web.console.story import moments
from web.console.times import kept, left, moment, zone_text
from web.console.writing import takes_texts, ways_to_write

FIELDS = (
    "comment", "channel", "message", "several", "how", "contact", "owner", "department", "why", "subtask_department",
    "what", "due", "other", "attach_why", "root_cause", "action",
)  # fmt: skip
"""Of all forms of the page: what was written stays when one of them is refused."""


def page_values(desk: Desk, visit: Visit) -> dict[str, Any]:
    row = found(visit)
    rules = rules_of(visit.db, row.policy_version)
    ways = ways_to_write(visit, row.case_id, desk.writes_on)
    return {
        "concern": facts(row, visit),
        "contact": reach(visit, row, row.case_id),
        "clocks": _clocks(row, visit),
        "paused": _paused(row, rules.escalation, visit),
        "moments": moments(visit, row.case_id),
        "zone": zone_text(visit.now, visit.person.zone),
        "clauses": {f"c{number.replace('.', '_')}": text for number, text in rules.clauses.items()},
        "said": {name: visit.form.get(name, "") if visit.fault else "" for name in FIELDS},
        "may": _may(row, visit),
        "ways": ways,
        "texts": takes_texts(ways),
        "elsewhere": list(ELSEWHERE),
        "owners": [{"email": email, "name": name} for email, name in owners(visit, rules.escalation).items()],
        "departments": departments(rules.escalation),
        "subtasks": [subtask(one, visit) for one in subtasks_of(visit.db, row.id)],
        "others": [
            _other(one, visit) for one in others_of_customer(visit.db, row.case_id) if sees_concern(visit, one.id)
        ],
        "attached": [
            {"id": number, "path": f"/console/concerns/{number}" if sees_concern(visit, number) else None}
            for number in attached_to(visit.db, row.id)
        ],
        "causes": list(causes_of(row.kind, rules.escalation.root_causes, rules.escalation.kind_causes)),
    }


def found(visit: Visit) -> Row[Any]:
    row = concern_of(visit.db, visit.number)
    assert row is not None  # noqa: S101 - the guard has looked whose it is
    return row


def facts(row: Row[Any], visit: Visit) -> dict[str, Any]:
    zone = visit.person.zone
    names = ("id", "case_id", "severity", "department", "owner", "supervisor", "kind", "branch", "agent", "rating",
             "comment", "contact_me", "repeats", "reopened", "outcome", "root_cause", "action", "attached_to",
             "acknowledged_by", "resolved_by", "customer_name", "owner_email")  # fmt: skip
    dates = ("received_at", "acknowledged_at", "resolved_at", "closed_at", "service_closed_at", "recovery_at")
    shown = {name: moment(at, visit.now, zone) if (at := row._mapping[name]) else None for name in dates}
    shows = words_for(visit, row.case_id)
    said = {name: shows(text) for name in ("comment", "action") if (text := row._mapping[name])}
    main = row.attached_to is not None and sees_concern(visit, row.attached_to)
    return {name: row._mapping[name] for name in names} | said | shown | {
        "reasons": json.loads(row.reasons), "state": state_of(row), "path": f"/console/concerns/{row.id}",
        "case_path": f"/console/cases/{row.case_id}", "clock_path": f"/console/concerns/{row.id}/clock",
        "attached_path": f"/console/concerns/{row.attached_to}" if main else None,
    }  # fmt: skip


def state_of(row: Row[Any]) -> str:
    """Where it stands, in a few words."""
    if row.closed_at is not None:
        return f"closed: {row.outcome}"
    if row.resolved_at is not None:
        return "resolved; the customer is to say whether it helped"
    if row.acknowledged_at is not None:
        return f"taken by {row.acknowledged_by}"
    return "handed over, not taken again yet" if row.taken_at is not None else "not taken yet"


def _clocks(row: Row[Any], visit: Visit) -> list[dict[str, Any]]:
    """The deadlines with what is left of them, or how they were kept."""
    again = row.retake_by is not None and row.taken_at is not None
    dated = [
        ("In a person’s hands: 24 hours from receipt", row.deadline_at, row.taken_at),
        ("Acknowledged: business hours", row.acknowledge_by, row.taken_at),
        *([("Acknowledged again by the new owner", row.retake_by, row.acknowledged_at)] if again else []),
        ("Resolved", row.resolve_by, row.resolved_at),
    ]
    over = row.closed_at is not None
    return [
        {"name": name, "due": moment(due, visit.now, visit.person.zone),
         "left": kept(due, met) if met else {"text": "closed before", "state": "met"} if over else left(due, visit.now)}
        for name, due, met in dated
    ]  # fmt: skip


def _paused(row: Row[Any], rules: EscalationRules, visit: Visit) -> dict[str, Any] | None:
    pause = open_pauses(visit.db, [row.id]).get(row.id)
    if pause is None:
        return None
    words = next((rule.words for rule in rules.pauses if rule.code == pause.code), pause.code)
    return {"words": words, "ends": moment(pause.ends_by, visit.now, visit.person.zone)}


def _may(row: Row[Any], visit: Visit) -> dict[str, bool]:
    """Which forms are shown. What a form refuses it says; what can never be done now is not offered."""
    is_open, waits = row.closed_at is None, row.stage == Stage.ESCALATED and row.closed_at is None
    return {
        "acknowledge": waits and row.acknowledged_at is None,
        "comment": row.stage != Stage.CLOSED,
        "contact": is_open,
        "reassign": is_open and visit.may(Permission.REASSIGN),
        "subtask": waits,
        "attach": waits,
        "resolve": waits,
    }


def owners(visit: Visit, rules: EscalationRules) -> dict[str, str]:
    """Who can be given a concern: by address, people of the console who work on concerns, and owners of routes."""
    named = {route.owner.email.lower(): route.owner.name for route in rules.routes}
    for person in listed(visit.db):
        if Permission.CONCERNS in permissions_of(person.roles):
            named[person.email] = f"{person.name} (away)" if person.is_away(visit.now) else person.name
    return dict(sorted(named.items(), key=lambda one: one[1]))


def departments(rules: EscalationRules) -> list[str]:
    """Those that take concerns."""
    return list(dict.fromkeys(route.handled_by for route in rules.routes))


def subtask(row: Row[Any], visit: Visit) -> dict[str, Any]:
    zone = visit.person.zone
    names = ("id", "department", "owner", "what", "asked_by", "ended_as", "ended_by", "result")
    return {name: row._mapping[name] for name in names} | {
        "path": f"/console/subtasks/{row.id}", "due": moment(row.due_at, visit.now, zone),
        "left": kept(row.due_at, row.ended_at) if row.ended_at else left(row.due_at, visit.now),
    }  # fmt: skip


def _other(row: Row[Any], visit: Visit) -> dict[str, Any]:
    at = moment(row.received_at, visit.now, visit.person.zone)["text"]
    return {"id": row.id, "label": f"{row.id}: {row.severity}, {row.kind}, received {at}, with {row.owner}"}
