"""Each event of the Customer Feedback Log in plain words, for the timeline of a case.

A wording makes one sentence of the entry's detail and the columns of the row that it points to. What people wrote is
not in the sentence: `words_of` gives it, so that a page can quote it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from policy.telling_closing import CLOSING
from policy.telling_concerns import (
    Facts,
    acknowledged,
    breached,
    concern,
    listed,
    note,
    reassigned,
    repeated,
    resolved,
    warned,
)  # fmt: skip
from policy.telling_replies import handed, received, reviewed, unread, unread_in_time
from vocabulary import Event, Purpose

Wording = Callable[[Facts], str]


def sentence(event: Event, detail: Facts, about: Facts, zone: tzinfo = UTC) -> str:
    """What happened, without who and when. `detail` of the entry, `about` the row that it points to.

    `zone`: whose clocks the times in it follow; the page says once which it is.
    """
    return WORDINGS[event]({**about, **detail, _ZONE: zone})


_ZONE = "zone"


def words_of(event: Event, about: Facts) -> str | None:
    """What somebody wrote, if the event brought any words."""
    for name in _QUOTED.get(event, ()):
        if about.get(name):
            return str(about[name])
    return str(about["note"]) if about.get("note") else None


_QUOTED: dict[Event, tuple[str, ...]] = {
    Event.ANSWER_RECEIVED: ("comment",),
    Event.REPLY_RECEIVED: ("text",),
    Event.REPLY_SETTLED: ("reason",),
    Event.NOTE_ADDED: ("text",),
    Event.SUBTASK_ASKED: ("what",),
    Event.SUBTASK_DONE: ("result",),
    Event.SUBTASK_WITHDRAWN: ("result",),
}

_MESSAGES = {
    Purpose.SURVEY: "The survey",
    Purpose.REMINDER: "A reminder",
    Purpose.THANK_YOU: "The thank-you message",
    Purpose.RECOVERY_SURVEY: "The question whether the resolution helped",
    Purpose.CONCERN_UPDATE: "A message about the concern",
    Purpose.ANSWER_TO_REPLY: "An answer to the customer’s message",
    Purpose.SAFETY_ADVICE: "The advice on what to do",
    Purpose.REPLY_WAITING: "A warning that a reply is not read",
    Purpose.DANGER_ALARM: "The alert about a danger",
    Purpose.ESCALATION_NOTICE: "The notice of the concern",
    Purpose.CONCERN_HANDED_OVER: "The notice that the concern was handed over",
    Purpose.DEADLINE_WARNING: "A warning about a deadline",
    Purpose.SUBTASK_NOTICE: "A notice about a sub-task",
    Purpose.MESSAGE_LOST: "Word that a message did not arrive",
    Purpose.SIGNATURE_REQUEST: "The mail about a signature",
}


def _message(what: str) -> Wording:
    def told(facts: Facts) -> str:
        purpose = facts.get("purpose")
        name = _MESSAGES.get(purpose, "A message") if purpose else "A message"
        to = f" to {facts['to_name']}" if facts.get("to_name") else ""
        channel = {"email": " by e-mail", "sms": " by SMS"}.get(str(facts.get("channel")), "")
        why = _first(facts, "reason", "code")
        return f"{name}{to}{channel} {what}{f' ({why})' if why else ''}."

    return told


def _owed(facts: Facts) -> str:
    at = facts.get("due")
    due = datetime.fromisoformat(at).astimezone(facts[_ZONE]) if at else None
    when = f"is to go out at {due:%H:%M} on {due.day} {due:%b %Y}" if due else "is to go out"
    return _message(when)({name: value for name, value in facts.items() if name != "code"})


def _first(facts: Facts, *names: str) -> str | None:
    return next((str(facts[name]) for name in names if facts.get(name)), None)


def _closed(facts: Facts) -> str:
    if "kind" not in facts:
        return "The service system reported the service."
    by = f", by {facts['agent']}" if facts.get("agent") else ""
    return f"The service was closed: {facts['kind']}{by} ({facts['source']} {facts['external_id']})."


def _opened(facts: Facts) -> str:
    reason = f": {facts['reason']}" if facts.get("reason") else ""
    if facts.get("disposition"):
        return f"The service is not followed up, {facts['disposition']}{reason}."
    return f"The follow-up began{reason}."


def _stage(facts: Facts) -> str:
    return f"The case went from {facts.get('from')} to {facts.get('to')}: {facts.get('reason')}."


def _answer(facts: Facts) -> str:
    what = "about the resolution" if facts.get("escalation_id") else "about the service"
    rating = f"rating {facts['rating']} of 5" if facts.get("rating") else "no rating"
    contact = ", and asks to be contacted" if facts.get("contact me") else ""
    unsure = "; it may be a program's, so it is unconfirmed" if facts.get("unconfirmed") else ""
    return f"The customer answered {what} by {facts.get('channel')}: {rating}{contact}{unsure}."


def _judged(facts: Facts) -> str:
    return f"The answer was judged: {facts.get('verdict')} ({listed(facts.get('reasons') or 'no reason needed')})."


def _call(facts: Facts) -> str:
    rating = f", rating {facts['rating']} of 5" if facts.get("rating") else ""
    return f"Call {facts.get('attempt')} was made: {facts.get('outcome')}{rating}."


def _optout(facts: Facts) -> str:
    return f"The customer opted out ({facts.get('source')})."


def _preference(facts: Facts) -> str:
    until = f" until {facts['until']}" if facts.get("until") else ""
    return f"The customer wants nothing more on {facts.get('channel')}{until} ({facts.get('source')})."


def _lifted(facts: Facts) -> str:
    how = "undone at once" if facts.get("undone") else "lifted"
    return _plainly(f"An opt-out that was recorded by mistake was {how}", "channel")(facts)


def _subtask(what: str) -> Wording:
    return lambda facts: f"A sub-task for {facts.get('department')} was {what}."


def _plainly(text: str, *names: str) -> Wording:
    """The text, and the first of these that the detail has."""

    def told(facts: Facts) -> str:
        more = next((listed(facts[name]) for name in names if facts.get(name)), None)
        return f"{text}{f': {more}' if more else ''}."

    return told


WORDINGS: dict[Event, Wording] = {
    Event.SERVICE_RECEIVED: _closed,
    Event.CASE_OPENED: _opened,
    Event.STAGE_CHANGED: _stage,
    Event.MESSAGE_OWED: _owed,
    Event.MESSAGE_ACCEPTED: _message("was sent"),
    Event.MESSAGE_DELIVERED: _message("arrived"),
    Event.MESSAGE_FAILED: _message("did not arrive"),
    Event.MESSAGE_REJECTED: _message("was refused"),
    Event.MESSAGE_UNKNOWN: _message("may or may not have been sent"),
    Event.MESSAGE_WITHDRAWN: _message("was taken back before it was sent"),
    Event.CALL_OWED: _plainly("A call is to be made", "reason"),
    Event.CALL_RECORDED: _call,
    Event.CALL_WITHDRAWN: _plainly("A call is not needed any more", "reason"),
    Event.REPLY_RECEIVED: received,
    Event.REPLY_SETTLED: reviewed,
    Event.REPLY_WARNED: unread,
    Event.REPLY_BREACHED: unread_in_time,
    Event.REPLY_HANDED_OVER: handed,
    Event.OPT_OUT_LIFTED: _lifted,
    Event.SENDING_HELD: _plainly("What goes to customers is held back until somebody releases it", "what", "name"),
    Event.SENDING_RELEASED: _plainly("What was held back goes on", "what", "name"),
    Event.DANGER_RAISED: _plainly("The customer reported a danger", "danger"),
    Event.DANGER_PASSED_ON: _plainly("Nobody took the danger in time; the next one was told", "told"),
    Event.DANGER_TAKEN: _plainly("Somebody took the danger into their hands"),
    Event.DANGER_ENDED: _plainly("The danger was dealt with", "outcome"),
    Event.ANSWER_RECEIVED: _answer,
    Event.ANSWER_DOUBTED: _plainly("What came later speaks against an answer: it is unconfirmed", "unconfirmed"),
    Event.ANSWER_JUDGED: _judged,
    Event.OPTED_OUT: _optout,
    Event.PREFERENCE_SET: _preference,
    Event.ADDRESS_INVALID: _plainly("An address of the customer is known not to work by now", "channel"),
    Event.ESCALATION_OPENED: concern,
    Event.ESCALATION_REPEATED: repeated,
    Event.ESCALATION_ACKNOWLEDGED: acknowledged,
    Event.ESCALATION_WARNED: warned,
    Event.ESCALATION_BREACHED: breached,
    Event.ESCALATION_RESOLVED: resolved,
    Event.ESCALATION_REOPENED: _plainly("The concern was opened again", "severity"),
    Event.ESCALATION_CLOSED: _plainly("The concern was closed", "outcome", "severity"),
    Event.ESCALATION_REASSIGNED: reassigned,
    Event.ESCALATION_ATTACHED: _plainly("The concern was attached to that of the same customer, number", "to concern"),
    **CLOSING,
    Event.NOTE_ADDED: note,
    Event.SUBTASK_ASKED: _subtask("opened"),
    Event.SUBTASK_DONE: _subtask("done"),
    Event.SUBTASK_WITHDRAWN: _subtask("withdrawn"),
    Event.RECORD_INCOMPLETE: _plainly("The record cannot be closed yet; it lacks", "missing"),
    Event.RECORD_SEALED: _plainly("The record was checked and sealed"),
    Event.REVIEW_WRITTEN: _plainly("The monthly review was written"),
    Event.FAILURE_FOLLOWED: _plainly("What did not arrive was followed up", "what"),
    Event.CALL_CLAIMED: _plainly("Somebody took the call"),
    Event.CALL_RELEASED: _plainly("The call was given back unmade"),
    Event.CONSENT_RENEWED: _plainly("The customer wants to hear from us again", "channel"),
    Event.ADDRESS_CLEARED: _plainly("An address is tried again", "channel"),
    Event.PERSON_ADDED: _plainly("A person was let into the console"),
    Event.PERSON_CHANGED: _plainly("What a person may do in the console was changed"),
    Event.PERSON_DISABLED: _plainly("A person was shut out of the console"),
}
