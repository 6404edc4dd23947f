"""Empties the outbox: every message that is due is handed to its provider, and what became of it is written down.

Customers and staff come first, then the programs and chats that want to hear of concerns.
"""

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.clock import clock
from models.due import count_messages
from tasks.announcements import claim_announcements, send_announcements, tidy_announcements
from tasks.barred import barred_alarm
from tasks.fuses import held_alarm
from tasks.look_up import look_up_unknown
from tasks.outbox import claim_batch, send_claimed, tidy_outbox
from tasks.place import place
from tasks.run_page import longest_run_s, named, publish
from tasks.runs import recorded


@flow(
    name="deliver-messages",
    timeout_seconds=longest_run_s(),
    flow_run_name=named("deliver-messages", lambda now: count_messages(place().store, now), clock),
    description="Sends what the other stages owe: surveys, reminders, notices, bulletins. A message whose outcome is "
    "unknown is parked, never blindly sent again. A provider that is down delays the messages, and the run says so.",
)
@recorded("deliver-messages", clock)
def deliver_messages(as_of: datetime | None = None) -> State[Any]:
    tally = look_up_unknown(clock(as_of))
    tally += tidy_outbox(clock(as_of), clock())
    while (owner := claim_batch(clock(as_of), clock())) is not None:
        tally += send_claimed(owner, clock(as_of), clock())
    tally += tidy_announcements(clock(as_of), clock())
    while (owner := claim_announcements(clock(as_of), clock())) is not None:
        tally += send_announcements(owner, clock(as_of))
    waiting = count_messages(place().store, clock(as_of)) or tally["delayed"]
    alarm = held_alarm() or barred_alarm(clock(as_of))
    delayed = f"{waiting} messages wait{'' if alarm else ' for the provider'}" if waiting else None
    return publish(tally, "deliver-messages", word="Delivered", delayed=delayed, alarm=alarm)
