"""SOP stage 5, document: check the record of each case that ended, close it with its disposition and seal it."""

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.clock import clock
from models.due import count_due, due_cases
from tasks.place import place
from tasks.records import check_records
from tasks.run_page import longest_run_s, named, publish
from tasks.runs import forget_runs, recorded
from tasks.tally import Tally
from vocabulary import Stage


@flow(
    name="document",
    timeout_seconds=longest_run_s(),
    flow_run_name=named("document", lambda now: count_due(place().store, Stage.ENDED, now), clock),
    description="Checks that the record of every case that ended holds what the procedure demands (contact evidence, "
    "answer, outcome, clause), closes it with its disposition and seals it (SOP 4.5). What is missing is named.",
)
@recorded("document", clock)
def document(as_of: datetime | None = None) -> State[Any]:
    here, now, tally = place(), clock(as_of), Tally()
    for batch in due_cases(here.store, Stage.ENDED, now, size=here.policy.rules.batches.size):
        tally += check_records(batch, now)
    forget_runs(clock())
    return publish(tally, "document", word="Record incomplete" if tally["incomplete"] else "Documented")
