"""Taking opt-outs back in a browser: the customer's two presses, and the supervisor's two steps."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from models.optouts import opt_out
from models.tables import suppressions
from tests import seed
from tests.browser.conftest import Shop
from tests.browser.looks import faults_in
from tests.console import COOKIE, sign_in
from vocabulary import Role

Visit = Callable[..., Page]


def left(shop: Shop) -> int:
    with shop.site.store.read() as db:
        return int(db.execute(select(func.count()).select_from(suppressions)).scalar_one())


def test_a_customer_leaves_and_comes_back_with_two_presses_without_scripts(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    shop.site.clock.tick(days=1)
    page = visit(f"{shop.address}/u/{case.unsubscribe}", width=390, java_script_enabled=False)
    expect(page.get_by_role("button", name="Receive surveys again")).to_have_count(0)
    page.get_by_role("button", name="Yes, no more surveys").click()
    expect(page.get_by_role("heading", name="Done: no more surveys")).to_be_visible()
    page.goto(f"{shop.address}/u/{case.unsubscribe}")
    page.get_by_role("button", name="Receive surveys again").click()
    expect(page.get_by_role("heading", name="Please press once more")).to_be_visible()
    assert left(shop) > 0
    shop.site.clock.tick(seconds=3)
    page.get_by_role("button", name="Receive surveys again").click()
    expect(page.get_by_role("heading", name="Done: you will receive surveys again")).to_be_visible()
    assert left(shop) == 0


def test_a_supervisor_lifts_from_the_page_of_the_case_by_keyboard_alone(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    with shop.site.store.write() as db:
        opt_out(db, case.case_id, at=shop.site.clock.now, source="test", recorded_by="Petra Lindqvist")
    page = visit("about:blank", width=390, bypass_csp=True)
    staff = sign_in(shop.site, Role.SERVICE_MANAGER)
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    page.goto(f"{shop.address}/console/cases/{case.case_id}")
    page.get_by_role("link", name="Recorded by mistake?").press("Enter")
    expect(page.get_by_label("Reason")).to_be_visible()
    assert faults_in(page) == []
    page.get_by_label("Reason").fill("They meant the newsletter.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("p.done")).to_contain_text("The opt-out is lifted.")
    assert left(shop) == 0
