"""`run` and `review`: run one stage now."""

import re
from contextlib import nullcontext
from datetime import datetime
from typing import Annotated, Any

import typer

from cli.fault import Fault
from cli.opening import here
from cli.stages import StageName, Stages
from flows.clock import clock, trying_out

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def run(
    stage: Annotated[StageName, typer.Argument(help="The stage to run.")],
    as_of: Annotated[str | None, typer.Option(help="Work as at this instant: 2026-10-05T09:30:00+02:00.")] = None,
    *,
    trial: Annotated[bool, typer.Option("--trial", help="Days ahead, too; only where all mail goes to files.")] = False,
) -> None:
    """Run a stage now, in this process, visible in the Prefect UI. The schedules go on as before."""
    settings = here().settings
    if trial and (settings.mail != "outbox" or settings.sms == "twilio"):
        raise Fault("--trial is for an installation whose messages go to files: this one reaches customers, and what a "
                    "run ends ahead of time nobody can take back")  # fmt: skip
    instant = _instant(as_of)
    with trying_out() if trial else nullcontext():
        _check(instant)
        with Stages(settings, quiet=False) as stages:
            _report(stages.run(stage, as_of=instant))


def review(month: Annotated[str, typer.Argument(help="The month, as 2026-10.")]) -> None:
    """Write the review of a month: report with charts, findings, and the bulletin to staff."""
    if not _MONTH.fullmatch(month):
        raise Fault(f"{month!r} is not a month; write it as 2026-10")
    opened = here()
    with Stages(opened.settings, quiet=True) as stages:
        _report(stages.run(StageName.MONTHLY_REVIEW, month=month))
    reports = sorted(opened.settings.reviews.glob(f"review-{month}-v*.html"), key=lambda path: path.stat().st_mtime)
    if reports:
        typer.echo(f"The report: {reports[-1]}")


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Fault(f"--as-of {text!r} is not a date and time; write it as 2026-10-05T09:30:00+02:00") from None
    if instant.tzinfo is None:
        raise Fault(f"--as-of {text!r} has no offset from UTC; write it as {text}+00:00 if it is UTC")
    return instant


def _check(instant: datetime | None) -> None:
    """What the run itself would refuse, before Prefect is asked for one."""
    try:
        clock(instant)
    except ValueError as error:
        raise Fault(str(error)) from None


def _report(state: Any) -> None:
    typer.echo(f"{state.name}: {state.message}")
    if not state.is_completed():
        raise typer.Exit(1)
