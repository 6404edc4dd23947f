"""The page Sending: what is held and why, holding, and giving one's word."""

import pytest

from models.holds import in_force
from tests import seed
from tests.console import sign_in
from tests.web_site import Site, words_in
from vocabulary import Role, Scope

PATH = "/console/sending"
BRANCH = "messages to customers of one branch"
WHY = "The template <b>names</b> the wrong company."


def held(site: Site) -> list[tuple[Scope, str]]:
    with site.store.read() as db:
        return [(one.scope, one.name) for one in in_force(db)]


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.ADMIN])
def test_who_may_holds_and_releases_and_sees_it_on_every_page(site: Site, role: Role):
    staff = sign_in(site, role)
    assert "Nothing is held" in words_in(staff.open(PATH).text)
    done = staff.send(f"{PATH}/hold", PATH, what="all messages to customers", reason=WHY)
    assert done.status_code == 303
    assert held(site) == [(Scope.COMPANY, "")]
    page = staff.open(PATH).text
    assert "&lt;b&gt;names" in page
    assert "Held: all messages to customers" in words_in(staff.open("/console/me").text)
    with site.store.read() as db:
        [one] = in_force(db)
    assert staff.send(f"{PATH}/release", PATH, number=str(one.id)).status_code == 303
    assert held(site) == []
    assert "Held:" not in words_in(staff.open("/console/me").text)


def test_the_service_team_is_not_asked_and_not_told(site: Site):
    holder, team = sign_in(site, Role.ADMIN), sign_in(site, Role.SERVICE_TEAM)
    holder.send(f"{PATH}/hold", PATH, what="all messages to customers", reason=WHY)
    assert team.open(PATH).status_code == 404
    assert "Held:" not in words_in(team.open("/console/me").text)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"what": "", "reason": WHY}, "choose what should wait"),
        ({"what": "everything", "reason": WHY}, "choose what should wait"),
        ({"what": "all messages to customers", "reason": " "}, "the reason must have at least 5"),
        ({"what": BRANCH, "branch": "", "reason": WHY}, "no case is of the branch"),
        (
            {"what": BRANCH, "branch": "Atlantis", "reason": WHY},
            "no case is of the branch",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_what_was_written_is_kept(site: Site, fields: dict[str, str], fault: str):
    seed.asked(site.place)
    page = sign_in(site, Role.ADMIN).send(f"{PATH}/hold", PATH, **fields)
    assert (page.status_code, fault in words_in(page.text)) == (409, True)
    assert fields.get("branch", "") in page.text
    assert held(site) == []


@pytest.mark.parametrize("number", ["", "0", "999", "-1", "1e3", "99999999999999999999"])
def test_a_number_that_is_none_releases_nothing(site: Site, number: str):
    staff = sign_in(site, Role.ADMIN)
    staff.send(f"{PATH}/hold", PATH, what="e-mails to customers", reason=WHY)
    assert staff.send(f"{PATH}/release", PATH, number=number).status_code == 409
    assert held(site) == [(Scope.CHANNEL, "email")]
