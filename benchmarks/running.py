"""The surroundings of a measurement: a provider, a Prefect server where it is needed, a process for each variant."""

import json
import os
import platform
import secrets
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from cli.fault import Fault
from cli.parts import Part, prefect_environment, server_part, stop_all, wait_until_ready
from cli.up import stop_signal
from config.settings import Settings, read_settings

_STOP_WITHIN_S = 8.0
_LOOK_EVERY_S = 0.1
_LAST_LINES = 15


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


class Run:
    """A provider and a Prefect server of its own, and a process per variant, all in one folder."""

    def __init__(self, folder: Path, stopping: threading.Event, latency_s: float) -> None:
        self._folder = folder
        self._stopping = stopping
        self._latency_s = latency_s
        self._parts: list[Part] = []
        self._address = ""
        self._settings = _surroundings(folder)

    def __enter__(self) -> "Run":
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        stop_all(self._parts, within_s=_STOP_WITHIN_S)

    def _start(self) -> None:
        print("Starting a Prefect server of our own …", flush=True)
        port_file = self._folder / "provider.port"
        server = server_part(self._settings, schedules=False)
        provider = self._part("provider", "benchmarks.provider", str(port_file), str(self._latency_s))
        for part in (server, provider):
            self._parts.append(part)
            part.start()
        self._wait(provider, port_file.exists)
        self._address = f"http://127.0.0.1:{port_file.read_text()}"
        os.environ["AFTERCARE_SENDGRID_URL"] = self._address
        wait_until_ready(server, f"{self._settings.prefect_url}/api/ready", self._stopping)
        if self._stopping.is_set():
            raise Stopped

    def variant(self, name: str, cases: int) -> dict[str, Any]:
        """What a variant measured. `Fault` when it failed, or when the provider did not get each mail once."""
        print(f"Measuring {name} with {cases} cases …", flush=True)
        home = self._folder / f"{name}-{cases}"
        home.mkdir()
        os.environ["AFTERCARE_HOME"] = str(home)
        result, before = home / "result.json", self._mails()
        part = self._part(f"{name}-{cases}", "benchmarks.variant", name, str(cases), str(result))
        self._parts.append(part)
        part.start()
        self._wait(part, lambda: part.ended() == 0)
        self._parts.remove(part)
        measured: dict[str, Any] = json.loads(result.read_text())
        if self._mails() - before != measured["mails"]:
            raise Fault(f"{name} sent {measured['mails']} mails, but the provider got {self._mails() - before}")
        return measured

    def _part(self, name: str, module: str, *arguments: str) -> Part:
        command = [sys.executable, "-P", "-m", module, *arguments]
        environment = prefect_environment(read_settings()) | {"PREFECT_LOGGING_LEVEL": "ERROR"}
        return Part(name, command, self._folder / f"{name}.log", environment)

    def _wait(self, part: Part, done: Callable[[], bool]) -> None:
        """Until it has done what it was started for; `Fault` when it ends without that."""
        while not self._stopping.wait(_LOOK_EVERY_S):
            ended = part.ended()
            if done():
                return
            if ended is not None:
                last = part.log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
                raise Fault("\n".join([f"{part.name} ended with status {ended}:", *last]))
        raise Stopped

    def _mails(self) -> int:
        """How many mails have arrived; `Fault` when one arrived twice or without its reference."""
        counted = httpx.get(f"{self._address}/api/counts", trust_env=False).json()
        if counted["repeated"] or counted["nameless"]:
            raise Fault(f"the provider got mails twice or without a reference: {counted}")
        return int(counted["taken"].get("email", 0))


def _surroundings(folder: Path) -> Settings:
    """An environment in which nothing of the caller's installation is read or written, and two ports are free."""
    for name in [name for name in os.environ if name.startswith(("AFTERCARE_", "PREFECT_"))]:
        del os.environ[name]
    os.environ |= {
        "AFTERCARE_HOME": str(folder),
        "AFTERCARE_OPERATIONS_FILE": str(Path(__file__).with_name("operations.toml")),
        "AFTERCARE_PREFECT_PORT": str(_free_port()),
        "AFTERCARE_PREFECT_LOGIN": f"benchmark:{secrets.token_hex(32)}",  # the variants have homes of their own
        "AFTERCARE_MAIL": "sendgrid",
        "AFTERCARE_SENDGRID_API_KEY": "SG.of-the-benchmark",
    }
    return read_settings()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def a_run(*, latency_s: float = 0.0) -> Iterator[Run]:
    """In a folder of its own, which is gone afterwards. Raises `Stopped` on Ctrl-C, `Fault` when something is wrong."""
    with (
        stop_signal() as stopping,
        tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder,
        Run(Path(folder), stopping, latency_s) as run,
    ):
        yield run


def surroundings() -> dict[str, Any]:
    """What a figure depends on besides our work."""
    packages = ("prefect", "sqlalchemy", "sqlmodel", "httpx")
    return {"processors": os.cpu_count(), "python": platform.python_version()} | {
        name: version(name) for name in packages
    }


def measuring(program: Callable[[], dict[str, Any]], figures: Path | None) -> int:
    """Run the program, keep what it found; the exit status."""
    try:
        result = program()
    except Stopped:
        print("Stopped.")
        return 130
    except Fault as fault:
        print(f"aftercare: {fault}", file=sys.stderr)
        return 2
    if figures:
        figures.write_text(json.dumps(result, indent=2) + "\n")
    return 0
