"""`aftercare fakes` as people use it: what it prints can be pasted, and Ctrl-C ends it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

import policy
from cli.app import app
from config.settings import Settings
from tests.integration.fakes.test_fake_sendgrid import message

ROOT = Path(policy.__file__).parent.parent


@contextmanager
def command(home: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AFTERCARE_")}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "fakes", *options], cwd=ROOT, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment | {"AFTERCARE_HOME": str(home)},
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def printed(process: "subprocess.Popen[str]") -> dict[str, str]:
    """The settings, by name without prefix and in lower case; read until the last line of the start."""
    assert process.stdout is not None
    lines = []
    while not lines or not lines[-1].startswith("# Running"):
        lines.append(process.stdout.readline())
        assert lines[-1], process.stderr and process.stderr.read()
    found = re.findall(r"^export AFTERCARE_(\w+)=(\S+)$", "".join(lines), re.MULTILINE)
    return {name.lower(): value for name, value in found}


def test_its_settings_are_ready_to_copy_and_stay_the_same_after_a_restart(tmp_path: Path):
    with command(tmp_path) as process:
        first = printed(process)
        assert Settings.model_validate({name: first[name] for name in ("mail", "sendgrid_url", "sendgrid_api_key")})
        answer = httpx.post(f"{first['sendgrid_url']}/v3/mail/send", json=message(),
                            headers={"Authorization": f"Bearer {first['sendgrid_api_key']}"})  # fmt: skip
        assert answer.status_code == 202
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        assert (output, errors, process.returncode) == ("Stopped after 1 messages.\n", "", 0)
    with command(tmp_path) as process:
        again = printed(process)
    ports = {"sendgrid_url", "twilio_url", "webhooks__fake__url", "slack__fake_room__url"}
    assert ports <= first.keys()
    assert {name: value for name, value in again.items() if name not in ports} == {
        name: value for name, value in first.items() if name not in ports
    }


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path):
    with command(tmp_path) as process:
        port = printed(process)["sendgrid_url"].rpartition(":")[2]
        with command(tmp_path, "--twilio-port", port) as second:
            _, errors = second.communicate(timeout=60)
            assert second.returncode == 2
            assert errors.count("\n") == 1
            assert "choose other ports" in errors


def test_faults_and_their_seed_are_options(tmp_path: Path):
    with command(tmp_path, "--fault-rate", "1", "--fault", "503-after", "--seed", "7") as process:
        found = printed(process)
        answer = httpx.post(f"{found['sendgrid_url']}/v3/mail/send", json=message(),
                            headers={"Authorization": f"Bearer {found['sendgrid_api_key']}"})  # fmt: skip
        assert answer.status_code == 503
        counts = httpx.get(f"{found['sendgrid_url']}/api/counts").json()
        assert (counts["taken"], counts["faults"]) == ({"email": 1}, {"503-after": 1})


@pytest.mark.parametrize("option", [["--fault-rate", "1.5"], ["--fault", "nonsense"], ["--sendgrid-port", "70000"]])
def test_nonsense_is_refused(option: list[str]):
    assert CliRunner().invoke(app, ["fakes", *option]).exit_code == 2
