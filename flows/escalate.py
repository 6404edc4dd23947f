"""SOP stage 4, escalate: judge new answers, put concerns into a named person's hands, and work their deadlines."""

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.clock import clock
from models.alarms import due_alarms
from models.due import count_concerns, due_escalations, due_replies, unjudged_cases
from models.failures import lost_messages
from models.following import followers
from tasks.alarms import pass_dangers_on
from tasks.concerns import judge_answers
from tasks.following import follow_attached
from tasks.ladder import work_ladder
from tasks.place import place
from tasks.run_page import longest_run_s, named, publish
from tasks.runs import recorded
from tasks.tally import Tally
from tasks.undelivered import TELLS_NOBODY, follow_failures, unknown_wait
from tasks.unread import warn_of_replies


@flow(
    name="escalate",
    timeout_seconds=longest_run_s(),
    flow_run_name=named("escalate", lambda now: count_concerns(place().store, now), clock),
    description="Judges new answers. A concern goes to the department's owner at once, and to the supervisor when the "
    "customer is not satisfied (SOP 4.4, 6). Warns before the 24 hours are over, of concerns and of unread "
    "replies, and asks after a resolution whether it helped. What did not arrive is told to the next rung, or asked "
    "otherwise.",
)
@recorded("escalate", clock)
def escalate(as_of: datetime | None = None) -> State[Any]:
    here, now, tally = place(), clock(as_of), Tally()
    size = here.policy.rules.batches.size
    for batch in due_alarms(here.store, now, size=size):
        tally += pass_dangers_on(batch, now)
    for batch in unjudged_cases(here.store, now, size=size):
        tally += judge_answers(batch, now)
    for batch in lost_messages(here.store, now, wait=unknown_wait(), size=size):
        tally += follow_failures(batch, now)
    for batch in due_escalations(here.store, now, size=size):
        tally += work_ladder(batch, now)
    for batch in due_replies(here.store, now, size=size):
        tally += warn_of_replies(batch, now)
    for batch in followers(here.store, size=size):
        tally += follow_attached(batch, now)
    word = "Nobody told" if tally[TELLS_NOBODY] else "Concerns worked" if tally["concerns opened"] else "Judged"
    return publish(tally, "escalate", word=word)
