"""A mail in the hands of a sandbox: a real browser that follows every link and presses every button."""

import re

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select

from models.doubts import is_unconfirmed
from models.tables import answers, cases, escalations, suppressions
from tasks.concerns import judge_answers
from tests import seed
from tests.browser.conftest import Shop
from vocabulary import LinkPurpose, Stage

BUTTONS = "button, input[type=submit]"


@pytest.mark.parametrize("disguised", [False, True], ids=["headless", "disguised"])
@pytest.mark.parametrize("writes", ["", "sandbox"], ids=["without comment", "with comment"])
def test_a_browser_that_presses_everything_is_not_taken_for_a_person(
    shop: Shop, browser: Browser, disguised: bool, writes: str
):
    case, now = seed.asked(shop.site.place), shop.site.clock.now
    survey = seed.add_link(shop.site.place, case.case_id, LinkPurpose.SURVEY, at=now)
    leave = seed.add_link(shop.site.place, case.case_id, LinkPurpose.UNSUBSCRIBE, at=now, days=60)
    links = [shop.link(survey, rest) for rest in ("?r=1", "?r=2", "?r=3", "?r=4", "?r=5", "", "/v")]
    agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser.version}"
    context = browser.new_context(**({"user_agent": agent} if disguised else {}))
    pages = [context.new_page() for _ in (*links, leave)]
    for page, link in zip(pages, [*links, f"{shop.address}/u/{leave}"], strict=True):
        page.goto(link)
    shop.site.clock.tick(seconds=4)
    pressed = sum(_press_everything(shop, page, writes) for page in pages)
    context.close()
    assert pressed >= 6
    shop.site.clock.tick(minutes=11)
    judge_answers.fn([case.case_id], shop.site.clock.now)
    with shop.site.store.read() as db:
        found = db.execute(select(cases)).one()
        recorded = db.execute(select(func.count()).select_from(answers)).scalar_one()
        believed = db.execute(select(func.count()).select_from(answers).where(~is_unconfirmed())).scalar_one()
        paged = db.execute(select(func.count()).select_from(escalations)).scalar_one()
        left = db.execute(select(func.count()).select_from(suppressions)).scalar_one()
    assert recorded > 0
    assert (believed, paged, left) == (0, 0, 0)
    assert (found.stage, found.rating) == (Stage.ASKED, None)


def _press_everything(shop: Shop, page: Page, writes: str) -> int:
    """Fills in what it finds and presses each button of the page; how many."""
    count, address = page.locator(BUTTONS).count(), page.url
    for number in range(count):
        if number:
            page.goto(address)
        for radio in page.locator("input[type=radio]").all()[:1]:
            if not page.locator("input[type=radio]:checked").count():
                radio.check()
        if writes and page.locator("textarea").count():
            page.locator("textarea").fill(writes)
        page.locator(BUTTONS).nth(number).click()
        page.wait_for_load_state()
        shop.site.clock.tick(seconds=1)
    return count


def test_the_hidden_link_is_in_every_mail_that_asks_and_in_the_page(shop: Shop, browser: Browser):
    """The trap only works where programs find it, and people do not."""
    case = seed.asked(shop.site.place)
    page = browser.new_page()
    page.goto(shop.link(case.survey))
    traps = [link for link in page.locator("a").all() if re.search(r"/v$", link.get_attribute("href") or "")]
    assert len(traps) == 1
    box = traps[0].bounding_box()
    assert box is None or box["x"] < 0 or box["y"] < 0 or box["width"] * box["height"] <= 1
    page.close()
