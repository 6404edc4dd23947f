"""CSV that a spreadsheet opens without running anything (OWASP ASVS 5.0, 1.2.10)."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TextIO

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(target: TextIO, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write header and rows; how many rows. Instants are UTC in ISO 8601."""
    writer = csv.writer(target)
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return count


def cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    # A value that looks guarded already is guarded too, so that reading the file again gives what was written.
    if isinstance(value, str) and value.lstrip(" ").removeprefix("'").startswith(_STARTS_A_FORMULA):
        return f"'{value}"
    return "" if value is None else value
