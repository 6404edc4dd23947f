"""`calls`: who is to be called, and what came of it, for those who do not work in the staff console."""

import getpass
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Row

from casework.call_script import call_script
from casework.calling import customers_time, report_call
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models import call_queue
from models.calls import CallError, CallReport
from vocabulary import CallOutcome

app = typer.Typer(no_args_is_help=True, help="Calls that the service team is to make.")
Number = Annotated[int, typer.Argument(help="Number of the call.")]
By = Annotated[str | None, typer.Option(help="Who calls: an address as in the console; your login name when left out.")]
_MOST = 200


@app.command("list")
def list_() -> None:
    """Calls to be made now, the most urgent first."""
    console = Console()
    with here().store.read() as db:
        rows = call_queue.queued(db, call_queue.Queue(departments=[call_queue.EVERYWHERE]), now(), most=_MOST)
    if not rows:
        console.print("No calls to be made now.")
        return
    table = Table(header_style="bold")
    for name in ("call", "case", "customer", "number", "try", "until (UTC)", "about", "why", "taken"):
        table.add_column(name)
    for row in rows:
        table.add_row(str(row.id), str(row.case_id), escape(row.customer_name or ""), row.phone or "to be found",
                      str(row.attempt), f"{row.due_to:%Y-%m-%d %H:%M}", escape(f"{row.kind}, {row.department}"),
                      escape(row.reason), _taken(row))  # fmt: skip
    console.print(table)
    if len(rows) == _MOST:
        console.print(f"These are the {_MOST} most urgent ones.")


def _taken(row: Row[Any]) -> str:
    if row.claimed_until is None or row.claimed_until <= now():
        return ""
    return f"by {escape(row.claimed_name or row.claimed_by)} until {row.claimed_until:%H:%M}"


@app.command()
def claim(call: Number, by: By = None) -> None:
    """Take a call: for a while nobody else is given it, in the console either."""
    place = here()
    lease = timedelta(minutes=place.policy.rules.phone.claim_minutes)
    try:
        with place.store.write() as db:
            taken = call_queue.claim(db, call, by=by or getpass.getuser(), at=now(), lease=lease)
    except CallError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Call {call} is yours until {taken.claimed_until:%H:%M} UTC.")


@app.command()
def release(
    call: Number,
    by: By = None,
    *,
    anybodys: Annotated[bool, typer.Option("--anybodys", help="Also when somebody else has it.")] = False,
) -> None:
    """Give a call back, so that others can make it."""
    try:
        with here().store.write() as db:
            call_queue.release(db, call, by=by or getpass.getuser(), at=now(), anybodys=anybodys)
    except CallError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Call {call} is free again.")


@app.command()
def record(
    call: Number,
    outcome: Annotated[CallOutcome, typer.Option(help="What came of it.")],
    rating: Annotated[int | None, typer.Option(min=1, max=5, help="1 to 5, in the customer's own words.")] = None,
    comment: Annotated[str | None, typer.Option(help="What the customer said.")] = None,
    by: By = None,
    call_back_at: Annotated[
        str | None, typer.Option(help='When the customer wants to be called, in their time: "2026-10-06 15:00".')
    ] = None,
) -> None:
    """Write down what came of a call."""
    try:
        place = here()
        with place.store.write() as db:
            wanted = customers_time(db, call, call_back_at) if call_back_at else None
            report = CallReport(outcome=outcome, by=by or getpass.getuser(), rating=rating, comment=comment,
                                call_back_at=wanted)  # fmt: skip
            reported = report_call(db, call, report, in_force=place.policy.rules, at=now())
    except CallError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Call {call} is recorded: {outcome}.")
    if reported.alarmed:
        typer.echo("The customer reports a danger: an alarm is raised, see `./aftercare alarms list`.")
    if reported.following is not None:
        typer.echo(f"The next call is to be made from {reported.following.due_from:%Y-%m-%d %H:%M} UTC on.")


@app.command()
def show(
    call: Number,
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
