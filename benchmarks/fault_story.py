"""The story of the faults: a clock that all processes share and that runs ten times as fast as the day, the working
days, what the source reports, and the numbers of the policy that make bursts outlast their leases.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import policy

SCALE = 10
"""Latencies, deadlines, leases and the story's hours pass so many times as fast as real ones."""
DEADLINE_S = 2.0
"""Of a send, in real seconds: the 20 seconds of the settings."""
LEASE_S = 6.0
"""Of a claim, in real seconds: the shortest that a policy may have."""
LATEST_S = 3.0
"""The longest latency of the provider, in real seconds: 30 of the story's."""

_BERLIN = ZoneInfo("Europe/Berlin")
_BEGIN = datetime(2026, 10, 5, tzinfo=_BERLIN)
"""A Monday. Services are closed, and customers asked, on the working days that follow."""
_STOPS = ("09:15", "12:00", "14:00", "14:45", "16:15", "18:00", "19:45")
"""The clock is set to these times of each day; between them it runs. Rescue and deadline fall between the last ones."""
FEEDING = ("14:00", "14:45", "16:15", "18:00")
_AGE = timedelta(hours=5)
"""So long ago were services closed when they are reported: their customers are to be asked at once."""
_CHANGES = (
    ("size = 500 ", "size = 120 "),
    ("in_flight = 40 ", "in_flight = 3 "),
    ("lease_s = 120 ", "lease_s = 60 "),
)


@dataclass(frozen=True)
class StoryClock:
    """Kept in a file: the instant at which the story was set, and the machine's own seconds at that moment."""

    file: Path

    def set(self, at: datetime) -> None:
        """Not before what it shows already."""
        at = max(at, self.now()) if self.file.exists() else at
        draft = self.file.with_suffix(".part")
        draft.write_text(f"{at.timestamp()} {time.monotonic()}")
        draft.replace(self.file)

    def now(self) -> datetime:
        at, since = (float(word) for word in self.file.read_text().split())
        return datetime.fromtimestamp(at + SCALE * (time.monotonic() - since), UTC)

    __call__ = now


@dataclass(frozen=True)
class SetUp:
    """What a process needs to know."""

    environment: dict[str, str]
    folder: Path
    clock: StoryClock
    plant: str | None = None


def stops() -> Iterator[tuple[str, datetime]]:
    """The working days' times, without end."""
    day = _BEGIN
    while True:
        if day.weekday() < 5:
            for name in _STOPS:
                hour, minute = map(int, name.split(":"))
                yield name, day.replace(hour=hour, minute=minute).astimezone(UTC)
        day = (day + timedelta(days=1)).astimezone(_BERLIN).replace(hour=0, minute=0)


def write_policy(file: Path) -> None:
    """The shipped policy with small bursts, few in flight, and the shortest lease."""
    text = Path(policy.__file__).with_name("sop.toml").read_text("utf-8")
    for old, new in _CHANGES:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} is not in the policy, or more than once")
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def report(number: int, now: datetime) -> dict[str, Any]:
    """A service as the source system reports it."""
    return {
        "source": "field-service",
        "external_id": f"job-{number}",
        "closed_at": (now - _AGE).isoformat(),
        "kind": "job completed",
        "department": ("Heating", "Plumbing")[number % 2],
        "branch": "Berlin",
        "region": "DE-BE",
        "timezone": "Europe/Berlin",
        "customer_name": f"Alex Example {number}",
        "email": f"customer{number}@mail{number % 50}.example.com",
        "phone": f"+4930{20_000_000 + number}",
        "channels": ["email"],
        "contact_basis": "existing customer",
    }
