"""The guide of each role fits on one sheet of paper, and nothing of the console's frame is printed with it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from templates.guides import Guide, guides
from tests.browser.conftest import Shop
from tests.console import COOKIE, sign_in
from vocabulary import Role

Visit = Callable[..., Page]


@pytest.mark.parametrize("guide", guides().values(), ids=lambda guide: guide.name)
def test_a_guide_is_one_sheet_of_a4(shop: Shop, visit: Visit, guide: Guide):
    page = _at_help(shop, visit, guide.role)
    assert page.locator("h1").inner_text() == guide.title, "everybody's own comes first"
    sheets = re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True))
    assert len(sheets) == 1
    page.emulate_media(media="print")
    assert not page.locator(".top").is_visible()
    assert page.get_by_role("heading", name="When something is late").is_visible()


def test_the_other_guides_are_one_step_away(shop: Shop, visit: Visit):
    page = _at_help(shop, visit, Role.QA)
    page.get_by_role("link", name="Supervisor", exact=True).click()
    assert page.locator("h1").inner_text() == "Supervisor"


def _at_help(shop: Shop, visit: Visit, role: Role) -> Page:
    staff = sign_in(shop.site, role)
    page = visit(f"{shop.address}/console/sign-in")
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    page.goto(f"{shop.address}/console")
    page.get_by_role("link", name="Help", exact=True).click()
    return page
