"""`addresses`: which ones are known not to work, and how that is taken back."""

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
from models.addresses import AddressError, clear, listed
from vocabulary import Channel

app = typer.Typer(no_args_is_help=True, help="Addresses that are known not to work. Only their hashes are kept.")


@app.command("list")
def list_() -> None:
    """Addresses that are passed over, the newest first, by the cases that have them."""
    opened, console = here(), Console()
    with opened.store.read() as db:
        rows = listed(db)
    if not rows:
        console.print("No address is known not to work.")
        return
    wait, at = timedelta(days=opened.policy.rules.contact.invalid_days), now()
    table = Table(header_style="bold")
    for name in ("newest case", "cases", "channel", "found (UTC)", "why", "tried again from"):
        table.add_column(name)
    for row in rows:
        again = row.since + wait
        table.add_row(str(row.newest or "none"), str(row.cases), row.channel, f"{row.since:%Y-%m-%d %H:%M}",
                      escape(row.code), f"{again:%Y-%m-%d}" if again > at else "now")  # fmt: skip
    console.print(table)


@app.command("clear")
def clear_(
    case: Annotated[int, typer.Option(help="Number of a case that has the address.")],
    channel: Annotated[Channel | None, typer.Option(help="Only for this channel.")] = None,
    by: Annotated[str | None, typer.Option(help="Who says so; your login name when left out.")] = None,
) -> None:
    """Try a case's addresses again: they work, or belong to somebody else now."""
    try:
        with here().store.write() as db:
            cleared = clear(db, case, channel=channel, by=by or getpass.getuser(), at=now())
    except AddressError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Cleared for case {case}: {', '.join(cleared)}. It counts for services that come in from now on.")
