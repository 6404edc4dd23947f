"""What other programs export, cell by cell and file by file: taken with the right value, or refused with the remedy."""

import codecs
import csv
import io
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cli.app import main
from cli.service_file import read_service_file
from models.inbox import receive
from models.tables import services
from policy.greeting import greeted
from tasks.place import Place

DATA = Path(__file__).parents[1] / "data" / "exports"
LATE = datetime(2026, 12, 24, tzinfo=UTC)
ROW = {
    "source": "crm",
    "external_id": "J-1",
    "closed_at": "2026-10-05 14:00",
    "kind": "job completed",
    "department": "Heating",
    "branch": "Berlin",
    "region": "DE-BE",
    "timezone": "Europe/Berlin",
    "customer_name": "Müller",
    "email": "anna@example.com",
    "phone": "+493023125001",
}


def written(*rows: dict[str, str], separator: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def cells() -> Iterator[Any]:
    for cell in tomllib.loads((DATA / "cells.toml").read_text("utf-8"))["cell"]:
        for given in cell["given"]:
            row = cell.get("beside", {}) | {cell["column"]: given}
            yield pytest.param(row, cell["column"], cell.get("right"), cell.get("fault"), id=" ".join(row.values()))


@pytest.mark.parametrize(("changes", "column", "right", "fault"), list(cells()))
def test_a_cell_is_taken_right_or_refused(
    place: Place, tmp_path: Path, changes: dict[str, str], column: str, right: str | None, fault: list[str] | None
):
    path = tmp_path / "services.csv"
    path.write_text(written(ROW | changes), "utf-8")
    read, given = read_service_file(path), changes[column]
    if fault is not None:
        (refused,) = read.faults
        assert (refused.line, refused.column, refused.value) == (2, column, given)
        assert all(words in refused.rule for words in fault), refused.rule
        return
    assert read.faults == []
    with place.store.write() as db:
        assert receive(db, [report for _, report in read.reports], at=LATE).new == 1
        taken = db.execute(select(services.c[column])).scalar_one()
    assert (taken.isoformat() if isinstance(taken, datetime) else taken) == (given if right == "as given" else right)


def test_what_stands_where_there_is_no_address_is_taken_for_none_and_told(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    given = [
        "noemail@noemail.com",
        "unknown@unknown.com",
        "no-reply@example.com",
        "noemail@noemail.com",
        "ann@example.com",
    ]
    path = tmp_path / "services.csv"
    path.write_text(written(*({**ROW, "external_id": f"J-{place}", "email": one} for place, one in enumerate(given))))
    monkeypatch.setattr(sys, "argv", ["aftercare", "import", str(path)])
    for _ in range(2):
        with pytest.raises(SystemExit):
            main()
        told = capsys.readouterr()
        assert "warning: noemail@noemail.com (2) is nobody's address and was taken for none" in told.err
    assert "0 services are new, 5 were known" in told.out
    with place.store.read() as db:
        rows = db.execute(select(services.c.email, services.c.email_key).order_by(services.c.id)).all()
    assert [row.email for row in rows] == [*[None] * 4, "ann@example.com"]
    assert [row.email_key for row in rows[:4]] == [None] * 4


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        *((none, None) for none in ("Unknown", "-", "null", "N/A", "+4915112345678", "Test")),
        ("BERGMANN, ANNA", "BERGMANN, ANNA"),
        ("Mr. & Mrs. Smith", "Mr. & Mrs. Smith"),
        ("Müller GmbH & Co. KG", "Müller GmbH & Co. KG"),
    ],
)
def test_a_name_of_an_export_is_greeted_whole_or_not_at_all(tmp_path: Path, name: str, greeting: str | None):
    path = tmp_path / "services.csv"
    path.write_text(written(ROW | {"customer_name": name}), "utf-8")
    ((_, report),) = read_service_file(path).reports
    assert greeted(report.customer_name, whole=False) == greeting


