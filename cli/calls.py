"""`calls`: who is to be called, and what came of it, until the staff console does it."""

import getpass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from casework.call_script import call_script
from casework.calling import report_call
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models.calls import CallError, CallReport, call_of
from models.due import open_calls
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
    call_back_at: Annotated[
        str | None, typer.Option(help='When the customer wants to be called, in their time: "2026-10-06 15:00".')
    ] = None,
) -> None:
    """Write down what came of a call."""
    try:
        with here().store.write() as db:
            wanted = _instant(call_back_at, call_of(db, call).recipient_timezone) if call_back_at else None
            report = CallReport(outcome=outcome, by=by or getpass.getuser(), rating=rating, comment=comment,
                                call_back_at=wanted)  # fmt: skip
            following = report_call(db, call, report, at=now())
    except CallError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Call {call} is recorded: {outcome}.")
    if following is not None:
        typer.echo(f"The next call is to be made from {following.due_from:%Y-%m-%d %H:%M} UTC on.")


@app.command()
def show(
    call: Annotated[int, typer.Argument(help="Number of the call.")],
    language: Annotated[
        str | None, typer.Option(help="What to say in this language, such as en, instead of the customer's.")
    ] = None,
) -> None:
    """What to say on a call, in the customer's language, and how to record it."""
    try:
        place = here()
        with place.store.read() as db:
            script = call_script(db, call, now(), offered=place.policy.rules.languages, language=language)
        typer.echo(script, nl=False)
    except CallError as error:
        raise Fault(str(error)) from None


def _instant(text: str, zone: str) -> datetime:
    """In the recipient's time zone, unless the text names an offset of its own."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CallError(f"{text!r} is no time: write it as 2026-10-06 15:00") from None
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
