"""`cases` and `explain`: what became of every closed service, and why."""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection, Row

from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models.addresses import of_case
from models.listing import case_row, case_rows, entries_of
from models.records import SignatureError, sign_unreachable
from models.unread import unread_of
from templates.csv_out import write_csv
from vocabulary import Event, Stage

_COLUMNS = ("source", "external_id", "closed_at", "region", "timezone", "recipient_timezone", "kind", "department",
            "branch", "agent", "contact_not_before_at", "contact_due_at", "contacted_at", "contact_channel",
            "reminders", "stage", "disposition", "reason", "clause", "rating", "unconfirmed", "unread_replies",
            "answered_at", "ended_at", "sealed_at", "missing", "policy_version")  # fmt: skip
_SHOWN = 40


def cases(
    *,
    csv: Annotated[bool, typer.Option("--csv", help="All of them as CSV, instants in UTC.")] = False,
    stage: Annotated[Stage | None, typer.Option(help="Only cases of this stage.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them, not only the newest.")] = False,
) -> None:
    """The cases: one per closed service, each with its stage or its disposition and reason."""
    with here().store.read() as db:
        if csv:
            write_csv(sys.stdout, ("case_id", *_COLUMNS), _values(db, stage))
            return
        _show(list(case_rows(db, stage=stage, newest=None if everything else _SHOWN)), everything=everything)


def _values(db: Connection, stage: Stage | None) -> Iterator[list[Any]]:
    for row in case_rows(db, stage=stage):
        yield [row.id, *(getattr(row, name) for name in _COLUMNS)]


def _show(rows: list[Row[Any]], *, everything: bool) -> None:
    console = Console()
    if not rows:
        console.print(
            "No cases yet. `./aftercare import FILE.csv` brings closed services in; `./aftercare demo` shows a month."
        )
        return
    table = Table(header_style="bold")
    for name in ("case", "service", "closed (UTC)", "department", "stage", "outcome"):
        table.add_column(name, justify="right" if name == "case" else "left")
    for row in rows:
        outcome = f"{row.disposition}: {row.reason} ({row.clause})" if row.disposition else ""
        outcome += f" [{row.unconfirmed} unconfirmed]" if row.unconfirmed else ""
        outcome += f" [{row.unread_replies} to be read]" if row.unread_replies else ""
        table.add_row(str(row.id), escape(f"{row.source} {row.external_id}"), f"{row.closed_at:%Y-%m-%d %H:%M}",
                      escape(row.department), row.stage, escape(outcome))  # fmt: skip
    console.print(table)
    if not everything and len(rows) == _SHOWN:
        console.print(f"The newest {_SHOWN}. All of them: `./aftercare cases --all` or `--csv`.")


def explain(case: Annotated[int, typer.Argument(help="Number of the case.")]) -> None:
    """Why a case went as it did: every rule that was looked at, its input and its verdict, in order."""
    console, opened = Console(), here()
    with opened.store.read() as db:
        row = case_row(db, case)
        if row is None:
            raise Fault(f"there is no case {case}; `./aftercare cases` shows them")
        console.print(f"[bold]Case {row.id}[/], service {escape(row.source)} {escape(row.external_id)}, "
                      f"{escape(row.kind)}, {escape(row.department)}, {escape(row.branch)}")  # fmt: skip
        console.print(f"closed {row.closed_at:%Y-%m-%d %H:%M} UTC, policy {row.policy_version}, {_standing(row)}")
        if unread := unread_of(db, case):
            console.print(f"reply {unread.id} of {unread.received_at:%Y-%m-%d %H:%M} UTC waits for a person; until it "
                          "is settled, or the policy's unread_days are over, the customer is not reminded")  # fmt: skip
        console.print()
        for entry in entries_of(db, case):
            _tell(console, entry)
        for found in of_case(db, case):
            console.print(_address(found, opened.policy.rules.contact.invalid_days), soft_wrap=True)


def _address(found: Row[Any], days: int) -> str:
    """What is known of the case's address today, for services to come."""
    again = found.since + timedelta(days=days)
    until = f"passed over until {again:%Y-%m-%d}" if again > now() else "tried again since then"
    return f"\naddress for {found.channel}: found not to work on {found.since:%Y-%m-%d} ({escape(found.code)}), {until}"


def _standing(row: Row[Any]) -> str:
    if row.disposition is None:
        return f"stage {row.stage}, next look {row.next_at:%Y-%m-%d %H:%M} UTC"
    return f"{row.disposition} ({row.stage}): {row.reason}, clause {row.clause}"


def _tell(console: Console, entry: Row[Any]) -> None:
    detail = json.loads(entry.detail)
    checks = detail.pop("checks", [])
    told = ", ".join(f"{name}: {_plain(value)}" for name, value in detail.items() if value not in (None, "", []))
    who = "" if entry.actor == "aftercare" else f" by {escape(entry.actor)}"
    console.print(f"{entry.at:%Y-%m-%d %H:%M} [bold]{Event(entry.event).value.replace('_', ' ')}[/]{who} "
                  f"[dim](clause {entry.clause})[/]  {escape(told)}", soft_wrap=True)  # fmt: skip
    for rule, clause, given, verdict in checks:
        console.print(
            f"    {escape(rule)} [dim](clause {clause})[/]: {escape(given)} [bold]→[/] {escape(verdict)}",
            soft_wrap=True,
        )


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def sign(
    case: Annotated[int, typer.Argument(help="Number of a case that ended as unreachable.")],
    by: Annotated[str, typer.Option(help="Name of the supervisor who signs.")],
) -> None:
    """Sign that a customer could not be reached: everything was tried, and the case may be closed."""
    try:
        with here().store.write() as db:
            sign_unreachable(db, case, by=by, at=now())
    except SignatureError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Case {case} is signed as unreachable by {by}.")
