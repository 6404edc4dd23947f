"""Every page and file for every role: whose e-mail addresses and telephone numbers stand in what is answered.

The routes are those of the application that runs. A page that is added is put into `SHOWS`, with what it may show.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
from fastapi import FastAPI

from tests import seed
from tests.console import Staff, sign_in
from tests.contact_marks import DEPARTMENTS, NOBODYS, World, address, make_world, marks_in, number
from tests.web_site import Site, make_site
from vocabulary import Role

NOTHING: frozenset[str] = frozenset()
PHONE, SAID, SENT = frozenset({"phone"}), frozenset({"said"}), frozenset({"sent"})
REACH = PHONE | {"email"}
CONSOLE = "/console"
SHOWS: dict[str, tuple[str | None, frozenset[str]]] = {
    CONSOLE: (None, SENT),  # the replies that wait
    f"{CONSOLE}/alarms": (None, NOTHING),
    f"{CONSOLE}/alarms/{{number}}": ("alarm", REACH | SENT),
    f"{CONSOLE}/calls": (None, PHONE),
    f"{CONSOLE}/calls/{{number}}": ("call", PHONE),
    f"{CONSOLE}/calls/{{number}}/refused": ("call", PHONE),
    f"{CONSOLE}/calls/{{number}}/wrong-number": ("call", PHONE),
    f"{CONSOLE}/cases": (None, NOTHING),
    f"{CONSOLE}/cases/{{number}}": ("case", REACH | SAID),
    f"{CONSOLE}/cases/{{number}}/opt-outs": ("case", NOTHING),
    f"{CONSOLE}/causes": (None, NOTHING),
    f"{CONSOLE}/concerns": (None, NOTHING),
    f"{CONSOLE}/concerns/{{number}}": ("concern", REACH | SAID),
    f"{CONSOLE}/concerns/{{number}}/cause": ("concern", SAID),  # for QA who is in the service team as well
    f"{CONSOLE}/concerns/{{number}}/clock": ("concern", NOTHING),
    f"{CONSOLE}/log": (None, NOTHING),
    f"{CONSOLE}/log/export": (None, NOTHING),
    f"{CONSOLE}/log/workbook": (None, NOTHING),
    f"{CONSOLE}/on-call": (None, NOTHING),
    f"{CONSOLE}/people/{{number}}": ("person", NOTHING),
    f"{CONSOLE}/replies": (None, SENT),
    f"{CONSOLE}/replies/{{number}}": ("reply", REACH | SENT),
    f"{CONSOLE}/replies/{{number}}/opt-out": ("reply", SENT),
    f"{CONSOLE}/reviews": (None, NOTHING),
    f"{CONSOLE}/reviews/{{number}}": ("review", NOTHING),
    f"{CONSOLE}/runs": (None, NOTHING),
    f"{CONSOLE}/sending": (None, NOTHING),
    f"{CONSOLE}/subtasks/{{number}}": ("subtask", NOTHING),
    **{f"{CONSOLE}/{name}": (None, NOTHING) for name in ("help", "me", "people", "people/new", "settings", "sign-in")},
    **{f"{CONSOLE}/help/{role}": (None, NOTHING)
       for role in ("administrator", "management", "qa", "service-team", "supervisor")},
    **dict.fromkeys(("/", "/healthz", "/ready", "/static/{name}"), (None, NOTHING)),
    **dict.fromkeys(("/s/{link}/v", "/s/{link:path}", "/u/{link:path}"), (None, NOTHING)),  # without a good link
}  # fmt: skip
"""By address, of which kind of object it is about, and what contact data of it stand there for who may see them."""

ALL = frozenset(DEPARTMENTS)
PEOPLE: dict[str, tuple[tuple[Role, ...], frozenset[str], frozenset[str]]] = {
    "service team": ((Role.SERVICE_TEAM,), frozenset({"Heating"}), frozenset({"Heating", NOBODYS})),
    "supervisor": ((Role.SERVICE_MANAGER,), frozenset({"Heating"}), frozenset({"Heating", NOBODYS})),
    "QA": ((Role.QA,), ALL, NOTHING),
    "management": ((Role.MANAGEMENT,), ALL, NOTHING),
    "administrator": ((Role.ADMIN,), ALL, NOTHING),
    "QA and service team": ((Role.QA, Role.SERVICE_TEAM), frozenset({"Plumbing"}), frozenset({"Plumbing", NOBODYS})),
    "management, administrator and supervisor": (
        (Role.MANAGEMENT, Role.ADMIN, Role.SERVICE_MANAGER),
        frozenset({"Heating", "Roofing"}),
        frozenset({"Heating", "Roofing", NOBODYS}),
    ),
}
"""Their roles, their departments, and whose contact data they may see: written down, not asked of the program."""


@pytest.fixture
def database_url(tmp_path, sqlite_template) -> str:
    """What is shown does not depend on the kind of store; the queries have tests of their own on both."""
    (tmp_path / "aftercare.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'aftercare.db'}"


@pytest.fixture
def site(place) -> Site:
    return make_site(place, now=seed.ANSWERED_AT + timedelta(minutes=30))


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


@pytest.fixture
def people(site: Site) -> dict[str, Staff]:
    return {name: sign_in(site, *roles, departments=departments) for name, (roles, departments, _) in PEOPLE.items()}


def shown_at(app: FastAPI) -> set[str]:
    """Every address that answers a GET."""
    return {route.path for route in app.routes if "GET" in (getattr(route, "methods", None) or ())}


def asked(world: World, path: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The addresses to open for a path, each with whose objects stand there."""
    kind, _ = SHOWS[path]
    if kind is None:
        yield path.replace("{name}", "console.css").replace("{link}", "x").replace("{link:path}", "x"), ALL | {NOBODYS}
    else:
        yield from ((path.format(number=one), frozenset({whose})) for whose, one in world.of(kind).items())


