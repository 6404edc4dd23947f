"""Runs of the stages, as our own store knows them: begun, ended, looked up, and forgotten when nothing needs them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from models.tables import entries, runs
from vocabulary import RunState

_IDLE = "{}"
"""The counts of a run that found nothing to do."""


def begin_run(
    db: Connection,
    flow: str,
    *,
    at: datetime,
    as_of: datetime | None = None,
    prefect_run_id: str | None = None,
    host: str | None = None,
) -> int:
    """A run has begun; its number. Committed before its work, so that a run that is killed has a row, too."""
    begun = runs.insert().values(
        flow=flow,
        started_at=at,
        as_of=as_of,
        prefect_run_id=prefect_run_id,
        host=host,
        state=RunState.RUNNING,
        counts=_IDLE,
        entries=0,
    )
    return int(db.execute(begun.returning(runs.c.id)).scalar_one())


def end_run(
    db: Connection, run_id: int, state: RunState, *, word: str, at: datetime, counts: Mapping[str, int] | None = None,
    written: int = 0,
) -> None:  # fmt: skip
    """It has ended as `state`; `counts` by word, of which zeros are left out; so many entries were `written`."""
    told = {what: count for what, count in (counts or {}).items() if count}
    ended = runs.update().where(runs.c.id == run_id, runs.c.state == RunState.RUNNING)
    text = json.dumps(told, ensure_ascii=False)
    db.execute(ended.values(state=state, word=word, ended_at=at, counts=text, entries=written))


def hosts_of(db: Connection, prefect_run_ids: Sequence[str]) -> dict[str, str]:
    """On which host each of these runs of Prefect works, where that is known."""
    known = select(runs.c.prefect_run_id, runs.c.host).where(runs.c.prefect_run_id.in_(prefect_run_ids))
    return dict(db.execute(known.where(runs.c.host.is_not(None))).tuples().all())


def newest_run(db: Connection) -> Row[Any] | None:
    """The run of any flow that began last."""
    return db.execute(select(runs).order_by(runs.c.id.desc()).limit(1)).one_or_none()


def last_runs(db: Connection, flows: Sequence[str]) -> dict[str, Row[Any]]:
    """By flow the run that began last; a flow that has never run is not in it."""
    found = {}
    for flow in flows:  # a step in the index for each: grouping would read the whole index
        last = select(runs).where(runs.c.flow == flow).order_by(runs.c.id.desc()).limit(1)
        row = db.execute(last).one_or_none()
        if row is not None:
            found[flow] = row
    return found


def work_since(db: Connection, since: datetime) -> dict[str, dict[str, int]]:
    """By flow what runs that began since then have done together, as counts by word; "runs" among them."""
    done = select(runs.c.flow, runs.c.counts, func.count().label("times"))
    done = done.where(runs.c.state.in_((RunState.COMPLETED, RunState.FAILED)), runs.c.started_at >= since)
    sums: dict[str, dict[str, int]] = {}
    for row in db.execute(done.group_by(runs.c.flow, runs.c.counts).order_by(func.min(runs.c.id))):
        of = sums.setdefault(row.flow, {"runs": 0})
        of["runs"] += row.times
        for what, count in json.loads(row.counts).items():
            of[what] = of.get(what, 0) + count * row.times
    return sums


def troubled_runs(db: Connection, since: datetime, *, silent_since: datetime, most: int) -> Sequence[Row[Any]]:
    """The newest runs since then that failed, or that began before `silent_since` and have no end."""
    failed = and_(runs.c.state == RunState.FAILED, runs.c.started_at >= since)
    lost = and_(runs.c.state == RunState.RUNNING, runs.c.started_at >= since, runs.c.started_at < silent_since)
    return db.execute(select(runs).where(or_(failed, lost)).order_by(runs.c.id.desc()).limit(most)).all()


def of_case(db: Connection, case_id: int) -> Sequence[Row[Any]]:
    """The runs that have written entries of the case, first one first; `on_case` is how many each wrote."""
    touched = (
        select(entries.c.run_id, func.count().label("on_case"))
        .where(entries.c.case_id == case_id, entries.c.run_id.is_not(None))
        .group_by(entries.c.run_id)
        .subquery()
    )
    return db.execute(
        select(runs, touched.c.on_case).join(touched, touched.c.run_id == runs.c.id).order_by(runs.c.id)
    ).all()


def forget_runs(db: Connection, *, idle_before: datetime, before: datetime, size: int) -> int:
    """Remove up to `size` runs that have ended and written no entry; how many.

    Those that found nothing to do go when they began before `idle_before`, the others before `before`. The last run
    of a flow stays, however old it is.
    """
    useless = and_(runs.c.state.in_((RunState.COMPLETED, RunState.FAILED)), runs.c.entries == 0)
    old = or_(runs.c.started_at < before, and_(runs.c.counts == _IDLE, runs.c.started_at < idle_before))
    later = runs.alias("later")
    followed = select(later.c.id).where(later.c.flow == runs.c.flow, later.c.id > runs.c.id).exists()
    gone = select(runs.c.id).where(useless, old, followed).order_by(runs.c.started_at).limit(size)
    return db.execute(runs.delete().where(runs.c.id.in_(gone))).rowcount
