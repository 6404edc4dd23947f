"""Whoever reports a country that keeps its holidays by parts is asked for the part: at import, and later by doctor."""

import sys
from pathlib import Path

import pytest

from cli.app import main
from models.inbox import receive
from tasks.place import Place
from tests import seed

HEADER = "source,external_id,closed_at,kind,department,branch,region,timezone"


def typed(patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    """What a command printed, and what it complained of."""
    patch.setenv("COLUMNS", "400")
    patch.setattr(sys, "argv", ["aftercare", *words])
    with pytest.raises(SystemExit):
        main()
    out, err = capsys.readouterr()
    return out, err


def test_import_takes_the_services_and_asks_for_the_part(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    rows = [
        f"crm,J-{number},2026-10-05T08:00:00+00:00,job completed,Heating,London,{region},Europe/London"
        for number, region in enumerate(["GB", "GB-ENG", "GB"])
    ]
    file = tmp_path / "services.csv"
    file.write_text("\n".join([HEADER, *rows]))
    out, err = typed(monkeypatch, capsys, "import", str(file))
    assert "3 services are new" in out
    [warning] = err.splitlines()
    assert warning.startswith("warning: 2 services are in region GB: most parts of this country keep holidays")
    assert "GB-ENG" in warning


def test_doctor_names_the_country_of_branches_that_are_there_already(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with place.store.write() as db:
        reports = [
            seed.report(external_id=f"J-{region}", region=region, timezone=zone)
            for region, zone in {"GB": "Europe/London", "GB-SCT": "Europe/London", "FR": "Europe/Paris"}.items()
        ]
        receive(db, reports, at=seed.ANSWERED_AT)
    out, _ = typed(monkeypatch, capsys, "doctor")
    [line] = [line for line in out.splitlines() if "keep holidays" in line]
    assert line.startswith("TO DO 1 services are in region GB: ")
