"""What customers sent back, and what people made of it, in plain words for the timeline of a case."""

from policy.telling_concerns import Facts, listed

_AS = {
    "answer": "an answer",
    "concern": "a concern",
    "confirmed": "a yes to the question whether it was put right",
    "not confirmed": "a no to the question whether it was put right",
    "opt-out": "an opt-out",
    "automatic": "written by a machine",
    "noted": "done, with nothing to record",
}


def received(facts: Facts) -> str:
    review = f"; needs review: {facts['to a person']}" if facts.get("to a person") else ""
    return f"The customer sent a reply by {facts.get('channel')}, understood as {facts.get('understood as')}{review}."


def reviewed(facts: Facts) -> str:
    """ "A person reviewed the reply: an answer with rating 2 (we had proposed: a concern)." """
    return f"A person reviewed the reply: {_what(facts)}{_beside(facts)}."


def handed(facts: Facts) -> str:
    before = f" by {facts['from department']}" if facts.get("from department") else ""
    return f"The reply was handed over to {facts.get('department')}{before}."


def unread(facts: Facts) -> str:
    """ "Nobody has read the reply yet, and 75 % of its time is over; warned: owner, supervisor." """
    return f"Nobody has read the reply yet, and {facts.get('percent')} % of its time is over{_warned(facts)}."


def unread_in_time(facts: Facts) -> str:
    return f"Nobody read the reply before its deadline{_warned(facts)}."


def _warned(facts: Facts) -> str:
    return f"; warned: {listed(facts['told'])}" if facts.get("told") else ""


def _what(facts: Facts) -> str:
    rating = f" with rating {facts['rating']}" if facts.get("rating") else ""
    channel = f" of {facts['refused']} only" if facts.get("refused") else ""
    until = f" until {facts['until']}" if facts.get("until") else ""
    return f"{_AS.get(str(facts.get('as')), facts.get('as'))}{rating}{channel}{until}"


def _beside(facts: Facts) -> str:
    if facts.get("proposed") is None:
        return ""
    if facts.get("followed"):
        return ", as proposed"
    rating = f" with rating {facts['proposed rating']}" if facts.get("proposed rating") else ""
    return f" (proposed was {_AS.get(str(facts['proposed']), facts['proposed'])}{rating})"
