"""What the log holds of concerns, in plain words. `policy.telling` says which wording belongs to which event."""

from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]


def concern(facts: Facts) -> str:
    return f"A concern was opened ({facts.get('severity')}) with {facts.get('department')}."


def acknowledged(facts: Facts) -> str:
    again = " again, by its new owner" if facts.get("again") else ""
    return f"The concern was acknowledged{again}, {'in time' if facts.get('in time') else 'late'}."


def warned(facts: Facts) -> str:
    told = f"; told: {listed(facts['told'])}" if facts.get("told") else ""
    if facts.get("what"):
        return f"The {facts['what']} is late{told}."
    return f"{facts.get('percent')} % of the 24 hours are over{told}."


def breached(facts: Facts) -> str:
    told = f"; told: {listed(facts['told'])}" if facts.get("told") else ""
    return f"The 24 hours are over and nobody has the concern{told}."


def resolved(facts: Facts) -> str:
    in_time = "in time" if facts.get("in time") else "late"
    return f"The concern was resolved {in_time}; root cause: {facts.get('root cause')}."


def repeated(facts: Facts) -> str:
    if facts.get("attached"):
        return f"Concern {facts['attached']} of the same customer was attached to this one."
    return f"The customer raised the concern again ({facts.get('severity')})."


def reassigned(facts: Facts) -> str:
    moved = facts.get("department") != facts.get("from department")
    where = f" to another person in {facts.get('department')}"
    if moved:
        where = f" from {facts.get('from department')} to {facts.get('department')}"
    return f"The concern was handed over{where}."


def note(facts: Facts) -> str:
    return {
        "comment": "A comment was added.",
        "written to the customer": "A message was written to the customer.",
        "called the customer": "A call to the customer was noted.",
        "sent a letter": "A letter to the customer was noted.",
        "visited the customer": "A visit to the customer was noted.",
    }.get(str(facts.get("kind")), "A note was added.")


def listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
