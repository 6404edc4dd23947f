"""`up`: the real thing on one machine. Prefect server, deployments, a worker and the web application, until Ctrl-C."""

import fcntl
import json
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO

import httpx
import typer

from cli.deployments import apply_deployments
from cli.fault import Fault
from cli.lost_runs import give_up_lost_runs
from cli.opening import here
from cli.parts import Part, check_port_is_free, server_part, stop_all, wait_until_ready, web_part, worker_part
from cli.policy import check_places
from cli.processes import command_of, end_group
from config.prefect_api import told_pages
from config.settings import Settings
from policy.listening import check_words
from templates.render import check_templates

DEMONSTRATION = "demonstration"
"""A file in the home that says: all of this was invented, and may be removed by the next demonstration."""
STOP_WITHIN_S = 8.0
_LOOK_EVERY_S = 1.0
_RESTARTS_PER_HOUR = 10


def up() -> None:
    """Start everything and keep it running. One Ctrl-C stops all of it."""
    opened = here()
    settings = opened.settings
    if (settings.home / DEMONSTRATION).exists():
        raise Fault(f"{settings.home} holds what ./aftercare demo invented, and people whose password everybody knows; "
                    "set AFTERCARE_HOME to another folder, or remove this one")  # fmt: skip
    check_places(settings.policy_file, opened.policy)
    check_words()
    check_templates(languages=opened.policy.rules.languages.offered)
    with only_one(settings):
        _serve(settings)


def _serve(settings: Settings) -> None:
    end_leftovers(settings)
    check_port_is_free(settings.prefect_port, "AFTERCARE_PREFECT_PORT")
    check_port_is_free(settings.web_port, "AFTERCARE_WEB_PORT")
    parts = [server_part(settings), worker_part(settings), web_part(settings)]
    with stop_signal() as stopping:
        try:
            _start(settings, parts, stopping)
            _watch(settings, parts, stopping)
        finally:
            typer.echo("Stopping …")
            stop_all(parts, within_s=STOP_WITHIN_S)
            _noted(settings).unlink(missing_ok=True)
    typer.echo("Stopped. What was accepted is kept; `./aftercare up` goes on from here.")


def _start(settings: Settings, parts: Sequence[Part], stopping: threading.Event) -> None:
    server, worker, web = parts
    typer.echo("Starting the Prefect server (a first start takes up to a minute) …")
    server.start()
    _note(settings, parts)
    wait_until_ready(server, f"{settings.prefect_url}/api/ready", stopping)
    if stopping.is_set():
        return
    if apply_deployments(settings):
        typer.echo("Applied prefect.yaml.")
    lost = give_up_lost_runs(settings, here().store, restarted=True)
    if lost:
        typer.echo(f"Told Prefect that {lost} runs of an earlier start are gone; their work is done by the next ones.")
    for part in (worker, web):
        part.start()
    _note(settings, parts)
    wait_until_ready(web, f"http://127.0.0.1:{settings.web_port}/healthz", stopping)
    typer.echo(f"Prefect UI      {told_pages(settings)}")
    typer.echo(f"Web application {settings.web_url}")
    typer.echo(f"Mails           {settings.outbox if settings.mail == 'outbox' else settings.mail}")
    typer.echo(f"Logs            {settings.home / 'log'}")
    typer.echo("Running. Ctrl-C stops all of it.")


def _watch(settings: Settings, parts: Sequence[Part], stopping: threading.Event) -> None:
    """Start again what has ended by itself. The rows say what is due, so nothing is lost in between.

    A part that keeps ending is left alone, and the others go on: what customers and source systems say is still taken
    when no stage can run.
    """
    watched = {part.name: Watched(part) for part in parts}
    while not stopping.wait(_LOOK_EVERY_S):
        for one in watched.values():
            status = None if one.given_up else one.part.ended()
            if status is None:
                continue
            if one.keeps_ending(time.monotonic()):
                typer.echo(f"The {one.part.name} keeps ending (status {status}) and is left alone, the others go on; "
                           f"{one.part.log} says why. Start `up` again when it is mended.")  # fmt: skip
            else:
                typer.echo(f"The {one.part.name} ended (status {status}); starting it again.")
                one.part.start()
                _free_stages(settings, one.part)
            _note(settings, parts)
        if all(one.given_up for one in watched.values()):
            raise Fault("every part keeps ending; the lines above say which logs to read")


class Watched:
    """A part, and how often it has ended lately."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.given_up = False
        self._ended: list[float] = []

    def keeps_ending(self, at: float) -> bool:
        """It has ended once more, at so many seconds; whether that is once too often within an hour."""
        self._ended = [before for before in self._ended if before > at - 3600] + [at]
        self.given_up = len(self._ended) > _RESTARTS_PER_HOUR
        return self.given_up


def _free_stages(settings: Settings, restarted: Part) -> None:
    """A worker that was killed may have taken a run with it, whose stage would wait until Prefect misses it."""
    if restarted.name != "worker":
        return
    with suppress(httpx.HTTPError):  # then Prefect finds out by itself, five minutes later
        give_up_lost_runs(settings, here().store, restarted=False)


@contextmanager
def stop_signal() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C (or SIGTERM) sets. A second one ends the program at once."""
    stopping = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        if stopping.is_set():
            signal.signal(number, signal.SIG_DFL)
        stopping.set()

    former = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def only_one(settings: Settings) -> Iterator[IO[str]]:
    """Two `up` in one home would do everything twice."""
    with (settings.home / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Fault(
                f"Aftercare is running in {settings.home} already; stop it first or set AFTERCARE_HOME"
            ) from None
        yield lock


def end_leftovers(settings: Settings) -> None:
    """End what an `up` that was killed has left running: only processes that it started, known by id and command."""
    try:
        noted = json.loads(_noted(settings).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return
    for part in noted:
        if command_of(part["pid"]) == part["command"]:
            typer.echo(f"Ending the {part['name']} that an earlier start has left running.")
            end_group(part["pid"])
    _noted(settings).unlink(missing_ok=True)


def _note(settings: Settings, parts: Sequence[Part]) -> None:
    running = [{"name": part.name, "pid": part.pid, "command": command_of(part.pid)} for part in parts if part.pid]
    target = _noted(settings)
    temporary = target.with_suffix(".new")
    temporary.write_text(json.dumps(running))
    temporary.replace(target)


def _noted(settings: Settings) -> Path:
    return settings.home / "parts.json"
