"""What the pages about calls show: lines of the list, and one call with its script and what was said before."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from casework.call_hours import CallHours, opens_at
from casework.call_script import call_script, script_parts
from models.call_queue import Where
from models.calls import call_of
from models.contact_history import contacts_of
from models.people import by_email
from policy.calls import part_of_day
from policy.rules import Rules
from templates.language import read_language
from vocabulary import CallOutcome
from web.console.contacts import sees_contacts
from web.console.doors import Visit
from web.console.keys import BY_ACT
from web.console.times import clock, left, length, moment, zone_text

OUTCOMES: Final = (
    (CallOutcome.ANSWERED, "Answered", "with a rating, a comment, or both"),
    (CallOutcome.SOLVED, "Solved", "a concern that was settled on the phone"),
    (CallOutcome.CONCERN, "A concern", "somebody has to see to it within 24 hours"),
    (CallOutcome.NO_ANSWER, "No answer", ""),
    (CallOutcome.BUSY, "Busy", ""),
    (CallOutcome.WRONG_NUMBER, "Wrong number", ""),
    (CallOutcome.REFUSED, "Refused", "does not want to be asked, ever"),
    (CallOutcome.CALL_BACK, "Call back later", "with the time below"),
)
FINAL: Final = {
    CallOutcome.REFUSED: (
        "Does this customer want to be asked no more?",
        "No survey is sent to this customer any more, on any channel, and nobody calls about one. {about} ends as "
        "opted out. An open concern stays open.",
        "Record the opt-out",
    ),
    CallOutcome.WRONG_NUMBER: (
        "Is this the number of somebody else?",
        "This call ends. {about} goes on with the next channel that reaches the customer; where there is none, "
        "it ends without an answer.",
        "Record the wrong number",
    ),
}
"""Outcomes that end something for a customer: the question, what follows, and the button."""
_RATINGS: Final = ("not at all satisfied", "not satisfied", "neutral", "satisfied", "very satisfied")


def line(row: Row[Any], visit: Visit) -> dict[str, Any]:
    """A call in a list."""
    zone, held = ZoneInfo(row.recipient_timezone), _is_held(row, visit)
    return {
        "path": f"/console/calls/{row.id}",
        "case": row.case_id,
        "customer": row.customer_name,
        "phone": row.phone if sees_contacts(visit, row.case_id) else None,
        "about": f"{row.kind}, {row.department}, {row.branch}",
        "why": row.reason,
        "attempt": row.attempt,
        "until": moment(row.due_to, visit.now, visit.person.zone),
        "left": left(row.due_to, visit.now),
        "there": clock(visit.now, zone),
        "part": part_of_day(visit.now, zone),
        "mine": held and row.claimed_by == visit.person.email,
        "held_by": (row.claimed_name or row.claimed_by) if held else None,
        "held_for": length(row.claimed_until - visit.now) if held else None,
    }


def nothing_to_call(hours: CallHours, visit: Visit) -> str:
    """What happens next, for when there is no call to be made now."""
    if hours.opens_at is None:
        return "No calls now, and none are planned. New ones appear here when a customer is to be called."
    at = moment(hours.opens_at, visit.now, visit.person.zone)["text"]
    waiting = f" {hours.asleep} wait for a better hour where the customers are." if hours.asleep else ""
    return f"No calls now.{waiting} The next window opens {at}."


def call_values(visit: Visit, rules: Rules) -> dict[str, Any]:
    """Of a call that exists: the guard has seen to that."""
    call = call_of(visit.db, visit.number)
    said_in = visit.query.get("language")
    language = said_in if said_in in rules.languages.offered else None
    script = call_script(visit.db, visit.number, visit.now, offered=rules.languages, language=language)
    head, *steps = script_parts(script)
    title, *about = head.text.splitlines()
    held = _is_held(call, visit)
    mine, is_open = call.claimed_by == visit.person.email, call.done_at is None and call.withdrawn_at is None
    others = held and not mine
    return {
        "number": call.id,
        "case": call.case_id,
        "head": title,
        "language": next((line for line in about if line.startswith("Language: ")), ""),
        "spoken": [
            {"tag": tag, "name": read_language(tag).in_english, "path": f"/console/calls/{call.id}?language={tag}"}
            for tag in rules.languages.offered
        ],
        "script": [{"title": step.title, "text": step.text} for step in steps],
        "customer": _customer(call, visit, rules),
        "past": [
            {"at": moment(one.at, visit.now, visit.person.zone), "what": one.what, "said": one.said}
            for one in contacts_of(visit.db, call.case_id)
        ],
        "zone": zone_text(visit.now, visit.person.zone),
        "clause": rules.clauses["4.3"],
        "state": _state(call, visit, held=others),
        "may_take": is_open and not mine and not others,
        "may_record": is_open and not others and (mine or visit.fault is not None),
        "held_for": length(call.claimed_until - visit.now) if held and mine else None,
        **_form(visit),
    }


def final_values(outcome: CallOutcome, visit: Visit, rules: Rules) -> dict[str, Any]:
    call = call_of(visit.db, visit.number)
    question, follows, button = FINAL[outcome]
    held = _is_held(call, visit) and call.claimed_by != visit.person.email
    return {
        "number": call.id,
        "path": f"/console/calls/{call.id}",
        "act": f"/console/calls/{call.id}/{named(outcome)}",
        "customer": _customer(call, visit, rules),
        "question": question,
        "follows": follows.format(about=f"Case {call.case_id} ({call.kind}, {call.department})"),
        "button": button,
        "clause": rules.clauses["2.4"],
        "state": _state(call, visit, held=held),
    }


def _customer(call: Row[Any], visit: Visit, rules: Rules) -> dict[str, Any]:
    zone = ZoneInfo(call.recipient_timezone)
    opens = opens_at(Where(call.region, call.timezone, call.recipient_timezone), visit.now, rules)
    return {
        "name": call.customer_name,
        "phone": call.phone if sees_contacts(visit, call.case_id) else None,
        "about": f"{call.kind}, {call.department}, {call.branch}",
        "why": call.reason,
        "attempt": call.attempt,
        "until": moment(call.due_to, visit.now, visit.person.zone),
        "left": left(call.due_to, visit.now) if call.done_at is None else None,
        "there": clock(visit.now, zone),
        "part": part_of_day(visit.now, zone),
        "zone": call.recipient_timezone,
        "opens": moment(opens, visit.now, zone)["text"] if opens > visit.now else None,
    }


def _state(call: Row[Any], visit: Visit, *, held: bool) -> str | None:
    """Why nothing can be recorded here."""
    if call.done_at is not None:
        at = moment(call.done_at, visit.now, visit.person.zone)["text"]
        return f"This call is recorded: {call.outcome}, by {call.done_by}, {at}."
    if call.withdrawn_at is not None:
        return "This call is not needed any more: the customer has answered, or the wait is over."
    if held:
        person = by_email(visit.db, call.claimed_by)
        who = person.name if person else call.claimed_by
        minutes = length(call.claimed_until - visit.now)
        return f"{who} is making this call. If it is not recorded, it is free again in {minutes}."
    return None


def _form(visit: Visit) -> dict[str, Any]:
    wrote = visit.form if visit.fault is not None else {}
    outcome, rating = wrote.get("outcome", ""), wrote.get("rating", "")
    return {
        "outcomes": [
            {"value": one.value, "id": named(one), "key": BY_ACT[f"call-{named(one)}"], "label": label, "hint": hint,
             "chosen": one.value == outcome}
            for one, label, hint in OUTCOMES
        ],
        "ratings": [
            {"value": number, "key": BY_ACT[f"call-rating-{number}"], "label": label, "chosen": str(number) == rating}
            for number, label in enumerate(_RATINGS, start=1)
        ],
        "comment": wrote.get("comment", ""),
        "call_back_at": wrote.get("call_back_at", ""),
    }  # fmt: skip


def named(outcome: CallOutcome) -> str:
    return outcome.value.replace(" ", "-")


def _is_held(call: Row[Any], visit: Visit) -> bool:
    return call.claimed_until is not None and call.claimed_until > visit.now
