"""`optouts`: what a customer has opted out of, and lifting what a colleague recorded by mistake."""

import getpass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Row, select

from casework.lifting import CUSTOMER_ONLY, STAYS_ENDED, lift
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models.notes import Author
from models.optouts import in_force
from models.refused import Refused
from models.tables import cases
from models.tables.contact import ANY_CHANNEL

app = typer.Typer(no_args_is_help=True, help="Opt-outs of a case's customer, on every channel and for a while.")
Number = Annotated[int, typer.Argument(help="Number of a case of the customer.")]


@app.command("list")
def list_(case: Number) -> None:
    """What the customer of a case has opted out of, since when, and who recorded it."""
    console = Console()
    with here().store.read() as db:
        if db.execute(select(cases.c.id).where(cases.c.id == case)).first() is None:
            raise Fault(f"there is no case {case}; `./aftercare cases` shows them")
        rows = in_force(db, case, now())
    if not rows:
        console.print(f"The customer of case {case} has not opted out of anything.")
        return
    table = Table(header_style="bold")
    for name in ("channel", "since (UTC)", "until (UTC)", "recorded by", "how"):
        table.add_column(name)
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)
    if any(row.recorded_by is None for row in rows):
        console.print(f"From the customer: {CUSTOMER_ONLY}.", soft_wrap=True)


def _cells(row: Row[Any]) -> tuple[str, ...]:
    until = f"{row.until:%Y-%m-%d %H:%M}" if row.until else "for good"
    by = escape(row.recorded_by) if row.recorded_by else "the customer"
    return (
        "all" if row.channel == ANY_CHANNEL else row.channel,
        f"{row.since:%Y-%m-%d %H:%M}",
        until,
        by,
        escape(row.source),
    )


@app.command("lift")
def lift_(
    case: Number,
    reason: Annotated[str, typer.Option(help="Why it was recorded by mistake; kept with the case.")],
    by: Annotated[str | None, typer.Option(help="Who does it; your login name when left out.")] = None,
) -> None:
    """Lift what colleagues recorded by mistake. What the customer told us stays."""
    author = Author(name=by or getpass.getuser())
    try:
        with here().store.write() as db:
            done = lift(db, case, by=author, reason=reason, at=now())
    except Refused as error:
        raise Fault(str(error)) from None
    stays = f" What the customer told us stays: {CUSTOMER_ONLY}." if done.some_stay else ""
    typer.echo(f"Lifted for the customer of case {case}: {', '.join(done.channels)}.{stays} {STAYS_ENDED}")
