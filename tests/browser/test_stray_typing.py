"""Whoever types into nothing has done nothing: words meant for another window, on every page of the console."""

from collections.abc import Callable

from playwright.sync_api import Error, Page
from sqlalchemy import select

from models.tables import calls, suppressions
from tests import seed
from tests.browser.conftest import Shop
from tests.console import COOKIE, Staff, sign_in
from tests.dump import dump
from tests.hostile_day import HostileDay
from tests.review_queue import to_review
from vocabulary import Role

Visit = Callable[..., Page]
WORDS = ("heater", "stop", "no", "okay", "123")
FOCUSABLE = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary"


def at(shop: Shop, visit: Visit, staff: Staff, path: str) -> Page:
    page = visit("about:blank")
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    page.goto(f"{shop.address}{path}")
    return page


def go(page: Page, address: str) -> None:
    """Also when a key has just led to another page, which then is not waited for."""
    for _ in range(5):
        try:
            page.goto(address)
        except Error as error:
            told = str(error)
            page.wait_for_timeout(100)
        else:
            return
    raise AssertionError(f"{address} is not shown: {told}")


def focus(page: Page, address: str, one: int) -> None:
    for _ in range(5):
        try:
            if page.url != address:
                page.goto(address)
            page.locator("main").locator(FOCUSABLE).nth(one).evaluate("thing => thing.focus()", timeout=2_000)
        except Error:
            page.wait_for_timeout(100)
        else:
            return
    raise AssertionError(f"{address} is not shown")


def test_typing_words_on_any_page_changes_nothing(shop: Shop, visit: Visit):
    """With the focus on nothing, and on each thing that can have it. Places in the menu are the same everywhere."""
    day = HostileDay(shop.site, ["a word"])
    page = at(shop, visit, day.staff, "/console")
    addresses = [address for _, address in day.addresses()]
    fields = 0
    for address in addresses:
        before = dump(shop.site.store)
        for word in WORDS:
            go(page, shop.address + address)
            page.keyboard.type(word)
        go(page, shop.address + address)
        things = page.locator("main").locator(FOCUSABLE)
        count = things.count()
        for one in range(count):
            focus(page, shop.address + address, one)
            page.keyboard.type("".join(WORDS))
        fields += count
        go(page, shop.address + address)
        assert dump(shop.site.store) == before, address
    assert len(addresses) > 40
    assert fields > 200


def test_a_word_and_enter_opt_nobody_out(shop: Shop, visit: Visit):
    number = seed.to_be_called(shop.site.place)
    reply = to_review(shop.site.place, seed.asked(shop.site.place).case_id)
    staff = sign_in(shop.site, Role.SERVICE_TEAM)
    staff.send(f"/console/calls/{number}/claim", f"/console/calls/{number}")
    for path in (f"/console/calls/{number}", f"/console/replies/{reply}"):
        page = at(shop, visit, staff, path)
        for word in ("heater", "okay", "refused", "now"):
            page.keyboard.type(word)
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            page.keyboard.type(word)
            page.keyboard.press("Enter")
            page.wait_for_load_state("networkidle")
            with shop.site.store.read() as db:
                assert db.execute(select(suppressions)).all() == [], (path, word)
                outcome = db.execute(select(calls.c.outcome).where(calls.c.id == number)).scalar_one()
            assert outcome not in ("refused", "wrong number")
            go(page, shop.address + path)