TITLED = (
    f"Closed jobs;;\r\nOctober 2026;31.10.2026;\r\n\r\n{written(ROW, separator=';')}\r\nTotal;;1\r\nMade by J. Doe\r\n"
)
WIDE = written(ROW).replace("\r\n", ",,,\r\n")
SPELT = written({name.replace("_", " ").title(): text for name, text in ROW.items()})
LIST = "|" + written(ROW, separator="|").replace("\r\n", "|\r\n|").removesuffix("|")
RULED = f"Jobs\n-----\n{LIST.splitlines()[0]}\n|-----|\n{LIST.splitlines()[1]}\n-----\n"
FOOTED = f'{written(ROW)}\n\n"Closed jobs"\n"Copyright (c) 2000-2026 vendor, inc. All rights reserved."\n'
FILES = {  # of Excel in German and French, of SAP, of Salesforce, of programs of the trade
    "semicolons, Western Windows": (written(ROW, separator=";").encode("cp1252"), "cp1252, separated by semicolons"),
    "sep=;": (f"sep=;\r\n{written(ROW, separator=';')}".encode("utf-8-sig"), "utf-8-sig, separated by semicolons"),
    "Unicode text": (written(ROW, separator="\t").encode("utf-16"), "utf-16, separated by tabs"),
    "big endian": (codecs.BOM_UTF16_BE + written(ROW).encode("utf-16-be"), "utf-16, separated by commas"),
    "title and total": (TITLED.encode("utf-8-sig"), "utf-8-sig, separated by semicolons"),
    "signed": (FOOTED.encode(), "utf-8, separated by commas"),
    "empty columns": (WIDE.encode(), "utf-8, separated by commas"),
    "spelt for people": (SPELT.encode(), "utf-8, separated by commas"),
    "list with rulers": (RULED.encode(), "utf-8, separated by |"),
}


@pytest.mark.parametrize(("content", "told"), FILES.values(), ids=FILES)
def test_a_file_of_another_program_is_imported(
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
    told: str,
):
    path = tmp_path / "services.csv"
    path.write_bytes(content)
    said, complained = imported(monkeypatch, capsys, str(path))
    assert f"services.csv is {told}.\n1 services are new, 0 were known." in said
    assert "has letters" not in complained
    with place.store.read() as db:
        taken = db.execute(select(services.c["external_id", "customer_name", "phone"])).one()
    assert tuple(taken) == ("J-1", "Müller", "+493023125001")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("Łukasz Żak", "iso8859-2"), ("Müller", "mac-roman"), ("Jiří Dvořák", "windows-1250"), ("Hélène", "windows-1252")],
)
def test_an_encoding_that_may_be_another_is_asked_for_and_then_taken(
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    encoding: str,
):
    path = tmp_path / "services.csv"
    path.write_bytes(written(ROW | {"customer_name": name}).encode(encoding))
    complained = imported(monkeypatch, capsys, str(path))[1]
    assert f"'{name.split()[0]}' (" in complained
    assert "name its encoding with --encoding" in complained
    with place.store.read() as db:
        assert db.execute(select(services.c.id)).all() == []
    assert "1 services are new" in imported(monkeypatch, capsys, str(path), "--encoding", encoding)[0]
    with place.store.read() as db:
        assert db.execute(select(services.c.customer_name)).scalar_one() == name


def test_rows_that_are_none_and_letters_that_betray_are_told(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "services.csv"
    path.write_text(TITLED.replace("Müller", "MÃ¼ller"), "utf-8")
    complained = imported(monkeypatch, capsys, str(path))[1]
    assert "row 1 is no service and was passed over: 'Closed jobs'" in complained
    assert "row 7 is no service and was passed over: 'Total 1'" in complained
    assert "warning: row 5, customer_name: 'MÃ¼ller' has letters as a wrong encoding makes them" in complained
    assert "(may be 'Müller')" in complained


def test_a_value_in_a_column_without_a_name_is_refused_with_its_place(tmp_path: Path):
    path = tmp_path / "services.csv"
    path.write_text(written({"": "", **ROW}, {"": "7", **ROW}), "utf-8")
    read = read_service_file(path)
    assert [line for line, _ in read.reports] == [2]
    assert list(map(str, read.faults)) == ["column 1: '7' stands in a column without a name; name or empty it"]


def test_nothing_is_imported_when_the_refused_rows_have_no_folder_to_go_to(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "services.csv"
    path.write_text(written(ROW, ROW | {"kind": ""}), "utf-8")
    complained = imported(monkeypatch, capsys, str(path), "--set-aside", str(tmp_path / "none" / "refused.csv"))[1]
    assert "there is no folder" in complained
    with place.store.read() as db:
        assert db.execute(select(services.c.id)).all() == []


def imported(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    """What `import` printed, and what it complained of."""
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setattr(sys, "argv", ["aftercare", "import", *words])
    with pytest.raises(SystemExit):
        main()
    return capsys.readouterr()
