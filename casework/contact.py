"""What a case's rung asks for: the rows of a message or of a call, with their lawful times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from casework.calendars import calendar_for
from casework.rules import rules_of
from models.owed import OwedCall, OwedMessage, owe_calls, owe_messages
from policy.calendar import BranchCalendar
from policy.calls import call_window
from policy.rules import Rules
from policy.slots import next_window, window_end
from vocabulary import Channel, Clause, Purpose

LOOK_AGAIN = timedelta(hours=1)
"""How soon to look whether a message that is owed has gone out."""


@dataclass(frozen=True)
class Contact:
    """A case with what is needed to contact its customer."""

    case: Row[Any]
    rules: Rules
    calendar: BranchCalendar
    zone: ZoneInfo

    @property
    def ladder(self) -> tuple[Channel, ...]:
        return tuple(Channel(name) for name in self.case.ladder.split(",") if name)

    @property
    def written(self) -> Channel | None:
        """On which channel to write to the customer: where we reached them, else the first of the ladder."""
        channels = [channel for channel in self.ladder if channel is not Channel.PHONE]
        reached = self.case.contact_channel
        return Channel(reached) if reached in channels else next(iter(channels), None)

    def message(self, purpose: Purpose, key: str, now: datetime, **more: Any) -> OwedMessage:
        """A message due in the recipient's next contact window."""
        due_at = next_window(now, self.calendar, self.zone, self.rules.contact)
        return OwedMessage(
            key=f"case:{self.case.id}:{key}",
            purpose=purpose,
            clause=Clause.CONTACT if purpose is Purpose.SURVEY else Clause.ASK,
            case_id=self.case.id,
            due_at=due_at,
            not_after=window_end(due_at, self.calendar, self.zone, self.rules.contact),
            **more,
        )

    def call(self, attempt: int, reason: str, tried_at: Sequence[datetime], now: datetime, **more: Any) -> OwedCall:
        """A call due in the recipient's next contact window, in another part of the day than those before."""
        due_from, due_to = call_window(now, tried_at, self.calendar, self.zone, self.rules)
        return OwedCall(case_id=self.case.id, attempt=attempt, reason=reason, due_from=due_from, due_to=due_to, **more)


@dataclass
class Owed:
    """What a batch has come to owe."""

    messages: list[OwedMessage]
    calls: list[OwedCall]

    @classmethod
    def nothing(cls) -> "Owed":
        return cls([], [])

    def write(self, db: Connection, now: datetime) -> None:
        owe_messages(db, self.messages, at=now)
        owe_calls(db, self.calls, at=now)


def contact_of(db: Connection, case: Row[Any]) -> Contact:
    rules = rules_of(db, case.policy_version)
    calendar = calendar_for(case.region, case.timezone, rules.calendar)
    return Contact(case, rules, calendar, ZoneInfo(case.recipient_timezone))
