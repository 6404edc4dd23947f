"""Where the clocks of a concern stand, as pages show it: plain values, moments in the viewer's zone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from casework.concern_clock import ConcernClock, Paused, Told
from policy.concern_clock import Clock
from policy.unreachable import Tried
from web.console.doors import Visit
from web.console.times import Moment, moment

At = Callable[[datetime], Moment]
"""An instant, as the one who looks reads it."""


def times_for(visit: Visit) -> At:
    return lambda at: moment(at, visit.now, visit.person.zone)


def clock_values(clock: ConcernClock, at: At) -> dict[str, Any]:
    """For the macros of `console/clock.html.j2`: its clocks, who was told, who is next, and its pauses."""
    three = (clock.clocks.hands, clock.clocks.acknowledgement, clock.clocks.resolution)
    coming = clock.coming
    return {
        "clocks": [_clock(one, at) for one in three],
        "told": [_told(one, at) for one in clock.told],
        "coming": None if coming is None else {
            "at": at(coming.at), "percent": coming.percent, "roles": ", ".join(coming.tell),
        },
        "pauses": [_paused(one, at) for one in clock.pauses],
        "paused": clock.paused is not None,
    }  # fmt: skip


def tried_values(tried: Tried, at: At) -> dict[str, Any]:
    """What was done to reach the customer, and what is lacking before a signature may be asked for."""
    return {
        "attempts": tried.attempts,
        "needed": tried.attempts_needed,
        "channels": ", ".join(tried.channels),
        "first": None if tried.first_at is None else at(tried.first_at),
        "lacks": list(tried.lacks),
    }


def _clock(clock: Clock, at: At) -> dict[str, Any]:
    return {"name": clock.name, "due": at(clock.due_at), "words": clock.words, "percent": clock.percent,
            "late": clock.late, "state": clock.state.value}  # fmt: skip


def _told(told: Told, at: At) -> dict[str, Any]:
    return {"at": at(told.at), "what": told.what, "percent": told.percent, "earlier": told.earlier,
            "who": ", ".join(told.names or told.roles)}  # fmt: skip


def _paused(pause: Paused, at: At) -> dict[str, Any]:
    ended = pause.ended_at
    return {"words": pause.words, "note": pause.note, "begun": at(pause.begun_at), "by": pause.begun_by,
            "ends": at(pause.ends_by), "ended": at(ended) if ended else None,
            "because": pause.ended_because}  # fmt: skip
