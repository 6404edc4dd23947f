"""A real Prefect server for tests: on loopback, a free port and a home of its own, with prefect.yaml applied.

A new one takes 15 to 40 seconds to be ready, most of it for Prefect's migrations and for applying the file. So both are
done once, by whichever process comes first, and each file of tests that uses a server begins with a copy.
"""

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.deployments import apply_deployments
from cli.parts import prefect_environment, server_part, stop_all, wait_until_ready
from cli.stages import Stages
from config.prefect_api import prefect_api
from config.settings import Settings, read_settings

__all__ = ["on_prefect", "prefect_template", "stages"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """The process's environment with `values` and without other settings of ours or Prefect's."""
    former = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("AFTERCARE_", "PREFECT_"))]:
        del os.environ[name]
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(former)


@pytest.fixture(scope="session")
def prefect_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `prefect` as it is in a home whose first `up` has ended. Made by one of the processes, for all."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home = shared / "home for Prefect's templates"
    with (shared / "prefect-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "ready").exists():
            shutil.rmtree(home, ignore_errors=True)  # what somebody began who fell over
            with _serving(home) as settings:
                apply_deployments(settings)
            (home / "ready").touch()
    return home / "prefect"


@contextmanager
def _serving(home: Path) -> Iterator[Settings]:
    """A server over `home`, in whose environment we are meanwhile."""
    values = {
        "AFTERCARE_HOME": str(home),
        "AFTERCARE_PREFECT_PORT": str(free_port()),
        "AFTERCARE_WEB_PORT": str(free_port()),
        "AFTERCARE_SMS": "outbox",
        "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "true",
    }
    with environment(values):
        settings = read_settings()
        server = server_part(settings, schedules=False)
        server.start()
        try:
            wait_until_ready(server, f"{settings.prefect_url}/api/ready")
            yield settings
        finally:
            stop_all([server], within_s=8)


@pytest.fixture(scope="module")
def on_prefect(tmp_path_factory: pytest.TempPathFactory, prefect_template: Path) -> Iterator[Settings]:
    """Settings of a place whose Prefect server is running and has our deployments. No schedule starts a run there."""
    from prefect.settings import (
        PREFECT_API_AUTH_STRING,
        PREFECT_API_URL,
        PREFECT_HOME,
        PREFECT_LOGGING_LEVEL,
        temporary_settings,
    )

    home = tmp_path_factory.mktemp("a home with spaces")
    shutil.copytree(prefect_template, home / "prefect")
    with _serving(home) as settings:
        os.environ.update(prefect_environment(settings))
        server = prefect_api(settings)
        overrides = {PREFECT_API_URL: server.url, PREFECT_API_AUTH_STRING: server.auth_string,
                     PREFECT_HOME: settings.prefect_home, PREFECT_LOGGING_LEVEL: "INFO"}  # fmt: skip
        with temporary_settings(overrides):
            yield settings
            _send_what_waits()


def _send_what_waits() -> None:
    """Prefect's events, while there is a server to take them: its client waits for one that went, over a minute each.

    In a thread of its own: with an event loop in this one, as Playwright leaves it, Prefect would not wait but return a
    coroutine for somebody to await.
    """
    from prefect.events.worker import EventsWorker

    with ThreadPoolExecutor(1) as apart:
        apart.submit(EventsWorker.drain_all, timeout=10, at_exit=False).result()


@pytest.fixture(scope="module")
def stages(on_prefect: Settings) -> Iterator[Stages]:
    """Runs stages as runs of their deployments."""
    with Stages(on_prefect, quiet=False) as opened:
        yield opened
