"""`alarms`: dangers that customers reported, for whoever has no console at hand."""

import getpass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Row

from casework.alarms import end_alarm, take_alarm
from cli.clock import now
from cli.escalations import By
from cli.fault import Fault
from cli.opening import here
from models.alarms import AlarmError, listed

app = typer.Typer(no_args_is_help=True, help="Alarms: dangers that customers reported, who is told and who sees to it.")
Number = Annotated[int, typer.Argument(help="Number of the alarm.")]


@app.command("list")
def list_(*, everything: Annotated[bool, typer.Option("--all", help="Ended ones too.")] = False) -> None:
    """Open alarms, the oldest first."""
    console = Console()
    with here().store.read() as db:
        rows = listed(db, everything=everything)
    if not rows:
        console.print("No open alarms." if not everything else "No alarms yet.")
        return
    table = Table(header_style="bold")
    for name in ("no.", "case", "danger", "department", "told", "reported (UTC)", "state"):
        table.add_column(name)
    for row in rows:
        table.add_row(str(row.id), str(row.case_id or "not known"), row.dangers.replace(",", ", "),
                      "not known" if row.department == "*" else escape(row.department), escape(row.told),
                      f"{row.received_at:%Y-%m-%d %H:%M}", _state(row))  # fmt: skip
    console.print(table)


def _state(row: Row[Any]) -> str:
    if row.ended_at:
        return f"ended by {escape(row.ended_by)}"
    return f"taken by {escape(row.taken_by)}" if row.taken_at else "[bold red]nobody has taken it[/]"


@app.command()
def take(alarm: Number, by: By = None) -> None:
    """Take an alarm: you see to it, and it is passed on no more."""
    who = by or getpass.getuser()
    try:
        with here().store.write() as db:
            take_alarm(db, alarm, by=who, at=now())
    except AlarmError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Alarm {alarm} is in the hands of {who}.")


@app.command()
def end(
    alarm: Number, outcome: Annotated[str, typer.Option(help="What was done, in a sentence.")], by: By = None
) -> None:
    """End an alarm: the danger is over, or there was none."""
    if not outcome.strip():
        raise Fault("say what was done: --outcome TEXT")
    try:
        with here().store.write() as db:
            end_alarm(db, alarm, outcome.strip(), by=by or getpass.getuser(), at=now())
    except AlarmError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Alarm {alarm} is ended.")
