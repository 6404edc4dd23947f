"""A file of closed services (CSV): read with every fault in plain words, and taken into the inbox.

Taken whole or not at all, unless the caller asks for the faultless rows: then the others can go to a file to be mended.
"""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

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

_MAX_BYTES = 64 * 1024 * 1024
_MAX_ROWS = 200_000
_MAX_CELL = 4_000
_MAX_QUOTED = 60
_FIRST_YEAR = "2000"
"""The oldest for which holidays are known. Earlier ones come from an empty date in a spreadsheet."""


class FileFault(Exception):
    """The file as a whole cannot be used. The text says why and what to do; the caller knows the file's name."""


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


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many services are new, how many we had, and which rows cannot be taken."""

    new: int
    known: int
    faults: list[RowFault]


def read_service_file(path: Path) -> ServiceFile:
    """Every row of the file, checked. `FileFault` if nobody can tell what its rows are."""
    text, encoding = _text(path)
    rows = _rows(text)
    header = _header(next(rows, (1, []))[1])
    read = [(line, _report(line, header, cells)) for line, cells in rows]
    if not read:
        raise FileFault("the file has a header and no rows")
    reports = [(line, report) for line, report in read if isinstance(report, ClosedService)]
    return ServiceFile(reports, [fault for _, fault in read if isinstance(fault, RowFault)], encoding)


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


def write_refused(path: Path, original_file: Path, faults: Sequence[RowFault]) -> None:
    """Write the rows with a fault, and why, to a new file that can be mended and imported. `FileFault` if it exists."""
    rows = list(_rows(_text(original_file)[0]))
    top, header = rows[0]
    added = {top: REFUSED} | {fault.line: (str(fault.line), str(fault)) for fault in faults}
    ours = {place for place, name in enumerate(header) if name.strip() in REFUSED}
    header, *refused = ([*added[line], *(_unguarded(text) for place, text in enumerate(cells) if place not in ours)]
                        for line, cells in rows if line in added)  # fmt: skip
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            write_csv(file, header, refused)
    except OSError as error:
        raise FileFault(f"the refused rows cannot be written to {path.name}: {error.strerror}") from None


def _inbox_fault(fault: Fault, line: int, report: ClosedService) -> RowFault:
    rule = f"is not new: {fault.rule}" if fault.field == "external_id" else fault.rule
    return RowFault(line, fault.field, _cut(str(getattr(report, fault.field))), rule)


def _text(path: Path) -> tuple[str, str]:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror}") from None
    if len(content) > _MAX_BYTES:
        raise FileFault(f"the file is larger than {_MAX_BYTES // 1024**2} MB; divide it")
    if b"\0" in content:
        raise FileFault('the file is not plain text (it has NUL bytes), perhaps a workbook; save it as "CSV UTF-8"')
    for encoding in ("utf-8-sig",) if content.startswith(BOM_UTF8) else ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise FileFault('the file is neither UTF-8 nor cp1252 (Western Windows); save it as "CSV UTF-8"')


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row, header first, with the line on which it begins. Rows without any content are passed over."""
    reader, count, line = csv.reader(io.StringIO(text, newline=""), strict=True), 0, 1
    try:
        for cells in reader:
            if any(text.strip() for text in cells):
                count += 1
                if count > 1 + _MAX_ROWS:
                    raise FileFault(f"the file has more than {_MAX_ROWS:,} rows; divide it")
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        # Where a quote is wrong, nobody can tell which lines are rows; so this is a fault of the whole file.
        why = f"its row cannot be divided into cells ({error}, seen in line {reader.line_num})"
        rule = "close every quote, and write a quote inside a quoted cell twice"
        raise FileFault(f"line {line}: {why}; {rule}") from None


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    names = tuple(name.strip() for name in cells)
    if not names:
        raise FileFault(f"the file is empty; its first line names the columns: {', '.join(COLUMNS)}")
    if mark := re.search(r"[;\t|]", names[0]):
        raise FileFault(f"the columns are separated by {mark[0]!r}; separate them by commas")
    allowed = COLUMNS + REFUSED
    faults = [f"{name} is missing" for name in REQUIRED if name not in names]
    faults += [f"{name} appears twice" for name in allowed if names.count(name) > 1]
    faults += [f"{_cut(name)!r} is unknown" for name in dict.fromkeys(names) if name not in allowed][: len(allowed)]
    if faults:
        may = f"required: {', '.join(REQUIRED)}; allowed: {', '.join(COLUMNS[len(REQUIRED) :])}"
        raise FileFault(f"the header is wrong: {'; '.join(faults)} ({may})")
    return names


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
    faults = {name: (_cut(values[name]), f"is longer than {_MAX_CELL:,} characters") for name in long}
    closed_at = values["closed_at"].strip()
    if is_iso(closed_at) and closed_at < _FIRST_YEAR:
        faults["closed_at"] = _cut(closed_at), f"lies before the year {_FIRST_YEAR}"
    return faults | {name: ("", "is empty; every service needs one") for name in REQUIRED if not values[name].strip()}


def _model_faults(error: ValidationError, values: Mapping[str, str]) -> _Faults:
    """Of several channels or tags in a cell, the one that is wrong."""
    faults: _Faults = {}
    for detail in error.errors(include_url=False):
        column, given = str(detail["loc"][0]), detail["input"]
        part = given if column in _OF_SEVERAL and isinstance(given, str) else values[column]
        faults.setdefault(column, (_cut(part), _rule(detail)))
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


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED else text[: _MAX_QUOTED - 1] + "…"
