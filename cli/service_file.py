"""A file of closed services (CSV): read with every fault in plain words, and taken into the inbox.

Taken whole or not at all, unless the caller asks for the faultless rows: then the others can go to a file to be mended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cli.table_file import Columns, FileFault, Table, ask_about_letters, cut, in_other_letters, read_table
from cli.wrong_letters import are_wrong, code_page_of
from models.inbox import Fault, receive
from models.moments import EXAMPLE, is_iso
from models.places import RegionError, ZoneError
from models.report import ClosedService
from models.store import Store
from templates.csv_out import cell, write_csv
from vocabulary import Channel

COLUMNS = tuple(ClosedService.model_fields)
REQUIRED = tuple(name for name, field in ClosedService.model_fields.items() if field.is_required())
REFUSED = ("refused_line", "refused_why")
"""Columns in front of rows that are handed back: there they keep their place when a row lacks a cell."""

_COLUMNS = Columns(REQUIRED, COLUMNS + REFUSED)
_NAMES = ("customer_name", "agent", "branch")
_MAX_CELL = 4_000
_FIRST_YEAR = "2000"
"""The oldest for which holidays are known. Earlier ones come from an empty date in a spreadsheet."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row cannot be taken. `line` is where the row begins in the file; `value` is cut; the text names no line."""

    line: int
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        return f"{self.column}: {self.value!r} {self.rule}"


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """What a file says: for each row a report or a fault, with the line on which the row begins."""

    reports: list[tuple[int, ClosedService]]
    faults: list[RowFault]
    table: Table


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many services are new, how many we had, and which rows cannot be taken."""

    new: int
    known: int
    faults: list[RowFault]


def read_service_file(path: Path, encoding: str | None = None) -> ServiceFile:
    """Every row of the file, checked. `FileFault` if nobody can tell what its rows are, or in which letters they are
    written, unless `encoding` says that.
    """
    table = read_table(path, _COLUMNS, encoding)
    if not table.rows:
        raise FileFault("the file has a header and no rows")
    if encoding is None and not table.encoding.startswith("utf"):
        ask_about_letters(table)
        _ask_about_countries(table)
    read = [(line, _report(line, table.header, cells)) for line, cells in table.rows]
    reports = [(line, report) for line, report in read if isinstance(report, ClosedService)]
    return ServiceFile(reports, [fault for _, fault in read if isinstance(fault, RowFault)], table)


def lines_with_wrong_letters(file: ServiceFile) -> list[int]:
    """Of the rows whose names look as if they had been read in another encoding than they were written in."""
    return [line for line, report in file.reports if any(are_wrong(getattr(report, name) or "") for name in _NAMES)]


def _ask_about_countries(table: Table) -> None:
    """Western letters are a guess too bold where the country's own Windows has others."""
    place = table.header.index("region")
    for line, cells in table.rows:
        page = code_page_of(cells[place].strip()) if place < len(cells) and not "".join(cells).isascii() else None
        if page is not None:
            why = f"line {line} is of {cells[place].strip()}, where Windows has not the Western ones"
            raise in_other_letters(why, f"{page}, iso8859-2 or another")


def import_reports(store: Store, file: ServiceFile, at: datetime, *, partly: bool = False) -> ImportResult:
    """Take the file into the inbox in one transaction: all of it, or with `partly` the rows that have no fault."""
    with store.write() as db:
        received = receive(db, [report for _, report in file.reports], at=at, partly=partly)
        faults = [*file.faults, *(_inbox_fault(fault, *file.reports[fault.index]) for fault in received.faults)]
        faults.sort(key=lambda fault: fault.line)
        if faults and not partly:
            db.rollback()  # the inbox does not know of the rows that never reached it
            return ImportResult(new=0, known=received.known, faults=faults)
    return ImportResult(received.new, received.known, faults)


