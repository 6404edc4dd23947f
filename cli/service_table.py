"""The rows of a file of closed services: how its cells are separated, where its header stands, what is no row."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cli.file_text import FileFault
from models.report import ClosedService

COLUMNS = tuple(ClosedService.model_fields)
REQUIRED = tuple(name for name, field in ClosedService.model_fields.items() if field.is_required())
REFUSED = ("refused_line", "refused_why")
"""Columns in front of rows that are handed back: there they keep their place when a row lacks a cell."""
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "|"}
Row = tuple[int, list[str]]
"""The line on which it begins, and its cells."""

_MAX_ROWS = 200_000
_ABOVE = 20
"""So many rows are looked at for the header: reports of programs begin with a title, a span of days, a filter."""
_BELOW = 2
"""So many cells may be filled in a row below the table: a total and its figure."""
_SEP = re.compile(r'"?sep=(.)"?[,;\t|]*[ \t]*(?:\r\n|\r|\n)', re.IGNORECASE)
"""How files tell Excel their separator. With more of them behind it when a spreadsheet wrote the file again."""
_MAX_QUOTED = 60


@dataclass(frozen=True, slots=True)
class Table:
    """Header and rows as they stand in the file, and the rows around them that are none."""

    names: tuple[str, ...]
    """The columns in our spelling, "" where one has no name; none of those without a name stand at the end."""
    header: Row
    rows: list[Row]
    passed_over: list[Row]
    separator: str


def read_table(text: str) -> Table:
    """`FileFault` if nobody can tell what the rows and columns are."""
    first_line, separators = 1, list(SEPARATORS)
    if found := _SEP.match(text):
        text, first_line = text[found.end() :], 2
        separators += [found[1]] if found[1] not in '" ' else []
    separator = max(separators, key=lambda one: _known_names(text, one))
    rows = list(_rows(text, separator, first_line))
    if not rows:
        raise FileFault(f"the file is empty; its first line names the columns: {', '.join(COLUMNS)}")
    place = _header_place(rows)
    above, (line, header), rows = rows[:place], rows[place], rows[place + 1 :]
    names = check_header(header)
    if not rows:
        raise FileFault("the file has a header and no rows")
    end = _end(rows, names)
    return Table(names, (line, header), rows[:end], above + rows[end:], separator)


def column_of(text: str) -> str:
    """Our name of a column in any spelling ("External ID", "external-id"); what is none of ours stays as it is."""
    return _BY_KEY.get(_key(text), text.strip())


def check_header(cells: Sequence[str]) -> tuple[str, ...]:
    names = [column_of(text) for text in cells]
    while names and not names[-1]:
        names.pop()
    allowed = COLUMNS + REFUSED
    faults = [f"{name} is missing" for name in REQUIRED if name not in names]
    faults += [f"{name} appears twice" for name in allowed if names.count(name) > 1]
    unknown = [name for name in dict.fromkeys(names) if name and name not in allowed]
    faults += [f"{cut(name)!r} is unknown" for name in unknown[: len(allowed)]]
    if faults:
        may = f"required: {', '.join(REQUIRED)}; allowed: {', '.join(COLUMNS[len(REQUIRED) :])}"
        apart = "; separate the columns by commas, semicolons, tabs or |" if len(names) == 1 else ""
        raise FileFault(f"the header is wrong: {'; '.join(faults)} ({may}){apart}")
    return tuple(names)


def cut(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED else text[: _MAX_QUOTED - 1] + "…"


def _key(text: str) -> str:
    """What two spellings have in common: no case, blanks, quotes, lines between words or marks that nobody sees."""
    kept = (character for character in text if not character.isspace() and character not in "_-\"'")
    return "".join(character for character in kept if unicodedata.category(character) != "Cf").casefold()


_BY_KEY = {_key(name): name for name in COLUMNS + REFUSED}


def _known_names(text: str, separator: str) -> int:
    """How many of our columns the header names if the cells are separated so."""
    rows: list[list[str]] = []
    try:
        rows.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 2 * _ABOVE))
    except csv.Error:
        return 0
    return max((_count(cells) for cells in rows), default=0)


def _count(cells: Sequence[str]) -> int:
    return len({name for name in map(column_of, cells) if name in COLUMNS})


def _rows(text: str, separator: str, line: int) -> Iterator[Row]:
    """Every row, header first. Rows without a letter or a figure are passed over: blank lines, rulers."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before, count = line - 1, 0
    try:
        for cells in reader:
            if any(character.isalnum() for text in cells for character in text):
                count += 1
                if count > 1 + _MAX_ROWS:
                    raise FileFault(f"the file has more than {_MAX_ROWS:,} rows; divide it")
                yield line, cells
            line = before + reader.line_num + 1
    except csv.Error as error:
        # Where a quote is wrong, nobody can tell which lines are rows; so this is a fault of the whole file.
        why = f"its row cannot be divided into cells ({error}, seen in line {before + reader.line_num})"
        rule = "close every quote, and write a quote inside a quoted cell twice"
        raise FileFault(f"line {line}: {why}; {rule}") from None


def _header_place(rows: Sequence[Row]) -> int:
    """Of the first rows the one with most of our names, if none above it has cells enough to be a service."""
    first = rows[:_ABOVE]
    place = max(range(len(first)), key=lambda one: _count(first[one][1]))
    return 0 if any(len(_filled(cells)) >= len(REQUIRED) for _, cells in first[:place]) else place


def _end(rows: Sequence[Row], names: Sequence[str]) -> int:
    """Where the table ends: below it stand totals and signatures of programs. The first row is never one of these."""
    identity = names.index("source"), names.index("external_id")
    sources = {cells[identity[0]].strip() for _, cells in rows if len(_filled(cells)) >= len(REQUIRED)}
    end = len(rows)
    while end > 1 and _is_below(rows[end - 1][1], identity, sources):
        end -= 1
    return end


def _is_below(cells: Sequence[str], identity: tuple[int, int], sources: set[str]) -> bool:
    """Hardly filled and without identity. What begins like a source may be a row that was cut off, and is a fault."""
    filled = _filled(cells)
    if len(filled) > _BELOW or all(place in filled for place in identity):
        return False
    text = filled.get(identity[0])
    return text is None or not any(source.startswith(text) for source in sources)


def _filled(cells: Sequence[str]) -> dict[int, str]:
    return {place: text.strip() for place, text in enumerate(cells) if text.strip()}
