"""The command itself: a fresh place, the Prefect server, the web application, the story, and where to look."""

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from sqlalchemy import func, select

from cli.demo.account import show_account, show_console
from cli.demo.clock import StoryClock
from cli.demo.company import let_in
from cli.demo.postbox import Postbox
from cli.demo.providers import providers
from cli.demo.story import Story
from cli.deployments import apply_deployments
from cli.fault import Fault
from cli.opening import here
from cli.parts import Part, check_port_is_free, server_part, stop_all, wait_until_ready
from cli.service_file import import_reports, read_service_file, write_refused
from cli.stages import Stages
from cli.up import DEMONSTRATION, end_leftovers, only_one, stop_signal
from config.private import private_home
from config.settings import ROOT, Settings, read_settings
from fakes.running import Fakes
from flows.clock import living_by as flows_live_by
from models.store import Store
from models.tables import services
from tasks.place import Place
from templates.render import check_templates
from web.app import create_app
from web.bell import Silent

_EXAMPLE = ROOT / "examples" / "closed_services.csv"
_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the story's clock stands until the first service is known."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def demo(
    *,
    exit_: Annotated[bool, typer.Option("--exit", help="End when the month is over instead of serving on.")] = False,
    cases: Annotated[
        int | None, typer.Option(min=1, help="Only the first so many services of the example file.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Other customers, other answers.")] = 7,
) -> None:
    """Live through a month of closed services with invented customers, and show where to look."""
    settings = _fresh_place()
    check_templates()
    check_port_is_free(settings.prefect_port, "AFTERCARE_PREFECT_PORT")
    check_port_is_free(settings.web_port, "AFTERCARE_WEB_PORT")
    console, clock = Console(), StoryClock(_BEFORE)
    with only_one(settings), stop_signal() as stopping, providers(settings, clock) as fakes, flows_live_by(clock):
        settings = read_settings()
        server = server_part(settings, schedules=False)
        try:
            _tell(console, clock, fakes, server, stopping, limit=cases, seed=seed, serve_on=not exit_)
        finally:
            stop_all([server], within_s=8)


def _fresh_place() -> Settings:
    """A home with nothing in it. Only a home that an earlier demonstration has marked is emptied."""
    if os.environ.get("AFTERCARE_DATABASE_URL"):
        raise Fault("the demonstration uses a SQLite store of its own; unset AFTERCARE_DATABASE_URL for it")
    settings = read_settings()
    if settings.web_host not in _LOOPBACK:
        raise Fault("everybody knows the password of the demonstration's people: it serves this machine alone; "
                    "unset AFTERCARE_WEB_HOST for it")  # fmt: skip
    mark = settings.home / DEMONSTRATION
    if (settings.home / "aftercare.db").exists() and not mark.exists():
        raise Fault(f"{settings.home} holds real data; set AFTERCARE_HOME to another folder for the demonstration")
    if mark.exists():
        end_leftovers(settings)
        for name in ("aftercare.db", "aftercare.db-wal", "aftercare.db-shm", "refused.csv"):
            (settings.home / name).unlink(missing_ok=True)
        for folder in (settings.outbox, settings.reviews, settings.prefect_home, settings.home / "log"):
            shutil.rmtree(folder, ignore_errors=True)
    private_home(settings.home)
    mark.write_text("What is in this folder was invented by ./aftercare demo, which may remove it again.\n")
    return settings


def _tell(
    console: Console, clock: StoryClock, fakes: Fakes, server: Part, stopping: threading.Event, *, limit: int | None,
    seed: int, serve_on: bool,
) -> None:  # fmt: skip
    opened = here()
    settings, postbox = opened.settings, Postbox(fakes, opened.settings)
    with console.status("Starting the Prefect server …"):
        server.start()
        _import(console, opened, limit)
        wait_until_ready(server, f"{settings.prefect_url}/api/ready", stopping)
    if stopping.is_set():
        return
    beside = ThreadPoolExecutor(1)  # the story runs the flows themselves; deployments are for who looks at them later
    applied = beside.submit(apply_deployments, settings)
    beside.shutdown(wait=False)
    begins, ends = _span(opened.store)
    clock.move_to(begins)
    company = let_in(opened.store, opened.policy.rules.escalation, departments_of(opened.store), begins)
    with serving(settings, opened.store, clock), Stages(settings, quiet=True) as stages:
        story = Story(console, opened, clock, stages, postbox, company, stopping)
        story.live(ends, seed)
        if stopping.is_set():
            console.print("Stopped before the story was over.")
            return
        applied.result()
        show_account(console, opened, story.month)
        show_console(console, settings, company)
        if serve_on:
            postbox.open_to_everybody()
            console.print(f"Providers        {postbox.page} (what they took; write back there)", soft_wrap=True)
            console.print("\nServing until Ctrl-C.")
            story.go_on()


def _import(console: Console, opened: Place, limit: int | None) -> None:
    """The example file into the inbox. Its refused rows are part of the story."""
    file = read_service_file(_EXAMPLE)
    if limit is not None:
        file = replace(file, reports=file.reports[:limit], faults=[])
    last = max(report.closed_at for _, report in file.reports)  # the story's time, not the reader's
    result = import_reports(opened.store, file, last, partly=True)
    counts = f"{result.new} services accepted, {result.known} known already, {len(result.faults)} rows refused"
    console.print(f"Imported {_EXAMPLE.relative_to(ROOT)}: {counts}.")
    if result.faults:
        target = opened.settings.home / "refused.csv"
        write_refused(target, _EXAMPLE, result.faults)
        console.print(f"The refused rows with their reasons: {target}")


def _span(store: Store) -> tuple[datetime, datetime]:
    """The first and the last closing in the inbox."""
    with store.read() as db:
        first, last = db.execute(select(func.min(services.c.closed_at), func.max(services.c.closed_at))).one()
    return first, last


def departments_of(store: Store) -> list[str]:
    """Of the services in the inbox."""
    with store.read() as db:
        return list(db.execute(select(services.c.department).distinct().order_by(services.c.department)).scalars())


@contextmanager
def serving(settings: Settings, store: Store, clock: StoryClock) -> Iterator[None]:
    """The web application in this process, because its clock is the story's."""
    app = create_app(settings, store, clock, Silent())
    config = uvicorn.Config(app, host=settings.web_host, port=settings.web_port, log_level="error", access_log=False,
                            server_header=False)  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started and thread.is_alive():
        pause.wait(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=5)
