"""`replies`: what customers sent back and only a person can understand, as on the console's page."""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Row

from casework.reply_handing import hand_over_reply
from casework.replying import customers_day, proposal_of, settle_reply
from casework.writing import Writing, answer_reply
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models import replies
from models.notes import Author
from models.optouts import Refusal
from models.refused import Refused
from models.replies import Settlement
from vocabulary import Channel

app = typer.Typer(no_args_is_help=True, help="Replies by mail and text message that a person is to review.")
Number = Annotated[int, typer.Argument(help="Number of the reply.")]
By = Annotated[str | None, typer.Option(help="Who does it; your login name when left out.")]
_BEGINNING = 60
_EVERYTHING = "This opts the customer out of everything, for good. Continue?"


@app.command("list")
def list_(*, everything: Annotated[bool, typer.Option("--all", help="Those that are done, too.")] = False) -> None:
    """Replies to review, by deadline."""
    console = Console()
    with here().store.read() as db:
        rows = replies.listed(db, everything=everything)
    if not rows:
        console.print("No replies yet." if everything else "No replies to review.")
        return
    table = Table(header_style="bold")
    for name in ("reply", "case", "read by (UTC)", "left", "by", "proposal", "needs review", "text"):
        table.add_column(name)
    for row in rows:
        done = row.settled_at is not None
        state = f"done: {row.settlement}" if done else _proposal(row)
        table.add_row(str(row.id), str(row.case_id or "none"), f"{row.read_by:%Y-%m-%d %H:%M}" if row.read_by else "",
                      "" if done else _left(row.read_by), row.channel, state, escape(_why(row)),
                      escape(" ".join(row.text.split())[:_BEGINNING]))  # fmt: skip
    console.print(table)


def _left(read_by: datetime | None) -> str:
    if read_by is None:
        return ""
    span = abs(read_by - now())
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    return f"{hours} h {minutes} min" if now() <= read_by else f"[bold red]late by {hours} h {minutes} min[/]"


def _proposal(row: Row[Any]) -> str:
    proposal = proposal_of(row)
    if proposal is None:
        return ""
    return f"{proposal.how}, rating {proposal.rating}" if proposal.rating else proposal.how.value


def _why(row: Row[Any]) -> str:
    return json.loads(row.detail or "{}").get("to a person") or ""


@app.command()
def show(reply: Number) -> None:
    """A reply with its whole text, whom it is from, and what we propose."""
    console = Console()
    with _refusals(), here().store.read() as db:
        row = replies.find(db, reply)
    about = f"case {row.case_id} ({row.kind}, {row.department}, {row.branch})" if row.case_id else "no case of ours"
    console.print(f"[bold]Reply {row.id}[/] by {row.channel}, {row.received_at:%Y-%m-%d %H:%M} UTC, {escape(about)}")
    told = (row.customer_name, row.email, row.phone) if row.case_id else (row.sender,)
    if any(told):
        console.print(f"customer: {escape(', '.join(filter(None, told)))}")
    lines = {
        "understood as": row.understood,
        "needs review": _why(row),
        "proposal": _proposal(row),
        "read by": f"{row.read_by:%Y-%m-%d %H:%M} UTC" if row.read_by else "",
        "handed over to": f"{row.handled_by}: {row.handed_why}" if row.handled_by else "",
        "attachments that were not taken": str(row.attachments or ""),
        "done": f"reviewed as {row.settlement} by {row.settled_by}" if row.settled_at else "",
        "reason": row.reason,
    }
    for label, text in lines.items():
        if text:
            console.print(f"{label}: {escape(text)}")
    console.print(f"\n{escape(row.text)}", soft_wrap=True)


@app.command()
def settle(
    reply: Number,
    how: Annotated[Settlement, typer.Option("--as", help="What it is.")],
    rating: Annotated[int | None, typer.Option(min=1, max=5, help="Of an answer: what the customer means.")] = None,
    comment: Annotated[str | None, typer.Option(help="Of an answer; the reply's own text when left out.")] = None,
    channel: Annotated[Channel | None, typer.Option(help="Of an opt-out: this channel only.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Of an opt-out: until this day.")] = None,
    reason: Annotated[str | None, typer.Option(help="Needed when it reads like an opt-out and is none.")] = None,
    by: By = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Opt out of everything without asking again.")] = False,
) -> None:  # fmt: skip
    """Say what a reply is: it is recorded as an answer, a concern or an opt-out, or marked as done."""
    if how is Settlement.OPT_OUT and not (channel or until or yes):
        typer.confirm(_EVERYTHING, abort=True)
    with _refusals(), here().store.write() as db:
        day = customers_day(db, reply, until.date(), otherwise=ZoneInfo("UTC")) if until else None
        refusal = Refusal(channel=channel, until=day)
        settle_reply(db, reply, how, by=by or getpass.getuser(), at=now(), rating=rating, comment=comment,
                     refusal=refusal, reason=reason)  # fmt: skip
    typer.echo(f"Reply {reply} is done: {how}.")


@app.command("answer")
def answer(
    reply: Number,
    channel: Annotated[Channel, typer.Option(help="By e-mail or by SMS.")],
    text: Annotated[str, typer.Option(help="What the customer is to read, in their language.")],
    by: By = None,
    *,
    several: Annotated[bool, typer.Option("--several", help="An SMS may be sent as several text messages.")] = False,
    done: Annotated[bool, typer.Option("--done", help="Mark the reply as done with it.")] = False,
) -> None:
    """Write to the customer of a reply; it goes out in their contact hours."""
    place, who, at = here(), by or getpass.getuser(), now()
    writing = Writing(channel=channel, text=text, several=several)
    in_use = (Channel.EMAIL,) if place.settings.sms == "off" else (Channel.EMAIL, Channel.SMS)
    with _refusals(), place.store.write() as db:
        written = answer_reply(db, reply, writing, rules=place.policy.rules, in_use=in_use, by=Author(name=who), at=at)
        if done:
            settle_reply(db, reply, Settlement.NOTED, by=who, at=at)
    then = " The reply is done." if done else ""
    typer.echo(f"The message goes out at {written.due_at:%Y-%m-%d %H:%M} UTC.{then}")


@app.command("hand-over")
def hand_over(
    reply: Number,
    department: Annotated[str, typer.Argument(help="Whose people are to read it.")],
    reason: Annotated[str, typer.Option(help="What they are to do.")],
    by: By = None,
) -> None:
    """Give a reply to another department. Its deadline stays."""
    place = here()
    with _refusals(), place.store.write() as db:
        hand_over_reply(db, reply, department, reason, by=by or getpass.getuser(), at=now(), rules=place.policy.rules)
    typer.echo(f"Reply {reply} is with {department}.")


@contextmanager
def _refusals() -> Iterator[None]:
    """What is refused is said, and the command ends with status 2."""
    try:
        yield
    except Refused as refused:
        raise Fault(str(refused)) from None