def write_refused(path: Path, file: ServiceFile, faults: Sequence[RowFault]) -> None:
    """Write the rows with a fault, and why, to a new file that can be mended and imported. `FileFault` if it exists."""
    added = {fault.line: (str(fault.line), str(fault)) for fault in faults}
    theirs = [place for place, name in enumerate(file.table.header) if name not in REFUSED]
    refused = [(*added[line], *_cells(cells, theirs)) for line, cells in file.table.rows if line in added]
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as opened:
            write_csv(opened, (*REFUSED, *(file.table.header[place] for place in theirs)), refused)
    except OSError as error:
        raise FileFault(f"the refused rows cannot be written to {path.name}: {error.strerror}") from None


def _cells(cells: Sequence[str], theirs: Sequence[int]) -> list[str]:
    """As they are, those that a row has too many included."""
    last = max(theirs)
    return [_unguarded(text) for place, text in enumerate(cells) if place in theirs or place > last]


def _inbox_fault(fault: Fault, line: int, report: ClosedService) -> RowFault:
    rule = f"is not new: {fault.rule}" if fault.field == "external_id" else fault.rule
    return RowFault(line, fault.field, cut(str(getattr(report, fault.field))), rule)


def _report(line: int, header: Sequence[str], cells: Sequence[str]) -> ClosedService | RowFault:
    if len(cells) != len(header):
        return RowFault(line, "cells", str(len(cells)), f"in this row, and {len(header)} in the header")
    values = {name: _unguarded(text) for name, text in zip(header, cells, strict=True) if name not in REFUSED}
    faults = _cell_faults(values)
    try:
        report = ClosedService.model_validate(values)
    except ValidationError as error:
        faults = _model_faults(error, values) | faults
    else:
        if not faults:
            return report
    first, *others = (RowFault(line, name, *faults[name]) for name in COLUMNS if name in faults)
    return replace(first, rule="; ".join([first.rule, *map(str, others)]))


def _unguarded(text: str) -> str:
    """Without the apostrophe that our own files have before what a spreadsheet would run."""
    return text[1:] if text.startswith("'") and cell(text[1:]) == text else text


_OF_SEVERAL = ("channels", "tags")
_Faults = dict[str, tuple[str, str]]  # by column: the value, cut, and what is wrong with it


def _cell_faults(values: Mapping[str, str]) -> _Faults:
    """What is wrong in a file, and not in a report."""
    long = [name for name in values if len(values[name]) > _MAX_CELL]
    faults = {name: (cut(values[name]), f"is longer than {_MAX_CELL:,} characters") for name in long}
    closed_at = values["closed_at"].strip()
    if is_iso(closed_at) and closed_at < _FIRST_YEAR:
        faults["closed_at"] = cut(closed_at), f"lies before the year {_FIRST_YEAR}"
    return faults | {name: ("", "is empty; every service needs one") for name in REQUIRED if not values[name].strip()}


def _model_faults(error: ValidationError, values: Mapping[str, str]) -> _Faults:
    """Of several channels or tags in a cell, the one that is wrong."""
    faults: _Faults = {}
    for detail in error.errors(include_url=False):
        column, given = str(detail["loc"][0]), detail["input"]
        part = given if column in _OF_SEVERAL and isinstance(given, str) else values[column]
        faults.setdefault(column, (cut(part), _rule(detail)))
    return faults


def _rule(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    match detail["type"], context.get("error"):
        case "timezone_aware", _:
            return f"has no offset from UTC; {EXAMPLE}"
        case _, RegionError() | ZoneError() as fault:
            return f"is not a {str(fault).partition(' ')[0]}: {str(fault).partition(': ')[2]}"
        case "value_error", fault:
            return str(fault)
        case kind, _:
            return _RULES[kind].format(**context) if kind in _RULES else detail["msg"]


_RULES = {
    "datetime_from_date_parsing": f"is not a date and time ({{error}}); {EXAMPLE}",
    "string_too_long": "is longer than {max_length} characters",
    "enum": f"is not a channel; write {' or '.join(Channel)}, several separated by commas",
    "too_long": "has more than {max_length} entries",
}
