"""The worst of the hostile texts, in a real browser: no dialog, no request to elsewhere, no complaint."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.conftest import Shop
from tests.console import COOKIE
from tests.hostile import HOSTILE
from tests.hostile_day import HostileDay

Visit = Callable[..., Page]
KINDS = ("scripts", "elements with events", "attributes", "entities and open ends")
WORST = [text for kind in KINDS for text in HOSTILE[kind]
         if "alert" in text or "evil" in text or text.startswith(("</", "<!"))][:40]  # fmt: skip


def test_no_page_does_what_a_text_says(shop: Shop, visit: Visit):
    """What fits into a short field changes from day to day; long fields hold all of it every day."""
    asked: set[str] = set()
    dialogs: list[str] = []
    for first in range(0, len(WORST), 20):
        day = HostileDay(shop.site, [f"x {text}" for text in WORST[first:] + WORST[:first]])
        page = visit("about:blank")
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.context.add_cookies([{"name": COOKIE, "value": day.staff.token, "url": shop.address}])
        for name, address in day.addresses():
            page.goto(shop.address + address, wait_until="load")
            assert page.url == shop.address + address, name
            assert page.locator("main img, main svg, main script, main iframe, main style, main base").count() == 0
    assert len(WORST) >= 30
    assert dialogs == []
    assert asked == {urlsplit(shop.address).netloc}
