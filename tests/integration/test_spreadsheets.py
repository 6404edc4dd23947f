"""Every file that people open in a spreadsheet, full of what others wrote: it runs nothing, wherever cells are cut."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.service_file import read_service_file, write_refused
from tests import seed
from tests.console import sign_in
from tests.integration.test_cli import Type, type_
from tests.integration.web.conftest import site
from tests.web_site import Site
from vocabulary import Role

__all__ = ["site", "type_"]

FORMULAS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
HOSTILE = "Alles gut;=cmd|'/C calc'!A0;danke\n=cmd|'/C calc'!A1, +1; \"-2\"\t@x;\uff1d1;\n- a\nend;\""
KEPT = ("Alles gut;", "=cmd|", "/C calc", "danke", "end;")


@pytest.fixture
def hostile(site: Site) -> Site:
    """A concern, every word of which is of somebody who means harm."""
    seed.escalated(site.place, comment=HOSTILE, external_id="x;=1", source="=crm;+1", agent="@a;-1",
                   branch="Berlin;=2", customer_ref='";=3')  # fmt: skip
    return site


def is_harmless(text: str) -> None:
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            bad = [cell for cell in row if cell.lstrip(' "').startswith(tuple(FORMULAS))]
            assert not bad, (separator, bad)


def test_the_log_of_the_console_runs_nothing(hostile: Site):
    answer = sign_in(hostile, Role.QA).open("/console/log/export")
    text = answer.content.decode("utf-8-sig")
    is_harmless(text)
    assert all(word in text for word in KEPT[:4])


def test_the_files_of_the_command_line_run_nothing(hostile: Site, type_: Type, tmp_path: Path):
    assert type_("log", "export", str(tmp_path / "log.csv"))[0] == 0
    text = (tmp_path / "log.csv").read_bytes().decode("utf-8-sig")
    is_harmless(text)
    assert all(word in text for word in KEPT)
    status, cases, _ = type_("cases", "--csv")
    is_harmless(cases)
    assert (status, "Berlin;'=2" in cases) == (0, True)


PIECES = st.sampled_from([*FORMULAS, *",;|\"' \n", "a", "'=", ';"', "=1"])
NAMES = st.lists(PIECES, max_size=8).map(lambda pieces: f"A{''.join(pieces)}"[:200])
COLUMNS = ("customer_name", "agent", "customer_ref")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=3), st.sampled_from(",;\t"))
def test_refused_rows_run_nothing_and_come_back_as_they_were(tmp_path: Path, names: list[tuple[str, ...]], cut: str):
    taken, original, refused = (tmp_path / name for name in ("taken.csv", "original.csv", "refused.csv"))
    write(taken, names, cut, timezone="Europe/Berlin")
    write(original, names, cut, timezone="Nowhere")
    refused.unlink(missing_ok=True)
    write_refused(refused, original, read_service_file(original).faults)
    text = refused.read_bytes().decode("utf-8-sig")
    is_harmless(text)
    refused.write_text(text.replace("Nowhere,", "Europe/Berlin,"), "utf-8", newline="")
    before, after = (read_service_file(path) for path in (taken, refused))
    assert [report.body_sha256() for _, report in after.reports] == [one.body_sha256() for _, one in before.reports]
    assert list(map(str, after.faults)) == list(map(str, before.faults))


def write(path: Path, names: list[tuple[str, ...]], cut: str, *, timezone: str) -> None:
    """A file as others write it: nothing in it is guarded."""
    fixed = {"timezone": timezone, "source": "crm", "closed_at": "2026-10-05T14:00:00+02:00", "kind": "job completed",
             "department": "Heating", "branch": "Berlin", "region": "DE-BE"}  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=cut)
        writer.writerow([*fixed, "external_id", *COLUMNS])
        writer.writerows([*fixed.values(), f"job-{number}", *row] for number, row in enumerate(names))
