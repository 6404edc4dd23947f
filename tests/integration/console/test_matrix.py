"""Every address of the console for every role, with own and others' objects, generated from the application itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import select

from casework.subtasks import Asking
from casework.subtasks import ask as ask_department
from models.notes import Author
from models.replies import NewReply, keep
from models.tables import calls, people, replies
from policy.permissions import COMPANY_WIDE, GRANTS
from tasks.place import Place
from tests import seed
from tests.console import COOKIE, Staff, hidden_in, sign_in
from tests.reviews import make_review
from tests.web_site import Site
from vocabulary import Channel, Permission, Role
from web.app import create_app
from web.bell import Silent
from web.console.doors import Door, Kind
from web.console.rooms import desk_of, doors

MINE, THEIRS, NOBODYS = "Heating", "Plumbing", 999_999


@dataclass(frozen=True)
class Objects:
    """A number of each kind: in the department of the person who asks, and in another."""

    own: dict[str, int]
    foreign: dict[str, int]


@pytest.fixture
def database_url(tmp_path, sqlite_template) -> str:
    """Who may what does not depend on the kind of store; the queries have tests of their own on both."""
    (tmp_path / "aftercare.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'aftercare.db'}"


@pytest.fixture
def objects(site: Site) -> Objects:
    return Objects(*({kind: make(site, department) for kind, make in MAKERS.items()} for department in (MINE, THEIRS)))


def case(site: Site, department: str) -> int:
    return seed.asked(site.place, department=department).case_id


def concern(site: Site, department: str) -> int:
    return seed.escalated(site.place, department=department).escalation_id or 0


def call(site: Site, department: str) -> int:
    """Whoever has no address is called."""
    seeded = seed.asked(site.place, department=department, email=None, contact_basis=None)
    with site.store.read() as db:
        return db.execute(select(calls.c.id).where(calls.c.case_id == seeded.case_id)).scalar_one()


def reply(site: Site, department: str) -> int:
    new = NewReply(channel=Channel.SMS, external_id=f"SM{department}", case_id=case(site, department),
                   policy_version=None, from_key=None, text="hm", attachments=0, understood="unclear",
                   to_person="is unclear")  # fmt: skip
    with site.store.write() as db:
        keep(db, new, at=site.clock())
        return db.execute(select(replies.c.id).where(replies.c.external_id == new.external_id)).scalar_one()


def person(site: Site, department: str) -> int:
    return sign_in(site, Role.QA, departments=[department]).person.id


def subtask(site: Site, department: str) -> int:
    number, later = concern(site, department), site.clock() + timedelta(days=2)
    asking = Asking(department="Customer Service", what="Send the invoice again", due_at=later)
    with site.store.write() as db:
        return ask_department(db, number, asking, by=Author(name="Robin"), at=site.clock())


def review(site: Site, department: str) -> int:
    """Of the whole company, whichever department asks."""
    return make_review(site, version=1 + (MINE, THEIRS).index(department))


def alarm(site: Site, department: str) -> int:
    return seed.alarm(site.place, case(site, department), at=site.clock())


MAKERS: dict[str, Callable[[Site, str], int]] = {
    "alarm": alarm, "case": case, "concern": concern, "call": call, "reply": reply, "subtask": subtask,
    "person": person, "review": review,
}  # fmt: skip


def all_doors(place: Place) -> list[Door]:
    return doors(desk_of(place.settings, place.store, lambda: seed.ASKED_AT, place.policy.rules))


def is_granted(door: Door, role: Role, *, own: bool) -> bool:
    if door.needs is not None and role not in GRANTS[door.needs]:
        return False
    if door.of is None or door.of == "person":
        return True
    permission = door.needs or Permission.CASES
    return role in GRANTS[permission] and (own or role in COMPANY_WIDE)


def ask(staff: Staff, door: Door, number: int, hidden: dict[str, str]) -> int:
    path = door.path.format(number=number)
    if door.method == "GET":
        return int(staff.open(path).status_code)
    return int(staff.press(path, hidden).status_code)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("whose", ["own", "foreign", "nobody's"])
def test_every_door_opens_for_whom_it_is_meant_and_for_nobody_else(
    site: Site, objects: Objects, role: Role, whose: str
):
    faults = []
    for door in all_doors(site.place):
        if door.of is None and whose != "own":
            continue
        staff = sign_in(site, role, departments=[MINE])
        hidden = hidden_in(staff.open("/console/me").text)
        numbers = {"own": objects.own, "foreign": objects.foreign}.get(whose, {})
        status = ask(staff, door, numbers.get(door.of or "", NOBODYS), hidden)
        granted = whose != "nobody's" and is_granted(door, role, own=whose == "own")
        allowed = {200, 303, 409} if granted else {404}
        if status not in allowed:
            faults.append(f"{door.method} {door.path} for {role}, {whose}: {status}, not {sorted(allowed)}")
    assert not faults, "\n".join(faults)


def test_strangers_are_led_to_the_door_whatever_they_ask_for(site: Site, objects: Objects):
    for door in all_doors(site.place):
        path = door.path.format(number=objects.own.get(door.of or "", 1))
        for cookie in ({}, {COOKIE: "guessed"}):
            site.client.cookies.clear()
            site.client.cookies.update(cookie)
            answer = site.client.request(door.method, path, follow_redirects=False)
            led = answer.status_code == 303 and answer.headers["location"].startswith("/console/sign-in")
            assert led or (cookie and door.method == "POST" and answer.status_code == 403), (door.path, answer)


def test_no_form_is_taken_without_its_proof(site: Site, objects: Objects):
    posts = [door for door in all_doors(site.place) if door.method == "POST"]
    everything = sign_in(site, *Role)
    for door in posts:
        answer = everything.press(door.path.format(number=objects.own.get(door.of or "", 1)), {})
        assert answer.status_code == 403, door.path
    assert posts


def test_every_kind_of_object_has_an_example_here(place: Place):
    """Otherwise a door to a new kind of object would go unchecked."""
    used = {door.of for door in all_doors(place)} - {None}
    assert used <= MAKERS.keys()
    assert MAKERS.keys() <= set(get_args(Kind))


def test_every_address_of_the_console_is_behind_a_door(place: Place):
    """But for those by which one comes in and goes out."""
    app = create_app(place.settings, place.store, lambda: seed.ASKED_AT, Silent())
    served = {(method, route.path) for route in app.routes for method in getattr(route, "methods", None) or ()
              if route.path.startswith("/console") and method != "HEAD"}  # fmt: skip
    behind = {(door.method, door.path) for door in all_doors(place)}
    assert served - behind == {
        ("GET", "/console/sign-in"),
        ("POST", "/console/sign-in"),
        ("POST", "/console/sign-in/kept"),
        ("POST", "/console/sign-out"),
    }
    assert behind <= served


def test_every_number_in_an_address_says_whose_it_is(place: Place):
    for door in all_doors(place):
        assert set(re.findall(r"\{(\w+)\}", door.path)) == ({"number"} if door.of else set()), door.path


@pytest.mark.parametrize("number", ["0", "-1", "1e3", "٣", "99999999999999999999", "1;drop", "%00", "nothing"])
def test_what_is_no_number_is_nothing(site: Site, number: str):
    staff = sign_in(site, *Role)
    for door in all_doors(site.place):
        if door.of and door.method == "GET":
            assert staff.open(door.path.format(number=number)).status_code == 404, door.path


def test_the_last_administrator_stays(site: Site):
    admin = sign_in(site, Role.ADMIN)
    path = f"/console/people/{admin.person.id}"
    refused = admin.send(path, name=admin.person.name, roles="qa", timezone="UTC")
    assert refused.status_code == 409
    assert "this is the last administrator" in refused.text
    with site.store.read() as db:
        assert db.execute(select(people.c.roles).where(people.c.id == admin.person.id)).scalar_one() == "admin"
