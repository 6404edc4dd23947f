"""`import`: closed services from a file into the inbox."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from casework.public_days import warnings_about
from casework.reported import Reported, warnings_about_names
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from cli.service_file import FileFault, import_reports, read_service_file, write_refused

_SHOWN = 50


def import_(
    file: Annotated[Path, typer.Argument(help="CSV of closed services; examples/README.md describes the columns.")],
    set_aside: Annotated[
        Path | None,
        typer.Option(help="Take the good rows, and write the refused ones with their reasons to this file."),
    ] = None,
) -> None:
    """Bring closed services into the inbox: all rows, or none when one has a fault. Again changes nothing."""
    if set_aside is not None and set_aside.exists():
        raise Fault(f"{set_aside} exists already; name another file for the refused rows")
    try:
        read = read_service_file(file)
    except FileFault as error:
        raise Fault(f"{file}: {error}") from None
    place = here()
    result = import_reports(place.store, read, now(), partly=set_aside is not None)
    for fault in result.faults[:_SHOWN]:
        typer.echo(f"row {fault.line}, {fault.column}: {fault.value!r} {fault.rule}", err=True)
    if len(result.faults) > _SHOWN:
        typer.echo(f"… and {len(result.faults) - _SHOWN} more", err=True)
    if result.faults and set_aside is None:
        raise Fault(
            f"nothing was imported: {len(result.faults)} rows have a fault. Mend them, "
            "or take the good rows with --set-aside refused.csv"
        )
    if result.faults and set_aside is not None:
        write_refused(set_aside, file, result.faults)
        typer.echo(f"{len(result.faults)} refused rows were written to {set_aside}; mend them there and import it.")
    reports = [report for _, report in read.reports]
    named = [warning for _, warning in warnings_about_names(Reported.of(reports), place.policy.rules)]
    for warning in (*warnings_about(Counter(report.region for report in reports)), *named):
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(f"{result.new} services are new, {result.known} were known.")
