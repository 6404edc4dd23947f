"""Dates as customers see them: in words, where they are."""

from datetime import datetime
from zoneinfo import ZoneInfo


def day_text(at: datetime, zone: str) -> str:
    """ "5 October 2026" """
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y}"


def moment_text(at: datetime, zone: str) -> str:
    """ "Mon 5 October 2026, 14:30 CEST" """
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {day_text(at, zone)}, {local:%H:%M %Z}"
