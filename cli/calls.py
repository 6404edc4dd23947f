"""`calls`: who is to be called, and what came of it, until the staff console does it."""

import getpass
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models.calls import CallError, CallReport, policy_version_of, record_call
from models.due import open_calls
from tasks.place import rules_of
from vocabulary import CallOutcome

app = typer.Typer(no_args_is_help=True, help="Calls that the service team is to make.")


@app.command("list")
def list_() -> None:
    """Calls to be made now, the most urgent first."""
    console = Console()
    with here().store.read() as db:
        rows = open_calls(db, now())
    if not rows:
        console.print("No calls to be made now.")
        return
    table = Table(header_style="bold")
    for name in ("call", "case", "customer", "number", "try", "until (UTC)", "about", "why"):
        table.add_column(name)
    for row in rows:
        table.add_row(str(row.id), str(row.case_id), escape(row.customer_name or ""), row.phone or "to be found",
                      str(row.attempt), f"{row.due_to:%Y-%m-%d %H:%M}", escape(f"{row.kind}, {row.department}"),
                      escape(row.reason))  # fmt: skip
    console.print(table)


@app.command()
def record(
    call: Annotated[int, typer.Argument(help="Number of the call.")],
    outcome: Annotated[CallOutcome, typer.Option(help="What came of it.")],
    rating: Annotated[int | None, typer.Option(min=1, max=5, help="1 to 5, in the customer's own words.")] = None,
    comment: Annotated[str | None, typer.Option(help="What the customer said.")] = None,
    by: Annotated[str | None, typer.Option(help="Who called; your login name when left out.")] = None,
) -> None:
    """Write down what came of a call."""
    report = CallReport(outcome=outcome, by=by or getpass.getuser(), rating=rating, comment=comment)
    try:
        with here().store.write() as db:
            hours = rules_of(db, policy_version_of(db, call)).survey.change_hours
            record_call(db, call, report, at=now(), change_for=timedelta(hours=hours))
    except CallError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Call {call} is recorded: {outcome}.")
