"""Waiting for what another thread will do."""

import time
from collections.abc import Callable


def until(happened: Callable[[], object], *, within_s: float = 60.0) -> None:
    """Fails when it does not happen in time."""
    end = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
