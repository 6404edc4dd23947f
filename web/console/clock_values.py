"""Where the clocks of a concern stand, as pages show it: plain values, moments in the viewer's zone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from casework.concern_clock import ConcernClock, Paused, Told
from policy.concern_clock import Clock
from policy.unreachable import Tried
from templates.dates import moment_text


def clock_values(clock: ConcernClock, zone: ZoneInfo) -> dict[str, Any]:
    """For the macros of `console/clock.html.j2`: its clocks, who was told, who is next, and its pauses."""
    three = (clock.clocks.hands, clock.clocks.acknowledgement, clock.clocks.resolution)
    coming = clock.coming
    return {
        "clocks": [_clock(one, zone) for one in three],
        "told": [_told(one, zone) for one in clock.told],
        "coming": None if coming is None else {
            "at": moment(coming.at, zone), "percent": coming.percent, "roles": ", ".join(coming.tell),
        },
        "pauses": [_paused(one, zone) for one in clock.pauses],
        "paused": clock.paused is not None,
    }  # fmt: skip


def tried_values(tried: Tried, zone: ZoneInfo) -> dict[str, Any]:
    """What was done to reach the customer, and what is lacking before a signature may be asked for."""
    return {
        "attempts": tried.attempts,
        "needed": tried.attempts_needed,
        "channels": ", ".join(tried.channels),
        "first": None if tried.first_at is None else moment(tried.first_at, zone),
        "lacks": list(tried.lacks),
    }


def moment(at: datetime, zone: ZoneInfo) -> dict[str, str]:
    """An instant in words and for `<time datetime>`."""
    return {"said": moment_text(at, zone.key), "iso": at.isoformat()}


def _clock(clock: Clock, zone: ZoneInfo) -> dict[str, Any]:
    return {"name": clock.name, "due": moment(clock.due_at, zone), "words": clock.words, "percent": clock.percent,
            "late": clock.late, "state": clock.state.value}  # fmt: skip


def _told(told: Told, zone: ZoneInfo) -> dict[str, Any]:
    return {"at": moment(told.at, zone), "what": told.what, "percent": told.percent, "earlier": told.earlier,
            "who": ", ".join(told.names or told.roles)}  # fmt: skip


def _paused(pause: Paused, zone: ZoneInfo) -> dict[str, Any]:
    ended = pause.ended_at
    return {"words": pause.words, "note": pause.note, "begun": moment(pause.begun_at, zone), "by": pause.begun_by,
            "ends": moment(pause.ends_by, zone), "ended": moment(ended, zone) if ended else None,
            "because": pause.ended_because}  # fmt: skip
