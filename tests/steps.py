"""How much work something is, told without a clock: by the calls that it makes, and by whether it comes to an end."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_AGES_S = 30
"""Of the processor's time, for what takes milliseconds: only what grows much faster than a text is over."""


def calls_of(work: Callable[[], object]) -> int:
    """How many functions, of Python and of C, were called and left."""
    count = 0

    def note(_frame: Any, _event: str, _arg: Any) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@contextmanager
def comes_to_an_end() -> Iterator[None]:
    """Raises `AssertionError` within what does not, also in the middle of a regular expression."""

    def over(*_: Any) -> None:
        raise AssertionError("this does not come to an end")

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, _AGES_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
