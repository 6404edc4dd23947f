"""The commands as people type them: what they show, and one sentence with status 2 where something is wrong."""

import csv
import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.app import main
from models.answers import Said, record
from models.calls import CallReport, record_call
from models.inbox import receive
from models.report import ClosedService
from models.tables import cases
from tasks import place as places
from tasks.ask import owe_surveys
from tasks.concerns import judge_answers
from tasks.open_cases import open_cases
from tasks.place import Place
from tests.signing import SendGridKey
from vocabulary import CallOutcome, Channel

Type = Callable[..., tuple[int, str, str]]

CLOSED = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
LATER = CLOSED + timedelta(hours=6)


@pytest.fixture
def type_(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Type a command; its exit status, what it printed, and what it complained of."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aftercare", *words])
        capsys.readouterr()
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def concern(place: Place) -> Place:
    """Case 1 has an open concern whose comment looks like a formula; case 2 is to be called; case 3 is excluded."""
    reports = [
        _report("J-1", email="ann@example.com", customer_name="Ann [bold]Lee"),
        _report("J-2", phone="+493023125017", channels=["phone"]),
        _report("J-3", email="bob@example.com", tags=["test"]),
    ]
    with place.store.write() as db:
        receive(db, reports, at=CLOSED)
    open_cases.fn([1, 2, 3], CLOSED + timedelta(hours=1))
    owe_surveys.fn([1, 2], LATER)
    with place.store.write() as db:
        said = Said(nonce="n", channel=Channel.EMAIL, rating=1, comment="=HYPERLINK(1)", contact_me=True)
        record(db, 1, said, at=LATER, change_for=timedelta(hours=72))
    judge_answers.fn([1], LATER)
    return place


