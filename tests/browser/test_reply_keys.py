"""Replies by keyboard alone: a key and Enter, and the next reply is there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.replies import Settlement
from models.tables import answers, messages, suppressions
from tests import seed
from tests.browser.conftest import Shop
from tests.console import COOKIE, sign_in
from tests.review_queue import reply_row, to_review
from vocabulary import Purpose, Role
from web.console.keys import KEYS

Visit = Callable[..., Page]


def at(shop: Shop, visit: Visit, path: str = "/console/replies", **options: object) -> Page:
    staff = sign_in(shop.site, Role.SERVICE_TEAM)
    page = visit("about:blank", **{"width": 390, **options})
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    page.goto(f"{shop.address}{path}")
    return page


def head(page: Page, number: int) -> None:
    expect(page.locator("h1")).to_have_text(f"Reply {number}")


def do(page: Page, key: str) -> None:
    page.keyboard.press(key)
    page.keyboard.press("Enter")


def ratings(shop: Shop) -> list[int | None]:
    with shop.site.store.read() as db:
        return list(db.execute(select(answers.c.rating).order_by(answers.c.id)).scalars())


def count(shop: Shop, table) -> int:
    with shop.site.store.read() as db:
        return len(db.execute(select(table)).all())


@pytest.mark.parametrize("place", KEYS, ids=lambda place: place.label)
def test_a_key_does_one_thing_on_a_page(place):
    keys = [key.key for key in place.keys]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 1 and key.isascii() and key.isalnum() and key.islower() | key.isdigit() for key in keys)


def test_a_queue_is_worked_off_with_a_key_and_enter_each(shop: Shop, visit: Visit):
    place = shop.site.place
    cases = [seed.asked(place).case_id for _ in range(6)]
    proposed = to_review(place, cases[0], "4, I would say", proposal=Settlement.ANSWER, rating=4)
    numbers = [proposed, *(to_review(place, case, f"Words {case}") for case in cases[1:])]
    page = at(shop, visit)
    page.keyboard.press("n")
    for number, key in zip(numbers, ("y", "2", "c", "m", "d", "5"), strict=True):
        head(page, number)
        do(page, key)
    expect(page.locator("main")).to_contain_text("No replies are left to review.")
    made = [reply_row(place, number).settlement for number in numbers]
    assert made == ["answer", "answer", "concern", "automatic", "noted", "answer"]
    assert ratings(shop) == [4, 2, None, 5]


def test_yes_and_no_to_the_question_whether_it_was_put_right(shop: Shop, visit: Visit):
    place = shop.site.place
    first, second = (to_review(place, seed.recovering(place).case_id) for _ in range(2))
    page = at(shop, visit, f"/console/replies/{first}")
    do(page, "p")
    head(page, second)
    do(page, "x")
    expect(page.locator("main")).to_contain_text("No replies are left to review.")
    assert [reply_row(place, number).settlement for number in (first, second)] == ["confirmed", "not confirmed"]


def test_an_opt_out_of_everything_takes_a_page_and_a_button(shop: Shop, visit: Visit):
    number = to_review(shop.site.place, seed.asked(shop.site.place).case_id)
    page = at(shop, visit, f"/console/replies/{number}")
    page.keyboard.press("o")
    expect(page.locator("h1")).to_contain_text("what does the customer refuse?")
    assert count(shop, suppressions) == 0
    page.keyboard.press("b")
    head(page, number)
    page.keyboard.press("o")
    expect(page.locator("h1")).to_contain_text("what does the customer refuse?")
    for field in ("#f-until", "#w-everything"):
        page.locator(field).focus()
        page.keyboard.press("y")
        page.keyboard.press("Enter")
    assert count(shop, suppressions) == 0, "no key and no Enter in a field records an opt-out"
    page.get_by_role("button", name="Record the opt-out").press("Enter")
    expect(page.locator("p.done")).to_contain_text("The opt-out is recorded.")
    assert count(shop, suppressions) == 2
    page.get_by_role("button", name="Undo the opt-out").press("Enter")
    expect(page.locator("p.done")).to_contain_text("The opt-out is undone.")
    assert count(shop, suppressions) == 0


def test_next_leaves_a_reply_for_later(shop: Shop, visit: Visit):
    first, second = to_review(shop.site.place), to_review(shop.site.place)
    page = at(shop, visit, f"/console/replies/{first}")
    page.keyboard.press("n")
    head(page, second)
    page.keyboard.press("n")
    head(page, first)
    assert reply_row(shop.site.place, first).settled_at is None


def test_keys_are_letters_while_somebody_writes(shop: Shop, visit: Visit):
    number = to_review(shop.site.place, seed.asked(shop.site.place).case_id)
    page = at(shop, visit, f"/console/replies/{number}")
    page.keyboard.press("w")
    expect(page.locator("#c-email")).to_be_focused()
    page.locator("#f-message").focus()
    page.keyboard.type("come 1 day? yes")
    page.locator("#c-email").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("p.done")).to_contain_text("Your message is scheduled")
    assert ratings(shop) == []
    assert reply_row(shop.site.place, number).settled_at is None
    with shop.site.store.read() as db:
        assert db.execute(select(messages.c.purpose).where(messages.c.purpose == Purpose.ANSWER_TO_REPLY)).all()


def test_a_reason_that_is_asked_for_is_written_and_not_pressed(shop: Shop, visit: Visit):
    number = to_review(shop.site.place, seed.asked(shop.site.place).case_id, proposal=Settlement.OPT_OUT)
    page = at(shop, visit, f"/console/replies/{number}")
    do(page, "4")
    expect(page.locator("p.fault")).to_contain_text("give the reason why it is none")
    page.get_by_label("Why it is no opt-out").fill("only until Friday")
    page.locator("h1").click()
    do(page, "4")
    expect(page.locator("p.done")).to_contain_text("No replies are left to review.")
    assert reply_row(shop.site.place, number).reason == "only until Friday"


def test_a_question_mark_shows_the_keys_of_the_page(shop: Shop, visit: Visit):
    number = to_review(shop.site.place)
    page = at(shop, visit, f"/console/replies/{number}")
    listed = page.locator("#keys")
    expect(listed).to_be_hidden()
    page.keyboard.press("?")
    expect(listed).to_be_visible()
    expect(listed.get_by_text("Done, nothing to record")).to_be_visible()
    expect(listed.get_by_text("Put right: yes")).to_be_hidden()
    page.keyboard.press("d")
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    assert reply_row(shop.site.place, number).settled_at is None, "the list does not let keys through"


def test_modifiers_belong_to_the_browser_and_keys_can_be_switched_off(shop: Shop, visit: Visit):
    number = to_review(shop.site.place)
    page = at(shop, visit, f"/console/replies/{number}")
    page.keyboard.press("Control+d")
    page.get_by_role("button", name="Switch the keys off").click()
    page.reload()
    do(page, "d")
    page.reload()
    assert reply_row(shop.site.place, number).settled_at is None


def test_a_key_pressed_twice_does_it_once(shop: Shop, visit: Visit):
    number = to_review(shop.site.place, seed.asked(shop.site.place).case_id)
    page = at(shop, visit, f"/console/replies/{number}")
    page.keyboard.press("3")
    page.evaluate("for (let at = 0; at < 2; at += 1) document.activeElement.click()")
    expect(page.locator("p.done")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert ratings(shop) == [3]


def test_going_back_shows_that_it_is_done(shop: Shop, visit: Visit):
    first, second = to_review(shop.site.place), to_review(shop.site.place)
    page = at(shop, visit, f"/console/replies/{first}")
    do(page, "d")
    head(page, second)
    page.go_back()
    page.reload()
    expect(page.locator("main")).to_contain_text("Robin Weaver reviewed it")
    assert page.get_by_role("button", name="Done, nothing to record").count() == 0


def test_it_works_without_scripts(shop: Shop, visit: Visit):
    number = to_review(shop.site.place, seed.asked(shop.site.place).case_id, proposal=Settlement.ANSWER, rating=4)
    page = at(shop, visit, f"/console/replies/{number}", java_script_enabled=False)
    page.get_by_role("button", name="Confirm: an answer with rating 4 of 5").click()
    page.get_by_text("No replies are left to review.").wait_for()
    assert ratings(shop) == [4]
