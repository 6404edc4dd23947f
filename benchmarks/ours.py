"""Our way: the real flows against a real Prefect server, called plainly in this process."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import import_module

from benchmarks.steps import Work, WrongResult
from cli.stages import StageName, Stages
from config.settings import Settings

_USED = (
    StageName.SCHEDULE_CONTACT,
    StageName.SEND_SURVEY,
    StageName.DELIVER_MESSAGES,
    StageName.ESCALATE,
    StageName.DOCUMENT,
)


def work_of(settings: Settings) -> Work:
    stages = Stages(settings, quiet=True)
    for stage in _USED:  # now, because a worker too has imported a flow before its run begins
        import_module(f"flows.{stage.value.replace('-', '_')}")
    work: dict[StageName, Callable[[datetime], object]] = {stage: partial(_run, stages, stage) for stage in _USED}
    return work


def _run(stages: Stages, stage: StageName, now: datetime) -> None:
    state = stages.run(stage, as_of=now)
    if not state.is_completed() or state.name == "Delayed":
        raise WrongResult(f"{stage} ended as {state.name}: {state.message}")
