"""What is known of a customer who has not answered, and the steps that may follow. `policy.silence` chooses one."""

from dataclasses import dataclass
from datetime import datetime

from policy.checks import Check
from vocabulary import Cause, Channel, Clause, Delivery, Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Where the contact stands. `ladder[:preferred]` are the channels the customer named."""

    asked_at: datetime
    contact_due_at: datetime
    contacted_at: datetime | None
    ladder: tuple[Channel, ...]
    preferred: int
    rung: int
    reminders: int
    delivery: Delivery | None
    """Of the last message on this rung; None on the phone."""
    last_message_at: datetime | None
    """When the last message that was not refused, lost or taken back went out, or is to go out."""
    calls_made: int
    """Calls that reached nobody, or somebody who said nothing yet. Who asked to be called back is not among them."""
    call_open: bool
    number_is_wrong: bool
    code: str | None = None
    """What the provider said of the last message, such as "bounce 5.1.1"."""
    cause: Cause | None = None
    """Why the last message did not arrive, where that matters."""
    refused: bool = False
    """The customer does not want to be asked on this rung any more."""
    unconfirmed: bool = False
    """There is an answer that no person has confirmed."""
    again_at: datetime | None = None
    """When the last message could go out once more; None when it was sent again already, or is not to be."""
    invalid: frozenset[Channel] = frozenset()
    """Channels on which the customer's addresses are known not to work."""
    unread_since: datetime | None = None
    """When the oldest reply came that a person has yet to read."""

    @property
    def channel(self) -> Channel:
        return self.ladder[self.rung]

    @property
    def begun_at(self) -> datetime:
        return self.contacted_at or self.asked_at


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


@dataclass(frozen=True, slots=True)
class Remind:
    number: int
    rung: int
    last: bool
    then: datetime
    """When to look again."""
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class SendAgain:
    """The last message once more on the same rung, at `at`."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Switch:
    rung: int
    reason: str
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class CallAgain:
    """Another attempt on the phone is due."""

    attempt: int
    reason: str
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class GiveUp:
    disposition: Disposition
    reason: str
    clause: Clause
    checks: tuple[Check, ...] = ()


Step = Wait | Remind | SendAgain | Switch | CallAgain | GiveUp
