"""`sending`: hold back what goes to customers, and release it."""

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from casework.holding import hold, release, told
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models.holds import in_force
from models.notes import Author
from models.refused import Refused
from vocabulary import Scope

app = typer.Typer(no_args_is_help=True, help="Hold back what goes to customers, and give the word for it to go on.")
By = Annotated[str | None, typer.Option(help="Who does it; your login name when left out.")]


@app.command("list")
def list_() -> None:
    """What is held, by whom or by which fuse, and why."""
    with here().store.read() as db:
        found = in_force(db)
    if not found:
        typer.echo("Nothing is held: what is due goes out.")
        return
    table = Table(header_style="bold")
    for name in ("number", "held", "since (UTC)", "by", "why"):
        table.add_column(name)
    for one in found:
        by = "a fuse" if one.fuse else one.held_by
        table.add_row(str(one.id), escape(told(one)), f"{one.since:%Y-%m-%d %H:%M}", escape(by), escape(one.reason))
    Console().print(table)


@app.command("hold")
def hold_(
    reason: Annotated[str, typer.Option(help="Why; shown to those who may release it.")],
    branch: Annotated[str | None, typer.Option(help="Only what goes to customers of this branch.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only e-mails (email) or text messages (sms).")] = None,
    by: By = None,
) -> None:
    """Hold back all messages to customers, or those of a branch or on a channel. Mail to staff goes on."""
    if branch is not None and channel is not None:
        raise Fault("--branch and --channel exclude each other: hold one after the other")
    scope = Scope.BRANCH if branch is not None else Scope.CHANNEL if channel is not None else Scope.COMPANY
    try:
        with here().store.write() as db:
            number = hold(db, scope, branch or channel or "", reason=reason, by=_author(by), at=now())
    except Refused as error:
        raise Fault(str(error)) from None
    typer.echo(f"Held under number {number}, from now on. `./aftercare sending release {number}` lets it go on.")


@app.command("release")
def release_(number: Annotated[int, typer.Argument(help="As `sending list` shows it.")], by: By = None) -> None:
    """Let it go on. What was due meanwhile goes out in its next contact window."""
    try:
        with here().store.write() as db:
            found = release(db, number, by=_author(by), at=now())
    except Refused as error:
        raise Fault(f"{error}; `./aftercare sending list` shows what is") from None
    typer.echo(f"Released: {told(found)}. It goes on with the next run.")


def _author(by: str | None) -> Author:
    return Author(name=by or getpass.getuser())
