"""A workbook (XLSX) of plain values: text is text and never a formula, a link or a number, and instants are dates."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

_LONGEST: Final = 32_767
"""Characters that a cell holds."""
_NO_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_NARROWEST, _WIDEST = 8, 60
_OF_AN_INSTANT: Final = 19
_SHEET: Final = 31
"""Characters that the name of a sheet has at most."""


def write_workbook(target: BinaryIO, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write one sheet to a file that can be read again; how many rows. Instants are UTC: workbooks know no zones.

    Rows are written as they come, so that not all of them have to fit into memory.
    """
    count, widths = 0, [len(name) for name in header]
    with Workbook(target, {"constant_memory": True}) as book:
        sheet, bold = book.add_worksheet(title[:_SHEET]), book.add_format({"bold": True})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        for count, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                widths[column] = max(widths[column], _write(sheet, count, column, value, instant))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(max(width + 1, _NARROWEST), _WIDEST))
        sheet.freeze_panes(1, 0)
    return count


def _write(sheet: Worksheet, row: int, column: int, value: Any, instant: Format) -> int:
    """Write a value by what it is; how wide it is, in characters."""
    match value:
        case None:
            return 0
        case datetime():
            sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None), instant)
            return _OF_AN_INSTANT
        case bool():
            sheet.write_boolean(row, column, value)
        case int() | float():
            sheet.write_number(row, column, value)
        case _:
            sheet.write_string(row, column, _plain(str(value)))
    return len(str(value).partition("\n")[0])


def _plain(text: str) -> str:
    """As a cell takes it. What begins so XlsxWriter may take for XML of its own, and hand on as it is."""
    text = _NO_XML.sub("\ufffd", f" {text}" if text.startswith("<r>") else text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
