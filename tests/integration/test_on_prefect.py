"""The stages as Prefect runs them: readable for managers, started by bells, and without a word about customers."""

import pickletools
import re
import sqlite3
import time
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from sqlalchemy import select

from cli.deployments import apply_deployments, prune
from cli.stages import StageName, Stages
from config.prefect_api import prefect_api
from config.prefect_state import missing_deployments
from config.settings import ROOT, Settings
from models.answers import Said, record
from models.inbox import receive
from models.report import ClosedService
from models.tables import cases, messages
from tasks import place as places
from tasks.place import Place
from vocabulary import Cause, Channel, Delivery, Disposition, Purpose, Stage

pytestmark = pytest.mark.slow

CLOSED = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
CANARIES = {
    "customer_name": "Canariana Wrenfield",
    "email": "canary.bird@example.com",
    "phone": "+493023125017",
    "customer_ref": "CANARY-REF-77",
}
MOBILE = "+491713920042"
COMMENT = "canary comment: the boiler is still not working"


@pytest.fixture(scope="module")
def month(on_prefect: Settings, stages: Stages) -> dict[StageName, object]:
    """The whole procedure once, by real runs: three services, one of them with a concern. The final states."""
    places.leave_places()
    here = places.place()
    with here.store.write() as db:
        by_sms = _report("A2", email=None, phone=MOBILE, channels=["sms"])
        reports = [_report("A1"), by_sms, _report("A3", phone=None, tags=["test"])]
        receive(db, reports, at=CLOSED)
    states: dict[StageName, object] = {}

    def run(stage: StageName, hours: float, **parameters: str) -> None:
        states[stage] = stages.run(stage, as_of=CLOSED + timedelta(hours=hours), **parameters)

    run(StageName.SCHEDULE_CONTACT, 1)
    run(StageName.SEND_SURVEY, 5)
    run(StageName.DELIVER_MESSAGES, 5)
    _answer(here, 1, rating=1, comment=COMMENT, at=CLOSED + timedelta(hours=6))
    _answer(here, 2, rating=5, comment="", at=CLOSED + timedelta(hours=6))
    run(StageName.ESCALATE, 6)
    run(StageName.DELIVER_MESSAGES, 6)
    run(StageName.AWAIT_RESPONSE, 7)
    run(StageName.DOCUMENT, 100)
    run(StageName.MONTHLY_REVIEW, 24 * 28, month="2026-10")
    return states


def test_every_stage_ends_in_business_words(month: dict[StageName, object]):
    told = {stage: (state.name, state.message) for stage, state in month.items()}  # type: ignore[attr-defined]
    assert told[StageName.SCHEDULE_CONTACT] == ("Scheduled", "2 opened, 1 ineligible")
    assert told[StageName.SEND_SURVEY] == ("Asked", "2 asked")
    assert told[StageName.ESCALATE] == ("Concerns worked", "1 concerns opened, 1 satisfied")
    assert told[StageName.DELIVER_MESSAGES][0] == "Delivered"
    assert told[StageName.AWAIT_RESPONSE] == ("Nothing due", "nothing was due")
    assert told[StageName.DOCUMENT] == ("Documented", "2 closed")
    assert told[StageName.MONTHLY_REVIEW][0] == "Reviewed"


def test_what_the_operator_must_hear_of_stands_first_on_the_pages_of_the_runs(
    month: dict[StageName, object], stages: Stages
):
    here = places.place()
    with here.store.write() as db:
        failed = messages.c.channel == Channel.SMS, messages.c.purpose == Purpose.SURVEY
        before = db.execute(select(messages.c.state, messages.c.code).where(*failed)).one()
        values = {"state": Delivery.FAILED, "code": "undelivered 30007", "cause": Cause.SENDER}
        db.execute(messages.update().where(*failed).values(values))
    try:
        alarm = "ALARM: carriers do not take what we send (sms undelivered 30007: 1, in the last 7 days); "
        for stage in (StageName.DELIVER_MESSAGES, StageName.AWAIT_RESPONSE):
            assert stages.run(stage, as_of=CLOSED + timedelta(hours=8)).message.startswith(alarm)
    finally:
        with here.store.write() as db:
            values = {"state": before.state, "code": before.code, "cause": None}
            db.execute(messages.update().where(*failed).values(values))


def test_the_rows_say_what_the_runs_say(month: dict[StageName, object]):
    with places.place().store.read() as db:
        rows = {row.id: (row.stage, row.disposition) for row in db.execute(select(cases))}
    assert rows == {
        1: (Stage.ESCALATED, None),
        2: (Stage.CLOSED, Disposition.SATISFIED),
        3: (Stage.CLOSED, Disposition.INELIGIBLE),
    }


def test_one_customer_was_written_to_by_mail_and_one_by_sms(month: dict[StageName, object]):
    with places.place().store.read() as db:
        surveys = select(messages.c.channel, messages.c.state).where(messages.c.purpose == Purpose.SURVEY)
        assert sorted(map(tuple, db.execute(surveys))) == [("email", Delivery.ACCEPTED), ("sms", Delivery.ACCEPTED)]


