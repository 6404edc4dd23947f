"""Names as CRMs export them, from a file or over HTTP to mail, page and call: nobody is greeted as what is no name."""

import csv
import json
import sys
from pathlib import Path

import pytest

from cli.app import main
from models.report import ClosedService
from tasks.place import Place
from tests import seed
from tests.acceptance.days import Days, berlin
from tests.web_site import make_site, words_in

NOW = berlin("2026-10-05 14:00")
GREETED = {
    "Anna Bergmann": "Hello Anna,",
    "BERGMANN, ANNA": "Hello BERGMANN, ANNA,",
    "Müller GmbH & Co. KG": "Hello Müller GmbH & Co. KG,",
    "Dr. med. Anna Bergmann": "Hello Dr. med. Anna Bergmann,",
    "Frau Bergmann": "Hello Frau Bergmann,",
    "Unknown": "Hello,",
    "-": "Hello,",
    "N/A": "Hello,",
    "keine Angabe": "Hello,",
    "+4915112345678": "Hello,",
    "anna@example.com": "Hello,",
    "[not provided]": "Hello,",
    "Walk-in Customer": "Hello,",
}


def reports() -> list[dict[str, str]]:
    return [
        {
            "source": "crm", "external_id": f"J-{number}", "closed_at": "2026-10-05T06:00:00+00:00",
            "kind": "job completed", "department": "Heating", "branch": "London", "region": "GB-ENG",
            "timezone": "Europe/London", "customer_name": name, "email": f"c{number}@example.com", "channels": "email",
        }
        for number, name in enumerate(GREETED)
    ]  # fmt: skip


def import_file(patch: pytest.MonkeyPatch, file: Path) -> None:
    rows = reports()
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    patch.setattr(sys, "argv", ["aftercare", "import", str(file)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code


def post(place: Place) -> None:
    lists = [{**report, "channels": report["channels"].split(",")} for report in reports()]
    assert make_site(place, NOW).report("/services/closed", json.loads(json.dumps(lists))).status_code == 201


def hello_in(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("Hello"))


@pytest.mark.parametrize("edge", ["file", "http"])
def test_a_mail_greets_nobody_as_what_is_no_name(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edge: str
):
    import_file(monkeypatch, tmp_path / "services.csv") if edge == "file" else post(place)
    days = Days(NOW)
    days.live(until=NOW)
    assert {letter.to: hello_in(letter.text) for letter in days.letters()} == {
        f"c{number}@example.com": hello for number, hello in enumerate(GREETED.values())
    }


@pytest.mark.parametrize(
    ("name", "hello"),
    [("Unknown", "This is about:"), ("Müller GmbH & Co. KG", "Hello Müller GmbH & Co. KG, this is about:")],
)
def test_the_page_greets_as_the_mail_does(place: Place, name: str, hello: str):
    case = seed.asked(place, customer_name=name)
    assert hello in words_in(make_site(place).open(case.survey))


def test_a_caller_does_not_ask_for_unknown(place: Place):
    days = Days(NOW)
    days.receive([ClosedService.model_validate(reports()[5] | {"phone": "+44 20 7946 0018", "channels": "phone"})])
    days.live(until=NOW)
    script = days.script(days.calls()[0].id)
    assert "Unknown, +44" in script  # what the record says, for the caller
    assert "Am I speaking with" not in script
