"""The flows' clock. `as_of` lets a run work as at another time: for catching up, for tests, for the demonstration."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from config.operations import operations
from config.settings import read_settings

_read: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - the one place where it is read


def clock(as_of: datetime | None = None) -> datetime:
    """Now, or the instant that the run was given. Always in UTC."""
    if as_of is None:
        return _read()
    moment = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    if moment.tzinfo is None:
        raise ValueError(f"as_of = {moment.isoformat()} has no offset from UTC: write it as 2026-10-05T09:30:00+00:00")
    minutes = operations(read_settings()).runs.ahead_minutes
    if moment > _read() + timedelta(minutes=minutes) and not _trying_out:
        raise ValueError(f"as_of = {moment.isoformat()} lies ahead: cases would end and be sealed that are still open. "
                         f"A run may work as at {minutes} minutes from now at most")  # fmt: skip
    return moment.astimezone(UTC)


_trying_out = False


@contextmanager
def trying_out() -> Iterator[None]:
    """Runs in this process may work as at any instant: for a trial in which nothing reaches a customer."""
    global _trying_out
    _trying_out = True
    try:
        yield
    finally:
        _trying_out = False


@contextmanager
def living_by(other: Callable[[], datetime]) -> Iterator[None]:
    """Runs in this process are dated by another clock, which gives UTC: the demonstration's story has its own."""
    global _read
    before, _read = _read, other
    try:
        yield
    finally:
        _read = before
