"""Two browsers at once, through the real server: nothing is lost, and nothing is there twice."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from models.tables import answers, calls, entries, notes
from tests import seed
from tests.browser.conftest import Shop
from tests.console import COOKIE, Staff, sign_in
from vocabulary import Event, Role

Visit = Callable[..., Page]


def at(shop: Shop, visit: Visit, staff: Staff, path: str) -> Page:
    """A page in a browser of its own, in which they are signed in."""
    page = visit("about:blank")
    page.context.add_cookies([{"name": COOKIE, "value": staff.token, "url": shop.address}])
    page.goto(f"{shop.address}{path}")
    return page


def press_at_once(pages: list[Page], button: str) -> list[str]:
    """Press in each before any is answered; what each page says then, in order of the alphabet."""
    for page in pages:
        page.get_by_role("button", name=button).evaluate("button => setTimeout(() => button.click(), 50)")
    for page in pages:
        page.wait_for_selector("p.done, p.fault")
    return sorted(page.locator("p.done, p.fault").first.inner_text() for page in pages)


def count(shop: Shop, table, *where) -> int:
    with shop.site.store.read() as db:
        return int(db.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def test_of_two_browsers_that_take_the_same_call_one_has_it(shop: Shop, visit: Visit):
    number = seed.to_be_called(shop.site.place)
    people = [sign_in(shop.site, Role.SERVICE_TEAM, name=name) for name in ("Ann Webb", "Ben Kurz")]
    pages = [at(shop, visit, staff, f"/console/calls/{number}") for staff in people]
    told = press_at_once(pages, "Take this call")
    with shop.site.store.read() as db:
        holder = db.execute(select(calls.c.claimed_by).where(calls.c.id == number)).scalar_one()
    assert holder in {staff.person.email for staff in people}
    assert sum("This call is yours." in one for one in told) == 1
    assert sum("Not done" in one for one in told) == 1
    assert sum(page.get_by_role("button", name="Save").count() for page in pages) == 1


def test_two_browsers_that_ask_for_the_next_call_get_two(shop: Shop, visit: Visit):
    numbers = {seed.to_be_called(shop.site.place) for _ in range(2)}
    people = [sign_in(shop.site, Role.SERVICE_TEAM, name=name) for name in ("Ann Webb", "Ben Kurz")]
    pages = [at(shop, visit, staff, "/console/calls") for staff in people]
    press_at_once(pages, "Next call")
    assert {int(page.url.split("?")[0].rsplit("/", 1)[1]) for page in pages} == numbers


def test_a_call_that_two_windows_of_one_person_save_is_saved_once(shop: Shop, visit: Visit):
    number = seed.to_be_called(shop.site.place)
    staff = sign_in(shop.site, Role.SERVICE_TEAM)
    staff.send(f"/console/calls/{number}/claim", f"/console/calls/{number}")
    pages = [at(shop, visit, staff, f"/console/calls/{number}") for _ in range(2)]
    for page, rating in zip(pages, "24", strict=True):
        page.locator("#o-answered").check()
        page.locator(f"#r-{rating}").check()
    press_at_once(pages, "Save")
    assert count(shop, answers) == 1
    with shop.site.store.read() as db:
        assert db.execute(select(calls.c.outcome).where(calls.c.id == number)).scalar_one() == "answered"


def test_of_two_browsers_at_one_reply_one_does_it_and_the_other_reads_who(shop: Shop, visit: Visit):
    number = seed.reply(shop.site.place, seed.asked(shop.site.place).case_id)
    people = [sign_in(shop.site, Role.SERVICE_TEAM, name=name) for name in ("Ann Webb", "Ben Kurz")]
    pages = [at(shop, visit, staff, f"/console/replies/{number}") for staff in people]
    done, refused = press_at_once(pages, "Rating 4")
    assert "No replies are left to review." in done
    assert f"Not done: reply {number} is done already: " in refused
    assert "reviewed it as “answer”" in refused
    assert count(shop, answers) == 1


def test_a_double_click_is_one_comment(shop: Shop, visit: Visit):
    number = seed.escalated(shop.site.place).escalation_id
    page = at(shop, visit, sign_in(shop.site, Role.SERVICE_TEAM), f"/console/concerns/{number}")
    page.locator("summary", has_text="Comment").click()
    page.get_by_label("Comment", exact=True).fill("Once is enough.")
    page.get_by_role("button", name="Keep the comment").dblclick()
    expect(page.locator("p.done")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert count(shop, notes) == 1


def test_the_same_form_sent_from_two_tabs_is_done_once(shop: Shop, visit: Visit):
    """The second tab holds a copy of the first one's form, as a browser restores it."""
    number = seed.escalated(shop.site.place).escalation_id
    staff = sign_in(shop.site, Role.SERVICE_TEAM)
    pages = [at(shop, visit, staff, f"/console/concerns/{number}") for _ in range(2)]
    nonce = pages[0].locator("form.form input[name=nonce]").first.get_attribute("value")
    for page in pages:
        page.locator("summary", has_text="Comment").click()
        page.get_by_label("Comment", exact=True).fill("Once is enough.")
        page.evaluate("nonce => document.getElementsByName('nonce').forEach(field => { field.value = nonce; })", nonce)
    press_at_once(pages, "Keep the comment")
    assert count(shop, notes) == 1
    assert count(shop, entries, entries.c.event == Event.NOTE_ADDED) == 1
    assert all(page.get_by_text("Once is enough.").count() >= 1 for page in pages)
