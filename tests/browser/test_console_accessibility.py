"""Every page of the console: no fault that axe knows, light and dark, on a telephone and on a desk, and small.

The pages are those of the application's own list: one that is added is looked at without being named here.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import get_args

import pytest
from playwright.sync_api import Page

from casework.subtasks import Asking, ask
from models.notes import Author
from tests import seed
from tests.browser.conftest import Shop
from tests.browser.looks import faults_in
from tests.console import COOKIE, PASSWORD, let_in, sign_in
from tests.reviews import make_review
from vocabulary import Role
from web.console.doors import Door, Kind
from web.console.doors import Page as Shown
from web.console.rooms import desk_of, doors

Visit = Callable[..., Page]
MOST_BYTES = 100_000


def pages_of(shop: Shop, numbers: dict[Kind, int]) -> Iterator[str]:
    """The address of every page, with the number of something that there is."""
    site = shop.site
    desk = desk_of(site.place.settings, site.store, site.clock, site.place.policy.rules)
    for door in doors(desk):
        if door.method == "GET" and not door.is_file:
            yield _address(door, numbers)


def _address(door: Door, numbers: dict[Kind, int]) -> str:
    if door.of is None:
        return door.path
    assert door.of in numbers, f"nothing is seeded for {door.path}: add a {door.of} to `a_working_day`"
    return door.path.replace("{number}", str(numbers[door.of]))


def a_working_day(shop: Shop) -> dict[Kind, int]:
    """Something of everything that a page can show; by kind the number of one."""
    place = shop.site.place
    concern = seed.escalated(place, comment="It drips.\nNobody came.")
    seed.to_be_called(place, customer_timezone="Pacific/Auckland")
    call = seed.to_be_called(place, customer_name="Maximiliane-Alexandra von und zu Hohenstein-Wolfenbüttel")
    reply = seed.reply(place, concern.case_id, "Who was that? " * 40)
    danger = seed.alarm(place, seed.asked(place).case_id)
    seed.ended(place)
    handled = place.policy.rules.escalation.routes[-1].handled_by
    asking = Asking(department=handled, what="Send the invoice again.", due_at=shop.site.clock.now + timedelta(days=2))
    with place.store.write() as db:
        subtask = ask(db, concern.escalation_id or 0, asking, by=Author(name="Olga Brandt"), at=shop.site.clock.now)
    person = let_in(shop.site, *Role, name="Olga Brandt", password=PASSWORD)
    return {"case": concern.case_id, "concern": concern.escalation_id or 0, "call": call, "reply": reply,
            "alarm": danger, "person": person.id, "subtask": subtask, "review": make_review(shop.site)}  # fmt: skip


def test_axe_finds_nothing_and_nothing_sticks_out(shop: Shop, visit: Visit):
    numbers = a_working_day(shop)
    staff = sign_in(shop.site, *Role)
    page = visit(f"{shop.address}/console/sign-in", bypass_csp=True)
    found = {"/console/sign-in": faults_in(page)}
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    staff.send(f"/console/calls/{numbers['call']}/claim", f"/console/calls/{numbers['call']}")
    for address in [*pages_of(shop, numbers), "/console/nothing-of-this-name"]:
        page.goto(shop.address + address)
        found[address] = faults_in(page)
    assert {address: faults for address, faults in found.items() if faults} == {}


def test_axe_finds_nothing_on_an_empty_console(shop: Shop, visit: Visit):
    staff = sign_in(shop.site, *Role)
    page = visit(f"{shop.address}/console/sign-in", bypass_csp=True)
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    nobody: dict[Kind, int] = dict.fromkeys(get_args(Kind), 99)
    for address in pages_of(shop, nobody):
        page.goto(shop.address + address)
        assert faults_in(page) == [], address


def test_no_page_is_larger_than_100_kilobytes(shop: Shop):
    numbers = a_working_day(shop)
    for number in range(60):
        seed.to_be_called(shop.site.place, customer_name=f"Customer {number}")
        seed.reply(shop.site.place, text=f"{number} " + "A long reply. " * 200)
    staff = sign_in(shop.site, *Role)
    sizes = {address: len(staff.open(address).content) for address in pages_of(shop, numbers)}
    assert {address: size for address, size in sizes.items() if size > MOST_BYTES} == {}
    assert len(sizes) >= 6


def test_doors_that_are_added_are_found(shop: Shop):
    """What this file rests on."""
    added = Door(path="/console/x/{number}", handler=lambda _: Shown(template="refused"), of="case")
    assert _address(added, {"case": 7}) == "/console/x/7"
    with pytest.raises(AssertionError, match="nothing is seeded"):
        _address(added, {})
