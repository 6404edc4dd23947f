"""Every page a customer can meet: no fault that axe knows, light and dark, on a telephone and on a desk."""

from collections.abc import Callable

from playwright.sync_api import Page

from models.tables import services
from tasks.open_cases import cancel_reopened
from tests import seed
from tests.browser.conftest import Shop
from tests.browser.looks import faults_by_name

Visit = Callable[..., Page]


def test_axe_finds_nothing(shop: Shop, visit: Visit):
    options = {"bypass_csp": True}
    place = shop.site.place
    fresh, answered, faulty = seed.asked(place), seed.answered(place, comment="Well done."), seed.asked(place)
    reopened = seed.asked(place)
    with place.store.write() as db:
        db.execute(services.update().where(services.c.id == reopened.service_id).values(reopened_at=seed.ASKED_AT))
    cancel_reopened.fn(seed.ASKED_AT)
    addresses = {
        "again": shop.link(reopened.survey),
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
    less.get_by_text("Pause for 90 days").click()
    less.get_by_role("button", name="Save my choice").click()
    less.wait_for_selector("h1:has-text('Your choice is saved')")
    pages["preference set"] = less
    assert faults_by_name(pages) == {}


def _press(page: Page, then: str) -> Page:
    page.get_by_role("button").first.click()
    page.wait_for_selector(then)
    return page
