"""What the log tells of pauses, signatures and root causes, in plain words (see `policy.telling`)."""

from collections.abc import Callable, Mapping
from typing import Any

from vocabulary import Event

CLOSING: dict[Event, Callable[[Mapping[str, Any]], str]] = {
    Event.ESCALATION_PAUSED: lambda facts: f"The clock of the resolution was stopped: {facts.get('code')}.",
    Event.ESCALATION_RESUMED: lambda facts: f"The clock of the resolution runs again: {facts.get('because')}.",
    Event.ROOT_CAUSE_CORRECTED: lambda facts: (
        f"The root cause was corrected from {facts.get('from')} to {facts.get('to')}."
    ),
    Event.UNREACHABLE_ASKED: lambda facts: (
        f"A signature was asked for; attempts to reach the customer: {facts.get('attempts')}."
    ),
    Event.UNREACHABLE_DECLINED: lambda _: "It was not signed that the customer cannot be reached.",
    Event.UNREACHABLE_SIGNED: lambda _: "It was signed that the customer could not be reached.",
}
