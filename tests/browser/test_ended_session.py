"""A session ends while somebody writes: in a browser, by keyboard, with and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.tables import notes
from tests import seed
from tests.browser.conftest import Shop
from tests.browser.looks import faults_in
from tests.console import COOKIE, PASSWORD, at_browser, let_in
from vocabulary import Role

Visit = Callable[..., Page]
TEXT = "She was promised a call at 3.\nNobody called."


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_written_is_there_again_after_signing_in(shop: Shop, visit: Visit, scripts: bool):
    case = seed.asked(shop.site.place)
    staff = at_browser(shop.site, let_in(shop.site, Role.SERVICE_TEAM, password=PASSWORD))
    page = visit("about:blank", java_script_enabled=scripts, bypass_csp=True)
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    page.goto(f"{shop.address}/console/cases/{case.case_id}")
    page.get_by_text("Comment", exact=True).first.click()
    page.locator("#f-comment").fill(TEXT)
    shop.site.clock.tick(minutes=31)
    page.get_by_role("button", name="Keep the comment").press("Enter")
    expect(page.locator("p.done")).to_contain_text("Nothing you wrote is lost")
    if scripts:
        assert faults_in(page) == []
    page.locator("#email").fill(staff.person.email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.locator("#f-comment")).to_have_value(TEXT)
    with shop.site.store.read() as db:
        assert db.execute(select(notes)).all() == []
    page.get_by_role("button", name="Keep the comment").press("Enter")
    expect(page.locator("p.done")).to_contain_text("Your comment is kept.")
    with shop.site.store.read() as db:
        assert db.execute(select(notes.c.text)).scalars().all() == [TEXT]
    assert "promised" not in page.url
