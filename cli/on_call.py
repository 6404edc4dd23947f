"""`on-call`: who is told of a danger, and when, for whoever has no console at hand."""

import getpass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from casework.duty import shift_of, shifts_in
from cli.clock import now
from cli.escalations import By
from cli.fault import Fault
from cli.opening import here
from models.duty import DutyError, add_shifts, coming_shifts, remove_shift, replace_shifts
from tasks.place import Place

app = typer.Typer(no_args_is_help=True, help="The on-call calendar: who is told of a danger, and when.")
Department = Annotated[str, typer.Option(help="As the policy's routes name it; * is all others.")]
Calendar = Annotated[Path, typer.Argument(help="An iCalendar file (.ics): each event is a shift.", exists=True)]
Zone = Annotated[str, typer.Option("--timezone", help="Of times that name none, such as Europe/Berlin.")]


@app.command("list")
def list_() -> None:
    """Current and coming shifts, the next first."""
    with here().store.read() as db:
        rows = coming_shifts(db, now())
    if not rows:
        typer.echo("No shifts. The owner of the department is told of a danger.")
        return
    table = Table(header_style="bold")
    for name in ("no.", "department", "name", "address", "mobile", "from (UTC)", "to (UTC)"):
        table.add_column(name)
    for row in rows:
        table.add_row(str(row.id), escape(row.department), escape(row.name), escape(row.email), row.phone or "none",
                      f"{row.starts_at:%Y-%m-%d %H:%M}", f"{row.ends_at:%Y-%m-%d %H:%M}")  # fmt: skip
    Console().print(table)


@app.command()
def add(
    *,
    department: Department,
    name: Annotated[str, typer.Option(help="Who is on call.")],
    email: Annotated[str, typer.Option(help="Where alerts are mailed to.")],
    starts: Annotated[str, typer.Option("--from", help='For example "2026-12-05 17:00".')],
    ends: Annotated[str, typer.Option("--to", help='For example "2026-12-07 08:00".')],
    phone: Annotated[str, typer.Option(help="Where alerts are texted to, with the country's code.")] = "",
    timezone: Zone = "UTC",
    by: By = None,
) -> None:
    """Add a shift."""
    opened = here()
    try:
        shift = shift_of(department=_known(opened, department), name=name, email=email, phone=phone, starts=starts,
                         ends=ends, zone=_zone(timezone))  # fmt: skip
        with opened.store.write() as db:
            add_shifts(db, [shift], by=by or getpass.getuser())
    except DutyError as error:
        raise Fault(str(error)) from None
    typer.echo(f"{shift.name} is on call from {shift.starts_at:%Y-%m-%d %H:%M} to {shift.ends_at:%Y-%m-%d %H:%M} UTC.")


@app.command("import")
def import_(
    file: Calendar,
    *,
    department: Department,
    timezone: Zone = "UTC",
    by: By = None,
) -> None:
    """Read a calendar for a department; its shifts replace all that were imported for it before."""
    opened = here()
    try:
        text = file.read_text(encoding="utf-8-sig")
        shifts = shifts_in(text, department=_known(opened, department), zone=_zone(timezone), now=now())
        with opened.store.write() as db:
            count = replace_shifts(db, department, shifts, by=by or getpass.getuser())
    except (UnicodeDecodeError, OSError):
        raise Fault(f"{file} cannot be read as text in UTF-8: export the calendar as iCalendar") from None
    except DutyError as error:
        raise Fault(str(error)) from None
    typer.echo(f"{count} shifts are read for {department}.")


@app.command()
def remove(shift: Annotated[int, typer.Argument(help="Number of the shift.")]) -> None:
    """Remove a shift."""
    try:
        with here().store.write() as db:
            remove_shift(db, shift)
    except DutyError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Shift {shift} is removed.")


def _known(opened: Place, department: str) -> str:
    known = [route.department for route in opened.policy.rules.escalation.routes]
    if department not in known:
        raise Fault(f"the policy has no route for {department!r}: choose one of {', '.join(known)}")
    return department


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Fault(f"{name!r} is no time zone: write it as Europe/Berlin") from None
