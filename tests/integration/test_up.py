"""`aftercare up` as an operator meets it: one command, one Ctrl-C, and nothing lost when a part is killed."""

import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from cli.up import STOP_WITHIN_S
from config.prefect_api import prefect_api
from config.settings import ROOT, read_settings
from models.store import Store
from models.tables import cases
from tests.prefect_server import environment, free_port

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-P", "-m", "cli", "up"]
SECRET = base64.b64encode(b"a secret for tests, 32 bytes long").decode()
READY_S, STOPPED_S, PICKED_UP_S = 900, 300, 900


class Up:
    """A running `aftercare up`."""

    def __init__(self, home: Path, ports: tuple[int, int]) -> None:
        self.home = home
        self.web = f"http://127.0.0.1:{ports[1]}"
        self.values = {
            "AFTERCARE_HOME": str(home),
            "AFTERCARE_PREFECT_PORT": str(ports[0]),
            "AFTERCARE_WEB_PORT": str(ports[1]),
            "AFTERCARE_INTAKE_SECRETS": f"whsec_{SECRET}",
        }
        self.log = home / "up.log"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.home.mkdir(parents=True, exist_ok=True)
        with environment(self.values), self.log.open("ab") as log:
            return subprocess.Popen(COMMAND, cwd=ROOT, stdout=log, stderr=log, env={**os.environ})

    def prefect(self) -> httpx.Client:
        with environment(self.values):
            return prefect_api(read_settings()).client(timeout_s=30)

    def start_again(self) -> None:
        self.log.rename(self.log.with_suffix(".former"))
        self.process = self._start()

    def wait_until_running(self) -> None:
        eventually(lambda: "Running." in self.log.read_text() or self.process.poll() is not None, READY_S)
        assert self.process.poll() is None, self.log.read_text()

    def parts(self) -> dict[str, int]:
        return {part["name"]: part["pid"] for part in json.loads((self.home / "parts.json").read_text())}

    def report(self, external_id: str) -> httpx.Response:
        closed_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        service = {"source": "crm", "external_id": external_id, "closed_at": closed_at, "kind": "job completed",
                   "department": "Heating", "branch": "Berlin", "region": "DE-BE", "timezone": "Europe/Berlin",
                   "contact_basis": "consent",
                   "email": f"{external_id.lower()}@example.com"}  # fmt: skip
        body = json.dumps(service).encode()
        stamp = str(int(time.time()))
        signed = hmac.new(base64.b64decode(SECRET), f"msg_{external_id}.{stamp}.".encode() + body, hashlib.sha256)
        headers = {"webhook-id": f"msg_{external_id}", "webhook-timestamp": stamp, "Content-Type": "application/json",
                   "webhook-signature": f"v1,{base64.b64encode(signed.digest()).decode()}"}  # fmt: skip
        return httpx.post(f"{self.web}/services/closed", content=body, headers=headers, trust_env=False, timeout=30)

    def run_that_nobody_ends(self, stage: str) -> str:
        """As a run looks to Prefect whose process was killed: it holds its stage's only slot."""
        with self.prefect() as api:
            found = api.get(f"/deployments/name/{stage}/{stage}").raise_for_status().json()["id"]
            run = _made(api, f"/deployments/{found}/create_flow_run")
            for state in ("PENDING", "RUNNING"):
                eventually(partial(_accepts, api, run, state), 60)
        return str(run)

    def state_of(self, run: str) -> str:
        with self.prefect() as api:
            return str(api.get(f"/flow_runs/{run}").json()["state_type"])

    def count_cases(self) -> int:
        store = Store(f"sqlite:///{self.home / 'aftercare.db'}")
        with store.read() as db:
            count = len(db.execute(cases.select()).all())
        store.close()
        return count


def eventually(what: Callable[[], bool], within_s: float) -> None:
    end = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").exists() else True


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, prefect_template: Path) -> Iterator[Up]:
    """Not its first start: that is what docs/first-day.md is walked through with."""
    home = tmp_path_factory.mktemp("home of up") / "var"
    shutil.copytree(prefect_template, home / "prefect")
    running = Up(home, (free_port(), free_port()))
    try:
        yield running
    finally:
        pids = list(running.parts().values()) if (running.home / "parts.json").exists() else []
        if running.process.poll() is None:
            running.process.kill()
        for pid in pids:
            if alive(pid):
                os.killpg(pid, signal.SIGKILL)


@pytest.fixture
def up(started: Up) -> Up:
    """Running, whatever the test before has done to it."""
    if started.process.poll() is not None:
        started.start_again()
    started.wait_until_running()
    return started


def test_a_reported_service_becomes_a_case_by_the_bell_and_the_worker(up: Up):
    before = up.count_cases()
    assert up.report("J-1").status_code == 201
    eventually(lambda: up.count_cases() == before + 1, PICKED_UP_S)


def test_a_second_up_in_the_same_home_is_refused_in_one_sentence(up: Up):
    with environment(up.values):
        second = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 2
    assert "running" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_killed_part_is_started_again(up: Up):
    before, former = up.count_cases(), up.parts()["web application"]
    os.killpg(former, signal.SIGKILL)
    eventually(lambda: up.parts()["web application"] != former, 30)
    eventually(lambda: _answers(up.web), 60)
    assert up.report("J-2").status_code == 201
    eventually(lambda: up.count_cases() == before + 1, PICKED_UP_S)  # by its own bell, seconds after the first one


def test_after_up_itself_was_killed_the_next_one_ends_what_was_left_and_goes_on(up: Up):
    before, left = up.count_cases(), up.parts()
    lost = up.run_that_nobody_ends("schedule-contact")
    up.process.kill()
    up.process.wait()
    up.start_again()
    up.wait_until_running()
    assert "left running" in up.log.read_text()
    assert not [name for name, pid in left.items() if alive(pid)]
    assert up.report("J-3").status_code == 201  # its bell starts a sweep, which also finds what came before the end
    assert up.state_of(lost) == "CRASHED"
    eventually(lambda: up.count_cases() == before + 1, PICKED_UP_S)


def test_one_interrupt_stops_all_of_it(up: Up):
    """Within ten seconds, where the machine has nothing else to do: then what still runs is killed."""
    assert STOP_WITHIN_S < 10
    pids = [up.process.pid, *up.parts().values()]
    up.process.send_signal(signal.SIGINT)
    up.process.wait(STOPPED_S)
    assert up.process.returncode == 0
    assert not [pid for pid in pids if alive(pid)]
    assert "Stopped." in up.log.read_text()


def _made(api: httpx.Client, path: str) -> str:
    """The id of what Prefect makes; its store may be locked at first, by what it does besides."""
    end = time.monotonic() + 60
    while not (answer := api.post(path, json={})).is_success:
        assert time.monotonic() < end, answer.text
        time.sleep(0.2)
    return str(answer.json()["id"])


def _accepts(api: httpx.Client, run: str, state: str) -> bool:
    answer = api.post(f"/flow_runs/{run}/set_state", json={"state": {"type": state}, "force": False})
    return bool(answer.json()["status"] == "ACCEPT")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False, timeout=2).is_success
    except httpx.TransportError:
        return False
