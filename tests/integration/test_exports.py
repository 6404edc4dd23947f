"""Exports as tools and people make them, through the command that reads them: right in the store, or a fault."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models.tables import services
from tasks.place import Place
from tests.integration.test_cli import Type, type_

__all__ = ["type_"]

ROW = {
    "source": "crm", "external_id": "J-1", "closed_at": "2026-11-30T14:00:00+01:00", "kind": "job completed",
    "department": "Heating", "branch": "Berlin", "region": "DE-BE", "timezone": "Europe/Berlin", "agent": "Jürgen Groß",
    "customer_name": "Käthe Müller", "email": "kaethe@example.com", "phone": "030 23125417", "channels": "email",
    "language": "de",
}  # fmt: skip
AT_TWO = datetime(2026, 11, 30, 13, 0, tzinfo=UTC)
IN_LA = {"timezone": "America/Los_Angeles"}


def lines(*rows: dict[str, str], separator: str = ",", spare: int = 0) -> str:
    table = [list(rows[0]), *([*row.values()] for row in rows)]
    return "\r\n".join(separator.join([*map(_quoted, cells), *[""] * spare]) for cells in table) + "\r\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def taken(place: Place, type_: Type, path: Path, content: str | bytes, *more: str) -> tuple[list[Any], str]:
    """What is in the store after the import, and what it said."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    status, out, err = type_("import", str(path), *more)
    with place.store.read() as db:
        rows = list(db.execute(services.select()))
    assert (status == 0) == bool(rows), (status, err)
    return rows, out + err


