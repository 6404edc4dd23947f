"""Looking for cases: by words, by what they are, a page at a time, and only one's own departments'."""

import re
from datetime import timedelta

import pytest

from models import finding
from tests import seed
from tests.console import sign_in
from tests.web_site import Site, words_in
from vocabulary import Role

CASES = "/console/cases"


def numbers_in(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<a href="/console/cases/(\d+)">', page)]


def find(site: Site, *roles: Role, **query: str) -> list[int]:
    staff = sign_in(site, *(roles or (Role.QA,)))
    answer = staff.client.get(CASES, params=query)
    assert answer.status_code == 200
    return numbers_in(answer.text)


@pytest.mark.parametrize(
    "text",
    [
        "Bergmänn", "bergman", "ANNA", "anna bergmann", "bergmann anna", "Anna.7@example.com", "ticket-4711", "4711",
        "+49 30 555077777", "030 5550 77777", "0049 30 5550 77777", "30555077777", "gas", "smelled gas", "GAS bergmann",
    ],
)  # fmt: skip
def test_a_case_is_found_by_any_beginning_of_its_words(site: Site, text: str):
    seeded = seed.escalated(site.place, external_id="TICKET-4711", customer_name="Anna Bergmänn",
                            email="anna.7@example.com", phone="+49 30 555077777",
                            comment="It smelled of gas afterwards.")  # fmt: skip
    seed.planned(site.place, customer_name="Otto Klein", email="otto@example.com", phone="+49 40 1234567")
    assert find(site, Role.SERVICE_TEAM, text=text) == [seeded.case_id]


@pytest.mark.parametrize("text", ["ergmann", "anna klein", "nobody", "' OR 1=1 --", "%", "_nna", "555077777"])
def test_what_no_case_has_finds_nothing(site: Site, text: str):
    seed.planned(site.place, customer_name="Anna Bergmann", email="anna@example.com", phone="+49 30 555077777")
    seed.planned(site.place, customer_name="Otto Klein", email="otto@example.com", phone="+49 40 1234567")
    assert find(site, Role.SERVICE_TEAM, text=text) == []


def test_filters_hold_together(site: Site):
    heating = seed.ended(site.place, department="Heating", branch="Hamburg")
    seed.ended(site.place, department="Plumbing", branch="Hamburg")
    seed.asked(site.place, department="Heating", branch="Hamburg")
    assert find(site, department="Heating", branch="Hamburg", stage="ended", disposition="satisfied") == [
        heating.case_id
    ]


def test_days_of_closing_are_those_of_the_person_who_looks(site: Site):
    seeded = seed.planned(site.place)
    with site.store.read() as db:
        row = finding.find_cases(db, finding.Wanted())[0]
    day = row.closed_at.date()
    assert find(site, **{"from": day.isoformat(), "until": day.isoformat()}) == [seeded.case_id]
    assert find(site, **{"from": (day + timedelta(days=1)).isoformat()}) == []
    assert find(site, until=(day - timedelta(days=1)).isoformat()) == []


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"stage": "gone"}, "There is no stage “gone”."),
        ({"disposition": "<b>"}, "There is no disposition “<b>”."),
        ({"from": "tomorrow"}, "is no date; write it as 2026-11-30"),
        ({"until": "9999-12-31"}, "is no date"),
        ({"after": "x_y"}, "This address was cut off"),
        ({"after": "9" * 30 + "_1"}, "This address was cut off"),
        ({"after": "1_" + "9" * 30}, "This address was cut off"),
        ({"text": "?!"}, "Look for a word"),
    ],
)
def test_what_cannot_be_read_is_said(site: Site, query: dict[str, str], fault: str):
    staff = sign_in(site, Role.QA)
    answer = staff.client.get(CASES, params=query)
    assert answer.status_code == 200
    assert fault in words_in(answer.text)


def test_pages_follow_each_other_without_gap_or_repetition_while_cases_are_added(site: Site, monkeypatch):
    monkeypatch.setattr(finding, "PAGE", 3)
    monkeypatch.setattr("web.console.cases.PAGE", 3)
    expected = {seed.planned(site.place).case_id for _ in range(8)}
    staff, seen, path = sign_in(site, Role.QA), [], CASES
    while path:
        page = staff.open(path).text
        seen += numbers_in(page)
        seed.planned(site.place)  # newer or as new as the rest: belongs to the first page, or comes later
        found = re.search(r'href="(/console/cases\?[^"]*after=[^"]*)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
        if len(seen) > 30:
            break
    assert len(seen) == len(set(seen))
    assert expected <= set(seen)


def test_one_sees_the_cases_of_ones_own_departments(site: Site):
    mine = seed.planned(site.place, department="Heating")
    other = seed.planned(site.place, department="Plumbing")
    staff = sign_in(site, Role.SERVICE_TEAM, departments=["Heating"])
    assert numbers_in(staff.open(CASES).text) == [mine.case_id]
    assert numbers_in(staff.client.get(CASES, params={"department": "Plumbing"}).text) == []
    both = sign_in(site, Role.SERVICE_TEAM, departments=["Heating", "Plumbing"])
    assert set(numbers_in(both.open(CASES).text)) == {mine.case_id, other.case_id}


@pytest.mark.parametrize("role", [Role.MANAGEMENT, Role.ADMIN])
def test_who_has_no_business_with_cases_finds_nothing_there(site: Site, role: Role):
    assert sign_in(site, role).open(CASES).status_code == 404


def test_an_empty_list_says_what_happens_next(site: Site):
    assert "becomes a case with the next run" in words_in(sign_in(site, Role.QA).open(CASES).text)
