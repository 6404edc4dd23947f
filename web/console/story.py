"""The timeline of a case, as pages show it: when, what in plain words, who, by which clause, and what was written."""

from collections.abc import Sequence
from typing import Any

from models.log import SYSTEM
from models.timeline import CUSTOMER, Moment, moments_of, timeline
from policy.telling import sentence, words_of
from web.console.doors import Visit
from web.console.times import moment

_ACTORS = {SYSTEM: "Aftercare", CUSTOMER: "the customer"}


def moments(visit: Visit, case_id: int) -> list[dict[str, Any]]:
    """Of a whole case, newest first: what was done last is what people look for."""
    return _shown(visit, timeline(visit.db, case_id))


def told(visit: Visit, entries: Sequence[Any]) -> list[dict[str, Any]]:
    """Of these entries of the log alone, given in their order; newest first."""
    return _shown(visit, moments_of(visit.db, entries))


def _shown(visit: Visit, found: Sequence[Moment]) -> list[dict[str, Any]]:
    zone = visit.person.zone
    shown = [
        {
            "at": moment(one.at, visit.now, zone),
            "what": sentence(one.event, one.detail, one.about, zone),
            "who": who(one.actor),
            "clause": one.clause,
            "words": words_of(one.event, one.about),
        }
        for one in found
    ]
    return shown[::-1]


def who(actor: str) -> str:
    """Who wrote an entry, as pages call them."""
    return _ACTORS.get(actor, actor)
