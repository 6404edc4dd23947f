"""More of `escalations`: pauses, where the clocks stand, and concerns whose customers cannot be reached."""

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy import Connection

from casework.closing import ask_for_unreachable, decline, log_call, sign_unreachable, tried_so_far
from casework.concern_clock import ConcernClock, clock_of
from casework.pauses import pause, resume
from cli.clock import now
from cli.escalations import By, Number, app
from cli.fault import Fault
from cli.opening import here
from models.calls import CallError
from models.escalations import EscalationError, known
from models.unreachable import open_request
from policy.unreachable import Tried
from vocabulary import CallOutcome

__all__ = ["app"]

_T = TypeVar("_T")


@app.command("clock")
def show_clock(escalation: Number) -> None:
    """Where its deadlines stand, who was told of them, and how often the customer was tried."""
    console, at = Console(), now()
    with here().store.read() as db:
        try:
            concern = known(db, escalation)
        except EscalationError as error:
            raise Fault(str(error)) from None
        clock, tried, request = clock_of(db, concern, at), tried_so_far(db, concern, at), open_request(db, escalation)
    for one in (clock.clocks.hands, clock.clocks.acknowledgement, clock.clocks.resolution):
        late = "[bold red]LATE[/] " if one.late else ""
        console.print(f"{one.name + ':':22}{late}{one.words}, due {one.due_at:%Y-%m-%d %H:%M} UTC, {one.percent} %")
    _print_past(console, clock)
    _print_tried(console, tried)
    if request is not None:
        console.print(f"{escape(request.asked_by)} asks to close it as unreachable: `sign` or `decline` it")


def _print_past(console: Console, clock: ConcernClock) -> None:
    for told in clock.told:
        to = ", ".join(told.names) or ", ".join(told.roles)
        console.print(f"{told.at:%Y-%m-%d %H:%M} UTC  {told.what}, {told.percent} %: told {escape(to)}")
    if clock.coming is not None:
        console.print(f"{clock.coming.at:%Y-%m-%d %H:%M} UTC  next: {', '.join(clock.coming.tell)}")
    for one in clock.pauses:
        end = f"until {one.ended_at:%Y-%m-%d %H:%M} UTC ({one.ended_because})" if one.ended_at else "[bold]now[/]"
        console.print(f"{one.begun_at:%Y-%m-%d %H:%M} UTC  paused {end}: {escape(one.words)}; {escape(one.note)}",
                      soft_wrap=True)  # fmt: skip


def _print_tried(console: Console, tried: Tried) -> None:
    if tried.attempts:
        channels = ", ".join(tried.channels)
        console.print(f"tried to reach the customer: {tried.attempts} times ({channels}) since the last word")


@app.command("pause")
def pause_(
    escalation: Number,
    code: Annotated[str, typer.Option("--for", help="A reason of the policy; a wrong one lists them.")],
    note: Annotated[str, typer.Option(help="Why, in a sentence.")],
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%d %H:%M"], help="UTC; as long as the policy allows when left out."),
    ] = None,
    by: By = None,
) -> None:
    """Stop the clock of the resolution. It runs again at the latest date, or when the customer says something."""
    end = until.replace(tzinfo=UTC) if until else None
    ends_by = _done(lambda db: pause(db, escalation, code=code, note=note, until=end, by=_who(by), at=now()))
    typer.echo(f"Escalation {escalation} is paused until {ends_by:%Y-%m-%d %H:%M} UTC at the latest.")


@app.command("resume")
def resume_(escalation: Number, by: By = None) -> None:
    """End a pause: the clock runs again."""
    target = _done(lambda db: resume(db, escalation, by=_who(by), at=now()))
    typer.echo(f"Escalation {escalation} goes on; it is to be resolved by {target:%Y-%m-%d %H:%M} UTC.")


@app.command("called")
def called(
    escalation: Number,
    outcome: Annotated[CallOutcome, typer.Option(help="no answer, busy, wrong number or answered.")],
    by: By = None,
) -> None:
    """Write down that the customer was called about a concern."""
    number = _done(lambda db: log_call(db, escalation, outcome, by=_who(by), at=now()))
    typer.echo(f"Written down as call {number}.")


@app.command("unreachable")
def unreachable(
    escalation: Number,
    root_cause: Annotated[str, typer.Option(help="One of the policy's root causes.")],
    action: Annotated[str, typer.Option(help="What was done all the same, in a sentence.")],
    by: By = None,
) -> None:
    """Ask to close a concern because its customer cannot be reached. Somebody else has to sign."""
    _done(lambda db: ask_for_unreachable(db, escalation, root_cause=root_cause, action=action, by=_who(by), at=now()))
    typer.echo(f"Escalation {escalation} waits for a signature: `./aftercare escalations sign {escalation}`.")


@app.command("sign")
def sign(escalation: Number, by: Annotated[str, typer.Option(help="Name of the supervisor who signs.")]) -> None:
    """Sign that everything was tried: the concern is closed as unreachable."""
    _done(lambda db: sign_unreachable(db, escalation, by=by, at=now()))
    typer.echo(f"Escalation {escalation} is signed by {by} and closed as unreachable.")


@app.command("decline")
def decline_(
    escalation: Number, reason: Annotated[str, typer.Option(help="Why, in a sentence.")], by: By = None
) -> None:
    """Do not sign: the concern stays open."""
    _done(lambda db: decline(db, escalation, reason=reason, by=_who(by), at=now()))
    typer.echo(f"Escalation {escalation} stays open.")


def _who(by: str | None) -> str:
    return by or getpass.getuser()


def _done(what: Callable[[Connection], _T]) -> _T:
    try:
        with here().store.write() as db:
            return what(db)
    except (EscalationError, CallError) as error:
        raise Fault(str(error)) from None
