"""Times as staff read them: in their own zone, and what is left of a deadline in words."""

import math
from datetime import UTC, datetime, timedelta
from typing import Final, TypedDict
from zoneinfo import ZoneInfo

SOON: Final = timedelta(hours=2)
"""A deadline this near is near, where the procedure names no warning of its own."""
_HOUR, _DAY = 60, 24 * 60
_DAYS_IN_WORDS: Final = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_LONG: Final = 2 * _DAY
"""From here on (minutes) a time left is told in days and hours."""


class Moment(TypedDict):
    iso: str
    """For `<time datetime>`."""
    text: str


class Left(TypedDict):
    text: str
    state: str
    """Also its class in the style sheet: "late", "soon", "met", or "" while there is time."""


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> Moment:
    """ "today 14:30", "Mon 5 Oct 14:30"; another year is named. Pages say once which zone it is: `zone_text`."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    day = _DAYS_IN_WORDS.get((local.date() - today).days)
    if day is None:
        day = f"{local:%a} {local.day} {local:%b}" + ("" if local.year == today.year else f" {local.year}")
    return {"iso": at.astimezone(UTC).isoformat(timespec="seconds"), "text": f"{day} {local:%H:%M}"}


def zone_text(now: datetime, zone: ZoneInfo) -> str:
    """ "Europe/Berlin (CEST)" """
    short = f"{now.astimezone(zone):%Z}"
    return zone.key if short == zone.key else f"{zone.key} ({short})"


def clock(now: datetime, zone: ZoneInfo) -> str:
    """What the clocks there show: "Tue 14:30"."""
    return f"{now.astimezone(zone):%a %H:%M}"


def left(until: datetime, now: datetime, *, soon_from: datetime | None = None) -> Left:
    """ "5 h 20 min left" or "late by 2 h 10 min". `soon_from`: when it comes near; two hours before when left out."""
    if now > until:
        return {"text": f"late by {length(now - until)}", "state": "late"}
    near = now >= (until - SOON if soon_from is None else soon_from)
    return {"text": f"{length(until - now)} left", "state": "soon" if near else ""}


def kept(until: datetime, at: datetime) -> Left:
    """How a deadline was kept by what was done at `at`."""
    if at > until:
        return {"text": f"done {length(at - until)} late", "state": "late"}
    return {"text": "in time", "state": "met"}


def length(span: timedelta) -> str:
    """ "3 days 4 h", "5 h 20 min", "12 min"; whole minutes, begun ones not counted."""
    minutes = math.floor(span / timedelta(minutes=1))
    if minutes < 1:
        return "less than a minute"
    if minutes < _HOUR:
        return f"{minutes} min"
    if minutes < _LONG:
        hours, rest = divmod(minutes, _HOUR)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, rest = divmod(minutes, _DAY)
    hours = rest // _HOUR
    return f"{days} days {hours} h" if hours else f"{days} days"


def distance(at: datetime, now: datetime) -> str:
    """ "3 min ago", "in 2 h", "just now"."""
    if abs(at - now) < timedelta(minutes=1):
        return "just now" if at <= now else "in a moment"
    return f"{length(now - at)} ago" if at < now else f"in {length(at - now)}"
