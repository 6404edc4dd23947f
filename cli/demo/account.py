"""What the demonstration shows at its end: the account of all services, the promises, and where to look."""

from collections.abc import Mapping
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select

from cli.demo.company import PASSWORD, Company
from config.prefect_api import told_pages
from config.settings import Settings
from models.by_channel import ChannelFigures, channel_figures, waiting_replies
from models.listing import account, promises
from models.tables import escalations
from tasks.place import Place
from vocabulary import Channel

_SHOWN = 8
_FIGURES = {"sent": "sent, or called", "arrived": "delivered, or spoken to", "failed": "failed",
            "barred": "  of these, not carried because of the sender",
            "moved_on": "  of these, moved to the next channel", "answered_on_page": "answered on the page",
            "answered_by_reply": "answered by reply", "answered_in_call": "answered in a call",
            "opted_out": "opted out, or paused", "unconfirmed": "answers that no person has confirmed"}  # fmt: skip
_NAMES = {Channel.EMAIL: "e-mail", Channel.SMS: "SMS", Channel.PHONE: "phone"}


def show_account(console: Console, opened: Place, month: str) -> None:
    """Every accepted service under exactly one word; deadlines kept and missed; concerns; addresses."""
    settings = opened.settings
    with opened.store.read() as db:
        words, kept, figures, replies = account(db), promises(db), channel_figures(db), waiting_replies(db)
    console.print("\n[bold]What became of every closed service[/]")
    table = Table(box=SIMPLE_HEAD, header_style="bold")
    table.add_column("disposition, or where it stands")
    table.add_column("services", justify="right")
    for word, count in words.items():
        table.add_row(word, str(count))
    table.add_section()
    table.add_row("[bold]all rows accepted[/]", f"[bold]{sum(words.values())}[/]")
    console.print(table)
    console.print("[bold]Deadlines and concerns[/]")
    for what, count in kept.items():
        console.print(f"  {what:32} {count:>5}")
    _show_channels(console, figures)
    look = "./aftercare replies list, ./aftercare replies show ID"
    console.print(f"\nReplies that wait for a person: {replies} ({look})", soft_wrap=True)
    _show_concerns(console, opened)
    reports = sorted(settings.reviews.glob(f"review-{month}-v*.html"), key=lambda path: path.stat().st_mtime)
    console.print(f"\nMonthly review   {reports[-1] if reports else 'none'}", soft_wrap=True)
    console.print(f"Mails and SMS    {settings.outbox}", soft_wrap=True)
    console.print(f"Prefect UI       {told_pages(settings)}", soft_wrap=True)
    console.print("Look further     ./aftercare cases, ./aftercare explain CASE, ./aftercare escalations list --all, "
                  "./aftercare log export", soft_wrap=True)  # fmt: skip


def show_console(console: Console, settings: Settings, company: Company) -> None:
    """Who can be whom in the console, and by what password."""
    console.print(f"\n[bold]The staff console[/]  {settings.web_url}/console", soft_wrap=True)
    console.print(f"Everybody's password, for this demonstration only: [bold]{PASSWORD}[/]", soft_wrap=True)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("name", "signs in as", "role: departments"):
        table.add_column(name, no_wrap=name != "role: departments")
    for person in company.people:
        roles = ", ".join(role.replace("_", " ") for role in sorted(person.roles))
        departments = "all" if "*" in person.departments else ", ".join(sorted(person.departments))
        table.add_row(escape(person.name), person.email, escape(f"{roles}: {departments}"))
    console.print(table)
    caller, owner, supervisor = company.callers[0], company.people[0], company.people[1]
    console.print(f"Begin as {caller.name} (calls), {owner.name} (concerns) or {supervisor.name} (what is late). "
                  "The story's clock goes on from here.", soft_wrap=True)  # fmt: skip


def _show_channels(console: Console, figures: Mapping[Channel, ChannelFigures]) -> None:
    console.print("\n[bold]By channel[/]: messages to customers and calls; answers by what led to them")
    table = Table(box=None, header_style="bold", padding=(0, 0, 0, 2))
    table.add_column("")
    for channel in figures:
        table.add_column(_NAMES[channel], justify="right", min_width=6)
    for name, words in _FIGURES.items():
        table.add_row(words, *(str(getattr(row, name)) for row in figures.values()))
    console.print(table)


def _show_concerns(console: Console, opened: Place) -> None:
    chosen = select(escalations).order_by(escalations.c.received_at.desc()).limit(_SHOWN)
    with opened.store.read() as db:
        rows = db.execute(chosen).all()
    if not rows:
        return
    console.print(f"\n[bold]The last {len(rows)} concerns[/], times from the customer's answer")
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("severity", "owner", "received", "in hands", "resolved", "outcome"):
        table.add_column(name, no_wrap=True)
    for row in reversed(rows):
        table.add_row(row.severity, escape(row.owner), f"{row.received_at:%d %b %H:%M}",
                      _after(row.acknowledged_at, row.received_at), _after(row.resolved_at, row.received_at),
                      row.outcome or "open")  # fmt: skip
    console.print(table)


def _after(at: datetime | None, since: datetime) -> str:
    if at is None:
        return "-"
    hours = (at - since).total_seconds() / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"
