"""`import`: closed services from a file into the inbox."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from casework.public_days import warnings_about
from casework.reported import Reported, warnings_about_names
from cli.clock import now
from cli.fault import Fault
from cli.file_letters import warnings_about_letters
from cli.file_text import FileFault
from cli.opening import here
from cli.service_file import RowFault, ServiceFile, import_reports, read_service_file, write_refused
from cli.service_table import SEPARATORS, cut
from models.placeholders import is_no_address
from models.report import ClosedService
from policy.rules import Rules

_SHOWN = 50


def import_(
    file: Annotated[Path, typer.Argument(help="CSV of closed services; examples/README.md describes the columns.")],
    set_aside: Annotated[
        Path | None,
        typer.Option(help="Take the good rows, and write the refused ones with their reasons to this file."),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(help="Of a file that is no Unicode and asks for it: windows-1252, iso-8859-2, mac-roman, …"),
    ] = None,
) -> None:
    """Bring closed services into the inbox: all rows, or none when one has a fault. Again changes nothing."""
    if set_aside is not None:
        _check_room_for(set_aside)
    try:
        read = read_service_file(file, encoding)
    except FileFault as error:
        raise Fault(f"{file}: {error}") from None
    _tell_how_it_was_read(file, read)
    place = here()
    result = import_reports(place.store, read, now(), partly=set_aside is not None)
    _tell_faults(result.faults)
    if result.faults and set_aside is None:
        raise Fault(
            f"nothing was imported: {len(result.faults)} rows have a fault. Mend them, "
            "or take the good rows with --set-aside refused.csv"
        )
    if result.faults and set_aside is not None:
        write_refused(set_aside, file, result.faults, encoding)
        typer.echo(f"{len(result.faults)} refused rows were written to {set_aside}; mend them there and import it.")
    for warning in _warnings([report for _, report in read.reports], place.policy.rules):
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(f"{result.new} services are new, {result.known} were known.")


def _check_room_for(set_aside: Path) -> None:
    """Found out only after the good rows were taken, the others would be lost."""
    if set_aside.exists():
        raise Fault(f"{set_aside} exists already; name another file for the refused rows")
    if not set_aside.absolute().parent.is_dir():
        raise Fault(f"there is no folder {set_aside.parent} for the refused rows")


def _tell_how_it_was_read(file: Path, read: ServiceFile) -> None:
    """What was taken for granted: also when the rows have faults, which may come from that."""
    typer.echo(f"{file} is {read.encoding}, separated by {SEPARATORS.get(read.separator, read.separator)}.")
    for line, cells in read.passed_over[:_SHOWN]:
        text = cut(" ".join(text.strip() for text in cells if text.strip()))
        typer.echo(f"row {line} is no service and was passed over: {text!r}", err=True)
    for warning in warnings_about_letters(read.reports):
        typer.echo(f"warning: {warning}", err=True)


def _warnings(reports: Sequence[ClosedService], rules: Rules) -> Iterator[str]:
    nobody = Counter(report.email for report in reports if report.email and is_no_address(report.email))
    for address, count in nobody.most_common(_SHOWN):
        yield f"{address} ({count}) is nobody's address and was taken for none"
    yield from warnings_about(Counter(report.region for report in reports))
    yield from (warning for _, warning in warnings_about_names(Reported.of(reports), rules))


def _tell_faults(faults: Sequence[RowFault]) -> None:
    for fault in faults[:_SHOWN]:
        typer.echo(f"row {fault.line}, {fault.column}: {fault.value!r} {fault.rule}", err=True)
    if len(faults) > _SHOWN:
        typer.echo(f"… and {len(faults) - _SHOWN} more", err=True)
