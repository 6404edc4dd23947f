"""A workbook holds what it was given: text as text, whatever stands in it, numbers as numbers, instants as dates."""

import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from templates.xlsx_out import write_workbook

HEADER = ("id", "at", "comment")
INJECTED = '<r></is></c><c r="Z9"><f>1+1</f><v>2</v></c><c r="Z8" t="inlineStr"><is></r>'
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["=1+1", "+49", "@x", "-1", "http://x.example", "0049", "1e5", "_x0041_", " blank ", "<r>a</r>", INJECTED, "a\nb"]
)


def sheet_of(rows: list[list[Any]], *, header: tuple[str, ...] = HEADER) -> Worksheet:
    file = io.BytesIO()
    assert write_workbook(file, "Customer Feedback Log", header, rows) == len(rows)
    [sheet] = load_workbook(file).worksheets
    return sheet


@given(st.lists(TEXTS, min_size=1, max_size=5))
@example([INJECTED])
@example(["a\x00b\x1f"])
def test_text_is_text_whatever_it_looks_like(texts: list[str]):
    sheet = sheet_of([[text] for text in texts], header=("comment",))
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "inlineStr", "n"}
    found = [unescape(cell.value) if cell.value else "" for (cell,) in sheet.iter_rows(min_row=2)]
    assert [text.lstrip(" ") for text in as_read(found)] == [text.lstrip(" ") for text in as_read(texts)]
    assert (sheet.max_row, sheet.max_column) == (len(texts) + 1, 1)


def as_read(texts: list[str]) -> list[str]:
    """XML knows one kind of line break."""
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]


def test_dates_are_dates_and_numbers_are_numbers():
    at = datetime(2026, 10, 5, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    sheet = sheet_of([[7, at, None], [8, at.astimezone(UTC), "0049"]])
    assert [cell.value for cell in sheet[2]] == [7, datetime(2026, 10, 5, 8, 30), None]  # noqa: DTZ001 - as it is read
    assert (sheet["B2"].is_date, sheet["B2"].number_format) == (True, "yyyy-mm-dd hh:mm:ss")
    assert (sheet["A3"].data_type, sheet["C3"].value) == ("n", "0049")


def test_the_header_stays_in_sight_and_columns_are_as_wide_as_what_they_hold():
    sheet = sheet_of([[1, None, "x" * 30], [2, None, "y" * 300]])
    assert [cell.value for cell in sheet[1]] == list(HEADER)
    assert (sheet.freeze_panes, sheet["A1"].font.bold, sheet["A2"].font.bold) == ("A2", True, False)
    widths = [sheet.column_dimensions[name].width for name in "AC"]
    assert widths == [pytest.approx(8, abs=1), pytest.approx(60, abs=1)]


def test_what_no_workbook_can_hold_is_replaced():
    assert sheet_of([["a\ud800b\ufffec"]], header=("comment",))["A2"].value == "a\ufffdb\ufffdc"


def test_what_is_longer_than_a_cell_is_cut_and_shows_it():
    text = sheet_of([["z" * 40_000]], header=("comment",))["A2"].value
    assert (len(text), text[-1]) == (32_767, "…")
    assert sheet_of([], header=("comment",)).max_row == 1
