"""CSV runs in no spreadsheet, whatever it takes for a separator, and says all that it was given."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from templates.csv_out import guarded, line, unguarded

FORMULAS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
PIECES = st.sampled_from([*FORMULAS, *",;|\t\"'\n\r \u00a0\u3000\0\v\x85\u2028", "a", "=cmd|'/C calc'!A0", '"";', "1"])
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=20)
ROWS = st.lists(st.lists(TEXTS | st.integers(0, 99) | st.none(), min_size=1, max_size=4), min_size=1, max_size=4)


def cells_of(rows: list[list[str | int | None]], separator: str) -> list[str]:
    text = "".join(map(line, rows))
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]


@given(ROWS)
@example([[";"], ["=x"]])
@example([['a;"'], ["=x"]])
@example([["x", "y;"], ["5", "=x"]])
@example([["x", "\n"], ["\r", "=x"]])
def test_no_cell_begins_with_a_formula_in_any_spreadsheet(rows: list[list[str | int | None]]):
    for separator in ",;\t|":
        for cell in cells_of(rows, separator):
            assert not cell.startswith(tuple(FORMULAS)), (separator, cell)
            assert not cell.lstrip(' "\u00a0\u3000').startswith(tuple(FORMULAS)), (separator, cell)


@given(ROWS)
def test_our_own_separator_gives_each_cell_and_nothing_is_lost(rows: list[list[str | int | None]]):
    text = "".join(map(line, rows))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [[unguarded(cell) for cell in row] for row in read] == [
        ["" if cell is None else str(cell) for cell in row] for row in rows
    ]


@given(TEXTS)
def test_only_apostrophes_are_added_and_taken_away_again(text: str):
    assert unguarded(guarded(text)) == text
    assert guarded(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Alles gut;=cmd|'/C calc'!A0;danke", "Alles gut;'=cmd|'/C calc'!A0;danke"),
        ("Danke\n=cmd|'/C calc'!A1", "Danke\n'=cmd|'/C calc'!A1"),
        ("'=1", "''=1"),
        (" =1", " '=1"),
        ('"=1"', '"\'=1"'),
        ("+49 30 1", "'+49 30 1"),
        ("\uff1d1; \uff20x", "'\uff1d1; '\uff20x"),
        ("Viele Grüße,\nAnna", "Viele Grüße,\nAnna"),
        ("well-known, a@b.example; 1+1=2 it's", "well-known, a@b.example; 1+1=2 it's"),
        ('Anna said "fine"', 'Anna said "fine"'),
        ("", ""),
    ],
)
def test_what_people_write_stays_readable(text: str, written: str):
    assert guarded(text) == written


@pytest.mark.parametrize("text", ["'" * 50_000, ";" * 50_000, '"' * 50_000, "; '" * 20_000, " " * 50_000 + "x"])
def test_a_long_text_is_written_in_no_time(text: str):
    assert unguarded(guarded(text)) == text
