"""The timeline of a case, as pages show it: when, what in plain words, who, by which clause, and what was written."""

from typing import Any

from models.log import SYSTEM
from models.timeline import CUSTOMER, timeline
from policy.telling import sentence, words_of
from web.console.doors import Visit
from web.console.times import moment

_ACTORS = {SYSTEM: "Aftercare", CUSTOMER: "the customer"}


def moments(visit: Visit, case_id: int) -> list[dict[str, Any]]:
    """Newest first: what was done last is what people look for."""
    zone = visit.person.zone
    told = [
        {
            "at": moment(one.at, visit.now, zone),
            "what": sentence(one.event, one.detail, one.about, zone),
            "who": who(one.actor),
            "clause": one.clause,
            "words": words_of(one.event, one.about),
        }
        for one in timeline(visit.db, case_id)
    ]
    return told[::-1]


def who(actor: str) -> str:
    """Who wrote an entry, as pages call them."""
    return _ACTORS.get(actor, actor)
