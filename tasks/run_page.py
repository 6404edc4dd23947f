"""What a manager sees of a run in the Prefect UI: a name with date and count, a state in business words, a table."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from tasks.place import place
from tasks.tally import Tally

_EMPTY = "Nothing due"


def named(what: str, count: Callable[[datetime], int], clock: Callable[[Any], datetime]) -> Callable[[], str]:
    """A flow run's name, such as "send-survey 2026-10-05 09:30 UTC, 34 due"."""

    def name() -> str:
        now = clock(flow_run.parameters.get("as_of"))
        return f"{what} {now:%Y-%m-%d %H:%M} UTC, {count(now)} due"

    return name


def publish(tally: Tally, stage: str, *, word: str, delayed: str | None = None) -> State[Any]:
    """The run's end: `word` as its state when something was done, and a table of counts. Counts and links only."""
    if not tally.total() and delayed is None:
        return Completed(name=_EMPTY, message=tally.sentence())
    web = place().settings.web_url
    rows = [{"what": what, "count": count} for what, count in tally.items() if count]
    create_table_artifact(table=rows, key=stage, description=f"{tally.sentence()}. Cases: {web}")
    if delayed is not None:
        return Completed(name="Delayed", message=f"{delayed}; {tally.sentence()}")
    return Completed(name=word, message=tally.sentence())
