"""`replies`: what customers sent back and only a person can understand."""

import getpass
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from casework.replying import settle_reply
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models import replies
from models.replies import ReplyError, Settlement

app = typer.Typer(no_args_is_help=True, help="Replies by mail and text message that wait for a person.")
Number = Annotated[int, typer.Argument(help="Number of the reply.")]
_BEGINNING = 60


@app.command("list")
def list_(*, everything: Annotated[bool, typer.Option("--all", help="Settled ones too.")] = False) -> None:
    """Replies that wait for a person, oldest first."""
    console = Console()
    with here().store.read() as db:
        rows = replies.listed(db, everything=everything)
    if not rows:
        console.print("No replies yet." if everything else "No replies wait for a person.")
        return
    table = Table(header_style="bold")
    for name in ("reply", "case", "received (UTC)", "waits", "by", "understood as", "why a person", "text"):
        table.add_column(name)
    for row in rows:
        why = json.loads(row.detail or "{}").get("to a person") or ""
        state = row.understood if row.settled_at is None else f"{row.understood}, settled as {row.settlement}"
        begins = " ".join(row.text.split())[:_BEGINNING]
        waits = f"{(now() - row.received_at).days} days" if row.settled_at is None else ""
        table.add_row(str(row.id), str(row.case_id or "none"), f"{row.received_at:%Y-%m-%d %H:%M}", waits, row.channel,
                      state, why, escape(begins))  # fmt: skip
    console.print(table)


@app.command()
def show(reply: Number) -> None:
    """A reply with its whole text and whom it is from."""
    console = Console()
    try:
        with here().store.read() as db:
            row = replies.find(db, reply)
    except ReplyError as error:
        raise Fault(str(error)) from None
    about = f"case {row.case_id} ({row.kind}, {row.department}, {row.branch})" if row.case_id else "no case of ours"
    console.print(f"[bold]Reply {row.id}[/] by {row.channel}, {row.received_at:%Y-%m-%d %H:%M} UTC, {escape(about)}")
    if row.case_id:
        told = ", ".join(filter(None, (row.customer_name, row.email, row.phone)))
        console.print(f"customer: {escape(told)}")
    why = json.loads(row.detail or "{}").get("to a person")
    console.print(f"understood as: {row.understood}" + (f"; for a person, because it {escape(why)}" if why else ""))
    if row.attachments:
        console.print(f"attachments that were not taken: {row.attachments}")
    settled = f"settled as {row.settlement} by {row.settled_by}" if row.settled_at else "waits for a person"
    console.print(f"{escape(settled)}\n")
    console.print(escape(row.text), soft_wrap=True)


@app.command()
def settle(
    reply: Number,
    how: Annotated[Settlement, typer.Option("--as", help="What it is: an answer, an opt-out, or only noted.")],
    rating: Annotated[int | None, typer.Option(min=1, max=5, help="For an answer: what the customer means.")] = None,
    comment: Annotated[str | None, typer.Option(help="For an answer; the reply's own text when left out.")] = None,
    by: Annotated[str | None, typer.Option(help="Who has read it; your login name when left out.")] = None,
) -> None:
    """Say what a reply means: it is recorded as an answer or an opt-out, or noted as dealt with."""
    place = here()
    try:
        with place.store.write() as db:
            settle_reply(
                db, reply, how, by=by or getpass.getuser(), at=now(), in_force=place.policy.rules,
                rating=rating, comment=comment,
            )  # fmt: skip
    except ReplyError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Reply {reply} is settled as {how}.")
