"""The demonstration's clock: it stands where the story has got to."""

from datetime import datetime, timedelta


class StoryClock:
    """Read by the web application like any clock, and moved on by the story."""

    def __init__(self, begins: datetime) -> None:
        self._now = begins

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, at: datetime) -> None:
        """Time never goes back."""
        self._now = max(self._now, at)

    def move_on(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
