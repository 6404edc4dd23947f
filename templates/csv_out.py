"""CSV that a spreadsheet opens without running anything (OWASP ASVS 5.0, 1.2.10): rendered from plain values."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TextIO

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(target: TextIO, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write header and rows; how many rows. Instants are UTC in ISO 8601."""
    target.write(line(header))
    count = 0
    for row in rows:
        target.write(line(row))
        count += 1
    return count


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    return map(line, rows)


def line(row: Sequence[Any]) -> str:
    """One row with its line end."""
    written: str = csv.writer(_Hand()).writerow([cell(value) for value in row])
    return written


class _Hand:
    """Hands a line back to who has it written: nothing is collected, so that a file can be sent while it is made."""

    def write(self, text: str) -> str:
        return text


def cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    # A value that looks guarded already is guarded too, so that reading the file again gives what was written.
    if isinstance(value, str) and value.lstrip(" ").removeprefix("'").startswith(_STARTS_A_FORMULA):
        return f"'{value}"
    return "" if value is None else value
