"""Instants as pages show them: by the viewer's clock, with the distance from now where that helps."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from policy.running import length

_AT_ONCE = timedelta(minutes=1)


def shown_at(at: datetime, now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """For `<time datetime>`: "iso", and "text" such as "14:05", or "3 Oct 2026, 14:05" on another day."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    text = clock if local.date() == today else f"{local.day} {local:%b %Y}, {clock}"
    return {"iso": at.isoformat(timespec="seconds"), "text": text}


def distance(at: datetime, now: datetime) -> str:
    """ "3 minutes ago", "in 2 hours", "just now"."""
    if abs(at - now) < _AT_ONCE:
        return "just now" if at <= now else "in a moment"
    return f"{length(now - at)} ago" if at < now else f"in {length(at - now)}"