def test_cases_as_csv_has_a_row_for_every_service_with_instants_in_utc(concern: Place, type_: Type):
    status, out, _ = type_("cases", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    promised = (
        "case_id source external_id closed_at region timezone contact_not_before_at contact_due_at contacted_at stage "
        "disposition reason clause rating policy_version"
    )
    assert set(rows[0]) >= set(promised.split())
    assert [row["external_id"] for row in rows] == ["J-1", "J-2", "J-3"]
    assert rows[0]["closed_at"] == "2026-10-05T08:00:00Z"
    assert rows[0]["contact_due_at"] == "2026-10-07T18:00:00Z"
    assert (rows[2]["disposition"], rows[2]["clause"]) == ("ineligible", "2.2")


def test_explain_tells_every_rule_with_its_input_and_verdict_in_order(concern: Place, type_: Type):
    status, out, _ = type_("explain", "1")
    assert status == 0
    rules = ["kind of service", "exception", "opt-out", "cooldown", "channels", "not before", "deadline", "slot"]
    positions = [out.index(rule) for rule in rules]
    assert positions == sorted(positions)
    assert "escalation opened" in out
    assert "HYPERLINK" not in out, "the log points to what customers wrote, it does not repeat it"


def test_an_escalation_is_taken_and_resolved_only_with_cause_and_action(concern: Place, type_: Type):
    assert "not taken yet" in type_("escalations", "list")[1] or "LATE" in type_("escalations", "list")[1]
    assert type_("escalations", "acknowledge", "1", "--by", "Petra")[0] == 0
    status, _, err = type_("escalations", "resolve", "1", "--root-cause", "magic", "--action", "Replaced the valve.")
    assert status == 2
    assert "use one of: workmanship" in err
    status, _, err = type_("escalations", "resolve", "1", "--root-cause", "parts", "--action", "ok")
    assert (status, "at least" in err) == (2, True)
    assert type_("escalations", "resolve", "1", "--root-cause", "parts", "--action", "Replaced the valve.")[0] == 0
    status, _, err = type_("escalations", "resolve", "1", "--root-cause", "parts", "--action", "Replaced it again.")
    assert (status, "was resolved by" in err) == (2, True)


def test_calls_are_listed_and_recorded_once(concern: Place, type_: Type):
    assert "+493023125017" in type_("calls", "list")[1]
    assert type_("calls", "record", "1", "--outcome", "answered", "--rating", "5")[0] == 0
    status, _, err = type_("calls", "record", "1", "--outcome", "busy")
    assert (status, "recorded already" in err) == (2, True)
    status, _, err = type_("calls", "record", "99", "--outcome", "busy")
    assert (status, "no call 99" in err) == (2, True)


def test_the_log_opens_in_a_spreadsheet_without_running_a_formula(concern: Place, type_: Type, tmp_path: Path):
    target = tmp_path / "log.csv"
    assert type_("log", "export", str(target))[0] == 0
    rows = list(csv.DictReader(target.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["comment"] for row in rows if row["comment"]] == ["'=HYPERLINK(1)"]
    assert {row["event"] for row in rows} >= {"case_opened", "answer_received", "answer_judged", "escalation_opened"}


def test_only_a_case_that_waits_for_it_can_be_signed(concern: Place, type_: Type):
    status, _, err = type_("sign", "1", "--by", "Joan")
    assert (status, "does not wait" in err) == (2, True)
    with concern.store.write() as db:
        report = CallReport(outcome=CallOutcome.WRONG_NUMBER, by="Team")
        record_call(db, 1, report, at=LATER, change_for=timedelta(hours=72))
    from tasks.silence import settle_silence

    settle_silence.fn([2], LATER + timedelta(hours=1))
    assert type_("sign", "2", "--by", "Joan")[0] == 0
    assert "by Joan" in type_("explain", "2")[1]


def test_a_policy_with_faults_names_each_and_nothing_starts(
    place: Place, type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    broken = tmp_path / "broken.toml"
    text = Path("policy/sop.toml").read_text().replace("due_business_days = 2", "due_business_days = 0")
    broken.write_text(text.replace('region = "DE"', 'region = "DX"'))
    status, _, err = type_("policy", "check", str(broken))
    assert status == 2
    assert "contact.due_business_days = 0" in err
    monkeypatch.setenv("AFTERCARE_POLICY_FILE", str(broken))
    for command in (["cases"], ["up"], ["doctor"]):
        status, _, err = type_(*command)
        assert (status, "contact.due_business_days" in err, "Traceback" in err) == (2, True, False)


def test_a_closure_in_a_region_that_does_not_exist_is_a_fault(type_: Type, tmp_path: Path):
    broken = tmp_path / "broken.toml"
    broken.write_text(Path("policy/sop.toml").read_text().replace('region = "DE"', 'region = "DX"'))
    status, _, err = type_("policy", "check", str(broken))
    assert (status, "DX" in err) == (2, True)


def test_a_language_that_is_offered_and_not_there_is_a_fault(
    place: Place, type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    offering = tmp_path / "offering.toml"
    offering.write_text(Path("policy/sop.toml").read_text().replace('offered = ["en",', 'offered = ["it", "en",'))
    monkeypatch.setenv("AFTERCARE_POLICY_FILE", str(offering))
    for command in (["policy", "check"], ["templates", "check"], ["up"], ["doctor"]):
        status, _, err = type_(*command)
        assert (status, "languages/it/language.toml: there is no such file" in err) == (2, True), command


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["explain", "99"], "there is no case 99"),
        (["run", "send-survey"], "does not answer"),
        (["run", "send-survey", "--as-of", "2026-10-05"], "no offset"),
        (["run", "send-survey", "--as-of", "soon"], "not a date"),
        (["review", "October"], "not a month"),
        (["import", "nowhere.csv"], "nowhere.csv"),
        (["escalations", "acknowledge", "7"], "no escalation 7"),
        (["templates", "catalogue", "en"], "no catalogue"),
        (["templates", "catalogue", "xx"], "languages/xx/language.toml: there is no such file"),
        (["no-such-command"], "No such command"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(
    type_: Type, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
):
    monkeypatch.setenv("AFTERCARE_PREFECT_PORT", "1")
    status, _, err = type_(*words)
    assert (status, told in err, "Traceback" in err) == (2, True, False), err


def test_a_store_that_cannot_be_opened_is_one_sentence(type_: Type, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AFTERCARE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    status, _, err = type_("cases")
    assert (status, "store cannot be opened" in err, "Traceback" in err) == (2, True, False), err


def test_doctor_says_what_is_to_be_done(type_: Type, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AFTERCARE_PREFECT_PORT", "1")
    status, out, _ = type_("doctor")
    assert status == 1
    assert "TO DO Prefect server" in out
    assert "templates are complete; customers are offered en, de, fr, es, nl" in out


def test_doctor_says_what_a_channel_lacks(type_: Type, monkeypatch: pytest.MonkeyPatch):
    assert "no SMS are sent" in type_("doctor")[1]
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    assert "channel sms goes through outbox" in type_("doctor")[1]
    monkeypatch.setenv("AFTERCARE_SMS", "twilio")
    status, out, _ = type_("doctor")
    assert (status, "channel sms is not ready: AFTERCARE_SMS is twilio: set AFTERCARE_TWILIO_" in out) == (1, True)


def test_doctor_says_what_protects_replies_by_mail(type_: Type, monkeypatch: pytest.MonkeyPatch):
    assert "replies by mail go to service@example.com" in type_("doctor")[1]
    monkeypatch.setenv("AFTERCARE_REPLY_DOMAIN", "reply.example.com")
    assert "TO DO replies go to reply.example.com and are refused: set AFTERCARE_INBOUND_SECRET" in type_("doctor")[1]
    monkeypatch.setenv("AFTERCARE_INBOUND_SECRET", "k" * 32)
    assert "for reply.example.com, protected by its secret address; AFTERCARE_SENDGRID_INBOUND" in type_("doctor")[1]
    monkeypatch.setenv("AFTERCARE_SENDGRID_INBOUND_KEYS", SendGridKey().public)
    assert "protected by SendGrid's signature, its secret address\n" in type_("doctor")[1]
    monkeypatch.setenv("AFTERCARE_SENDGRID_INBOUND_KEYS", "nonsense")
    told = "TO DO replies by mail cannot be taken: AFTERCARE_SENDGRID_INBOUND_KEYS: a key is not a public key"
    assert told in type_("doctor")[1]


def test_the_texts_can_be_looked_at(type_: Type, tmp_path: Path):
    assert type_("templates", "preview", str(tmp_path / "preview"))[0] == 0
    assert (tmp_path / "preview" / "index.html").exists()


def test_without_cases_the_list_says_how_to_begin(type_: Type):
    assert "./aftercare import" in type_("cases")[1]


def test_the_demonstration_touches_no_real_data(concern: Place, type_: Type, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AFTERCARE_DATABASE_URL")
    (concern.settings.home / "aftercare.db").touch()
    status, _, err = type_("demo", "--exit")
    assert (status, "real data" in err) == (2, True)
    with places.place().store.read() as db:
        assert db.execute(cases.select()).all() is not None


def test_the_demonstration_lets_nobody_else_in(type_: Type, monkeypatch: pytest.MonkeyPatch):
    """Its people have a password that everybody can read."""
    monkeypatch.delenv("AFTERCARE_DATABASE_URL", raising=False)
    monkeypatch.setenv("AFTERCARE_WEB_HOST", "0.0.0.0")
    status, _, err = type_("demo", "--exit")
    assert (status, "AFTERCARE_WEB_HOST" in err) == (2, True)


def test_up_does_not_start_on_what_a_demonstration_has_left(concern: Place, type_: Type):
    (concern.settings.home / "demonstration").touch()
    status, _, err = type_("up")
    assert (status, "AFTERCARE_HOME" in err) == (2, True)


def _report(external_id: str, **more: object) -> ClosedService:
    values = {"source": "crm", "external_id": external_id, "closed_at": CLOSED, "kind": "job completed",
              "department": "Heating", "branch": "Berlin", "region": "DE-BE", "timezone": "Europe/Berlin",
              "contact_basis": "consent"}  # fmt: skip
    return ClosedService.model_validate(values | more)


@pytest.mark.parametrize("settings", [{"AFTERCARE_MAIL": "smtp"}, {"AFTERCARE_SMS": "twilio"}])
def test_nobody_looks_days_ahead_where_messages_reach_customers(
    type_: Type, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    status, _, said = type_("run", "document", "--as-of", "2036-12-03T10:00:00+00:00", "--trial")
    assert (status, "this one reaches customers" in said) == (2, True)


def test_nobody_looks_days_ahead_without_saying_that_it_is_a_trial(type_: Type):
    status, _, said = type_("run", "document", "--as-of", "2036-12-03T10:00:00+00:00")
    assert (status, "lies ahead" in said) == (2, True)
