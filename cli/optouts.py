"""`optouts`: what a customer has opted out of, and lifting what a colleague recorded by mistake."""

import getpass
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select

from casework.lifting import CUSTOMER_ONLY, STAYS_ENDED, lift
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models.notes import Author
from models.optouts import Standing, as_seen, in_force
from models.refused import Refused
from models.tables import cases
from models.tables.contact import ANY_CHANNEL

app = typer.Typer(no_args_is_help=True, help="Opt-outs of a case's customer, on every channel and for a while.")
Number = Annotated[int, typer.Argument(help="Number of a case of the customer.")]


@app.command("list")
def list_(case: Number) -> None:
    """What the customer of a case has opted out of, since when, and who recorded it."""
    refusals = _refusals_of(case)
    if not refusals:
        typer.echo(f"The customer of case {case} has not opted out of anything.")
        return
    _show(refusals)
    if not all(one.recorded_by for one in refusals):
        typer.echo(f"From the customer: {CUSTOMER_ONLY}.")


@app.command("lift")
def lift_(
    case: Number,
    reason: Annotated[str, typer.Option(help="Why it was recorded by mistake; saved with the case.")],
    by: Annotated[str | None, typer.Option(help="Who does it; your login name when left out.")] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Lift without showing it and asking first.")] = False,
) -> None:
    """Lift what colleagues recorded by mistake. What the customer told us stays."""
    refusals = _refusals_of(case)
    if not yes and any(one.recorded_by for one in refusals):
        _show(refusals)
        typer.confirm("Lift what a colleague recorded? The customer can then be contacted again.", abort=True)
    try:
        with here().store.write() as db:
            done = lift(db, case, seen=as_seen(refusals), by=Author(name=by or getpass.getuser()), reason=reason,
                        at=now())  # fmt: skip
    except Refused as error:
        raise Fault(str(error)) from None
    stays = f" What the customer told us stays: {CUSTOMER_ONLY}." if done.some_stay else ""
    typer.echo(f"Lifted for the customer of case {case}: {', '.join(done.channels)}.{stays} {STAYS_ENDED}")


def _refusals_of(case: int) -> Sequence[Standing]:
    with here().store.read() as db:
        if db.execute(select(cases.c.id).where(cases.c.id == case)).first() is None:
            raise Fault(f"there is no case {case}; `./aftercare cases` shows them")
        return in_force(db, case, now())


def _show(refusals: Sequence[Standing]) -> None:
    table = Table(header_style="bold")
    for name in ("channel", "since (UTC)", "until (UTC)", "recorded by", "how"):
        table.add_column(name)
    for one in refusals:
        until = f"{one.until:%Y-%m-%d %H:%M}" if one.until else "for good"
        table.add_row("all" if one.channel == ANY_CHANNEL else one.channel, f"{one.since:%Y-%m-%d %H:%M}", until,
                      escape(one.recorded_by or "the customer"), escape(one.source))  # fmt: skip
    Console().print(table)
