"""SOP stage 3, await response: remind customers who are silent, change channel, or give up when the wait is over."""

from datetime import datetime
from functools import partial
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.clock import clock
from models.due import count_due, due_cases
from tasks.barred import barred_alarm
from tasks.fuses import held_alarm, may_end
from tasks.place import place
from tasks.run_page import longest_run_s, named, publish
from tasks.runs import recorded
from tasks.silence import endings_due, settle_silence
from tasks.tally import Tally
from vocabulary import Stage


@flow(
    name="await-response",
    timeout_seconds=longest_run_s(),
    flow_run_name=named("await-response", lambda now: count_due(place().store, Stage.ASKED, now), clock),
    description="Looks at customers who have not answered: reminds them at most twice, goes to the next channel "
    "when one failed, and ends the case as 'no answer' when the wait is over (SOP 4.2).",
)
@recorded("await-response", clock)
def await_response(as_of: datetime | None = None) -> State[Any]:
    here, now, tally = place(), clock(as_of), Tally()
    due, size = count_due(here.store, Stage.ASKED, now), here.policy.rules.batches.size
    found = partial(due_cases, here.store, Stage.ASKED, now, size=size)
    if not may_end(due, lambda: sum(endings_due(batch, now) for batch in found()), clock()):
        return publish(tally, "await-response", word="Held", delayed=f"{due} cases wait", alarm=held_alarm())
    for batch in found():
        tally += settle_silence(batch, now)
    return publish(tally, "await-response", word="Silence settled", alarm=barred_alarm(now))
