"""What the pages of one reply show, as plain values: what came, what it may be, and what is known of the customer."""

import json
from typing import Any

from sqlalchemy import Row

from casework.reply_handing import departments_to_hand_to
from casework.replying import Proposal, possible, proposal_of
from casework.writing import NOBODYS, goes_out_at
from models.contact_history import Happened, contacts_of
from models.customers import known_of
from models.replies import Settlement, case_asked, find
from models.reply_queue import next_to_read
from vocabulary import Channel, Permission
from web.console.contacts import sees_contacts
from web.console.doors import Desk, Visit
from web.console.keys import BY_ACT
from web.console.scope import sees_concern
from web.console.times import left, moment, zone_text
from web.console.writing import takes_texts, ways_to_write

PATH = "/console/replies"
_BEGINNING = 160
_LONGEST = 20_000
_MOST_CASES, _MOST_EVENTS, _MOST_SAID = 8, 30, 500
_FIELDS = ("comment", "reason", "channel", "message", "several", "department", "why", "what", "until")
_LABELS = {
    Settlement.ANSWER: "An answer, no rating",
    Settlement.CONCERN: "A concern",
    Settlement.CONFIRMED: "Put right: yes",
    Settlement.NOT_CONFIRMED: "Put right: no",
    Settlement.OPT_OUT: "Opt-out …",
    Settlement.AUTOMATIC: "Written by a machine",
    Settlement.NOTED: "Done, nothing to record",
}
"""Of the buttons, in their order."""
WORDS = {
    Settlement.ANSWER: "an answer",
    Settlement.CONCERN: "a concern",
    Settlement.CONFIRMED: "put right: yes",
    Settlement.NOT_CONFIRMED: "put right: no",
    Settlement.OPT_OUT: "an opt-out",
    Settlement.AUTOMATIC: "written by a machine",
    Settlement.NOTED: "done, nothing to record",
}
_CHANNELS = ((Channel.EMAIL, "No more e-mails"), (Channel.SMS, "No more SMS"), (Channel.PHONE, "No more calls"))


def line(row: Row[Any], visit: Visit) -> dict[str, Any]:
    """A reply in a list."""
    begins = " ".join(row.text.split())
    return {
        "number": row.id,
        "path": f"{PATH}/{row.id}",
        "case": row.case_id,
        "about": _about(row),
        "received": moment(row.received_at, visit.now, visit.person.zone),
        "due": moment(row.read_by, visit.now, visit.person.zone) if row.read_by else None,
        "left": left(row.read_by, visit.now) if row.read_by else None,
        "by": {"email": "e-mail", "sms": "SMS", "page": "the survey page"}.get(row.channel, row.channel),
        "why": json.loads(row.detail or "{}").get("to a person") or "",
        "begins": begins if len(begins) <= _BEGINNING else begins[: _BEGINNING - 1] + "…",
    }


def _about(row: Row[Any]) -> str:
    if row.case_id is None:
        return "no case of ours"
    return f"{row.customer_name or 'Name not known'}: {row.kind}, {row.department}, {row.branch}"


def page_values(desk: Desk, visit: Visit) -> dict[str, Any]:
    row = find(visit.db, visit.number)
    is_open = row.settled_at is None
    choices = _choices(row, visit) if is_open else {}
    return {
        "reply": _facts(row, visit),
        "zone": zone_text(visit.now, visit.person.zone),
        "clause": desk.rules.clauses["4.5"],
        "done_as": done_as(row, visit),
        "said": _said(visit),
        "next_path": next_path(row, visit),
        "known": _known(row, visit),
        "departments": departments_to_hand_to(visit.db, desk.rules) if is_open else [],
        **_NO_CHOICES,
        **choices,
        **(_writing(row, desk, visit) if is_open else {}),
    }


_NO_CHOICES: dict[str, Any] = {
    "proposal": None, "ratings": [], "acts": [], "obstacles": [], "explain": False, "ways": [], "texts": False,
    "goes_out": None, "not_written": None,
}  # fmt: skip


def opt_out_values(desk: Desk, visit: Visit) -> dict[str, Any]:
    row = find(visit.db, visit.number)
    said = _said(visit)
    return {
        "reply": _facts(row, visit),
        "clause": desk.rules.clauses["2.4"],
        "done_as": done_as(row, visit),
        "channels": [{"value": channel.value, "label": label, "chosen": channel == said["what"]}
                     for channel, label in _CHANNELS],
        "said": said,
        "explain": _suggested(row) is Settlement.OPT_OUT,
        "next_path": next_path(row, visit),
    }  # fmt: skip


def next_path(row: Row[Any], visit: Visit) -> str | None:
    """The page of the reply that is to be read after this one; None when it is the last."""
    number = next_to_read(visit.db, visit.departments(Permission.REPLIES), after=row)
    return None if number is None else f"{PATH}/{number}"


def done_as(row: Row[Any], visit: Visit) -> str | None:
    """Who reviewed it as what, and when; None while it is to be reviewed."""
    if row.settled_at is None:
        return None
    at = moment(row.settled_at, visit.now, visit.person.zone)["text"]
    how = WORDS[Settlement(row.settlement)] if row.settlement in set(Settlement) else row.settlement
    return f"{row.settled_by} reviewed it {at}: {how}."


def _said(visit: Visit) -> dict[str, str]:
    return {name: visit.form.get(name, "") if visit.fault else "" for name in _FIELDS}


