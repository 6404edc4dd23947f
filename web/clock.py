"""The clock of the web application: handed to everything that asks for the time."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
