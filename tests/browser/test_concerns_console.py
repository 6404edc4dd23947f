"""Concerns in a real browser: the main paths of the owner and of the supervisor, on a desk and on a telephone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from models.tables import escalations
from tests import seed
from tests.browser.conftest import Shop
from tests.browser.looks import faults_by_name
from tests.console import COOKIE, Staff, sign_in
from vocabulary import Role

Visit = Callable[..., Page]


@pytest.fixture
def concern(shop: Shop) -> int:
    same = {"email": "ann@example.com", "phone": None}
    number = seed.escalated(shop.site.place, **same, comment="The boiler is off again.").escalation_id
    seed.escalated(shop.site.place, **same)
    shop.site.clock.now = seed.ANSWERED_AT + timedelta(hours=5)
    assert number is not None
    return number


def petra(shop: Shop) -> Staff:
    return sign_in(shop.site, Role.SERVICE_TEAM, name="Petra Lindqvist", departments=["Heating"])


def marek(shop: Shop) -> Staff:
    return sign_in(shop.site, Role.SERVICE_MANAGER, name="Marek Novak", departments=["Heating"])


@pytest.fixture
def at_desk(shop: Shop, visit: Visit) -> Callable[..., Page]:
    """`at_desk(staff, path, width=390, ...)`: the page in a browser in which they are signed in."""

    def open_page(staff: Staff, path: str, **options: object) -> Page:
        page = visit("about:blank", **options)
        page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
        page.goto(f"{shop.address}{path}")
        return page

    return open_page


def test_the_owner_takes_it_writes_asks_and_resolves_on_a_telephone(shop: Shop, concern: int, at_desk):
    page = at_desk(petra(shop), "/console/concerns", width=390)
    page.get_by_role("link", name=f"{concern}, dissatisfied").click()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("p.done")).to_have_text("The concern is in your hands.")
    page.get_by_text("Write to the customer", exact=True).click()
    page.get_by_label("E-mail", exact=True).check()
    page.get_by_label("Message", exact=True).fill("Tom comes on Friday.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Tom comes on Friday.")).to_be_visible()
    page.get_by_text("Ask another department", exact=True).click()
    page.locator("#f-subtask_department").select_option("Plumbing")
    page.get_by_label("What is to be done").fill("Check the pipe, please.")
    page.get_by_label("By when").fill("2026-10-08T12:00")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator("summary", has_text="Resolve").click()
    page.get_by_label("Root cause").select_option("parts")
    page.get_by_label("Action taken").fill("The valve was replaced.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("alert")).to_contain_text("sub-task 1 is still open")
    expect(page.get_by_label("Action taken")).to_have_value("The valve was replaced.")
    page.get_by_role("link", name="1, Plumbing").click()
    page.get_by_label("What was done").fill("The pipe is tight.")
    page.get_by_role("button", name="It is done").click()
    page.get_by_role("link", name=f"concern {concern}").click()
    page.locator("summary", has_text="Resolve").click()
    page.get_by_label("Root cause").select_option("parts")
    page.get_by_label("Action taken").fill("The valve was replaced.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("p.done")).to_contain_text("The concern is resolved.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_supervisor_hands_over_and_attaches_with_the_keyboard_alone(shop: Shop, concern: int, at_desk):
    page = at_desk(marek(shop), f"/console/concerns/{concern}")
    page.locator("summary", has_text="Hand over").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Tom")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("He knows this boiler.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("p.done")).to_contain_text("The concern is handed over")
    expect(page.get_by_text("Tom Okafor, Heating")).to_be_visible()
    page.locator("summary", has_text="Attach another concern").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Both are about the boiler.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("p.done")).to_contain_text("The concern is attached")


def test_of_two_browsers_that_resolve_at_once_one_does_and_the_other_is_told(shop: Shop, concern: int, at_desk):
    pages = [at_desk(staff, f"/console/concerns/{concern}") for staff in (petra(shop), marek(shop))]
    for page in pages:
        page.locator("summary", has_text="Resolve").click()
        page.get_by_label("Root cause").select_option("parts")
        page.get_by_label("Action taken").fill("The valve was replaced.")
    for page in pages:  # both are sent before either is answered
        page.get_by_role("button", name="Resolve").evaluate("button => setTimeout(() => button.click(), 0)")
    for page in pages:
        page.wait_for_selector("p.done, p.fault")
    with shop.site.store.read() as db:
        winner = db.execute(escalations.select().where(escalations.c.id == concern)).one().resolved_by
    told = sorted(page.locator("p.done, p.fault").first.inner_text() for page in pages)
    assert told == [
        f"Not done: escalation {concern} was resolved by {winner} already.",
        "The concern is resolved. Later the customer is asked whether it helped.",
    ]


def test_axe_finds_nothing_on_the_pages_of_concerns(shop: Shop, concern: int, at_desk):
    options = {"bypass_csp": True}
    manager, qa = marek(shop), sign_in(shop.site, Role.QA)
    page = at_desk(manager, f"/console/concerns/{concern}", **options)
    page.get_by_text("Ask another department", exact=True).click()
    page.locator("#f-subtask_department").select_option("Heating")
    page.get_by_label("What is to be done").fill("Check the pipe, please.")
    page.get_by_label("By when").fill("2026-10-08T12:00")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_selector("p.done")
    for summary in page.locator("summary").all():
        if summary.locator("xpath=..").get_attribute("open") is None:
            summary.click()
    pages = {
        "concern": page,
        "list": at_desk(manager, "/console/concerns", **options),
        "late": at_desk(manager, "/console/concerns?state=late", **options),
        "nothing": at_desk(manager, "/console/concerns?state=closed", **options),
        "subtask": at_desk(manager, "/console/subtasks/1", **options),
        "case": at_desk(qa, "/console/cases/1", **options),
        "causes": at_desk(qa, "/console/causes", **options),
        "cause": at_desk(qa, f"/console/concerns/{concern}/cause", **options),
    }
    assert faults_by_name(pages) == {}