def test_every_page_is_accounted_for(site: Site):
    assert shown_at(site.app) == SHOWS.keys()


def test_pages_hold_the_contact_data_that_their_reader_may_see_and_no_other(
    site: Site, world: World, people: dict[str, Staff]
):
    """Nobody's reply came as a text: it is in lists, and its own page has the number."""
    faults: list[str] = []
    seen: dict[str, set[str]] = {path: set() for path in SHOWS}
    for path, (kind, kinds) in SHOWS.items():
        for (opened, whose), (name, staff) in product(asked(world, path), people.items()):
            answer = staff.open(opened)
            may = whose & PEOPLE[name][2] if answer.status_code == 200 else NOTHING
            expected, found = set(product(may - {NOBODYS}, kinds)), marks_in(answer.content)
            expected |= set(product(may & {NOBODYS}, kinds & (PHONE | SENT if kind else SENT)))
            faults += [f"{name}, {opened}: {sorted(found)}, not {sorted(expected)}"] if found != expected else []
            seen[path].update(what for _, what in found)
    assert not faults, "\n".join(faults)
    assert seen == {path: set(kinds) for path, (_, kinds) in SHOWS.items()}, "what is never shown was never looked at"


def test_a_filter_shows_nothing_more(world: World, people: dict[str, Staff]):
    lists = [path for path, (kind, _) in SHOWS.items() if kind is None and path.startswith(CONSOLE)]
    for path, query, (name, staff) in product(lists, FILTERS, people.items()):
        found = marks_in(staff.client.get(path, params=query, follow_redirects=False).content)
        assert {whose for whose, _ in found} <= PEOPLE[name][2], (name, path, query)


FILTERS = (
    {"department": "Plumbing", "stage": "escalated"}, {"department": "Roofing", "event": "answer_received"},
    {"state": "late", "mine": "1", "from": "2026-10-01", "until": "2026-12-31"},
)  # fmt: skip


def test_a_search_finds_by_contact_data_for_who_may_see_them(people: dict[str, Staff], world: World):
    """What is found are the cases of those departments: one for what a customer said, of each the only one."""
    for of, department in enumerate(DEPARTMENTS, 1):
        said = [address(of, 3), f"39{of}3000", f"39{of}3", f"q{of}3"]
        held = [address(of, 1, "a"), number(of, 2, 1), number(of, 2, 1)[:-1], f"q{of}1a", f"0{number(of, 2, 1)[3:]}"]
        for text, (name, staff) in product([*said, *held], people.items()):
            answer = staff.client.get("/console/cases", params={"text": text})
            found = set(re.findall(r'href="/console/cases/(\d+)"', answer.text))
            may = department in PEOPLE[name][2]
            case = str(world.numbers["case", department])
            assert (case in found, bool(found)) == (may, may), (name, text, found)
