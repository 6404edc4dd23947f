"""The demonstration's clock: it stands where the story has got to, and ticks when the story is over."""

import time
from datetime import datetime, timedelta


class StoryClock:
    """Read by the web application like any clock, and moved on by the story."""

    def __init__(self, begins: datetime) -> None:
        self._now = begins
        self._ticks_since: float | None = None

    def __call__(self) -> datetime:
        if self._ticks_since is None:
            return self._now
        return self._now + timedelta(seconds=time.monotonic() - self._ticks_since)

    def move_to(self, at: datetime) -> None:
        """Time never goes back."""
        self._now = max(self._now, at)

    def move_on(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def tick(self) -> None:
        """From now on it goes by itself, as fast as any other."""
        self._ticks_since = time.monotonic()
