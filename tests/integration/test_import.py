"""A file comes into the inbox whole or not at all, twice without harm, and what was refused can be mended."""

import csv
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from sqlalchemy import select

from cli.file_text import FileFault
from cli.service_file import import_reports, read_service_file, write_refused
from cli.service_table import COLUMNS
from models.store import Store
from models.tables import cases, services
from tasks.open_cases import open_cases
from tasks.place import Place
from tests.dump import counts, dump
from tests.sizes import enough

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = EXAMPLES / "closed_services.csv"
README = (EXAMPLES / "README.md").read_text("utf-8")
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
MENDED = {
    "department": "Heating",
    "timezone": "Europe/Berlin",
    "closed_at": "2026-10-05T14:00:00+02:00",
    "external_id": "mended",
    "email": "anna.schmidt@example.com",
    "channels": "phone",
    "region": "DE-BY",
}


def figure(text: str) -> int:
    """A number in a table of the examples' README, by the text beside it."""
    found = re.search(rf"^\| {re.escape(text)}[^|]* \| *(\d+) *\|$", README, re.MULTILINE)
    assert found, f"the README says nothing of: {text}"
    return int(found[1])


def test_the_example_file_is_made_anew_byte_by_byte(tmp_path: Path):
    subprocess.run(
        [sys.executable, EXAMPLES / "make_closed_services.py", tmp_path / "again.csv"], check=True, cwd=tmp_path
    )
    assert (tmp_path / "again.csv").read_bytes() == EXAMPLE.read_bytes()


def test_of_the_example_file_as_many_are_taken_as_its_readme_says(store: Store):
    file = read_service_file(EXAMPLE)
    result = import_reports(store, file, AT, partly=True)
    assert result.new == figure("new") == counts(store)["services"]
    assert result.known == figure("known already")
    assert len(result.faults) == figure("refused")
    assert len(file.reports) + len(file.faults) == figure("in the file")


def test_every_refused_row_of_the_example_has_a_reason_of_its_own(store: Store):
    faults = import_reports(store, read_service_file(EXAMPLE), AT).faults
    assert {fault.column for fault in faults} == MENDED.keys()
    assert len({fault.rule for fault in faults}) == len(faults)


def test_the_services_of_the_example_become_what_its_readme_says(place: Place):
    import_reports(place.store, read_service_file(EXAMPLE), AT, partly=True)
    with place.store.read() as db:
        found = db.execute(select(services.c["id", "closed_at"])).all()
    for day in range(32):
        morning = datetime(2026, 10, 2, 6, tzinfo=UTC) + timedelta(days=day)
        open_cases.fn([row.id for row in found if row.closed_at < morning], morning)
    with place.store.read() as db:
        ends = Counter(map(tuple, db.execute(select(cases.c["disposition", "reason"]))))
    followed_up = ends.pop((None, None))
    assert followed_up == figure("followed up |")
    assert ends == {(kind, why): figure(f"{kind} | {why}") for kind, why in ends}
    assert followed_up + sum(ends.values()) == figure("new")


def test_nobody_in_the_example_can_be_reached():
    for _, report in read_service_file(EXAMPLE).reports:
        assert report.email is None or re.search(r"@(staff\.)?example\.(com|org|net)$", report.email)
        if report.phone is None or re.match(
            r"\+(4930|4989)(23125|99998)...$|\+4917139200..$|\+1\d{3}55501..$|\+441174960...$", report.phone
        ):
            continue
        assert not phonenumbers.is_valid_number(phonenumbers.parse(report.phone)), report.phone


def test_every_service_of_the_example_was_closed_in_october_where_it_was_closed():
    for _, report in read_service_file(EXAMPLE).reports:
        local = report.closed_at.astimezone(ZoneInfo(report.timezone))
        assert (local.year, local.month) == (2026, 10)


@pytest.mark.parametrize(("reports", "faults"), [(None, 8), (100, 7)])  # the first hundred have no fault for the inbox
def test_a_file_with_a_fault_changes_nothing(store: Store, reports: int | None, faults: int):
    file, before = read_service_file(EXAMPLE), dump(store)
    result = import_reports(store, replace(file, reports=file.reports[:reports]), AT)
    assert (result.new, len(result.faults)) == (0, faults)
    assert dump(store) == before