def _facts(row: Row[Any], visit: Visit) -> dict[str, Any]:
    reaches = [row.email, row.phone] if row.case_id is not None else [row.sender]
    seen = sees_contacts(visit, row.case_id)
    return line(row, visit) | {
        "text": row.text[:_LONGEST],
        "raw": row.raw[:_LONGEST] if row.raw and row.raw != row.text else None,
        "subject": row.subject,
        "reach": [one for one in reaches if one] if seen else [],
        "sender": row.sender if row.case_id is not None and seen else None,
        "attachments": row.attachments,
        "understood": row.understood,
        "case_path": f"/console/cases/{row.case_id}",
        "with": row.handled_by or row.department,
        "handed_why": row.handed_why if row.handled_by else None,
        "reason": row.reason,
        "is_open": row.settled_at is None,
    }  # fmt: skip


def _suggested(row: Row[Any]) -> Settlement | None:
    proposal = proposal_of(row)
    return None if proposal is None else proposal.how


def _choices(row: Row[Any], visit: Visit) -> dict[str, Any]:
    """The buttons: what we propose first, then all that such a reply can be."""
    case = case_asked(visit.db, row.case_id) if row.case_id is not None else None
    can, proposal = possible(row, case), proposal_of(row)
    asked = case is not None and case.escalation_id is not None
    offered = [how for how in _LABELS if can[how] is None and not (asked and how is Settlement.ANSWER)]
    return {
        "proposal": _proposed(proposal, row) if proposal is not None and can[proposal.how] is None else None,
        "ratings": [_rated(rating) for rating in range(1, 6)] if can[Settlement.ANSWER] is None else [],
        "acts": [_act(how, row) for how in offered],
        "obstacles": list(dict.fromkeys(why for how in (Settlement.ANSWER, Settlement.OPT_OUT) if (why := can[how]))),
        "explain": _suggested(row) is Settlement.OPT_OUT,
    }


def _proposed(proposal: Proposal, row: Row[Any]) -> dict[str, Any]:
    rating = f" with rating {proposal.rating} of 5" if proposal.rating else ""
    value = f"{proposal.how}:{proposal.rating}" if proposal.rating else proposal.how.value
    return {"label": f"Confirm: {WORDS[proposal.how]}{rating}", "value": value, "path": _leads_to(proposal.how, row)}


def _rated(rating: int) -> dict[str, Any]:
    return {"value": f"{Settlement.ANSWER}:{rating}", "label": f"Rating {rating}", "key": BY_ACT[f"rating-{rating}"]}


def _act(how: Settlement, row: Row[Any]) -> dict[str, Any]:
    key = BY_ACT[how.value.replace(" ", "-")]
    return {"value": how.value, "label": _LABELS[how], "key": key, "path": _leads_to(how, row)}


def _leads_to(how: Settlement, row: Row[Any]) -> str | None:
    """An opt-out has a page of its own: what is refused is said there, and confirmed."""
    return f"{PATH}/{row.id}/opt-out" if how is Settlement.OPT_OUT else None


def _writing(row: Row[Any], desk: Desk, visit: Visit) -> dict[str, Any]:
    if row.case_id is None:
        return {"not_written": NOBODYS}
    ways = ways_to_write(visit, row.case_id, desk.writes_on)
    due = goes_out_at(visit.db, row.case_id, visit.now)
    return {"ways": ways, "texts": takes_texts(ways), "goes_out": moment(due, visit.now, visit.person.zone)}


def _known(row: Row[Any], visit: Visit) -> dict[str, Any]:
    """The customer's history, as far as this person sees it."""
    known = known_of(visit.db, row, visit.departments(Permission.REPLIES), most=_MOST_CASES)
    past = contacts_of(visit.db, *(case.id for case in known.cases))
    shown = [one for one in past if one.reply_id != row.id]
    return {
        "cases": [_case(case, row, visit) for case in known.cases],
        "elsewhere": known.elsewhere,
        "concerns": [{"path": f"/console/concerns/{one.id}", "label": f"Concern {one.id}: {one.severity}",
                      "with": f"{one.owner}, {one.department}"}
                     for one in known.concerns if sees_concern(visit, one.id)],
        "strays": [{"path": f"{PATH}/{one.id}", "at": moment(one.received_at, visit.now, visit.person.zone),
                    "begins": _cut(" ".join(one.text.split()), _BEGINNING)} for one in known.strays],
        "past": [_happened(one, visit) for one in shown[:_MOST_EVENTS]],
        "more": max(0, len(shown) - _MOST_EVENTS),
    }  # fmt: skip


def _case(case: Row[Any], row: Row[Any], visit: Visit) -> dict[str, Any]:
    rating = f", rating {case.rating}" if case.rating else ""
    return {
        "path": f"/console/cases/{case.id}",
        "label": f"Case {case.id}: {case.kind}, {case.department}, {case.branch}",
        "state": f"{case.disposition or case.stage}{rating}",
        "at": moment(case.closed_at, visit.now, visit.person.zone),
        "this": case.id == row.case_id,
    }


def _happened(one: Happened, visit: Visit) -> dict[str, Any]:
    at = moment(one.at, visit.now, visit.person.zone)
    return {"at": at, "what": one.what, "said": _cut(one.said, _MOST_SAID) if one.said else None}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
