"""Every page a customer can meet: no fault that axe knows, light and dark, on a telephone and on a desk."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests import seed
from tests.browser.conftest import Shop

Visit = Callable[..., Page]
LOOKS = [(width, scheme) for width in (390, 1440) for scheme in ("light", "dark")]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing(shop: Shop, visit: Visit, width: int, scheme: str):
    options = {"width": width, "color_scheme": scheme, "bypass_csp": True}  # axe is a script, which our pages refuse
    place = shop.site.place
    fresh, answered, faulty = seed.asked(place), seed.answered(place, comment="Well done."), seed.asked(place)
    addresses = {
        "survey": shop.link(fresh.survey),
        "preselected": shop.link(fresh.survey, "?r=2"),
        "already answered": shop.link(answered.survey),
        "unavailable": shop.link("x"),
        "unsubscribe": f"{shop.address}/u/{fresh.unsubscribe}",
        "home": shop.address,
    }
    shop.site.clock.now = seed.ANSWERED_AT
    pages = {name: visit(address, **options) for name, address in addresses.items()}
    pages["fault"] = _press(visit(shop.link(faulty.survey), **options), "[role=alert]")
    concern = visit(shop.link(seed.asked(place).survey, "?r=1"), **options)
    good = visit(shop.link(seed.asked(place).survey, "?r=5"), **options)
    shop.site.clock.tick(seconds=5)
    pages |= {"concern": _press(concern, "text=Your concern"), "thanks": _press(good, "text=has arrived")}
    pages["unsubscribed"] = _press(visit(f"{shop.address}/u/x", **options), "text=Done")
    less = visit(f"{shop.address}/u/x", **options)
    less.get_by_text("A pause of 90 days").click()
    less.get_by_role("button", name="Save my choice").click()
    less.wait_for_selector("h1:has-text('Your choice is saved')")
    pages["preference set"] = less
    found = {name: Axe().run(page) for name, page in pages.items()}
    assert {name: result.generate_report() for name, result in found.items() if result.violations_count} == {}
    for page in pages.values():
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def _press(page: Page, then: str) -> Page:
    page.get_by_role("button").first.click()
    page.wait_for_selector(then)
    return page
