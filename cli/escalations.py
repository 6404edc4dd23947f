"""`escalations`: see, acknowledge and resolve concerns, until the staff console does it."""

import getpass
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Row

from casework.rules import rules_of
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from models import escalations as concerns
from policy.concern_rules import causes_of

app = typer.Typer(no_args_is_help=True, help="Concerns: who has them, until when, and what was done.")
Number = Annotated[int, typer.Argument(help="Number of the escalation.")]
By = Annotated[str | None, typer.Option(help="Who does it; your login name when left out.")]


@app.command("list")
def list_(*, everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False) -> None:
    """Open escalations, the most urgent first."""
    console = Console()
    with here().store.read() as db:
        rows = concerns.listed(db, everything=everything)
    if not rows:
        console.print("No open concerns." if not everything else "No concerns yet.")
        return
    table = Table(header_style="bold")
    for name in ("no.", "case", "severity", "department", "owner", "received (UTC)", "24 h end (UTC)", "state"):
        table.add_column(name)
    for row in rows:
        table.add_row(str(row.id), str(row.case_id), row.severity, escape(row.department), escape(row.owner),
                      f"{row.received_at:%Y-%m-%d %H:%M}", f"{row.deadline_at:%Y-%m-%d %H:%M}",
                      _state(row))  # fmt: skip
    console.print(table)


def _state(row: Row[Any]) -> str:
    if row.closed_at:
        return f"closed: {row.outcome}"
    if row.resolved_at:
        return "resolved, customer to confirm"
    if row.acknowledged_at:
        return f"taken by {escape(row.acknowledged_by)}"
    return "[bold red]LATE, nobody has it[/]" if now() > row.deadline_at else "[bold]not taken yet[/]"


@app.command()
def acknowledge(escalation: Number, by: By = None) -> None:
    """Take a concern: from now on it is in your hands."""
    who = by or getpass.getuser()
    try:
        with here().store.write() as db:
            concerns.acknowledge(db, escalation, by=who, at=now())
    except concerns.EscalationError as error:
        raise Fault(str(error)) from None
    typer.echo(f"Escalation {escalation} is in the hands of {who}.")


@app.command()
def resolve(
    escalation: Number,
    root_cause: Annotated[str, typer.Option(help="One of the policy's root causes.")],
    action: Annotated[str, typer.Option(help="What was done, in a sentence.")],
    by: By = None,
) -> None:
    """Resolve a concern. The customer is asked later whether it helped."""
    try:
        with here().store.write() as db:
            case = concerns.case_of(db, escalation)
            rules = rules_of(db, case.policy_version).escalation
            concerns.resolve(
                db, escalation, by=by or getpass.getuser(), root_cause=root_cause, action=action,
                known_causes=causes_of(case.kind, rules.root_causes, rules.kind_causes),
                ask_after=timedelta(hours=rules.recovery_hours), at=now(),
            )  # fmt: skip
    except concerns.EscalationError as error:
        raise Fault(str(error)) from None
    typer.echo(
        f"Escalation {escalation} is resolved; in {rules.recovery_hours} hours the customer is asked if it helped."
    )
