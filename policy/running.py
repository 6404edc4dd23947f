"""How the stages run, in words: whether one is late or stuck, and whether nothing runs at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from policy.run_rules import RunRules
from vocabulary import RunState

_MINUTES_UP_TO = timedelta(hours=2)
_HOURS_UP_TO = timedelta(days=2)


class Standing(StrEnum):
    """Of a stage. Its words are what people read."""

    WELL = "well"
    RUNNING = "running now"
    NEVER = "has not run yet"
    LATE = "late"
    UNFINISHED = "did not finish"
    FAILED = "failed"

    @property
    def alarms(self) -> bool:
        return self in (Standing.LATE, Standing.UNFINISHED, Standing.FAILED)


@dataclass(frozen=True, slots=True)
class LastRun:
    """The run that began last: of a stage, or of all."""

    flow: str
    started_at: datetime
    ended_at: datetime | None
    state: RunState

    @property
    def seen_at(self) -> datetime:
        """Its last sign of life."""
        return self.ended_at or self.started_at


def standing(last: LastRun | None, due_at: datetime | None, now: datetime, rules: RunRules) -> Standing:
    """How a stage stands. `due_at`: when its timetable has last asked for a run (None: there is no timetable).

    A stage that has never run is not late: it may be new, or monthly.
    """
    if last is None:
        return Standing.NEVER
    if last.state is RunState.RUNNING:
        return Standing.UNFINISHED if is_unfinished(last, now, rules) else Standing.RUNNING
    if due_at is not None and max(last.started_at, last.seen_at) < due_at:
        return Standing.LATE
    return Standing.FAILED if last.state is RunState.FAILED else Standing.WELL


def is_unfinished(run: LastRun, now: datetime, rules: RunRules) -> bool:
    """Without an end for so long that its process must be gone."""
    return run.state is RunState.RUNNING and now - run.started_at >= timedelta(minutes=rules.unfinished_minutes)


def expected_by(now: datetime, rules: RunRules) -> datetime:
    """Runs that were due until then should have begun: a process takes its time to start."""
    return now - timedelta(minutes=rules.late_minutes)


def silence(newest: LastRun | None, now: datetime, rules: RunRules) -> str | None:
    """What people have to be told when nothing runs; None while something does. `newest`: the run that began last."""
    remedy = "No customer is contacted and no deadline is watched. `./aftercare up` starts the stages, and "
    remedy += "`./aftercare doctor` says what is wrong."
    if newest is None:
        return f"Nothing has run here yet. {remedy}"
    silent = now - newest.seen_at
    if silent < timedelta(minutes=rules.silent_minutes):
        return None
    since = f"{newest.seen_at:%H:%M} UTC" if silent < _HOURS_UP_TO / 4 else f"{newest.seen_at:%Y-%m-%d %H:%M} UTC"
    return f"Nothing has run for {length(silent)}: since {since}, when {newest.flow} did. {remedy}"


def length(span: timedelta) -> str:
    """ "12 minutes", "3 hours", "4 days": rounded down."""
    if span < _MINUTES_UP_TO:
        return _counted(int(span.total_seconds() // 60), "minute")
    if span < _HOURS_UP_TO:
        return _counted(int(span.total_seconds() // 3600), "hour")
    return _counted(span.days, "day")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
