"""`bench`: measure. The program that measures takes this one's place, so that Ctrl-C reaches it and no other."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.fault import Fault

app = typer.Typer(no_args_is_help=True, help="Measure what the procedure costs on this machine.")


@app.callback()
def _commands() -> None:
    """Keeps `lifecycle` a command of its own while it is the only one."""


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
    if json is not None and not json.absolute().parent.is_dir():
        raise Fault(f"{json}: there is no such folder to write the figures into")
    command = [sys.executable, "-P", "-m", "benchmarks.lifecycle", "--cases", str(cases), "--small", str(small)]
    command += ["--memory" if memory else "--no-memory"]
    command += ["--json", str(json)] if json else []
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - our own program, and no shell
