"""The flows' clock. `as_of` lets a run work as at another time: for catching up, for tests, for the demonstration."""

from datetime import UTC, datetime


def clock(as_of: datetime | None = None) -> datetime:
    """Now, or the instant that the run was given. Always in UTC."""
    if as_of is None:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    if moment.tzinfo is None:
        raise ValueError(f"as_of = {moment.isoformat()} has no offset from UTC: write it as 2026-10-05T09:30:00+00:00")
    return moment.astimezone(UTC)
