"""Kinds, departments and languages as sources write them, by file and over HTTP: read, or told by name and number."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from cli.app import main
from models.people import by_email
from models.tables import cases, services
from tasks.place import Place
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import use_policy
from tests.web_site import make_site

NOW = berlin("2026-10-05 14:00")
HEADER = "source,external_id,closed_at,kind,department,branch,region,timezone,language,email,channels"
ROWS = [  # kind, department and language as given; and as the case has them
    ("Job Completed", "heating", "Deutsch", "job completed", "Heating", "de"),
    ("JOB  COMPLETED", "  HEATING ", "deu", "job completed", "Heating", "de"),
    ("job completed", "customer service", "Francais", "job completed", "Customer Service", "fr"),
    ("Ticket Resolved", "Roofing", "de_AT.UTF-8", "ticket resolved", "Roofing", "de-AT"),
    ("Order delivered", "plumbing", "Polish", "order delivered", "Plumbing", "pl"),
    ("Job Done", "Heating", "n/a", "Job Done", "Heating", "n/a"),
]
HELLO = {"de": "Guten Tag,", "fr": "Bonjour,", "de-AT": "Guten Tag,", "pl": "Hello,"}
Type = Callable[..., tuple[str, str]]


@pytest.fixture
def type_(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types a command; what it printed, and what it complained of."""

    def run(*words: str) -> tuple[str, str]:
        monkeypatch.setenv("COLUMNS", "400")
        monkeypatch.setattr(sys, "argv", ["aftercare", *words])
        with pytest.raises(SystemExit):
            main()
        return capsys.readouterr()

    return run


def table(folder: Path) -> str:
    rows = [
        f"crm,J-{number},2026-10-05T06:00:00+00:00,{kind},{department},London,GB-ENG,Europe/London,{language},"
        f"c{number}@example.com,email"
        for number, (kind, department, language, *_) in enumerate(ROWS)
    ]
    file = folder / "services.csv"
    file.write_text("\n".join([HEADER, *rows]), "utf-8")
    return str(file)


def posted() -> list[dict[str, object]]:
    return [
        {
            "source": "crm", "external_id": f"J-{number}", "closed_at": "2026-10-05T06:00:00+00:00", "kind": kind,
            "department": department, "branch": "London", "region": "GB-ENG", "timezone": "Europe/London",
            "language": language, "email": f"c{number}@example.com", "channels": ["email"],
        }
        for number, (kind, department, language, *_) in enumerate(ROWS)
    ]  # fmt: skip


@pytest.mark.parametrize("edge", ["file", "http"])
def test_a_case_has_the_policys_names_and_its_customer_a_letter_in_their_language(
    place: Place, type_: Type, tmp_path: Path, edge: str
):
    if edge == "file":
        assert "6 services are new" in type_("import", table(tmp_path))[0]
    else:
        assert make_site(place, NOW).report("/services/closed", posted()).status_code == 201
    days = Days(NOW)
    days.live(until=NOW)
    with place.store.read() as db:
        wanted = select(cases.c.kind, cases.c.department, services.c.language)
        rows = db.execute(
            wanted.join(services, services.c.id == cases.c.service_id).order_by(services.c.external_id)
        ).all()
        reported = db.execute(select(services.c.kind, services.c.department).order_by(services.c.external_id)).all()
    assert [tuple(row) for row in rows] == [row[3:] for row in ROWS]
    assert [tuple(row) for row in reported] == [(row[0], row[1].strip()) for row in ROWS]
    assert days.case(6).disposition == "ineligible"
    hello = {letter.to: letter.text for letter in days.letters()}
    for number, (*_, language) in enumerate(ROWS[:-1]):
        assert HELLO[language] in hello[f"c{number}@example.com"].splitlines()


@pytest.mark.parametrize("again", ["file", "http"])
def test_the_same_report_is_known_again_at_either_edge(place: Place, type_: Type, tmp_path: Path, again: str):
    type_("import", table(tmp_path))
    Days(NOW).live(until=NOW)
    if again == "file":
        assert "0 services are new, 6 were known" in type_("import", table(tmp_path))[0]
    else:
        assert make_site(place, NOW).report("/services/closed", posted()).json() == {"new": 0, "known": 6}


UNKNOWN = (
    "kind 'Job Done' (1 service) is not in scope, nobody is asked",
    "department 'Roofing' (1 service) has no route, its concerns go to Customer Service",
    "language 'n/a' (1 service) is none that we know, customers are written to in English",
)


def test_import_names_what_the_policy_does_not_know(type_: Type, tmp_path: Path):
    told = type_("import", table(tmp_path))[1].splitlines()
    assert [line.split(": ")[1] for line in told] == [
        *UNKNOWN[:2],
        "language 'Polish' (1 service) is Polish, which is not offered, customers are written to in English",
        UNKNOWN[2],
    ]


def test_doctor_names_what_came_over_either_edge(place: Place, type_: Type, tmp_path: Path):
    type_("import", table(tmp_path))
    told = type_("doctor")[0].splitlines()
    for text in UNKNOWN:
        assert [line for line in told if line.startswith(f"TO DO {text}")]
    assert [line for line in told if line.startswith("ok   language 'pl' (1 service) is Polish")]


def test_two_departments_that_differ_in_case_only_are_a_fault_of_the_policy(
    type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    use_policy(monkeypatch, tmp_path, ('department = "Plumbing"', 'department = "HEATING"'))
    assert (
        "must name each department once, whatever its case and spaces: Heating, HEATING" in type_("policy", "check")[1]
    )


def test_a_person_is_let_in_for_the_department_as_cases_have_it(
    place: Place, type_: Type, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "stdin", io.StringIO("a few unrelated words\n"))
    type_("people", "add", "tom@example.com", "--name", "Tom Example", "--role", "service_team",
          "--department", "HEATING", "--password-stdin")  # fmt: skip
    with place.store.read() as db:
        tom = by_email(db, "tom@example.com")
    assert tom is not None
    assert tom.departments == {"Heating"}
