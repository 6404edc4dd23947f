"""The stages for those who watch over them: what ran last, what comes, what is late or failed; each with its link."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from casework.stages import StageSeen, as_last, counted, stages_seen, troubles
from config.prefect_api import prefect_api
from config.stages import deployed_stages
from models.runs import of_case
from policy.running import Standing
from vocabulary import Permission, RunState
from web.console.doors import Desk, Door, Page, Visit
from web.console.prefect_runs import PrefectRun, PrefectRuns, PrefectSays, run_link
from web.console.times import distance, moment

PATH = "/console/runs"


class Runs:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._prefect = PrefectRuns(prefect_api(desk.settings))

    def doors(self) -> tuple[Door, ...]:
        return (Door(path=PATH, handler=self.show, needs=Permission.RUNS),)

    def show(self, visit: Visit) -> Page:
        rules, now = self._desk.rules.runs, visit.now
        seen = stages_seen(visit.db, now, rules, deployed_stages())
        found = troubles(visit.db, now, rules)
        said = self._prefect.say(now, rules)
        watch = _Watch(now, visit.person.zone, self._desk.prefect_ui)
        return Page(template="runs", values={
            "zone": visit.person.zone.key,
            "stages": [watch.stage(stage, said) for stage in seen],
            "troubles": watch.troubles(found, said),
            "days": rules.shown_days,
            "prefect_answers": said is not None,
            "missing": [named(name) for name in said.missing] if said else [],
            "prefect_url": self._desk.prefect_ui,
        })  # fmt: skip


def case_runs(db: Connection, case_id: int, *, now: datetime, zone: ZoneInfo, prefect_ui: str) -> list[dict[str, Any]]:
    """The runs that touched a case, first one first, as the macro `runs` of console/run_parts.html.j2 shows them."""
    watch = _Watch(now, zone, prefect_ui)
    return [{**watch.run(row), "entries": row.on_case} for row in of_case(db, case_id)]


class _Watch:
    """Shows runs to somebody: at this time, by this clock, with links to this Prefect UI."""

    def __init__(self, now: datetime, zone: ZoneInfo, prefect_ui: str) -> None:
        self._now = now
        self._zone = zone
        self._prefect_ui = prefect_ui

    def stage(self, seen: StageSeen, said: PrefectSays | None) -> dict[str, Any]:
        stands, last = _standing(seen, said), seen.last
        lately = {what: count for what, count in seen.lately.items() if what != "runs"}
        coming = seen.next_at if said is None else said.next_at.get(seen.name)
        return {
            "name": named(seen.name),
            "description": seen.description,
            "standing": stands,
            "alarms": stands.alarms,
            "due": self._at(seen.due_at) if stands is Standing.LATE else None,
            "last": self.run(last) if last is not None else None,
            "next": self._at(coming),
            "runs": seen.lately.get("runs", 0),
            "did": counted(lately),
        }

    def run(self, row: Row[Any]) -> dict[str, Any]:
        """A row of `runs`."""
        return {
            "name": named(row.flow),
            "at": self._at(row.started_at),
            "as_of": self._at(row.as_of),
            "word": _word(row),
            "did": counted(row.counts),
            "link": run_link(self._prefect_ui, row.prefect_run_id) if row.prefect_run_id else None,
        }

    def troubles(self, found: Sequence[Row[Any]], said: PrefectSays | None) -> list[dict[str, Any]]:
        """Newest first. What Prefect tells of a run that we know ourselves is not told again."""
        told = [(row.started_at, self.run(row) | {"what": _trouble(row)}) for row in found]
        known = {row.prefect_run_id for row in found}
        theirs = (*said.late, *said.failed) if said is not None else ()
        told += [(run.expected_start_time, self._prefects(run)) for run in theirs if run.id not in known]
        return [trouble for _, trouble in sorted(told, key=lambda pair: pair[0], reverse=True)]

    def _prefects(self, run: PrefectRun) -> dict[str, Any]:
        what = "late: it has not begun" if run.state_name == "Late" else run.state_name.lower()
        return {"name": named(run.flow), "at": self._at(run.expected_start_time), "what": what,
                "link": run_link(self._prefect_ui, run.id)}  # fmt: skip

    def _at(self, at: datetime | None) -> dict[str, Any] | None:
        if at is None:
            return None
        return {**moment(at, self._now, self._zone), "distance": distance(at, self._now)}


def named(flow: str) -> str:
    return flow.replace("-", " ")


def _standing(seen: StageSeen, said: PrefectSays | None) -> Standing:
    """Ours; but a run that Prefect waits for in vain, later than the last that began, makes the stage late."""
    last = as_last(seen.last)
    late = [run for run in said.late if run.flow == seen.name] if said is not None else []
    if any(last is None or run.expected_start_time > last.seen_at for run in late) and not seen.standing.alarms:
        return Standing.LATE
    return seen.standing


def _trouble(row: Row[Any]) -> str:
    return _word(row) if row.state == RunState.FAILED else Standing.UNFINISHED.value


def _word(row: Row[Any]) -> str:
    return f"failed: {row.word}" if row.state == RunState.FAILED else row.word or "under way"
