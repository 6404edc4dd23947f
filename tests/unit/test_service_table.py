"""Where rows and columns are in files as programs write them, whatever stands around them."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cli.file_text import FileFault, read_text
from cli.service_table import COLUMNS, REQUIRED, Table, column_of, read_table

HEADER = list(REQUIRED)
CELLS = [f"{name} 1" for name in REQUIRED]


def text_of(*rows: Sequence[str], separator: str = ",", end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("before", ["", "sep={}\r\n", '"sep={}"\n', "SEP={}\r", "sep={},,,\n"])
def test_the_separator_is_seen_and_the_line_for_excel_counts_as_a_line(separator: str, before: str):
    table = read_table(before.format(separator) + text_of(HEADER, CELLS, separator=separator))
    assert (table.separator, table.names) == (separator, REQUIRED)
    assert table.rows == [(2 + bool(before), CELLS)]


def test_another_separator_is_one_that_the_line_for_excel_names():
    assert read_table("sep=^\n" + text_of(HEADER, CELLS, separator="^")).rows == [(3, CELLS)]
    with pytest.raises(FileFault, match="separate the columns by commas, semicolons, tabs or |"):
        read_table(text_of(HEADER, CELLS, separator="^"))


def test_the_header_is_believed_where_the_line_for_excel_says_another_separator():
    assert read_table("sep=;\n" + text_of(HEADER, CELLS)).rows == [(3, CELLS)]


@pytest.mark.parametrize(
    "spelling",
    [
        *("External Id", "EXTERNAL_ID", "external-id", "ExternalID", " external_id  ", "\ufeffexternal_id"),
        *("external\u00a0id\u00a0", '"external_id"', "'External ID'", "external\u200bid"),
    ],
)
def test_a_column_is_known_in_every_spelling(spelling: str):
    assert column_of(spelling) == "external_id"


@pytest.mark.parametrize("other", ["external", "external id 2", "identifier", "Closed at (UTC)", ""])
def test_a_column_with_another_name_is_not_guessed(other: str):
    assert column_of(other) == other


def test_two_spellings_of_a_column_are_a_fault():
    with pytest.raises(FileFault, match="email appears twice"):
        read_table(text_of([*HEADER, "E-Mail", "email"], [*CELLS, "", ""]))


def test_titles_and_totals_are_no_rows():
    above = [["Closed jobs"], ["1 October", "31 October"], []]
    below = [[], ["Total", "", "1"], ["Made by J. Doe"]]
    table = read_table(text_of(*above, HEADER, CELLS, CELLS, *below))
    assert [line for line, _ in table.rows] == [5, 6]
    assert [line for line, _ in table.passed_over] == [1, 2, 8, 9]


@pytest.mark.parametrize(
    "last",
    [
        CELLS[:1],  # cut off
        [CELLS[0][:3]],  # cut off in a word
        CELLS[:2] + [""] * 6,  # a service, of which much is missing
        ["", "", *CELLS[2:]],
    ],
)
def test_a_row_that_may_be_a_service_is_not_passed_over(last: list[str]):
    assert len(read_table(text_of(HEADER, CELLS, last)).rows) == 2


def test_a_row_of_a_service_above_the_header_is_not_passed_over():
    with pytest.raises(FileFault, match="the header is wrong"):
        read_table(text_of(CELLS, HEADER, CELLS))


def test_a_wrong_header_is_told_though_a_title_stands_above():
    with pytest.raises(FileFault, match="closed_at is missing; 'closed' is unknown"):
        read_table(text_of(["Jobs"], ["closed" if name == "closed_at" else name for name in HEADER], CELLS))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables") / "table.csv"


SPELLINGS = st.sampled_from(
    [str, str.upper, str.title, lambda name: name.replace("_", " "), lambda name: f" {name}\u00a0"]
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "iso8859-2", "mac_roman"])
FORMS = st.tuples(
    st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n", "\r"]), SPELLINGS, st.booleans()
)


def tables(encoding: str) -> Any:
    """Rows of letters that there are in this encoding."""
    no_text = ["Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"]
    cell = st.text(st.characters(codec=encoding, exclude_categories=no_text), max_size=12)
    rows = st.lists(st.lists(cell, min_size=len(COLUMNS), max_size=len(COLUMNS)), min_size=1, max_size=4)
    return st.tuples(st.just(encoding), rows, FORMS)


@given(ENCODINGS.flatmap(tables))
def test_a_table_is_read_as_it_was_written_or_its_encoding_is_asked_for(path: Path, table: Any):
    """Of the old encodings some are certain; named, all of them are read."""
    encoding, drawn, (separator, end, spelt, told) = table
    rows = [["crm", f"J-{number}", *row[2:]] for number, row in enumerate(drawn)]
    text = text_of([spelt(name) for name in COLUMNS], *rows, separator=separator, end=end)
    path.write_bytes((f"sep={separator}{end}" * told + text).encode(encoding))
    taken = text_or_fault(path)
    if isinstance(taken, FileFault):
        assert "name its encoding with --encoding" in str(taken) or "in no encoding that we know" in str(taken)
        taken = text_or_fault(path, encoding)
    assume(encoding.startswith("utf") or not is_utf8(path.read_bytes()))  # which happens by chance
    assert not isinstance(taken, FileFault)
    read = read_table(taken)
    assert (read.names, read.separator, read.passed_over) == (COLUMNS, separator, [])
    assert [cells for _, cells in read.rows] == rows


ENCODED = st.tuples(st.text(max_size=80), ENCODINGS).map(lambda both: both[0].encode(both[1], "replace"))


@given(st.binary(max_size=200) | ENCODED)
def test_all_bytes_are_a_text_or_are_refused(path: Path, content: bytes):
    path.write_bytes(content)
    taken = text_or_fault(path)
    if isinstance(taken, str):
        taken = table_or_fault(taken)
    assert not isinstance(taken, FileFault) or str(taken)


def text_or_fault(path: Path, encoding: str | None = None) -> str | FileFault:
    try:
        return read_text(path, encoding)[0]
    except FileFault as fault:
        return fault


def table_or_fault(text: str) -> Table | FileFault:
    try:
        return read_table(text)
    except FileFault as fault:
        return fault


def is_utf8(content: bytes) -> bool:
    try:
        return content.decode() != "" and not content.isascii()
    except UnicodeDecodeError:
        return False
