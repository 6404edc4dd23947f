"""The programs that together are one installation: each in a process group of its own, with a log, ended by its id."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

from cli.fault import Fault
from cli.prefect_server import origins
from config.prefect_api import prefect_api
from config.settings import ROOT, Settings

_READY_S = 600.0
"""A first start migrates Prefect's database: a minute on a small machine, and several on one that is busy otherwise."""

_FEW_WRITES = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "5",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "15",
}
"""By default Prefect writes each change of a task in a transaction of its own, and events every five seconds. On SQLite
a request for a new run that meets one is refused (503), and its sender sleeps for two seconds and more."""


def prefect_environment(settings: Settings) -> dict[str, str]:
    """What every process that talks to our Prefect server needs. Set before Prefect is imported."""
    api = prefect_api(settings)
    return {
        "PREFECT_HOME": str(settings.prefect_home.resolve()),
        "PREFECT_API_URL": api.url,
        "PREFECT_API_AUTH_STRING": api.auth_string,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 24 * 3600),
        "PREFECT_WORKER_QUERY_SECONDS": "3",
        "AFTERCARE_ROOT": str(ROOT),
        "AFTERCARE_HOME": str(settings.home.resolve()),
    }


class Part:
    """One program. It is started in a session of its own, so that all that it starts ends with it."""

    def __init__(self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.command = [*command]
        self.log = log
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs
                self.command, cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def ended(self) -> int | None:
        """The exit status, if it has ended."""
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        if self._process and self._process.poll() is None:
            _signal_group(self._process.pid, signal.SIGTERM)

    def make_sure(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic seconds), then end what is left of the group."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.1, deadline - time.monotonic()))
        _signal_group(self._process.pid, signal.SIGKILL)
        self._process.wait()


def stop_all(parts: Sequence[Part], *, within_s: float) -> None:
    """End the parts, last started first, all within the given time."""
    deadline = time.monotonic() + within_s
    for part in reversed(parts):
        part.ask_to_stop()
    for part in reversed(parts):
        part.make_sure(deadline)


def server_part(settings: Settings, *, schedules: bool = True) -> Part:
    """Prefect's server on loopback with SQLite in our home. Without `schedules` it starts no runs by itself."""
    command = [sys.executable, "-P", "-m", "cli.prefect_server"]
    environment = prefect_environment(settings) | _FEW_WRITES | {
        "PREFECT_SERVER_API_AUTH_STRING": prefect_api(settings).auth_string,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ",".join(origins(settings)),
        "PREFECT_SERVER_UI_API_URL": f"{settings.prefect_ui}/api",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": str(schedules).lower(),
    }  # fmt: skip
    return Part("Prefect server", command, settings.home / "log" / "prefect-server.log", environment)


def worker_part(settings: Settings) -> Part:
    command = [sys.executable, "-P", "-m", "prefect", "worker", "start", "--pool", "aftercare", "--type", "process",
               "--name", "aftercare", "--limit", "2"]  # fmt: skip
    return Part("worker", command, settings.home / "log" / "worker.log", prefect_environment(settings))


def web_part(settings: Settings) -> Part:
    command = [sys.executable, "-P", "-m", "web"]
    return Part("web application", command, settings.home / "log" / "web.log", prefect_environment(settings))


def check_port_is_free(port: int, setting: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Fault(f"port {port} is in use by another program; set {setting} to a free one") from None


def wait_until_ready(part: Part, url: str, stopping: threading.Event | None = None) -> None:
    """Until the address answers. `Fault` when the part ends before that, or is not ready in ten minutes."""
    pause = stopping or threading.Event()
    end = time.monotonic() + _READY_S
    while time.monotonic() < end and not pause.is_set():
        if part.ended() is not None:
            raise Fault(f"the {part.name} ended while starting; {part.log} says why")
        if _answers(url):
            return
        pause.wait(0.2)
    if not pause.is_set():
        raise Fault(f"the {part.name} was not ready after {_READY_S:.0f} s; {part.log} says why")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return  # all of it has ended already
