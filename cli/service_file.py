"""A file of closed services (CSV): read with every fault in plain words, and taken into the inbox.

Taken whole or not at all, unless the caller asks for the faultless rows: then the others can go to a file to be mended.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cli.file_text import FileFault, read_text
from cli.service_table import COLUMNS, REFUSED, REQUIRED, Row, column_of, cut, read_table
from models.inbox import Fault, receive
from models.moments import EXAMPLE, is_iso
from models.places import RegionError, ZoneError
from models.report import ClosedService
from models.store import Store
from templates.csv_out import unguarded, write_csv
from vocabulary import Channel

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
    encoding: str = "utf-8"
    separator: str = ","
    passed_over: list[Row] = field(default_factory=list)
    """Titles above the header, totals below the rows."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many services are new, how many we had, and which rows cannot be taken."""

    new: int
    known: int
    faults: list[RowFault]


def read_service_file(path: Path, encoding: str | None = None) -> ServiceFile:
    """Every row of the file, checked. `FileFault` if nobody can tell what its rows are, or its letters."""
    text, encoding = read_text(path, encoding)
    table = read_table(text)
    read = [(line, _report(line, table.names, cells)) for line, cells in table.rows]
    reports = [(line, report) for line, report in read if isinstance(report, ClosedService)]
    faults = [fault for _, fault in read if isinstance(fault, RowFault)]
    return ServiceFile(reports, faults, encoding, table.separator, table.passed_over)


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


def write_refused(path: Path, original_file: Path, faults: Sequence[RowFault], encoding: str | None = None) -> None:
    """Write the rows with a fault, and why, to a new file that can be mended and imported. `FileFault` if it exists."""
    table = read_table(read_text(original_file, encoding)[0])
    top, names = table.header
    added = {top: REFUSED} | {fault.line: (str(fault.line), str(fault)) for fault in faults}
    ours = {place for place, name in enumerate(names) if column_of(name) in REFUSED}
    header, *refused = ([*added[line], *(_unguarded(text) for place, text in enumerate(cells) if place not in ours)]
                        for line, cells in (table.header, *table.rows) if line in added)  # fmt: skip
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            write_csv(file, header, refused)
    except OSError as error:
        raise FileFault(f"the refused rows cannot be written to {path.name}: {error.strerror}") from None


def _inbox_fault(fault: Fault, line: int, report: ClosedService) -> RowFault:
    rule = f"is not new: {fault.rule}" if fault.field == "external_id" else fault.rule
    return RowFault(line, fault.field, cut(str(getattr(report, fault.field))), rule)


def _report(line: int, header: Sequence[str], cells: Sequence[str]) -> ClosedService | RowFault:
    if fault := _misplaced(line, header, cells):
        return fault
    named = zip(header, cells, strict=False)  # what stands further on is empty
    values = {name: _unguarded(text) for name, text in named if name and name not in REFUSED}
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


def _misplaced(line: int, header: Sequence[str], cells: Sequence[str]) -> RowFault | None:
    """A row may have more cells than the header has names, as long as they are empty: spreadsheets write such."""
    if len(cells) < len(header) or any(text.strip() for text in cells[len(header) :]):
        rule = (
            f"in this row, and {len(header)} in the header; write each cell, and quote one that has a separator in it"
        )
        return RowFault(line, "cells", str(len(cells)), rule)
    for place, (name, text) in enumerate(zip(header, cells, strict=False), 1):
        if not name and text.strip():
            return RowFault(line, f"column {place}", cut(text), "stands in a column without a name; name or empty it")
    return None


def _unguarded(text: str) -> str:
    """Without what is there for a spreadsheet's sake: our apostrophes before formulas, or ="0049" around figures."""
    if found := _AS_TEXT.fullmatch(text):
        return found[1]
    return unguarded(text)


_AS_TEXT = re.compile(r'="([^"]*)"')


_OF_SEVERAL = ("channels", "tags")
_Faults = dict[str, tuple[str, str]]  # by column: the value, cut, and what is wrong with it


def _cell_faults(values: Mapping[str, str]) -> _Faults:
    """What is wrong in a file, and not in a report."""
    long = [name for name in values if len(values[name]) > _MAX_CELL]
    faults = {name: (cut(values[name]), f"is longer than {_MAX_CELL:,} characters; shorten it") for name in long}
    closed_at = values["closed_at"].strip()
    if is_iso(closed_at) and closed_at < _FIRST_YEAR:
        faults["closed_at"] = cut(closed_at), f"lies before the year {_FIRST_YEAR}; write when the service was closed"
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
    "string_too_long": "is longer than {max_length} characters; shorten it",
    "enum": f"is not a channel; write {' or '.join(Channel)}, several separated by commas",
    "too_long": "has more than {max_length} entries; leave some out",
}
