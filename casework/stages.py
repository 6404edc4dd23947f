"""How the stages run, for whoever watches them: our rows seen with the timetable of prefect.yaml and the policy."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from config.stages import DeployedStage
from models.runs import last_runs, newest_run, troubled_runs, work_since
from policy.run_rules import RunRules
from policy.running import LastRun, Standing, expected_by, silence, standing
from policy.timetable import timetable
from vocabulary import RunState

_LATELY = timedelta(days=1)
_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class StageSeen:
    name: str
    description: str
    standing: Standing
    last: Row[Any] | None
    """Of `runs`."""
    due_at: datetime | None
    """When a run was due last."""
    next_at: datetime | None
    """By prefect.yaml. None: its schedule is none that we can read."""
    lately: Mapping[str, int]
    """What was done within 24 hours, counts by word; "runs" among them."""


def silent(db: Connection, now: datetime, rules: RunRules) -> str | None:
    """What people have to be told when nothing runs, else None."""
    return silence(as_last(newest_run(db)), now, rules)


def stages_seen(
    db: Connection, now: datetime, rules: RunRules, deployed: Sequence[DeployedStage]
) -> tuple[StageSeen, ...]:
    """The stages in the order of `deployed`."""
    last, lately = last_runs(db, [stage.name for stage in deployed]), work_since(db, now - _LATELY)
    return tuple(_seen(stage, last.get(stage.name), lately.get(stage.name, {}), now, rules) for stage in deployed)


def troubles(db: Connection, now: datetime, rules: RunRules) -> Sequence[Row[Any]]:
    """Runs of the last days that failed or did not finish, newest first, at most fifty."""
    silent_since = now - timedelta(minutes=rules.unfinished_minutes)
    return troubled_runs(db, now - timedelta(days=rules.shown_days), silent_since=silent_since, most=_MOST_SHOWN)


def as_last(row: Row[Any] | None) -> LastRun | None:
    return None if row is None else LastRun(row.flow, row.started_at, row.ended_at, RunState(row.state))


def counted(counts: str | Mapping[str, int]) -> str:
    """Counts in words: "34 asked, 2 calls"; nothing when there are none."""
    told: Mapping[str, int] = json.loads(counts) if isinstance(counts, str) else counts
    return ", ".join(f"{count} {what}" for what, count in told.items() if count)


def _seen(
    stage: DeployedStage, last: Row[Any] | None, lately: Mapping[str, int], now: datetime, rules: RunRules
) -> StageSeen:
    tables = [table for table in (timetable(*cron) for cron in stage.crons) if table is not None]
    due = [at for at in (table.last_until(expected_by(now, rules)) for table in tables) if at is not None]
    coming = [at for at in (table.next_after(now) for table in tables) if at is not None]
    due_at, next_at = max(due, default=None), min(coming, default=None)
    stands = standing(as_last(last), due_at, now, rules)
    return StageSeen(stage.name, stage.description, stands, last, due_at, next_at, lately)
