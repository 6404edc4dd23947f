"""SOP stage 2, send survey: cases whose slot has come owe their customer a message or a call."""

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.clock import clock
from models.due import count_due, due_cases
from tasks.ask import owe_surveys
from tasks.place import place
from tasks.run_page import longest_run_s, named, publish
from tasks.runs import recorded
from tasks.tally import Tally
from vocabulary import Stage


@flow(
    name="send-survey",
    timeout_seconds=longest_run_s(),
    flow_run_name=named("send-survey", lambda now: count_due(place().store, Stage.PLANNED, now), clock),
    description="Customers whose contact slot has come are asked how it went, on the channel they prefer "
    "(SOP 4.2, 4.3): the message is written into the outbox, or the call is put on the list of the service team.",
)
@recorded("send-survey", clock)
def send_survey(as_of: datetime | None = None) -> State[Any]:
    here, now, tally = place(), clock(as_of), Tally()
    for batch in due_cases(here.store, Stage.PLANNED, now, size=here.policy.rules.batches.size):
        tally += owe_surveys(batch, now)
    return publish(tally, "send-survey", word="Asked")
