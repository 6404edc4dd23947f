"""SOP stage 6, monthly review: turn a month of the log into figures, findings, a report to be signed and a bulletin."""

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from flows.clock import clock
from tasks.review import month_to_review, publish_review, write_review
from tasks.run_page import longest_run_s
from tasks.runs import recorded


def _named() -> str:
    given = flow_run.parameters
    return f"monthly-review {month_to_review(given.get('month'), clock(given.get('as_of')))}"


@flow(
    name="monthly-review",
    timeout_seconds=longest_run_s(),
    flow_run_name=_named,
    description="Counts a month (by default the last one that is over), accounts for every service of it, says in "
    "plain language what the figures can and cannot show, writes the report that a manager signs, and owes staff the "
    "bulletin (SOP 4.6). A month whose figures have not changed is left as it is; otherwise it gets a new version.",
)
@recorded("monthly-review", clock)
def monthly_review(month: str | None = None, as_of: datetime | None = None) -> State[Any]:
    now = clock(as_of)
    return publish_review(write_review(month_to_review(month, now), now))
