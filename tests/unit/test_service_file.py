"""Files of closed services as people and programs write them: every fault is named, none is a crash."""

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli.file_text import FileFault
from cli.service_file import RowFault, ServiceFile, read_service_file
from cli.service_table import COLUMNS
from models.report import ClosedService
from templates.csv_out import write_csv

HEADER = "source,external_id,closed_at,kind,department,branch,region,timezone,customer_name,email,phone,channels,tags"
LINE = (
    "crm,job-1,2026-10-05T14:00:00+02:00,job completed,Heating,Berlin,DE-BE,Europe/Berlin,"
    'Käthe Weiß,kaethe@example.com,030 23125 417,"sms,email",vip'
)
ROW = dict(zip(HEADER.split(","), next(csv.reader([LINE])), strict=True))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "services.csv"


def read(path: Path, content: str | bytes) -> ServiceFile:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_service_file(path)


def table(*rows: dict[str, str]) -> str:
    """Rows that all have the columns of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def only_fault(path: Path, **changes: str) -> RowFault:
    file = read(path, table(ROW | changes))
    (fault,) = file.faults
    assert (file.reports, fault.line) == ([], 2)
    return fault


def test_a_row_becomes_a_report_with_its_line(path: Path):
    file = read(path, table(ROW, ROW | {"external_id": "job-2"}))
    assert [line for line, _ in file.reports] == [2, 3]
    report = file.reports[0][1]
    assert report == ClosedService.model_validate(ROW)
    assert (report.phone, report.channels, report.tags) == ("+493023125417", ("sms", "email"), ("vip",))
    assert (file.faults, file.encoding) == ([], "utf-8")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_to_end_a_line_is_read(path: Path, end: str):
    file = read(path, f"{HEADER}{end}{end}{LINE}{end},,{end}{LINE}")  # rows without content are passed over
    assert [line for line, _ in file.reports] == [3, 5]


def test_a_quoted_line_break_does_not_shift_the_lines_of_later_rows(path: Path):
    broken = LINE.replace("job completed", '"job\ncompleted"')
    file = read(path, f"{HEADER}\n{broken}\n{LINE}\n{broken}\n")
    assert [(fault.line, fault.column) for fault in file.faults] == [(2, "kind"), (5, "kind")]
    assert [line for line, _ in file.reports] == [4]


def test_a_line_break_at_the_end_of_a_cell_is_taken_for_a_space(path: Path):
    assert read(path, table(ROW | {"kind": "job completed\r\n"})).reports[0][1].kind == "job completed"


def test_columns_stand_in_any_order_and_those_of_refused_rows_are_passed_over(path: Path):
    added = {"refused_line": "7", "refused_why": "kind: 'x' " * 900}
    file = read(path, table(added | {f" {name} ": ROW[name] for name in reversed(ROW)}))
    assert file.reports[0][1] == ClosedService.model_validate(ROW)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty; its first line names the columns: source, external_id, closed_at"),
        (b"\n , ,\n", "the file is empty"),
        (f"{HEADER}\n,,,\n", "a header and no rows"),
        (table(ROW).replace(",", "^"), "separate the columns by commas, semicolons, tabs or |"),
        (table(ROW).encode("utf-16-le"), "NUL bytes), perhaps UTF-16 without its mark"),
        (table(ROW).encode("utf-16")[:-1], "begins as utf-16 and is not"),
        (b"PK\x03\x04\x14\x00\x08", 'is a workbook; save it as "CSV UTF-8"'),
        (table(ROW).encode() + b"\x81", "the file is not UTF-8, and line 2"),
        (b"\xef\xbb\xbf" + table(ROW).encode("cp1252"), "begins as utf-8-sig and is not (line 2)"),
        (table(ROW).replace("closed_at", "closed"), "closed_at is missing; 'closed' is unknown (required: source"),
        (table(ROW).replace("tags", "email"), "email appears twice"),
        (table(ROW).replace("tags", "T" * 500), f"'{'T' * 59}…' is unknown"),
        (f'{HEADER}\n{LINE}\n{LINE},"\n\n', "line 3: its row cannot be divided into cells (unexpected end of data"),
        (f"{HEADER}\n{LINE}{'x' * 200_000}\n", "line 2: its row cannot be divided into cells (field larger"),
        (f'{HEADER}\n"crm"x{LINE[3:]}', "',' expected after '\"', seen in line 2); close every quote"),
    ],
    ids=lambda value: repr(value)[-50:],
)
def test_a_file_that_cannot_be_used_says_why(path: Path, content: str | bytes, told: str):
    with pytest.raises(FileFault) as fault:
        read(path, content)
    assert told in str(fault.value)


def test_a_file_that_is_not_there_says_so(path: Path):
    with pytest.raises(FileFault, match="No such file"):
        read_service_file(path.with_name("elsewhere.csv"))
    with pytest.raises(FileFault, match="directory"):
        read_service_file(path.parent)


def test_a_file_with_too_many_bytes_or_rows_is_refused(path: Path):
    with pytest.raises(FileFault, match="larger than 64 MB; divide it"):
        read(path, b"x" * (64 * 1024 * 1024 + 1))
    with pytest.raises(FileFault, match="more than 200,000 rows"):
        read(path, f"{HEADER}\n" + "x\n" * 200_001)


WRITE = "write 2026-10-05T14:00:00+02:00"
NO_TIME = f"is not a date and time; {WRITE}"
EMPTY = "is empty; every service needs one"
BOTH = "2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("source", " ", EMPTY),
        ("closed_at", "", EMPTY),
        ("kind", "job\tcompleted", "has a control character or a line break; remove it"),
        ("branch", "B" * 201, "is longer than 200 characters"),
        ("customer_name", "N" * 4001, "is longer than 4,000 characters"),
        ("closed_at", "2026-10-25 02:30", f"is a time that the clocks showed twice; write {BOTH}"),
        ("timezone", "America/Los_Angeles", "is not a zone: region DE-BE is in the country DE, which has other zones"),
        ("closed_at", "2026-10-05", f"has no time of day; {WRITE}"),
        ("closed_at", "2026-02-30T10:00:00Z", f"is not a date and time (day value is outside expected range); {WRITE}"),
        ("closed_at", "5.10.2026 14:00", "may be 2026-10-05 14:00 or 2026-05-10 14:00; write the one that is meant"),
        ("phone", "15112345678.0", "is a number as a spreadsheet writes it"),
        ("closed_at", "1791201600", NO_TIME),  # seconds since 1970
        ("closed_at", "1899-12-30T00:00:00+00:00", "lies before the year 2000"),
        ("closed_at", "0001-01-01T00:00:00+14:00", "lies before the year 2000"),
        ("region", "DE-XX", "is not a region: the country DE has no subdivision 'XX'; known: "),
        ("region", "Germany", "is not a region: 'Germany' is not the code of a country"),
        ("timezone", "Europe/Munich", "is not a zone: there is no time zone of this name"),
        ("email", "anna(at)example.com", "is not an e-mail address: An email address must have an @-sign."),
        ("phone", "call me", "is not a telephone number; write it as +49 30 123456"),
        ("phone", "+1 617 555 01234", "is too long or too short for a number of that country"),
        ("channels", "fax", "is not a channel; write email or sms or phone, several separated by commas"),
        ("channels", "sms,email,phone,sms", "has more than 3 entries"),
        ("tags", ",".join("abcdefghijklmnopqrstu"), "has more than 20 entries"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_its_value_and_the_remedy(path: Path, column: str, value: str, rule: str):
    fault = only_fault(path, **{column: value})
    assert fault.value.removesuffix("…") in value
    assert len(fault.value) <= 60
    assert str(fault).startswith(f"{column}: {fault.value!r} {rule}")


def test_of_several_channels_the_wrong_one_is_named(path: Path):
    assert only_fault(path, channels="email,fax").value == "fax"


def test_a_row_with_several_faults_is_one_fault_that_names_them_all(path: Path):
    fault = only_fault(path, closed_at="2026-10-05 14:00", timezone="Mars", email="x")
    assert str(fault).startswith(f"closed_at: '2026-10-05 14:00' has no offset from UTC; {WRITE}; ")
    assert "; email: 'x' is not an e-mail address" in fault.rule


@pytest.mark.parametrize(("line", "cells"), [(LINE.removesuffix(",vip"), 12), (LINE + ",x", 14), ("x", 1)])
def test_a_row_with_another_number_of_cells_is_refused(path: Path, line: str, cells: int):
    (fault,) = read(path, f"{HEADER}\n{line}\n").faults
    told = "write each cell, and quote one that has a separator in it"
    assert str(fault) == f"cells: '{cells}' in this row, and 13 in the header; {told}"


@pytest.mark.parametrize(
    ("cell", "name"),
    [("'=1+2", "=1+2"), ("'+49", "+49"), ("'-x", "-x"), ("'@home", "@home"), ("''=1", "'=1"), ("'s", "'s")],
)
def test_the_apostrophe_before_a_formula_is_taken_off(path: Path, cell: str, name: str):
    assert read(path, table(ROW | {"customer_name": cell})).reports[0][1].customer_name == name


def test_a_quote_inside_a_cell_is_read_as_it_stands(path: Path):
    line = LINE.replace("job completed", 'pipe 5" replaced')
    assert read(path, f"{HEADER}\n{line}\n").reports[0][1].kind == 'pipe 5" replaced'


WORDS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30).filter(
    lambda text: text.strip() != ""
)
ENTRIES = st.lists(WORDS.filter(lambda text: not set(text) & set(",;")), max_size=4)
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - drawn
REPORTS = st.fixed_dictionaries(
    dict.fromkeys(("source", "external_id", "kind", "department", "branch"), WORDS)
    | {"closed_at": MOMENTS, "channels": st.lists(st.sampled_from(["email", "sms"]), max_size=3), "tags": ENTRIES}
    | {"region": st.sampled_from(["DE-BE", "DE"]), "timezone": st.just("Europe/Berlin")},
    optional=dict.fromkeys(("agent", "customer_ref", "customer_name", "language"), st.none() | WORDS)
    | {"email": st.emails(), "phone": st.sampled_from(["+493023125001", "+16175550101"])},
)


@given(st.lists(REPORTS, min_size=1, max_size=5), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_what_is_written_as_csv_is_read_as_it_was(path: Path, values: list[dict[str, object]], encoding: str):
    reports = [ClosedService.model_validate(value) for value in values]
    rows = [report.model_dump() for report in reports]
    rows = [row | {name: ",".join(row[name]) for name in ("channels", "tags")} for row in rows]
    text = io.StringIO()
    write_csv(text, COLUMNS, [list(row.values()) for row in rows])
    found = [report for _, report in read(path, text.getvalue().encode(encoding)).reports]
    assert [report.body_sha256() for report in found] == [report.body_sha256() for report in reports]


PIECES = st.sampled_from([HEADER, LINE, *ROW.values(), *",\"\n\r\0\ufeff'=ÿ9-+"])
CELLS = st.lists(st.text(max_size=8) | st.sampled_from(list(ROW.values())), min_size=len(ROW), max_size=len(ROW))


@given(
    st.binary(max_size=300)
    | st.binary(max_size=300).map(lambda tail: f"{HEADER}\n{LINE}\n".encode() + tail)
    | st.lists(PIECES, max_size=20).map(lambda pieces: "".join([HEADER, "\n", *pieces]).encode())
    | CELLS.map(lambda cells: table(dict(zip(ROW, cells, strict=True))).encode("utf-8", "replace"))
)
@example(f"{HEADER}\n{LINE.replace('2026-10-05T14:00:00+02:00', '9999-12-31T23:59:59')}".encode())
def test_no_content_makes_it_crash(path: Path, content: bytes):
    try:
        file = read(path, content)
    except FileFault:
        return
    lines = [line for line, _ in file.reports] + [fault.line for fault in file.faults]
    assert len(set(lines)) == len(lines) > 0, "one word on every row"
