"""Letting people in, changing what they may do, and shutting them out without losing their work."""

import pytest
from sqlalchemy import select

from models.people import by_email, find
from models.tables import entries, escalations
from tests import seed
from tests.console import PASSWORD, let_in, sign_in
from tests.integration.console.test_sign_in import try_to
from tests.web_site import Site
from vocabulary import Event, Role

PEOPLE = "/console/people"
NEW = {"email": "Nina.Novak@staff.example.com", "name": "Nina Novak", "roles": ["service_team", "qa"],
       "departments": "Heating\r\nPlumbing", "timezone": "Europe/Berlin", "password": PASSWORD}  # fmt: skip


def owned_by(site: Site, person) -> int:
    """An open concern in this person's hands."""
    number = seed.escalated(site.place).escalation_id or 0
    with site.store.write() as db:
        mine = {"owner": person.name, "owner_email": person.email.upper()}
        db.execute(escalations.update().where(escalations.c.id == number).values(mine))
    return number


def owner_of(site: Site, number: int) -> str:
    with site.store.read() as db:
        return db.execute(select(escalations.c.owner).where(escalations.c.id == number)).scalar_one()


def test_a_person_is_let_in_and_can_sign_in(site: Site):
    admin = sign_in(site, Role.ADMIN)
    assert admin.send(f"{PEOPLE}/new", **NEW).status_code == 303
    with site.store.read() as db:
        nina = by_email(db, "nina.novak@staff.example.com")
    assert nina is not None
    assert nina.roles == {Role.SERVICE_TEAM, Role.QA}
    assert nina.departments == {"Heating", "Plumbing"}
    assert nina.zone.key == "Europe/Berlin"
    assert try_to(site, nina.email, PASSWORD).status_code == 303


def test_a_department_in_another_case_is_the_one_that_cases_have(site: Site):
    admin = sign_in(site, Role.ADMIN)
    admin.send(f"{PEOPLE}/new", **NEW | {"departments": "heating\r\n PLUMBING \r\nroofing"})
    with site.store.read() as db:
        nina = by_email(db, "nina.novak@staff.example.com")
    assert nina is not None
    assert nina.departments == {"Heating", "Plumbing", "roofing"}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"email": "nina"}, "that is no e-mail address"),
        ({"email": "a@b.example.com\r\nBcc: x@example.com"}, "that is no e-mail address"),
        ({"name": " "}, "needs a name"),
        ({"name": "n" * 81}, "needs a name of at most 80 characters"),
        ({"roles": []}, "needs a role"),
        ({"roles": ["root"]}, "there is no such role"),
        ({"timezone": "../etc/passwd"}, "that is no time zone"),
        ({"password": "short"}, "12 to 128 characters"),
        ({"password": "passwordpassword"}, "too easy to guess"),
        ({"password": "Nina Novak 12"}, "too easy to guess"),
    ],
)
def test_nobody_is_let_in_half(site: Site, changes: dict, fault: str):
    admin = sign_in(site, Role.ADMIN)
    refused = admin.send(f"{PEOPLE}/new", **{**NEW, **changes})
    assert refused.status_code == 409
    assert fault in refused.text
    with site.store.read() as db:
        assert by_email(db, NEW["email"]) is None


def test_an_address_is_known_once(site: Site):
    admin = sign_in(site, Role.ADMIN)
    admin.send(f"{PEOPLE}/new", **NEW)
    assert "is known already" in admin.send(f"{PEOPLE}/new", **NEW).text


def test_a_password_is_never_shown_again(site: Site):
    admin = sign_in(site, Role.ADMIN)
    refused = admin.send(f"{PEOPLE}/new", **{**NEW, "roles": []})
    assert PASSWORD not in refused.text


def test_shutting_somebody_out_with_open_concerns_asks_what_becomes_of_them(site: Site):
    admin, leaver = sign_in(site, Role.ADMIN), sign_in(site, Role.SERVICE_TEAM, name="Lea Grant")
    number = owned_by(site, leaver.person)
    path = f"{PEOPLE}/{leaver.person.id}"
    refused = admin.send(f"{path}/shut-out", path)
    assert refused.status_code == 409
    assert "has 1 open concerns: say what becomes of them" in refused.text
    assert leaver.open("/console/me").status_code == 200
    assert owner_of(site, number) == "Lea Grant"


def test_their_concerns_are_handed_over_when_that_is_said(site: Site):
    admin, leaver = sign_in(site, Role.ADMIN), sign_in(site, Role.SERVICE_TEAM, name="Lea Grant")
    successor = let_in(site, Role.SERVICE_TEAM, name="Sam Ortiz")
    number = owned_by(site, leaver.person)
    path = f"{PEOPLE}/{leaver.person.id}"
    done = admin.send(f"{path}/shut-out", path, concerns="hand over", successor=str(successor.id))
    assert done.status_code == 303
    assert owner_of(site, number) == "Sam Ortiz"
    assert leaver.open("/console/me").status_code == 303


def test_or_left_when_that_is_said(site: Site):
    admin, leaver = sign_in(site, Role.ADMIN), sign_in(site, Role.SERVICE_TEAM, name="Lea Grant")
    number = owned_by(site, leaver.person)
    path = f"{PEOPLE}/{leaver.person.id}"
    assert admin.send(f"{path}/shut-out", path, concerns="leave").status_code == 303
    assert owner_of(site, number) == "Lea Grant"
    with site.store.read() as db:
        assert find(db, leaver.person.id).disabled_at == site.clock()


@pytest.mark.parametrize("successor", ["", "nobody", "{leaver}", "999"])
def test_a_successor_is_somebody_who_can_take_them(site: Site, successor: str):
    admin, leaver = sign_in(site, Role.ADMIN), sign_in(site, Role.SERVICE_TEAM, name="Lea Grant")
    number = owned_by(site, leaver.person)
    path = f"{PEOPLE}/{leaver.person.id}"
    chosen = successor.format(leaver=leaver.person.id)
    assert admin.send(f"{path}/shut-out", path, concerns="hand over", successor=chosen).status_code == 409
    assert owner_of(site, number) == "Lea Grant"
    assert leaver.open("/console/me").status_code == 200


def test_who_was_shut_out_can_be_let_in_again(site: Site):
    admin, other = sign_in(site, Role.ADMIN), sign_in(site, Role.QA, password=PASSWORD)
    path = f"{PEOPLE}/{other.person.id}"
    admin.send(f"{path}/shut-out", path)
    assert try_to(site, other.person.email, PASSWORD).status_code == 401
    admin.send(f"{path}/let-in", path)
    assert try_to(site, other.person.email, PASSWORD).status_code == 303


def test_nobody_shuts_themselves_out(site: Site):
    admin = sign_in(site, Role.ADMIN)
    sign_in(site, Role.ADMIN)
    path = f"{PEOPLE}/{admin.person.id}"
    assert "you cannot shut yourself out" in admin.send(f"{path}/shut-out", path).text


def test_what_is_done_to_people_is_in_the_log_by_number(site: Site):
    admin = sign_in(site, Role.ADMIN, name="Ada Byron")
    admin.send(f"{PEOPLE}/new", **NEW)
    with site.store.read() as db:
        rows = db.execute(select(entries).where(entries.c.event == Event.PERSON_ADDED)).all()
    assert rows[-1].actor == "Ada Byron"
    assert "nina" not in (rows[-1].detail + rows[-1].actor).lower()
