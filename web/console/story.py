"""The timeline of a case, as pages show it: when, what in plain words, who, by which clause, and what was written."""

from collections.abc import Sequence
from typing import Any

from models.log import SYSTEM
from models.timeline import CUSTOMER, Moment, moments_of, timeline
from policy.telling import sentence, words_of
from web.console.contacts import words_for
from web.console.doors import Visit
from web.console.times import moment

_ACTORS = {SYSTEM: "Aftercare", CUSTOMER: "the customer"}


def moments(visit: Visit, case_id: int) -> list[dict[str, Any]]:
    """Of a whole case, newest first: what was done last is what people look for."""
    return _shown(visit, timeline(visit.db, case_id), case_id)


def told(visit: Visit, entries: Sequence[Any], case_id: int | None) -> list[dict[str, Any]]:
    """Of these entries of the log alone, given in their order; newest first. `case_id`: what all are about."""
    return _shown(visit, moments_of(visit.db, entries), case_id)


def _shown(visit: Visit, found: Sequence[Moment], case_id: int | None) -> list[dict[str, Any]]:
    zone, shows = visit.person.zone, words_for(visit, case_id)
    shown = [
        {
            "at": moment(one.at, visit.now, zone),
            "what": sentence(one.event, one.detail, one.about, zone),
            "who": who(one.actor),
            "clause": one.clause,
            "words": shows(words) if (words := words_of(one.event, one.about)) else None,
        }
        for one in found
    ]
    return shown[::-1]


def who(actor: str) -> str:
    """Who wrote an entry, as pages call them."""
    return _ACTORS.get(actor, actor)