@pytest.mark.parametrize(
    ("changes", "column", "right"),
    [
        ({"closed_at": "2026-11-30 14:00:00"}, "closed_at", AT_TWO),
        ({"closed_at": "2026-11-30 14:00"}, "closed_at", AT_TWO),
        ({"closed_at": "2026-11-30T14:00:00+01"}, "closed_at", AT_TWO),
        ({"closed_at": "2026-11-30 14:00:00+0100"}, "closed_at", AT_TWO),
        ({"closed_at": "2026-11-30 13:00:00 UTC"}, "closed_at", AT_TWO),
        ({"closed_at": "2026-11-30T13:00:00Z"}, "closed_at", AT_TWO),
        ({"phone": "4915112345678"}, "phone", "+4915112345678"),
        ({"email": "noemail@noemail.com"}, "email", None),
        ({"email": "unknown@unknown.com"}, "email", None),
        ({"email": "no-reply@company.example.com"}, "email", None),
        ({"language": "German"}, "language", "de"),
        ({"language": "Deutsch"}, "language", "de"),
        ({"language": "deu"}, "language", "de"),
        ({"language": "ger"}, "language", "de"),
        ({"language": "de_DE.UTF-8"}, "language", "de-DE"),
    ],
)
def test_a_cell_that_can_mean_one_thing_is_read_so(
    place: Place, type_: Type, tmp_path: Path, changes: dict[str, str], column: str, right: object
):
    [row], said = taken(place, type_, tmp_path / "export.csv", lines(ROW | changes))
    assert getattr(row, column) == right
    assert (row.customer_name, row.agent) == ("Käthe Müller", "Jürgen Groß")
    assert ("nobody's address" in said) == (right is None)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"closed_at": "30/11/2026 14:00"}, "2026-11-30 14:00"),
        ({"closed_at": "11/30/2026 2:00 PM"}, "2026-11-30 14:00"),
        ({"closed_at": "30.11.2026 14:00"}, "2026-11-30 14:00"),
        ({"closed_at": "11/May/26 03:26 PM"}, "2026-05-11 15:26"),
        ({"closed_at": "29-02-2024 01:16"}, "2024-02-29 01:16"),
        ({"closed_at": "04/05/2026 14:00"}, "may be 2026-05-04 14:00 or 2026-04-05 14:00"),
        ({"closed_at": "1796043600"}, "may be 2026-11-30T13:00:00"),
        ({"closed_at": "1796043600000"}, "may be 2026-11-30T13:00:00"),
        ({"closed_at": "46356.58"}, "may be 2026-11-30 13:55"),
        ({"closed_at": "2026-03-29 02:30"}, "2026-03-29T02:30:00+01:00 or 2026-03-29T02:30:00+02:00"),
        ({"closed_at": "2026-10-25 02:30"}, "2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"),
        ({"phone": "15112345678.0"}, "as a spreadsheet writes it"),
        ({"phone": "4.91511E+12"}, "as a spreadsheet writes it"),
        ({"phone": "4,91511E+12"}, "as a spreadsheet writes it"),
        ({"phone": "0000000000"}, "filler"),
        ({"phone": "110"}, "emergency"),
        ({"phone": "112"}, "emergency"),
        ({"phone": "1234"}, "no number that anybody can have"),
        ({"phone": "0900 1234567"}, "premium"),
        ({"phone": "01371 123456"}, "shared-cost"),
        ({"phone": "0151 12345678 / 030 23125417"}, "more than one number"),
        ({"phone": "n/a"}, "not a telephone number"),
        ({"phone": "-"}, "not a telephone number"),
        ({"email": "ann@example.com; bob@example.com"}, "not an e-mail address"),
        ({"email": "ann@example.com, bob@example.com"}, "not an e-mail address"),
        ({"email": "n/a"}, "not an e-mail address"),
        ({"email": "-"}, "not an e-mail address"),
        ({"email": "ann@example.com (private)"}, "not an e-mail address"),
        ({"region": "CA"} | IN_LA, "US-CA"),
        ({"region": "BY"}, "DE-BY"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_cell_that_nobody_can_be_sure_of_is_a_fault_that_says_what_to_write(
    place: Place, type_: Type, tmp_path: Path, changes: dict[str, str], why: str
):
    rows, said = taken(place, type_, tmp_path / "export.csv", lines(ROW | changes))
    assert rows == []
    assert why in said
    assert f"row 2, {'timezone' if 'region' in changes else next(iter(changes))}: " in said


TITLE, FOOTER = "Closed jobs of November 2026", "Total,1"


@pytest.mark.parametrize(
    "content",
    [
        lines(ROW, separator=";"),
        lines(ROW, separator="\t"),
        lines(ROW, separator="|"),
        "sep=;\r\n" + lines(ROW, separator=";"),
        lines(ROW, separator="\t").encode("utf-16"),
        lines(ROW).encode("utf-8-sig"),
        lines(ROW, separator=";").encode("cp1252"),
        lines(ROW, spare=3),
        lines({name.replace("_", " ").title(): cell for name, cell in ROW.items()}),
        lines({f"{name.upper()}\xa0": cell for name, cell in ROW.items()}),
        f"{TITLE}\r\n\r\n{lines(ROW)}{FOOTER}\r\n",
        f"{TITLE}{',' * 12}\r\n{lines(ROW, spare=2)}{FOOTER}{',' * 20}\r\n",
    ],
    ids=lambda content: str(content)[:30],
)
def test_a_table_is_taken_in_whatever_form_it_was_exported(
    place: Place, type_: Type, tmp_path: Path, content: str | bytes
):
    [row], said = taken(place, type_, tmp_path / "export.csv", content)
    assert (row.customer_name, row.agent, row.channels) == ("Käthe Müller", "Jürgen Groß", "email")
    told = TITLE in said and "Total" in said and "passed over" in said
    assert told == (TITLE in str(content))
    assert "The file was read as " in said


@pytest.mark.parametrize(
    ("name", "written_in", "changes"),
    [
        ("Łukasz Żak", "iso8859-2", {}),
        ("Łukasz Żak", "cp1250", {"region": "PL", "timezone": "Europe/Warsaw", "phone": ""}),
        ("Dvořák Jiří", "iso8859-2", {"region": "CZ", "timezone": "Europe/Prague", "phone": ""}),
        ("Müller", "mac_roman", {}),
        ("Γιώργος", "cp1253", {"region": "GR", "timezone": "Europe/Athens", "phone": ""}),
    ],
)
def test_letters_that_cannot_be_told_are_asked_about_and_read_as_they_are_said(
    place: Place, type_: Type, tmp_path: Path, name: str, written_in: str, changes: dict[str, str]
):
    content = lines(ROW | changes | {"customer_name": name, "agent": ""}).encode(written_in)
    rows, said = taken(place, type_, tmp_path / "export.csv", content)
    assert (rows, "--encoding" in said) == ([], True)
    [row], said = taken(place, type_, tmp_path / "export.csv", content, "--encoding", written_in)
    assert (row.customer_name, f"read as {written_in}" in said) == (name, True)


def test_names_that_another_program_has_read_wrong_are_told(place: Place, type_: Type, tmp_path: Path):
    broken = [ROW | {"external_id": f"J-{place}", "customer_name": name}
              for place, name in enumerate(["Käthe Müller", "MÃ¼ller", "M\ufffdller", "Ana Nuñez"])]  # fmt: skip
    rows, said = taken(place, type_, tmp_path / "export.csv", lines(*broken))
    assert (len(rows), "written in another encoding" in said, "lines 3, 4" in said) == (4, True, True)


def test_the_refused_rows_of_a_foreign_table_can_be_mended_and_imported(place: Place, type_: Type, tmp_path: Path):
    content = f"{TITLE}\r\n" + lines(ROW, ROW | {"external_id": "J-2", "phone": "112"}, separator=";", spare=2)
    rows, said = taken(place, type_, tmp_path / "export.csv", content.encode("cp1252"), "--set-aside",
                       str(tmp_path / "refused.csv"))  # fmt: skip
    assert (len(rows), "1 refused rows" in said) == (1, True)
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
        [header, refused] = csv.reader(file)
    mended = dict(zip(header, refused, strict=True)) | {"phone": ""}
    rows, _ = taken(place, type_, tmp_path / "mended.csv", lines(mended))
    assert [row.customer_name for row in rows] == ["Käthe Müller"] * 2
