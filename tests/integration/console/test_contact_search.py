"""A search for cases confirms no contact data to those from whom it is withheld, whatever they look for."""

import re

import pytest

from casework.words import keep_words_said
from models import finding
from tests import seed
from tests.console import Staff, sign_in
from tests.web_site import Site
from vocabulary import Role


def of_two_roles(site: Site) -> Staff:
    """QA for the whole company, and in the service team of Plumbing."""
    return sign_in(site, Role.QA, Role.SERVICE_TEAM, departments=["Plumbing"])


def found(staff: Staff, text: str, **query: str) -> list[int]:
    answer = staff.client.get("/console/cases", params={"text": text, **query})
    assert answer.status_code == 200
    return [int(number) for number in re.findall(r'href="/console/cases/(\d+)"', answer.text)]


def beginnings(*words: str) -> list[str]:
    """By which somebody could feel their way forward, a letter at a time."""
    return sorted({word[:length] for word in words for length in range(1, len(word) + 1)})


GUESSES = beginnings(
    "hxq@wy-mail.example", "wy", "mail", "example", "+4930 5550123", "4930555", "305550123", "05550123",
    "+49171 3920023", "0171", "171", "3920023", "hzz@private.example", "private", "ring", "bergmann", "crm",
)  # fmt: skip


@pytest.fixture
def twins(site: Site) -> dict[str, list[int]]:
    """By department, two cases that are alike for who may not see contact data: only the first has any."""
    customer = {"customer_name": "Anna Bergmann"}
    reached = customer | {"email": "hxq@wy-mail.example", "phone": "+49 30 5550123"}
    bare = customer | {"email": None, "phone": None}
    made: dict[str, list[int]] = {}
    for name in ("Plumbing", "Heating"):
        comment = "Ring 0171 3920023 or write to hzz@private.example"
        first = seed.escalated(site.place, **reached, department=name, comment=comment,
                               external_id=f"{name}-one").case_id  # fmt: skip
        made[name] = [first, seed.planned(site.place, **bare, department=name, external_id=f"{name}-two").case_id]
        with site.store.write() as db:
            keep_words_said(db, [(made[name][1], "Ring or write to")])
    return made


def test_a_search_tells_nothing_of_contact_data_to_who_may_not_see_it(site: Site, twins: dict[str, list[int]]):
    qa, both = sign_in(site, Role.QA), of_two_roles(site)
    for text in GUESSES:
        for staff, department in ((qa, "Heating"), (qa, "Plumbing"), (both, "Heating")):
            of = set(twins[department])
            seen = found(staff, text), found(staff, text, department=department), found(staff, f"anna {text}")
            assert all(set(numbers) & of in (set(), of) for numbers in seen), (text, staff.person.roles, department)


def test_who_may_see_contact_data_finds_by_it(site: Site, twins: dict[str, list[int]]):
    team, both = sign_in(site, Role.SERVICE_TEAM, departments=["Plumbing"]), of_two_roles(site)
    for text in ("hxq", "hxq@wy-mail.example", "+49 30 5550123", "0305550123", "3920023", "anna hxq", "hzz crm"):
        assert found(team, text) == found(both, text) == [twins["Plumbing"][0]], text
    everywhere = sign_in(site, Role.SERVICE_MANAGER, departments=["*"])
    assert set(found(everywhere, "hxq")) == {first for first, _ in twins.values()}


def test_common_words_are_looked_for_in_the_same_way(site: Site, twins: dict[str, list[int]], monkeypatch):
    monkeypatch.setattr(finding, "_COMMON", 0)
    test_who_may_see_contact_data_finds_by_it(site, twins)
    qa, both = sign_in(site, Role.QA), of_two_roles(site)
    assert found(qa, "hxq") == found(qa, "anna 3920023") == []
    assert found(both, "hxq") == [twins["Plumbing"][0]]
    assert len(found(qa, "anna")) == 4
