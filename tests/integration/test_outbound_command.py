"""`outbound list`, `outbound test` and what `doctor` says of targets."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from cli.app import app
from config.settings import ROOT
from models.announcements import stop
from models.tables import announcements, entries, target_states
from tasks.place import Place
from tasks.place import place as here
from tests import seed
from tests.integration.channels.faulty_server import Answer
from tests.outbound import BROKEN, GONE, WHO, YES, Serve, deliver, receiver, rows, told
from vocabulary import Delivery

__all__ = ["receiver"]


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    fault = result.exception if isinstance(result.exception, Exception) else ""
    return result.exit_code, f"{result.output}{fault}"


def doctor() -> dict[str, bool]:
    """Its lines about targets, and whether each is fine."""
    _, output = run("doctor")
    lines = [line for line in output.splitlines() if any(word in line for word in ("hears of", "hear of", "LOOPBACK"))]
    return {line.removeprefix("ok").removeprefix("TO DO").strip(): line.startswith("ok") for line in lines}


def test_without_targets_the_commands_say_how_to_have_one(place: Place):
    assert "AFTERCARE_WEBHOOKS__<NAME>__URL" in run("outbound", "list")[1]
    assert list(doctor().values()) == [True]
    assert "there is no target 'crm' in the settings; there are: none" in run("outbound", "test", "crm")[1]


def test_a_test_is_sent_and_leaves_nothing_behind(place: Place, receiver: Serve):
    server = receiver(YES)
    status, output = run("outbound", "test", "crm")
    assert (status, output) == (0, "crm took the test (it answered 200).\n")
    [said] = told(server)
    assert said["type"] == "test"
    assert said["data"] == {"url": "http://127.0.0.1:8000"}
    assert rows() == rows(entries) == rows(target_states) == []


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (WHO, "crm did not take the test: it answered 401: is our secret the one that it expects?"),
        (GONE, "crm did not take the test: it answered 410: it is gone for good and wants nothing more"),
        (BROKEN, "crm did not take the test: it answered 500"),
        ("302 Found", "crm did not take the test: it sends us elsewhere, and redirects are not followed"),
    ],
)
def test_what_came_back_is_said_in_one_sentence(place: Place, receiver: Serve, status: str, sentence: str):
    receiver(status)
    code, output = run("outbound", "test", "crm")
    assert code != 0
    assert output.startswith(sentence)


def test_a_target_that_takes_a_test_runs_again(place: Place, receiver: Serve):
    server = receiver(GONE)
    with here().store.write() as db:
        stop(db, "crm", "410", datetime.now(UTC), until=None)
    assert run("outbound", "test", "crm")[0] != 0
    assert len(rows(target_states)) == 1
    server.script = [Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    assert run("outbound", "test", "crm")[0] == 0
    assert rows(target_states) == []


def test_doctor_says_loudly_that_this_machine_is_allowed(place: Place, receiver: Serve):
    receiver(YES)
    seed.escalated(place)
    now = datetime.now(UTC)
    deliver(now)
    lines = doctor()
    assert lines == {
        "announcements may go to this machine, unencrypted: AFTERCARE_OUTBOUND_LOOPBACK is for trying out": False,
        "webhook crm hears of 6 kinds of events: 1 taken, 0 due, 0 given up in 7 days": True,
    }


def test_doctor_names_a_target_that_is_stopped_and_what_was_given_up(place: Place, receiver: Serve):
    receiver(YES)
    now = datetime.now(UTC)
    with here().store.write() as db:
        stop(db, "crm", "410", now, until=None)
    [line] = [line for line, fine in doctor().items() if not fine and line.startswith("webhook")]
    assert "stopped: it answered 410" in line
    assert line.endswith("(never tried again by itself). `./aftercare outbound test crm`")
    assert "stopped: it answered 410" in run("outbound", "list")[1]
    run("outbound", "test", "crm")
    seed.escalated(place)
    with here().store.write() as db:
        db.execute(announcements.update().values(state=Delivery.REJECTED, settled_at=now - timedelta(days=6)))
    assert doctor()["webhook crm hears of 6 kinds of events: 0 taken, 0 due, 1 given up in 7 days"] is False


def test_the_command_line_starts_without_loading_prefect():
    code = "import sys, cli.app; sys.exit('prefect.tasks' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
