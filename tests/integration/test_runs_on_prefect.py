"""Runs as Prefect runs them: our row has the flow run's id, and what tasks write carries our number."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Completed
from sqlalchemy import Row, select

from cli.stages import StageName, Stages
from config.settings import Settings
from flows.clock import clock
from models.inbox import receive
from models.log import NewEntry, append
from models.runs import of_case
from models.tables import cases, entries, runs
from tasks import place as places
from tasks.place import Place
from tasks.runs import recorded
from tests.seed import report
from vocabulary import Clause, Event, RunState

pytestmark = pytest.mark.slow

CLOSED = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def here(on_prefect: Settings) -> Iterator[Place]:
    """The place of that server, with one closed service."""
    places.leave_places()
    opened = places.place()
    with opened.store.write() as db:
        receive(db, [report(closed_at=CLOSED)], at=CLOSED)
    yield opened
    places.leave_places()


def last_run(here: Place) -> Row[Any]:
    with here.store.read() as db:
        return db.execute(select(runs).order_by(runs.c.id.desc()).limit(1)).one()


def in_prefect(stage: StageName) -> list[FlowRun]:
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(f"{stage}/{stage}")
        only = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]))
        return client.read_flow_runs(flow_run_filter=only)


def test_a_run_of_a_deployment_is_a_row_and_its_entries_lead_to_it(here: Place, stages: Stages):
    as_of = CLOSED + timedelta(hours=1)
    stages.run(StageName.SCHEDULE_CONTACT, as_of=as_of)
    row, (shown,) = last_run(here), in_prefect(StageName.SCHEDULE_CONTACT)
    assert row.prefect_run_id == str(shown.id)
    assert (row.flow, row.state, row.word) == ("schedule-contact", RunState.COMPLETED, "Scheduled")
    assert (row.as_of, row.counts) == (as_of, '{"opened": 1}')
    with here.store.read() as db:
        case_id = db.execute(select(cases.c.id)).scalar_one()
        (touched,) = of_case(db, case_id)
        written = db.execute(select(entries).where(entries.c.case_id == case_id)).all()
    assert touched.prefect_run_id == str(shown.id)
    assert touched.entries == touched.on_case == sum(entry.run_id == row.id for entry in written) > 0
    assert [entry.event for entry in written if entry.run_id is None] == [], "the run alone has worked on the case"


def test_a_run_by_hand_has_a_row_too(here: Place, stages: Stages):
    stages.run_plainly(StageName.DOCUMENT)
    row = last_run(here)
    assert (row.flow, row.word, row.as_of) == ("document", "Nothing due", None)
    with get_client(sync_client=True) as client:
        assert client.read_flow_run(row.prefect_run_id).name.startswith("document ")


def test_a_run_that_fails_is_failed_here_and_there(here: Place, stages: Stages):
    state = stages.run(StageName.MONTHLY_REVIEW, as_of=CLOSED, month="2026-10")
    row, (shown,) = last_run(here), in_prefect(StageName.MONTHLY_REVIEW)
    assert state.is_failed()
    assert (row.flow, row.state, row.word) == ("monthly-review", RunState.FAILED, "NoReview")
    assert (row.prefect_run_id, shown.state_name) == (str(shown.id), "Failed")


def test_tasks_in_threads_and_under_time_limits_know_their_run(here: Place, stages: Stages):
    def write(event: Event) -> None:
        with here.store.write() as db:
            append(db, [NewEntry(event=event, at=CLOSED, clause=Clause.REVIEW)])

    limited = task(timeout_seconds=30)(write)
    plain = task(write)

    @flow(name="many-ways")
    @recorded("many-ways", clock)
    def many_ways() -> State[Any]:
        write(Event.CASE_OPENED)
        plain(Event.MESSAGE_OWED)
        limited(Event.CALL_OWED)
        plain.submit(Event.ANSWER_JUDGED).result()  # type: ignore[no-untyped-call]
        plain.map([Event.OPTED_OUT, Event.RECORD_SEALED]).result()
        return Completed()

    many_ways()
    row = last_run(here)
    with here.store.read() as db:
        written = db.execute(select(entries.c.run_id).where(entries.c.clause == Clause.REVIEW)).scalars().all()
    assert written == [row.id] * 6
