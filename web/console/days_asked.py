"""Days in addresses, as filters of lists have them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def day_in(text: str, name: str, faults: list[str]) -> date | None:
    """A day as an address has it; None for none. What cannot be read is added to `faults`."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not 2000 <= day.year < 2100:
        faults.append(f"“{name}” is no date; write it as 2026-11-30")
        return None
    return day


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there."""
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
