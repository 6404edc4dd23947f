"""What the providers were given and what they did with it, for whoever wants to look."""

from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Received:
    """One message that a provider has taken."""

    number: int
    at: float
    """Unix seconds."""
    channel: str
    """"email", "sms", "webhook" or "chat"."""
    to: str
    sender: str
    reply_to: str
    subject: str = ""
    text: str
    html: str = ""
    ref: str
    """What Aftercare calls it: its custom argument, the address of its status callback, or the number of a webhook."""
    provider_id: str
    happened: list[str] = field(default_factory=list)
    """Its events in the order in which they were made."""


class Ledger:
    """Counts everything since the start, and keeps the newest messages themselves."""

    def __init__(self, keep: int) -> None:
        self.newest: deque[Received] = deque(maxlen=keep)
        self.taken: Counter[str] = Counter()
        """By channel."""
        self.answers: Counter[str] = Counter()
        """By channel and what was answered to a send: "email 202", "email 400"."""
        self.faults: Counter[str] = Counter()
        self.injected: Counter[tuple[str, str]] = Counter()
        """The same by channel and fault."""
        self.posted: Counter[str] = Counter()
        """By what Aftercare's hooks answered: "events 204", "inbound lost"."""
        self.repeated = 0
        """Messages whose reference had come before."""
        self.again: Counter[str] = Counter()
        """Webhooks whose number had come before: allowed, and heeded once."""
        self.nameless = 0
        self.keys_elsewhere = 0
        """Requests that followed a redirect and took the key along."""
        self._refs: set[str] = set()

    def take(self, message: Received) -> None:
        self.taken[message.channel] += 1
        self.nameless += not message.ref and message.channel != "chat"  # a room has no numbers
        self.repeated += bool(message.ref) and message.ref in self._refs
        self._refs.add(message.ref)
        self.newest.appendleft(message)

    def inject(self, channel: str, fault: str) -> None:
        self.faults[fault] += 1
        self.injected[channel, fault] += 1

    def next_number(self) -> int:
        return self.taken.total() + 1

    def counts(self) -> dict[str, Any]:
        return {
            "taken": dict(self.taken),
            "repeated": self.repeated,
            "again": dict(self.again),
            "nameless": self.nameless,
            "answers": dict(sorted(self.answers.items())),
            "faults": dict(sorted(self.faults.items())),
            "keys_elsewhere": self.keys_elsewhere,
            "posted": dict(sorted(self.posted.items())),
        }

    def messages(self) -> list[dict[str, Any]]:
        """The newest first."""
        return [asdict(message) for message in self.newest]

    def last_to(self, channel: str, address: str) -> Received | None:
        same = (each for each in self.newest if each.channel == channel and each.to.lower() == address.lower())
        return next(same, None)
