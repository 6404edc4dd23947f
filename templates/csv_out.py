"""CSV that a spreadsheet opens without running anything (OWASP ASVS 5.0, 1.2.10): rendered from plain values.

A spreadsheet may cut our cells at another separator than ours: in most of Europe it is the semicolon. So an apostrophe
stands before whatever would make a formula at the beginning of a cell, wherever any of them may see one begin. Nothing
is taken away: `unguarded` gives the text back.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TextIO

_SEPARATOR: Final = r",;|\t\""
_LINE_BREAK: Final = r"\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
_BLANK: Final = r" \xa0\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff"
_FORMULA: Final = r"=+\-@\t\0\uff1d\uff0b\uff0d\uff20"
_PLACE: Final = (
    # a whole cell that begins with a line break
    rf"\A[{_BLANK}\"]*+'*+(?=[\r\n])"
    # where a cell begins that is a formula
    rf"|(?:\A|[{_SEPARATOR}{_LINE_BREAK}])[{_BLANK}]*+'*+(?=[{_FORMULA}])"
    # the end of ours: its closing quotation mark would open the next cell, with what comes after it
    rf"|[;|\t{_LINE_BREAK}][{_BLANK}\"]*+'*+\Z"
)
_UNGUARDED: Final = re.compile(_PLACE)
_GUARDED: Final = re.compile(_PLACE.replace("'*+", "'*'"))


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
    written: str = csv.writer(_Hand()).writerow([_cell(value) for value in row])
    return written


def guarded(text: str) -> str:
    """With an apostrophe at each place that needs one. One that stands there already gets another beside it."""
    return _UNGUARDED.sub(lambda found: f"{found[0]}'", text)


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return _GUARDED.sub(lambda found: found[0][:-1], text)


class _Hand:
    """Hands a line back to who has it written: nothing is collected, so that a file can be sent while it is made."""

    def write(self, text: str) -> str:
        return text


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return guarded(value) if isinstance(value, str) else "" if value is None else value
