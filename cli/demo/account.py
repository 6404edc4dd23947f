"""What the demonstration shows at its end: the account of all services, the promises, and where to look."""

from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select

from models.listing import account, promises
from models.tables import escalations
from tasks.place import Place

_SHOWN = 8


def show_account(console: Console, opened: Place, month: str) -> None:
    """Every accepted service under exactly one word; deadlines kept and missed; concerns; addresses."""
    settings = opened.settings
    with opened.store.read() as db:
        words, kept = account(db), promises(db)
    table = Table(title="What became of every closed service", title_justify="left", header_style="bold")
    table.add_column("disposition")
    table.add_column("services", justify="right")
    for word, count in words.items():
        table.add_row(word, str(count))
    table.add_section()
    table.add_row("[bold]all rows accepted[/]", f"[bold]{sum(words.values())}[/]")
    console.print(table)
    for what, count in kept.items():
        console.print(f"  {what:32} {count:>5}")
    _show_concerns(console, opened)
    reports = sorted(settings.reviews.glob(f"review-{month}-v*.html"))
    console.print(f"\nMonthly review   {reports[-1] if reports else 'none'}", soft_wrap=True)
    console.print(f"Mails            {settings.outbox}", soft_wrap=True)
    console.print(f"Prefect UI       {settings.prefect_url}")
    console.print(f"Survey page      {settings.web_url}")
    console.print("Look further     ./aftercare cases, ./aftercare explain CASE, ./aftercare escalations list --all, "
                  "./aftercare log export", soft_wrap=True)  # fmt: skip


def _show_concerns(console: Console, opened: Place) -> None:
    chosen = select(escalations).order_by(escalations.c.received_at.desc()).limit(_SHOWN)
    with opened.store.read() as db:
        rows = db.execute(chosen).all()
    if not rows:
        return
    table = Table(title=f"The last {len(rows)} concerns", title_justify="left", header_style="bold")
    for name in ("no.", "severity", "owner", "received (UTC)", "in hands after", "resolved after", "outcome"):
        table.add_column(name)
    for row in reversed(rows):
        table.add_row(str(row.id), row.severity, escape(row.owner), f"{row.received_at:%Y-%m-%d %H:%M}",
                      _after(row.acknowledged_at, row.received_at), _after(row.resolved_at, row.received_at),
                      row.outcome or "open")  # fmt: skip
    console.print(table)


def _after(at: datetime | None, since: datetime) -> str:
    if at is None:
        return "-"
    hours = (at - since).total_seconds() / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"
