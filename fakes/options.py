"""How our providers are to behave."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fakes.faults import Fault


@dataclass(frozen=True, kw_only=True)
class Options:
    sendgrid_port: int = 0
    """0: a free one."""
    twilio_port: int = 0
    receiver_port: int = 0
    events_to: str | None = None
    """The address of Aftercare's web application. None: nobody is told anything (and callbacks of SMS are not made)."""
    fault_rate: float = 0.0
    faults: Sequence[Fault] = tuple(Fault)
    seed: int = 1
    rate_per_s: int | None = None
    """More mails than so many in a second are answered with 429."""
    latency_s: float = 0.0
    """Before each answer to a send."""
    pace: float = 1.0
    """By which the delays of events are multiplied: 0 tells everything at once."""
    held: bool = False
    """Nothing is told before `Fakes.wait_until_told`: a story sends first, and then hears what became of it."""
    duplicates: float = 0.1
    """The share of events that are told twice."""
    follow: bool = True
    """Whether anything happens to what was taken."""
    keep: int = 500
    """So many messages can be looked at."""
    clock: Callable[[], float] = time.time
    """Unix seconds."""
