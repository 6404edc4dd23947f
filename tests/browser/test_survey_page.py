"""The survey as customers meet it: by keyboard, by thumb, without scripts, in the dark; and as scanners meet it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models.tables import answers
from tests import seed
from tests.browser.conftest import Shop
from tests.dump import dump

Visit = Callable[..., Page]
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def said(shop: Shop) -> list[tuple]:
    with shop.site.store.read() as db:
        wanted = select(answers.c.rating, answers.c.comment, answers.c.contact_me).order_by(answers.c.id)
        return [tuple(row) for row in db.execute(wanted)]


def test_the_whole_survey_can_be_answered_by_keyboard(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    page = visit(shop.link(case.survey))
    shop.site.clock.tick(seconds=5)
    keys = page.keyboard
    keys.press("Tab")
    assert _focused(page) == "rating-1"
    for _ in range(3):
        keys.press("ArrowRight")  # which also chooses, as radio buttons do
    assert _focused(page) == "rating-4"
    keys.press("Tab")
    assert _focused(page) == "comment"
    keys.type("Quick and clean.")
    keys.press("Tab")
    keys.press("Space")
    assert _focused(page) == "contact_me"
    keys.press("Tab")
    assert _focused(page) == "Send my answer"
    keys.press("Enter")
    page.wait_for_selector("h1:has-text('Thank you')")
    assert said(shop) == [(4, "Quick and clean.", True)]


def test_it_can_be_answered_with_a_thumb(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    page = visit(shop.link(case.survey), **PHONE)
    shop.site.clock.tick(seconds=5)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for target in page.locator("label.choice, button").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44
    page.get_by_text("Not satisfied", exact=True).tap()
    page.locator("#comment").tap()
    page.locator("#comment").fill("Still dripping")
    page.get_by_text("Please contact me").tap()
    page.get_by_role("button", name="Send my answer").tap()
    page.wait_for_selector("text=Your concern is with a person of our team")
    assert said(shop) == [(2, "Still dripping", True)]


def test_it_needs_no_scripts(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    page = visit(shop.link(case.survey, "?r=5"), java_script_enabled=False)
    shop.site.clock.tick(seconds=5)
    page.get_by_role("button", name="Send my answer").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert said(shop) == [(5, None, False)]


def test_a_rating_link_ticks_the_rating_and_no_more(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    before = dump(shop.site.store)
    page = visit(shop.link(case.survey, "?r=2"))
    assert page.locator("#rating-2").is_checked()
    assert page.locator("input:checked").count() == 1
    assert dump(shop.site.store) == before


def test_a_page_that_is_loaded_run_and_left_open_changes_nothing(shop: Shop, visit: Visit):
    """As the sandboxes of mail filters do with every link of a mail, the hidden one too."""
    case = seed.asked(shop.site.place)
    before = dump(shop.site.store)
    pages = [visit(shop.link(case.survey, query)) for query in ("", "?r=1", "?r=5", "/v")]
    pages.append(visit(f"{shop.address}/u/{case.unsubscribe}"))
    for page in pages:
        page.wait_for_load_state("networkidle")
    shop.site.clock.tick(seconds=30)
    pages[0].wait_for_timeout(3000)
    assert dump(shop.site.store) == before
    assert shop.site.bell.sounds == []


def test_a_program_that_presses_at_once_is_asked_again(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    page = visit(shop.link(case.survey, "?r=1"))
    page.get_by_role("button").click()
    page.wait_for_selector("text=Please press the button once more")
    assert page.locator("#rating-1").is_checked()
    assert said(shop) == []


def test_a_fault_is_announced_and_leads_to_its_field(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    page = visit(shop.link(case.survey))
    shop.site.clock.tick(seconds=5)
    page.get_by_role("button").click()
    alert = page.get_by_role("alert")
    alert.get_by_role("link", name="Please choose a rating").click()
    assert _focused(page) in ("rating-1", "")
    assert page.title().startswith("Please check: ")
    page.get_by_text("Very satisfied", exact=True).click()
    page.get_by_role("button").click()
    page.wait_for_selector("h1:has-text('Thank you')")


def test_back_after_sending_does_not_send_again(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    page = visit(shop.link(case.survey))
    shop.site.clock.tick(seconds=5)
    page.get_by_text("Neutral", exact=True).click()
    page.get_by_role("button").click()
    page.wait_for_selector("h1:has-text('Thank you')")
    page.go_back()
    page.wait_for_selector("form.survey")
    shop.site.clock.tick(seconds=5)
    page.get_by_text("Satisfied", exact=True).click()
    page.get_by_role("button").click()
    page.wait_for_selector("h1:has-text('Thank you'), [role=alert]")
    if page.get_by_role("alert").count():  # the browser had kept the old form: it is asked for once more
        shop.site.clock.tick(seconds=5)
        page.get_by_role("button").click()
        page.wait_for_selector("h1:has-text('Thank you')")
    assert said(shop) == [(3, None, False), (4, None, False)]


def test_no_more_surveys_takes_one_button(shop: Shop, visit: Visit):
    case = seed.asked(shop.site.place)
    page = visit(f"{shop.address}/u/{case.unsubscribe}", java_script_enabled=False)
    page.get_by_role("button", name="Yes, no more surveys").click()
    page.get_by_role("heading", name="Done: no more surveys").wait_for()
    assert shop.site.client.get(f"/s/{case.survey}").status_code == 404


@pytest.mark.parametrize(
    "comment", ["</textarea><script>alert(1)</script>", "\n\n<img src=x onerror=alert(1)>", "&amp;lt;"]
)
def test_what_was_typed_comes_back_as_typed_and_does_nothing(shop: Shop, visit: Visit, comment: str):
    case = seed.asked(shop.site.place, customer_name="<b>Anna</b>", branch='"><img src=x onerror=alert(1)>')
    page = visit(shop.link(case.survey))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.locator("#comment").fill(comment)
    page.get_by_role("button").click()
    page.wait_for_selector("[role=alert]")
    assert page.locator("#comment").input_value() == comment
    assert page.locator("main img, main script, main b").count() == 0
    assert dialogs == []


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