def test_runs_belong_to_their_deployment_and_are_named_with_date_and_count(month: dict[StageName, object]):
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("send-survey/send-survey")
        only = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]))
        names = [run.name for run in client.read_flow_runs(flow_run_filter=only)]
    assert names == ["send-survey 2026-10-05 13:00 UTC, 2 due"]


def test_runs_leave_a_table_of_counts(month: dict[StageName, object], on_prefect: Settings):
    tables = _rows(on_prefect, "SELECT key, data, description FROM artifact WHERE type = 'table'")
    assert {key for key, _, _ in tables} >= {"schedule-contact", "send-survey", "escalate", "document"}
    assert any("opened" in data for key, data, _ in tables if key == "schedule-contact")


def test_prefect_has_seen_no_customer(month: dict[StageName, object], on_prefect: Settings):
    """Every column of every table of Prefect's database, and every file in its home, pickled results included."""
    words = [*CANARIES.values(), MOBILE, "1713920042", "canary comment", "boiler", "Canariana", "23125017"]
    hits = [f"{where}: {word}" for where, text in _everything(on_prefect) for word in words if word in text]
    assert not hits
    assert any("send-survey 2026-10-05" in text for _, text in _everything(on_prefect)), "the search sees what is there"


@pytest.mark.parametrize(
    ("event", "deployment"),
    [
        ("aftercare.service.closed", "schedule-contact"),
        ("aftercare.answer.received", "escalate"),
        ("aftercare.danger.reported", "deliver-messages"),
    ],
)
def test_a_bell_starts_a_sweep(on_prefect: Settings, event: str, deployment: str):
    before = _scheduled(deployment)
    bell = {"id": str(uuid4()), "occurred": datetime.now(UTC).isoformat(), "event": event,
            "resource": {"prefect.resource.id": "aftercare.inbox"}, "payload": {}}  # fmt: skip
    with prefect_api(on_prefect).client(timeout_s=30) as api:
        api.post("/events", json=[bell]).raise_for_status()
    end = time.monotonic() + 120
    while _scheduled(deployment) == before and time.monotonic() < end:
        time.sleep(0.3)
    assert _scheduled(deployment) == before + 1


def test_applying_again_does_nothing_until_the_file_changes(on_prefect: Settings):
    assert apply_deployments(on_prefect) is False


def test_a_deployment_that_left_the_file_is_removed(on_prefect: Settings, tmp_path: Path):
    shorter = tmp_path / "prefect.yaml"
    text = (ROOT / "prefect.yaml").read_text()
    shorter.write_text(re.sub(r"  - name: monthly-review\n(.+\n?)+", "", text))
    with prefect_api(on_prefect).client(timeout_s=30) as api:
        prune(api, shorter)
        assert missing_deployments(api) == {"monthly-review"}
    with get_client(sync_client=True) as client:
        assert "monthly-review" not in {deployment.name for deployment in client.read_deployments()}
        assert "document" in {deployment.name for deployment in client.read_deployments()}


def _report(external_id: str, **more: object) -> ClosedService:
    values = {"source": "crm", "external_id": external_id, "closed_at": CLOSED, "kind": "job completed",
              "department": "Heating", "branch": "Berlin", "region": "DE-BE", "timezone": "Europe/Berlin",
              "contact_basis": "consent",
              "channels": ["email"], **CANARIES, **more}  # fmt: skip
    return ClosedService.model_validate(values)


def _answer(here: Place, case_id: int, *, rating: int, comment: str, at: datetime) -> None:
    said = Said(nonce=f"n{case_id}", channel=Channel.EMAIL, rating=rating, comment=comment or None, contact_me=False)
    with here.store.write() as db:
        record(db, case_id, said, at=at, change_for=timedelta(hours=72))


def _scheduled(deployment: str) -> int:
    with get_client(sync_client=True) as client:
        of = client.read_deployment_by_name(f"{deployment}/{deployment}")
        only = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[of.id]))
        return sum(run.created_by is not None and run.created_by.type == "AUTOMATION"
                   for run in client.read_flow_runs(flow_run_filter=only))  # fmt: skip


def _rows(settings: Settings, statement: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(f"file:{settings.prefect_home / 'prefect.db'}?mode=ro", uri=True) as db:
        return db.execute(statement).fetchall()


def _everything(settings: Settings) -> list[tuple[str, str]]:
    found = []
    for (table,) in _rows(settings, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        found += [(table, repr(row)) for row in _rows(settings, f'SELECT * FROM "{table}"')]
    for path in settings.prefect_home.rglob("*"):
        if path.is_file() and not path.name.startswith("prefect.db"):
            content = path.read_bytes()
            found.append((path.name, content.decode("utf-8", "replace") + _unpickled(content)))
    logs = (settings.home / "log").glob("*.log")
    return found + [(path.name, path.read_text(errors="replace")) for path in logs]


def _unpickled(content: bytes) -> str:
    """The strings of a stored result, which Prefect keeps as a pickle in base64."""
    found = re.search(rb'"result":\s*"([A-Za-z0-9+/=\\n]+)"', content)
    if found is None:
        return ""
    pickle = b64decode(found.group(1).replace(b"\\n", b""))
    return " ".join(str(argument) for _, argument, _ in pickletools.genops(pickle) if isinstance(argument, str))
