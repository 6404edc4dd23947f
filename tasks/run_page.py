"""What a manager sees of a run in the Prefect UI: a name with date and count, a state in business words, a table."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from prefect.client.schemas.actions import ArtifactCreate
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext, SyncClientContext
from prefect.runtime import flow_run
from prefect.states import Completed

from config.operations import operations
from config.settings import read_settings
from tasks.place import place
from tasks.runs import note_counts
from tasks.tally import Tally

_EMPTY = "Nothing due"


def named(what: str, count: Callable[[datetime], int], clock: Callable[[Any], datetime]) -> Callable[[], str]:
    """A flow run's name, such as "send-survey 2026-10-05 09:30 UTC, 34 due"."""

    def name() -> str:
        now = clock(flow_run.parameters.get("as_of"))
        return f"{what} {now:%Y-%m-%d %H:%M} UTC, {count(now)} due"

    return name


def longest_run_s() -> float:
    """After so many seconds a run is ended, so that one that hangs does not keep its stage from running."""
    return operations(read_settings()).runs.longest_minutes * 60.0


def publish(tally: Tally, stage: str, *, word: str, delayed: str | None = None, alarm: str | None = None) -> State[Any]:
    """The run's end: `word` as its state when something was done, and a table of counts. Counts and links only.

    `alarm`: what the operator must hear of; it stands first wherever the run is looked at.
    """
    loud = f"{alarm}; " if alarm else ""
    note_counts(tally)
    if not tally.total() and delayed is None:
        return Completed(name=_EMPTY, message=loud + tally.sentence())
    web = place().settings.web_url
    rows = [{"what": what, "count": count} for what, count in tally.items() if count]
    _leave_table(rows, stage, f"{f'**{alarm}.** ' if alarm else ''}{tally.sentence()}. Cases: {web}")
    if delayed is not None:
        return Completed(name="Delayed", message=f"{loud}{delayed}; {tally.sentence()}")
    return Completed(name=word, message=loud + tally.sentence())


def _leave_table(rows: list[dict[str, Any]], key: str, description: str) -> None:
    """A table artifact of the run, over the connection that the run has: a new one costs a fifth of a second."""
    run = FlowRunContext.get()
    table = ArtifactCreate(
        key=key,
        type="table",
        description=description,
        data=json.dumps(rows),
        flow_run_id=run.flow_run.id if run and run.flow_run else None,
    )
    with SyncClientContext.get_or_create() as connection:
        connection.client.create_artifact(table)
