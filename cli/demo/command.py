"""The command itself: a fresh place, the Prefect server, the web application, the story, and where to look."""

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select

from cli.demo.account import show_account
from cli.demo.clock import StoryClock
from cli.demo.customers import Customers
from cli.demo.month import Month
from cli.demo.postbox import Postbox
from cli.demo.providers import providers
from cli.demo.staff import Staff
from cli.deployments import apply_deployments
from cli.fault import Fault
from cli.opening import here
from cli.parts import Part, check_port_is_free, server_part, stop_all, wait_until_ready
from cli.service_file import import_reports, read_service_file, write_refused
from cli.stages import StageName, Stages
from cli.up import end_leftovers, only_one, stop_signal
from config.settings import ROOT, Settings, read_settings
from fakes.running import Fakes
from models.store import Store
from models.tables import cases as cases_table
from models.tables import services
from tasks.place import Place
from templates.render import check_templates
from vocabulary import Stage
from web.app import create_app
from web.bell import Silent

_EXAMPLE = ROOT / "examples" / "closed_services.csv"
_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the story's clock stands until the first service is known."""
_MARK = "demonstration"
"""A file in the home that says: all of this was invented, and may be removed by the next demonstration."""


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
    with only_one(settings), stop_signal() as stopping, providers(settings, clock) as fakes:
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
    mark = settings.home / _MARK
    if (settings.home / "aftercare.db").exists() and not mark.exists():
        raise Fault(f"{settings.home} holds real data; set AFTERCARE_HOME to another folder for the demonstration")
    if mark.exists():
        end_leftovers(settings)
        for name in ("aftercare.db", "aftercare.db-wal", "aftercare.db-shm", "refused.csv"):
            (settings.home / name).unlink(missing_ok=True)
        for folder in (settings.outbox, settings.reviews, settings.prefect_home, settings.home / "log"):
            shutil.rmtree(folder, ignore_errors=True)
    settings.home.mkdir(parents=True, exist_ok=True)
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
    with serving(settings, opened.store, clock):
        _live(console, opened, clock, stopping, postbox, ends=ends, seed=seed)
        if stopping.is_set():
            console.print("Stopped before the month was over.")
            return
        applied.result()
        show_account(console, opened, month_of(opened.store))
        if serve_on:
            postbox.open_to_everybody()
            console.print(f"Providers        {postbox.page} (what they took; write back there)", soft_wrap=True)
            console.print("\nServing until Ctrl-C.")
            stopping.wait()


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


def _live(
    console: Console, opened: Place, clock: StoryClock, stopping: threading.Event, postbox: Postbox, *, ends: datetime,
    seed: int,
) -> None:  # fmt: skip
    settings, store = opened.settings, opened.store
    customers, staff = Customers(seed, clock, postbox, languages_of(store)), Staff(seed, store, opened.policy.rules)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Stages(settings, quiet=True) as stages, Progress(*columns, console=console, transient=True) as progress:
        month = Month(store, clock, stages, customers, staff, postbox, stopping)
        bar = progress.add_task("Living through the month", total=store_count(store))

        def tell(at: datetime) -> None:
            progress.update(bar, completed=store_count(store, closed=True), description=f"{at:%a %d %B %Y}")

        month.live(ends, tell)
        if not stopping.is_set():
            progress.update(bar, description="Writing the monthly review")
            clock.move_to(_month_over(store))
            stages.run_plainly(StageName.MONTHLY_REVIEW, as_of=clock(), month=month_of(store))
            stages.run_plainly(StageName.DELIVER_MESSAGES, as_of=clock())
            postbox.new()
    console.print(f"Lived through {begins_text(store)}: {month.runs.total() + 2} flow runs.")
    console.print("\n[bold]What customers did with their mails and texts[/]")
    for deed, count in customers.done.most_common():
        console.print(f"  {deed:38} {count:>5}")


def month_of(store: Store) -> str:
    """The month in whose middle the closings lie: in UTC a few of them may fall into its neighbours."""
    return f"{_middle(store):%Y-%m}"


def _middle(store: Store) -> datetime:
    first, last = _span(store)
    return first + (last - first) / 2


def _month_over(store: Store) -> datetime:
    """A day on which that month can be reviewed, everywhere: a short story may have ended before it."""
    later = _middle(store).replace(day=1) + timedelta(days=33)
    return later.replace(day=2)


def languages_of(store: Store) -> dict[str, str]:
    """Of the customers, by mail address and by number."""
    with store.read() as db:
        rows = db.execute(select(services.c.email, services.c.phone, services.c.language)).all()
    return {address: row.language or "" for row in rows for address in (row.email, row.phone) if address}


def begins_text(store: Store) -> str:
    first, last = _span(store)
    return f"{first:%d %B} to {last:%d %B %Y} and the weeks after it"


def store_count(store: Store, *, closed: bool = False) -> int:
    """How many services there are, or how many of their cases are closed."""
    counted = select(func.count()).select_from(services)
    if closed:
        counted = select(func.count()).select_from(cases_table).where(cases_table.c.stage == Stage.CLOSED)
    with store.read() as db:
        return int(db.execute(counted).scalar_one())


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
