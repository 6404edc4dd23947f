"""`import`: closed services from a file into the inbox."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from casework.public_days import warnings_about
from casework.reported import Reported, warnings_about_names
from cli.clock import now
from cli.fault import Fault
from cli.opening import here
from cli.service_file import ServiceFile, import_reports, lines_with_wrong_letters, read_service_file, write_refused
from cli.table_file import FileFault, cut
from models.placeholders import is_no_address
from policy.rules import Rules

_SHOWN = 50


def import_(
    file: Annotated[Path, typer.Argument(help="CSV of closed services; examples/README.md describes the columns.")],
    set_aside: Annotated[
        Path | None,
        typer.Option(help="Take the good rows, and write the refused ones with their reasons to this file."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="In which the file is written, such as iso8859-2; asked for where it matters.")
    ] = None,
) -> None:
    """Bring closed services into the inbox: all rows, or none when one has a fault. Again changes nothing."""
    if set_aside is not None and set_aside.exists():
        raise Fault(f"{set_aside} exists already; name another file for the refused rows")
    try:
        read = read_service_file(file, encoding)
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
        write_refused(set_aside, read, result.faults)
        typer.echo(f"{len(result.faults)} refused rows were written to {set_aside}; mend them there and import it.")
    for warning in _warnings(read, place.policy.rules):
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(f"{result.new} services are new, {result.known} were known. The file was read as {read.table.encoding}.")


def _warnings(read: ServiceFile, rules: Rules) -> Iterator[str]:
    for line, cells in read.table.passed_over:
        said = " ".join(filter(None, (cell.strip() for cell in cells)))
        yield f"line {line} is no service and was passed over: {cut(said)!r}"
    wrong = lines_with_wrong_letters(read)
    if wrong:
        shown = ", ".join(map(str, wrong[:_SHOWN])) + (", …" if len(wrong) > _SHOWN else "")
        yield f"names look as if they had been written in another encoding, correct them in the source: lines {shown}"
    reports = [report for _, report in read.reports]
    none = Counter(report.email for report in reports if report.email and is_no_address(report.email))
    for address, count in none.most_common(_SHOWN):
        yield f"{address} ({count}) is nobody's address and was taken for none"
    yield from warnings_about(Counter(report.region for report in reports))
    yield from (warning for _, warning in warnings_about_names(Reported.of(reports), rules))
