"""Dates and names as readers of our mails and pages see them."""

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


def given_name(name: str | None) -> str | None:
    """What a customer is addressed by: the first part of the name. More would be guessing."""
    return name.split()[0] if name and name.split() else None