def test_a_fault_that_only_the_inbox_sees_keeps_the_whole_file_out(store: Store):
    file = replace(read_service_file(EXAMPLE), faults=[])
    (fault,) = import_reports(store, file, AT).faults
    told = "this service was reported before with other content; report it as reopened first"
    assert str(fault) == f"external_id: {fault.value!r} is not new: {told}"
    assert EXAMPLE.read_text("utf-8").splitlines()[fault.line - 1].split(",")[1] == fault.value
    assert counts(store).get("services") is None


def test_a_closing_that_lies_in_the_future_is_refused(store: Store):
    faults = import_reports(store, read_service_file(EXAMPLE), AT - timedelta(days=7)).faults
    assert "closed_at: '2026-10-30 16:50:00-07:00' lies in the future; report a service after it was closed" in [
        *map(str, faults)
    ]


def test_a_file_that_is_imported_again_changes_nothing(store: Store):
    file = read_service_file(EXAMPLE)
    first = import_reports(store, file, AT, partly=True)
    before = dump(store)
    again = import_reports(store, file, AT + timedelta(days=1), partly=True)
    assert (again.new, again.known) == (0, first.new + first.known)
    assert again.faults == first.faults
    assert dump(store) == before


def mend(path: Path) -> None:
    """Write into each row of refused services what its reason asks for, and leave the columns with the reasons."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        column = row["refused_why"].split(":")[0]
        row[column] = MENDED[column]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_refused_rows_can_be_mended_and_imported(store: Store, tmp_path: Path):
    first = import_reports(store, read_service_file(EXAMPLE), AT, partly=True)
    refused = tmp_path / "refused.csv"
    write_refused(refused, EXAMPLE, first.faults)
    assert refused.read_bytes().startswith(b"\xef\xbb\xbfrefused_line,refused_why,source,")
    unmended = read_service_file(refused)
    assert len(import_reports(store, unmended, AT).faults) == len(first.faults)
    mend(refused)
    result = import_reports(store, read_service_file(refused), AT)
    assert (result.new, result.known, result.faults) == (len(first.faults), 0, [])


def test_rows_that_are_refused_again_tell_the_new_reason_only(store: Store, tmp_path: Path):
    paths = [EXAMPLE, tmp_path / "once.csv", tmp_path / "twice.csv"]
    for before, after in pairwise(paths):
        write_refused(after, before, read_service_file(before).faults)
    once, twice = (list(csv.reader(path.read_text("utf-8-sig").splitlines())) for path in paths[1:])
    assert [row[1:] for row in once] == [row[1:] for row in twice]
    assert [row[0] for row in twice] == ["refused_line", *(str(line) for line in range(2, len(twice) + 1))]


def test_a_refused_row_keeps_its_cells_however_many_and_runs_in_no_spreadsheet(tmp_path: Path):
    path, refused = tmp_path / "in.csv", tmp_path / "refused.csv"
    path.write_text(f'{",".join(COLUMNS[:8])}\n=1+2,+49,"a\nb"\n', "utf-8")
    write_refused(refused, path, read_service_file(path).faults)
    with refused.open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))[1]
    told = "write each cell, and quote one that has a separator in it"
    assert cells == ["2", f"cells: '3' in this row, and 8 in the header; {told}", "'=1+2", "'+49", "a\nb"]


def test_a_file_of_refused_rows_is_never_written_over(tmp_path: Path):
    faults = read_service_file(EXAMPLE).faults
    (tmp_path / "refused.csv").write_text("mended by hand")
    with pytest.raises(FileFault, match="refused.csv: File exists"):
        write_refused(tmp_path / "refused.csv", EXAMPLE, faults)
    with pytest.raises(FileFault, match="No such file or directory"):
        write_refused(tmp_path / "no folder" / "refused.csv", EXAMPLE, faults)
    assert (tmp_path / "refused.csv").read_text() == "mended by hand"


ROWS = enough(5_000, 20_000)


def test_a_file_of_thousands_of_rows_is_taken_whole(store: Store, tmp_path: Path):
    header, *lines = EXAMPLE.read_text("utf-8").splitlines()
    with (tmp_path / "large.csv").open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        file.writelines(lines[n % 10].replace(",", f",{n}-", 1) + "\n" for n in range(ROWS))
    result = import_reports(store, read_service_file(tmp_path / "large.csv"), AT)
    assert (result.new, result.faults) == (ROWS, [])
