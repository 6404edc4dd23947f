"""A table in a text file, as programs export it: its letters, its separator, where its header is. Certain, or asked.

A title above the header, empty cells at the ends of rows, and a footer below the last row are no part of the table.
"""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, lookup
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path
from typing import Final

from cli.wrong_letters import are_doubtful

_MAX_BYTES: Final = 64 * 1024 * 1024
_MAX_ROWS: Final = 200_000
_MAX_QUOTED: Final = 60
_SEPARATORS: Final = (",", ";", "\t", "|")
_STATED: Final = re.compile(r"\ufeff?sep=(.)\r?\n")
"""By the first line, as Excel reads and writes it."""
_LAST_TITLE: Final = 20
"""A header stands in one of the first so many rows."""
_MOST_FOOTERS: Final = 5
_MOST_OF_A_FOOTER: Final = 2
"""A total, or who exported when: so many cells are filled at most, and none that every row needs."""
_MARKED: Final = {BOM_UTF8: "utf-8-sig", BOM_UTF16_LE: "utf-16", BOM_UTF16_BE: "utf-16"}


class FileFault(Exception):
    """The file as a whole cannot be used. The text says why and what to do; the caller knows the file's name."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a table may have; every row of it needs a value in the required ones."""

    required: tuple[str, ...]
    allowed: tuple[str, ...]

    def named(self, text: str) -> str:
        """The column that a cell of a header means: "External Id" is external_id. What is none stays as it is."""
        return {_bare(name): name for name in self.allowed}.get(_bare(text), text.strip())


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: each with the line on which it begins. `passed_over`: the same of rows that are no part of the table."""

    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    encoding: str = "utf-8"
    passed_over: list[tuple[int, list[str]]] = field(default_factory=list)


def read_table(path: Path, columns: Columns, encoding: str | None = None) -> Table:
    """The table of a file. `encoding`: when a person has said it. `FileFault` if nobody can tell what its rows are."""
    text, known = _text(path, encoding)
    separator, above = _layout(text, columns)
    rows = _rows(text, separator)
    titles = [one for one in islice(rows, above) if not one[1][0].startswith("sep=")]
    header = _header(next(rows, (1, []))[1], columns)
    body = [(line, _cut_to(len(header), cells)) for line, cells in rows]
    end = len(body) - _footers(body, columns)
    return Table(header, body[:end], known, [*titles, *body[end:]])


def ask_about_letters(table: Table) -> None:
    """What is not UTF-8 was taken for Western Windows. `FileFault` where its words speak against that."""
    for line, cells in table.rows:
        doubtful = next((cell for cell in cells if are_doubtful(cell)), None)
        if doubtful is not None:
            raise in_other_letters(f"line {line} has {cut(doubtful)!r}", "iso8859-2, mac_roman or another")


def in_other_letters(why: str, names: str) -> FileFault:
    remedy = f'save it as "CSV UTF-8", or name them: --encoding {names}'
    return FileFault(f"which letters the file is written in cannot be told ({why}): {remedy}")


def _text(path: Path, stated: str | None) -> tuple[str, str]:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror}") from None
    if len(content) > _MAX_BYTES:
        raise FileFault(f"the file is larger than {_MAX_BYTES // 1024**2} MB; divide it")
    marked = next((name for mark, name in _MARKED.items() if content.startswith(mark)), None)
    if b"\0" in content and marked != "utf-16" and not _is_wide(stated):
        raise FileFault('the file is not plain text (it has NUL bytes), perhaps a workbook; save it as "CSV UTF-8"')
    for encoding in [stated] if stated else [marked] if marked else ["utf-8", "cp1252"]:
        try:
            return content.decode(encoding), encoding
        except (UnicodeError, LookupError):
            continue
    if stated:
        raise FileFault(f"the file is not in {stated}, or that is no encoding; leave --encoding out, or name another")
    remedy = 'save it as "CSV UTF-8", or name its encoding: --encoding'
    raise FileFault(f"the file is neither UTF-8 nor cp1252 (Western Windows); {remedy}")


def _is_wide(encoding: str | None) -> bool:
    try:
        return encoding is not None and lookup(encoding).name.startswith(("utf-16", "utf-32"))
    except LookupError:
        return False


def _layout(text: str, columns: Columns) -> tuple[str, int]:
    """The separator, and how many rows stand above the header: as its first line says, or as the columns show."""
    stated = _STATED.match(text)
    candidates = (stated[1],) if stated else _SEPARATORS
    best = (-1, candidates[0], 0)
    for separator in candidates:
        for place, (_, cells) in enumerate(_beginning(text, separator)):
            names = {columns.named(cell) for cell in cells}
            known = len(names.intersection(columns.allowed))
            best = max(best, (known, separator, place), key=lambda one: one[0])
    known, separator, place = best
    return (separator, place) if known > 0 else (candidates[0], int(stated is not None))


def _beginning(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The first rows, as far as they can be divided by this separator."""
    try:
        yield from islice(_rows(text, separator), _LAST_TITLE)
    except FileFault:
        return


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line on which it begins. Rows without any content are passed over."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count, line = 0, 1
    try:
        for cells in lines:
            if any(text.strip() for text in cells):
                count += 1
                if count > 1 + _MAX_ROWS:
                    raise FileFault(f"the file has more than {_MAX_ROWS:,} rows; divide it")
                yield line, cells
            line = lines.line_num + 1
    except csv.Error as error:
        # Where a quote is wrong, nobody can tell which lines are rows; so this is a fault of the whole file.
        why = f"its row cannot be divided into cells ({error}, seen in line {lines.line_num})"
        rule = "close every quote, and write a quote inside a quoted cell twice"
        raise FileFault(f"line {line}: {why}; {rule}") from None


def _header(cells: Sequence[str], columns: Columns) -> tuple[str, ...]:
    cells = _cut_to(0, cells)
    names = tuple(map(columns.named, cells))
    optional = columns.allowed[len(columns.required) :]
    if not names:
        raise FileFault(f"the file is empty; its first line names the columns: {', '.join(columns.allowed)}")
    faults = [f"{name} is missing" for name in columns.required if name not in names]
    faults += [f"{name} appears twice" for name in columns.allowed if names.count(name) > 1]
    unknown = [name for name in dict.fromkeys(names) if name not in columns.allowed]
    faults += [f"{cut(name)!r} is unknown" for name in unknown[: len(columns.allowed)]]
    if faults:
        may = f"required: {', '.join(columns.required)}; allowed: {', '.join(optional)}"
        raise FileFault(f"the header is wrong: {'; '.join(faults)} ({may})")
    return names


def _cut_to(length: int, cells: Sequence[str]) -> list[str]:
    """Without empty cells at the end, down to so many: spreadsheets write as many as any row ever had."""
    end = len(cells)
    while end > length and not cells[end - 1].strip():
        end -= 1
    return list(cells[:end])


def _footers(rows: Sequence[tuple[int, list[str]]], columns: Columns) -> int:
    """How many of the last rows are none: no row of a table that needs more than they have can do with so little."""
    if len(columns.required) <= _MOST_OF_A_FOOTER:
        return 0
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows[-_MOST_FOOTERS:]]
    last = list(takewhile(lambda count: count <= _MOST_OF_A_FOOTER, reversed(filled)))
    return len(last) if len(last) < len(rows) else 0


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def cut(text: str) -> str:
    """As much of a cell as a message has room for."""
    return text if len(text) <= _MAX_QUOTED else text[: _MAX_QUOTED - 1] + "…"
