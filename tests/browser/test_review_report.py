"""A monthly report in a browser: it is shown with its styles, and nothing in it runs or fetches."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import Shop
from tests.console import COOKIE, sign_in
from tests.reviews import REPORT, make_review
from vocabulary import Role


def test_a_report_is_shown_with_its_styles_and_runs_nothing(shop: Shop, visit: Callable[..., Page]):
    hostile = REPORT + "<script>document.title = 'ran'</script><img src=/static/console.css onerror=alert(1)>"
    staff = sign_in(shop.site, Role.MANAGEMENT)
    number = make_review(shop.site, report=hostile)
    page = visit(f"{shop.address}/console/sign-in")
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    other = page.context.new_page()  # its complaints about what was kept out are what is wanted
    other.goto(f"{shop.address}/console/reviews")
    other.get_by_role("link", name="October 2026, version 1").click()
    paragraph = other.get_by_text("40 services")
    paragraph.wait_for()
    assert other.url == f"{shop.address}/console/reviews/{number}"
    assert paragraph.evaluate("node => getComputedStyle(node).color") == "rgb(0, 128, 0)"
    assert other.title() == "Review"
