"""The service team's main path, on a telephone and by keyboard alone: sign in, next call, one key, saved."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models.tables import answers, calls
from tests import seed
from tests.browser.conftest import Shop
from tests.console import COOKIE, PASSWORD, let_in, sign_in
from vocabulary import CallOutcome, Role

Visit = Callable[..., Page]
KEYS = {
    "a": "answered", "s": "solved", "c": "concern", "n": "no answer", "b": "busy", "w": "wrong number", "r": "refused",
    "l": "call back",
}  # fmt: skip
FINAL = {"refused": "The opt-out is recorded", "wrong number": "The call is saved."}


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what has the focus reads like this."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if text in page.evaluate("document.activeElement.textContent + ' ' + document.activeElement.id"):
            return
    raise AssertionError(f"the keyboard does not reach {text!r}")


def recorded(shop: Shop, number: int) -> str | None:
    with shop.site.store.read() as db:
        return db.execute(select(calls.c.outcome).where(calls.c.id == number)).scalar_one()


def on_call(shop: Shop, visit: Visit, number: int, **options: object) -> Page:
    """The page of a call that is in this person's hands."""
    staff = sign_in(shop.site, Role.SERVICE_TEAM)
    path = f"/console/calls/{number}"
    staff.send(f"{path}/claim", path)
    page = visit(f"{shop.address}/console/sign-in", width=390, **options)
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    page.goto(shop.address + path)
    return page


def test_from_signing_in_to_a_saved_call_by_keyboard_alone(shop: Shop, visit: Visit):
    number = seed.to_be_called(shop.site.place)
    person = let_in(shop.site, Role.SERVICE_TEAM, password=PASSWORD)
    page = visit(f"{shop.address}/console", width=390, has_touch=False)
    keys = page.keyboard
    tab_to(page, "email")
    keys.type(person.email)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_selector("text=You are signed in.")
    tab_to(page, "To the calls")
    keys.press("Enter")
    page.wait_for_selector("h1:has-text('Calls')")
    keys.press("n")
    keys.press("Enter")
    page.wait_for_selector("text=This call is yours.")
    keys.press("4")
    tab_to(page, "f-comment")
    keys.type("Came on time, 5 minutes early.")  # these are letters, not keys
    tab_to(page, "Save")
    keys.press("Enter")
    page.wait_for_selector("text=The call is saved.")
    with shop.site.store.read() as db:
        said = db.execute(select(answers)).one()
    assert (said.rating, said.comment) == (4, "Came on time, 5 minutes early.")
    assert recorded(shop, number) == "answered"
    assert "No calls now" in page.content()


@pytest.mark.parametrize(("key", "outcome"), KEYS.items())
def test_one_key_chooses_the_outcome_and_enter_saves_it(shop: Shop, visit: Visit, key: str, outcome: str):
    assert set(KEYS.values()) == set(CallOutcome)
    number = seed.to_be_called(shop.site.place)
    page = on_call(shop, visit, number)
    page.keyboard.press(key)
    assert page.evaluate("document.querySelector('[name=outcome]:checked').value") == outcome
    assert recorded(shop, number) is None, "a key alone must not save anything"
    if outcome == "call back":
        page.locator("#f-call_back_at").fill("2026-10-07T15:00")
        page.locator("#o-call-back").focus()
    if outcome in ("answered", "solved", "concern"):
        page.keyboard.press("2")
        assert page.evaluate("document.querySelector('[name=outcome]:checked').value") == outcome
    page.keyboard.press("Enter")
    if outcome in FINAL:
        page.wait_for_selector("text=Back to the call")
        assert recorded(shop, number) is None, "what cannot be taken back is asked once more"
        page.locator("main").get_by_role("button").click()
    page.wait_for_selector(f"text={FINAL.get(outcome, 'The call is saved.')}")
    assert recorded(shop, number) == outcome


def test_keys_mean_nothing_while_somebody_writes_and_can_be_switched_off(shop: Shop, visit: Visit):
    page = on_call(shop, visit, seed.to_be_called(shop.site.place))
    page.locator("#f-comment").click()
    page.keyboard.type("abc 123")
    page.locator("#f-call_back_at").focus()
    page.keyboard.press("1")
    assert page.locator("[name=outcome]:checked, [name=rating]:checked").count() == 0
    page.get_by_role("button", name="Switch the keys off").click()
    page.keyboard.press("b")
    page.reload()
    page.keyboard.press("b")
    assert page.locator("[name=outcome]:checked").count() == 0
    page.get_by_role("button", name="Switch the keys on").click()
    page.keyboard.press("b")
    assert page.locator("#o-busy").is_checked()


def test_with_modifiers_keys_belong_to_the_browser(shop: Shop, visit: Visit):
    page = on_call(shop, visit, seed.to_be_called(shop.site.place))
    for chord in ("Control+c", "Meta+a"):
        page.keyboard.press(chord)
    assert page.locator("[name=outcome]:checked").count() == 0


def test_it_works_without_scripts(shop: Shop, visit: Visit):
    number = seed.to_be_called(shop.site.place)
    page = on_call(shop, visit, number, java_script_enabled=False)
    page.locator("main").get_by_text("No answer").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The call is saved.").wait_for()
    assert recorded(shop, number) == "no answer"


def test_an_outcome_is_asked_for_before_anything_is_sent(shop: Shop, visit: Visit):
    number = seed.to_be_called(shop.site.place)
    page = on_call(shop, visit, number)
    page.get_by_role("button", name="Save").click()
    assert page.evaluate("document.activeElement.name") == "outcome"
    assert recorded(shop, number) is None


@pytest.mark.parametrize("text", ["</p><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"])
def test_what_customers_are_called_and_say_stays_text(shop: Shop, visit: Visit, text: str):
    case = seed.answered(shop.site.place, rating=2, comment=text)
    reply = seed.reply(shop.site.place, case.case_id, text)
    number = seed.to_be_called(shop.site.place, customer_name=text, branch=text)
    page = on_call(shop, visit, number)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in ("/console", "/console/calls", f"/console/calls/{number}", f"/console/replies/{reply}"):
        page.goto(shop.address + path)
        assert text in page.locator("main").inner_text()
        assert page.locator("main script, main img").count() == 0
    assert dialogs == []
