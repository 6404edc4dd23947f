"""How customers can be reached follows the department: who sees cases by one role sees no contact data by another."""

import pytest
from sqlalchemy import select

from casework.reply_handing import hand_over_reply
from models.tables import escalations
from tests import seed
from tests.console import Staff, sign_in
from tests.web_site import Site, words_in
from vocabulary import Role

HEATING = {"department": "Heating", "email": "hanna@example.com", "phone": "+49 30 5550123", "customer_name": "Hanna"}
PLUMBING = {"department": "Plumbing", "email": "paula@example.com", "phone": "+49 30 5550999", "customer_name": "Paula"}
OF_HANNA, OF_PAULA = ("hanna@example.com", "+49305550123"), ("paula@example.com", "+49305550999")


def of_two_roles(site: Site) -> Staff:
    """QA for the whole company, and in the service team of Plumbing."""
    return sign_in(site, Role.QA, Role.SERVICE_TEAM, departments=["Plumbing"])


def shown(staff: Staff, path: str) -> str:
    answer = staff.open(path)
    assert answer.status_code == 200, path
    return words_in(answer.text)


def hand_over(site: Site, reply: int) -> None:
    """To Plumbing."""
    rules = site.place.policy.rules
    with site.store.write() as db:
        hand_over_reply(db, reply, "Plumbing", "about a leak", by="Robin", at=site.clock(), rules=rules)


def holds(text: str, contacts: tuple[str, str]) -> list[bool]:
    return [one in text for one in contacts]


def test_a_case_shows_contact_data_to_those_who_may_see_it_there(site: Site):
    hanna, paula = (seed.escalated(site.place, **whose) for whose in (HEATING, PLUMBING))
    both = of_two_roles(site)
    assert holds(shown(both, f"/console/cases/{paula.case_id}"), OF_PAULA) == [True, True]
    assert holds(shown(both, f"/console/cases/{hanna.case_id}"), OF_HANNA) == [False, False]


def test_who_holds_a_concern_reaches_its_customer_wherever_they_work(site: Site):
    hanna = seed.escalated(site.place, **HEATING)
    with site.store.read() as db:
        email = db.execute(select(escalations.c.owner_email)).scalar_one()
    owner = sign_in(site, Role.SERVICE_TEAM, departments=["Billing"], email=email)
    for path in (f"/console/concerns/{hanna.escalation_id}", f"/console/cases/{hanna.case_id}"):
        assert holds(shown(owner, path), OF_HANNA) == [True, True], path


def test_what_customers_write_of_how_to_reach_them_is_withheld_as_well(site: Site):
    comment = "Call +49 171 3920023 or write to hanna.private@example.com on 05.10.2026."
    seeded = seed.escalated(site.place, **HEATING, comment=comment)
    pages = (f"/console/cases/{seeded.case_id}", f"/console/concerns/{seeded.escalation_id}/cause", "/console/log")
    for path in pages:
        told = shown(of_two_roles(site), path)
        assert "Call … or write to … on 05.10.2026." in told, path
        assert "3920023" not in told, path
        assert "hanna.private" not in told, path
    team = sign_in(site, Role.SERVICE_TEAM, departments=["Heating"])
    assert comment in shown(team, pages[0])


def test_who_gets_a_reply_to_answer_sees_whom_it_is_from(site: Site):
    seeded = seed.asked(site.place, **HEATING)
    number = seed.reply(site.place, seeded.case_id)
    hand_over(site, number)
    team = sign_in(site, Role.SERVICE_TEAM, departments=["Plumbing"])
    assert holds(shown(team, f"/console/replies/{number}"), OF_HANNA) == [True, True]


@pytest.mark.parametrize("role", [Role.SERVICE_TEAM, Role.SERVICE_MANAGER])
def test_only_concerns_that_one_may_see_are_offered_to_be_attached(site: Site, role: Role):
    same = {"email": "ann@example.com", "phone": None}
    mine = seed.escalated(site.place, **same, department="Heating").escalation_id
    theirs = seed.escalated(site.place, **same, department="Plumbing").escalation_id
    offered = f'<option value="{theirs}"'
    page = f"/console/concerns/{mine}"
    assert offered not in sign_in(site, role, departments=["Heating"]).open(page).text
    assert offered in sign_in(site, role, departments=["Heating", "Plumbing"]).open(page).text


def test_a_reply_tells_of_no_concern_that_its_reader_may_not_see(site: Site):
    seeded = seed.escalated(site.place, **HEATING)
    number = seed.reply(site.place, seeded.case_id)
    link = f'href="/console/concerns/{seeded.escalation_id}"'
    path = f"/console/replies/{number}"
    assert link in sign_in(site, Role.SERVICE_TEAM, departments=["Heating"]).open(path).text
    hand_over(site, number)
    assert link not in sign_in(site, Role.SERVICE_TEAM, departments=["Plumbing"]).open(path).text
