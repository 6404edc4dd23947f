"""The main paths of QA, management and administrators; and that of the service team in a browser without scripts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import runs as rows
from models.escalations import acknowledge, resolve
from models.people import by_email, find
from models.tables import answers, calls, escalations
from tests import seed
from tests.browser.conftest import Shop
from tests.browser.test_console_calls import tab_to
from tests.console import COOKIE, PASSWORD, Staff, let_in, sign_in
from vocabulary import Role, RunState

Visit = Callable[..., Page]


@pytest.fixture
def at_desk(shop: Shop, visit: Visit) -> Callable[..., Page]:
    """`at_desk(staff, path, width=390, ...)`: the page in a browser in which they are signed in."""

    def open_page(staff: Staff, path: str, **options: object) -> Page:
        page = visit("about:blank", **options)
        page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
        page.goto(f"{shop.address}{path}")
        return page

    return open_page


def resolved(shop: Shop) -> seed.Seeded:
    """A concern of Anna Bergmann's that was resolved with a root cause that is not right."""
    case = seed.escalated(shop.site.place, comment="The boiler is off again.")
    shop.site.clock.now = seed.RESOLVED_AT
    with shop.site.store.write() as db:
        acknowledge(db, case.escalation_id or 0, by="Petra Lindqvist", at=seed.ANSWERED_AT)
        resolve(db, case.escalation_id or 0, by="Petra Lindqvist", root_cause="parts", action="The valve was replaced.",
                known_causes=["parts"], ask_after=timedelta(hours=48), at=seed.RESOLVED_AT)  # fmt: skip
    return case


def test_qa_finds_a_case_reads_its_story_and_corrects_the_root_cause_in_the_dark(shop: Shop, at_desk):
    case = resolved(shop)
    seed.ended(shop.site.place, customer_name="Otto Klein")
    page = at_desk(sign_in(shop.site, Role.QA), "/console", color_scheme="dark")
    page.get_by_role("link", name="Cases", exact=True).click()
    page.get_by_label("Name, number, word").fill("bergmann boiler")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name=str(case.case_id), exact=True).click()
    expect(page.locator("ol.timeline")).to_contain_text("The boiler is off again.")
    expect(page.locator("ol.timeline > li").first).to_be_visible()
    assert page.locator("ol.timeline > li").count() > 3
    page.goto(f"{shop.address}/console/concerns/{case.escalation_id}/cause")
    page.get_by_label("Root cause").select_option("workmanship")
    page.get_by_label("Why").fill("The part was good, and fitted the wrong way round.")
    page.get_by_role("button", name="Correct").click()
    expect(page.locator("p.done")).to_be_visible()
    expect(page.locator("ol.timeline")).to_contain_text("fitted the wrong way round")
    with shop.site.store.read() as db:
        causes = select(escalations.c.root_cause).where(escalations.c.id == case.escalation_id)
        assert db.execute(causes).scalar_one() == "workmanship"


def test_management_sees_the_day_and_the_runs_on_a_telephone(shop: Shop, at_desk):
    resolved(shop)
    began = shop.site.clock() - timedelta(minutes=40)
    with shop.site.store.write() as db:
        failed = rows.begin_run(db, "deliver-messages", at=began)
        rows.end_run(db, failed, RunState.FAILED, word="OperationalError", at=began + timedelta(minutes=1), counts={})
    page = at_desk(sign_in(shop.site, Role.MANAGEMENT), "/console", width=390)
    assert page.locator("main section").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("p.banner")).to_be_visible()  # nothing has run for ten minutes
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.locator("main")).to_contain_text("deliver messages")
    expect(page.locator("main")).to_contain_text("OperationalError")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shown = page.locator("nav[aria-label=Console] a").all_inner_texts()
    assert shown == ["My day", "Reviews", "Runs", "My account", "Help"]


def test_an_administrator_lets_in_changes_and_shuts_out_by_keyboard_alone(shop: Shop, at_desk):
    concern = seed.escalated(shop.site.place, department="Heating").escalation_id or 0
    successor = let_in(shop.site, Role.SERVICE_TEAM, name="Sam Ortiz")
    page = at_desk(sign_in(shop.site, Role.ADMIN), "/console/people/new")
    keys = page.keyboard
    tab_to(page, "f-email")
    keys.type("petra.lindqvist@staff.example.com")
    tab_to(page, "f-name")
    keys.type("Petra Lindqvist")
    keys.press("Tab")
    keys.press("Space")  # the first role: service team
    tab_to(page, "f-password")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_selector("p.done")
    with shop.site.store.read() as db:
        petra = by_email(db, "petra.lindqvist@staff.example.com")
    assert petra is not None
    assert petra.roles == {Role.SERVICE_TEAM}
    tab_to(page, "f-departments")
    keys.type("Heating")
    tab_to(page, "Keep")
    keys.press("Enter")
    page.wait_for_selector("p.done")
    with shop.site.store.read() as db:
        assert find(db, petra.id).departments == {"Heating"}
    tab_to(page, "Shut out")
    keys.press("Enter")
    page.wait_for_selector("text=say what becomes of them")
    while page.evaluate("document.activeElement.name") != "concerns":
        keys.press("Tab")
    keys.press("Space")
    tab_to(page, "f-successor")
    keys.type("Sam")
    tab_to(page, "Shut out")
    keys.press("Enter")
    page.wait_for_selector("text=Let in again")
    with shop.site.store.read() as db:
        owner = db.execute(select(escalations.c.owner_email).where(escalations.c.id == concern)).scalar_one()
        assert (owner, find(db, petra.id).disabled_at) == (successor.email, shop.site.clock())


def test_the_service_team_works_in_a_browser_without_scripts(shop: Shop, visit: Visit):
    number = seed.to_be_called(shop.site.place)
    concern = seed.escalated(shop.site.place).escalation_id or 0
    person = let_in(shop.site, Role.SERVICE_TEAM, name="Petra Lindqvist", password=PASSWORD)
    page = visit(f"{shop.address}/console", java_script_enabled=False)
    page.locator("input[name=email]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    page.get_by_role("link", name="Calls", exact=True).click()
    page.get_by_role("button", name="Next call").click()
    page.get_by_text("This call is yours.").wait_for()
    page.locator("#o-answered").check()
    page.locator("#r-5").check()
    page.get_by_label("What the customer said").fill("All good.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The call is saved.").wait_for()
    page.get_by_role("link", name="Concerns", exact=True).click()
    page.get_by_role("link", name=f"{concern}, dissatisfied").click()
    page.get_by_role("button", name="Acknowledge").click()
    page.locator("p.done").wait_for()
    page.locator("summary", has_text="Resolve").click()
    page.get_by_label("Root cause").select_option("parts")
    page.get_by_label("Action taken").fill("The valve was replaced.")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_text("The concern is resolved.").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.locator("input[name=password]").wait_for()
    with shop.site.store.read() as db:
        said = db.execute(select(answers.c.comment).where(answers.c.comment == "All good.")).all()
        assert len(said) == 1
        assert db.execute(select(calls.c.outcome).where(calls.c.id == number)).scalar_one() == "answered"
        assert (
            db.execute(select(escalations.c.resolved_by).where(escalations.c.id == concern)).scalar_one() == person.name
        )
