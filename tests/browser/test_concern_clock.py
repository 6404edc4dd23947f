"""The clock of a concern in a browser: no fault that axe knows, and the keyboard suffices."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page

from casework.closing import ask_for_unreachable, log_call
from casework.pauses import pause
from models.escalations import acknowledge
from tests import seed
from tests.browser.conftest import Shop
from tests.browser.looks import faults_in
from tests.console import COOKIE, sign_in
from vocabulary import CallOutcome, Role

Visit = Callable[..., Page]
TAKEN_AT = seed.ANSWERED_AT + timedelta(hours=1)


def concern(shop: Shop, *, state: str) -> int:
    """Its number. `state`: "late", "taken", "paused" or "to sign"."""
    place = shop.site.place
    seeded = seed.escalated(place, email=None, phone="+49 30 23125017", channels=["phone"])
    number = seeded.escalation_id
    assert number is not None
    if state == "late":
        return number
    with place.store.write() as db:
        acknowledge(db, number, by="Petra Lindqvist", at=TAKEN_AT)
        if state == "paused":
            pause(db, number, code="third party", note="The insurer has to decide first.", by="Petra Lindqvist",
                  at=TAKEN_AT)  # fmt: skip
        if state == "to sign":
            for _ in range(3):
                log_call(db, number, CallOutcome.NO_ANSWER, by="Petra Lindqvist", at=TAKEN_AT + timedelta(hours=1))
            ask_for_unreachable(db, number, root_cause="billing", action="The invoice was corrected.",
                                by="Petra Lindqvist", at=TAKEN_AT + timedelta(days=8))  # fmt: skip
    return number


def opened(shop: Shop, visit: Visit, number: int, **look: object) -> Page:
    """The page as a supervisor sees it, eight days later."""
    shop.site.clock.now = TAKEN_AT + timedelta(days=8)
    staff = sign_in(shop.site, Role.SERVICE_MANAGER, name="Marek Novak")
    page = visit(shop.address, **look)
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    page.goto(f"{shop.address}/console/concerns/{number}/clock")
    return page


def test_axe_finds_nothing(shop: Shop, visit: Visit):
    for state in ("late", "taken", "paused", "to sign"):
        page = opened(shop, visit, concern(shop, state=state), bypass_csp=True)
        assert page.locator("h1").inner_text().startswith("Clock of concern")
        assert faults_in(page) == [], state


def test_what_is_late_says_so_without_any_colour(shop: Shop, visit: Visit):
    page = opened(shop, visit, concern(shop, state="late"), forced_colors="active")
    assert page.get_by_text("late by").count() == 3


def test_a_supervisor_signs_by_keyboard_alone(shop: Shop, visit: Visit):
    page = opened(shop, visit, concern(shop, state="to sign"))
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Sign that everything was tried":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("text=You have signed.")
    assert "Closed as unreachable" in page.locator("main").inner_text()
