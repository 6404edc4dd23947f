"""What is to be said on a call: the script for its purpose, with what is known of the customer and the service."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from textwrap import dedent
from typing import Any

from sqlalchemy import Connection, Row

from casework.rules import rules_of
from models.calls import CallError, call_of
from policy.concern import route
from policy.greeting import greeted
from policy.languages import choose, serves
from policy.rules import LanguageRules, Rules
from templates.dates import day_text, moment_text
from templates.language import known_languages, read_language
from templates.render import render_call

_WHAT = {
    "survey": "to ask how it went",
    "confirm": "to confirm an answer",
    "recovery": "to ask whether the resolution helped",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A step of the script, such as "4. Listen". What stands before the first step has no title."""

    title: str
    text: str


def script_parts(script: str) -> list[Part]:
    """The steps of a script. What comes after them, the commands that record the call, is left out."""
    pieces = _STEP.split(script.partition(_COMMANDS)[0])
    titles, texts = ["", *pieces[1::2]], pieces[0::2]
    return [Part(title, dedent(text).strip()) for title, text in zip(titles, texts, strict=True)]


_STEP = re.compile(r"^(\d\. .+)$", re.MULTILINE)
_COMMANDS = "\nRecord what came of it:\n"
"""As templates/calls/base.txt.j2 begins them."""


def call_script(
    db: Connection, call_id: int, now: datetime, *, offered: LanguageRules, language: str | None = None
) -> str:
    """The text: what is said stands in the customer's language, or in the one that the caller asks for.

    `offered`: the languages of the policy in force. Raises `CallError` when there is no such
    call, and when we do not write that language.
    """
    call = call_of(db, call_id)
    rules = rules_of(db, call.policy_version)
    reads = choose([call.language], offered)
    says = reads if language is None else _known(language)
    name = "confirm" if call.confirms else "survey" if call.escalation_id is None else "recovery"
    about = {
        "what": _WHAT[name],
        "reads": read_language(reads).in_english,
        "says": read_language(says).in_english,
        "unserved": call.language if call.language and not serves(call.language, offered) else None,
    }
    return render_call(name, _values(call, rules, now, says) | about | _own(name, call), says)


def _known(language: str) -> str:
    """A language that we write, as its folder is named; whether customers are offered it is another matter."""
    known = {tag.lower(): tag for tag in known_languages()}
    found = known.get(language.strip().replace("_", "-").lower())
    if found is None:
        raise CallError(f"no script is written in {language!r}; use one of: {', '.join(known.values())}")
    return found


def _values(call: Row[Any], rules: Rules, now: datetime, says: str) -> dict[str, Any]:
    zone, contact = call.recipient_timezone, rules.contact
    by = now + timedelta(hours=rules.escalation.deadline_hours)
    record = f"./aftercare calls record {call.id} --outcome"
    return {
        "company": asdict(rules.company),
        "call": call.id,
        "attempt": call.attempt,
        "customer_name": call.customer_name,
        "spoken_name": greeted(call.customer_name, whole=True),
        "phone": call.phone,
        "until": moment_text(call.due_to, zone),
        "window": f"{contact.window_opens:%H:%M} and {contact.window_closes:%H:%M}",
        "service_kind": call.kind,
        "service_date": day_text(call.service_closed_at, call.timezone),
        "said_date": day_text(call.service_closed_at, call.timezone, says),
        "department": call.department,
        "branch": call.branch,
        "reason": call.reason,
        "handled_by": route(call.department, rules.escalation).handled_by,
        "contact_by": moment_text(by, zone, says),
        "commands": [
            f'{record} answered --rating N --comment "WHAT THE CUSTOMER SAID"',
            f'{record} solved --rating N --comment "WHAT THE CUSTOMER SAID"',
            f'{record} concern --rating N --comment "WHAT THE CUSTOMER SAID"',
            f'{record} "call back" --call-back-at "{now + timedelta(days=1):%Y-%m-%d} 15:00"',
            f'{record} "no answer"   (or: busy, "wrong number", refused)',
        ],
    }


def _own(name: str, call: Row[Any]) -> dict[str, Any]:
    if name == "confirm":
        comment = (call.said_comment or "").splitlines()
        return {"said_rating": call.said_rating, "said_comment": comment, "said_contact_me": int(call.said_contact_me)}
    if name == "recovery":
        resolved = day_text(call.resolved_at, call.recipient_timezone) if call.resolved_at else None
        return {"action_taken": call.action, "resolved_on": resolved}
    return {}
