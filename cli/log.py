"""`log export`: the Customer Feedback Log as a file."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from cli.fault import Fault
from cli.opening import here
from models.listing import LOG_COLUMNS, log_rows
from models.tokens import without_tokens
from templates.csv_out import write_csv

app = typer.Typer(no_args_is_help=True, help="The Customer Feedback Log (SOP 4.5).")


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; to standard output when left out.")] = None,
) -> None:
    """All entries as CSV, oldest first. A spreadsheet that opens it runs no formulas from it."""
    with here().store.read() as db:
        if file is None:
            write_csv(sys.stdout, LOG_COLUMNS, _values(db))
            return
        try:
            with file.open("w", encoding="utf-8-sig", newline="") as target:
                count = write_csv(target, LOG_COLUMNS, _values(db))
        except OSError as error:
            raise Fault(f"{file} cannot be written ({error.strerror}); name another file") from None
    typer.echo(f"{count} entries written to {file}.")


def _values(db: Connection) -> Iterator[list[Any]]:
    for row in log_rows(db):
        values = row._asdict()
        if row.comment:
            values["comment"] = without_tokens(row.comment)  # also of what was kept before they were taken out
        yield [values[name] for name in LOG_COLUMNS]
