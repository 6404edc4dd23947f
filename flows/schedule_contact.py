"""SOP stage 1, schedule contact: every closed service becomes a case with slot and deadline, or ends with a reason."""

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.clock import clock
from models.due import count_waiting, waiting_services
from tasks.open_cases import cancel_reopened, open_cases
from tasks.place import place
from tasks.run_page import longest_run_s, named, publish
from tasks.runs import recorded


@flow(
    name="schedule-contact",
    timeout_seconds=longest_run_s(),
    flow_run_name=named("schedule-contact", lambda now: count_waiting(place().store, now), clock),
    description="Takes closed services from the inbox. Each gets a contact slot and a deadline within two business "
    "days (SOP 4.1), or ends at once with the reason and the clause why it is not followed up (SOP 2).",
)
@recorded("schedule-contact", clock)
def schedule_contact(as_of: datetime | None = None) -> State[Any]:
    here, now = place(), clock(as_of)
    tally = cancel_reopened(now)
    for batch in waiting_services(here.store, now, size=here.policy.rules.batches.size):
        tally += open_cases(batch, now)
    return publish(tally, "schedule-contact", word="Scheduled")
