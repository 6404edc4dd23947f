"""`bench`: measure. The program that measures takes this one's place, so that Ctrl-C reaches it and no other."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.fault import Fault

app = typer.Typer(no_args_is_help=True, help="Measure what the procedure costs on this machine.")


@app.command()
def lifecycle(
    cases: Annotated[int, typer.Option(min=1, help="Closed services to take through all stages.")] = 10_000,
    small: Annotated[int, typer.Option(min=1, help="Customers of the two textbook variants, which are slow.")] = 20,
    json: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the figures into this file too.")] = None,
    *,
    memory: Annotated[bool, typer.Option(help="Compare the peak memory of a small and a large sweep too.")] = True,
) -> None:
    """Take closed services through all stages, against a Prefect server and a provider of the benchmark's own.

    Reads and writes nothing of the installation. Ends with status 0 also when a bar is missed: it measures.
    """
    options = ["--cases", str(cases), "--small", str(small), "--memory" if memory else "--no-memory"]
    _measure("benchmarks.lifecycle", options, json)


@app.command()
def events(
    seconds: Annotated[float, typer.Option(min=1, help="How long the rate is to be held.")] = 60,
    rate: Annotated[int, typer.Option(min=50, help="Events per second, in signed posts of 50.")] = 5_000,
    json: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the figures into this file too.")] = None,
) -> None:
    """Post signed provider events to the web application in a process of its own, and count what it kept.

    Reads and writes nothing of the installation. Ends with status 0 also when the rate is missed: it measures. An
    acknowledged event that is not there afterwards is an error.
    """
    _measure("benchmarks.events", ["--seconds", str(seconds), "--rate", str(rate)], json)


@app.command()
def console(
    cases: Annotated[int, typer.Option(min=10_000, help="Cases in the store.")] = 100_000,
    json: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the figures into this file too.")] = None,
) -> None:
    """Open every page of the console over a large store, and look for cases in it.

    Reads and writes nothing of the installation. Ends with status 0 also when a bar is missed: it measures.
    """
    _measure("benchmarks.console", ["--cases", str(cases)], json)


@app.command()
def outbox(
    mails: Annotated[int, typer.Option(min=1, help="E-mails to hand over.")] = 6_000,
    json: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the figures into this file too.")] = None,
    *,
    memory: Annotated[bool, typer.Option(help="Compare the peak memory of a small and a large outbox too.")] = True,
) -> None:
    """Empty an outbox into a provider of the benchmark's own that answers each e-mail after 50 ms.

    Reads and writes nothing of the installation. Ends with status 0 also when a bar is missed: it measures.
    """
    _measure("benchmarks.outbox", ["--mails", str(mails), "--memory" if memory else "--no-memory"], json)


@app.command()
def replies(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Sets of replies or of heads of quotations; none: the project's own.")
    ] = None,
    generated: Annotated[int, typer.Option(min=0, help="Live through so many combinations instead.")] = 0,
    seed: Annotated[int, typer.Option(help="Another number makes other combinations.")] = 1,
    json: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the figures into this file too.")] = None,
) -> None:
    """Take replies as customers and machines write them through the real hooks and stages: is each one understood?

    Reads and writes nothing of the installation. Ends with status 0 only when nothing is silently wrong, with 1
    otherwise, and with 2 when a file has a fault.
    """
    options = ["--generated", str(generated), "--seed", str(seed), *map(str, files or [])]
    _measure("benchmarks.replies", options, json)


@app.command()
def faults(
    cases: Annotated[int, typer.Option(min=1, help="Closed services, over all databases together.")] = 2_000,
    kills: Annotated[int, typer.Option(min=1, help="Processes to end at named points, in all.")] = 200,
    seed: Annotated[int, typer.Option(help="Another number draws other faults and points.")] = 1,
    database: Annotated[str, typer.Option(help="sqlite, postgresql, or both.")] = "both",
    plant: Annotated[
        str | None,
        typer.Option(
            help="Plant a bug that must turn it red: lease-not-renewed, receipt-dropped, begun-not-marked, blind-retry."
        ),
    ] = None,
    json: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the figures into this file too.")] = None,
) -> None:
    """Let a provider fail in every way and end workers and the web application at named points: is anything lost?

    Reads and writes nothing of the installation. Ends with status 0 only when every bar is held, with 1 otherwise.
    """
    options = ["--cases", str(cases), "--kills", str(kills), "--seed", str(seed), "--database", database]
    _measure("benchmarks.faults", options + (["--plant", plant] if plant else []), json)


def _measure(module: str, options: Sequence[str], json: Path | None) -> None:
    if json is not None and not json.absolute().parent.is_dir():
        raise Fault(f"{json}: there is no such folder to write the figures into")
    command = [sys.executable, "-P", "-m", module, *options, *(["--json", str(json)] if json else [])]
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - our own program, and no shell
