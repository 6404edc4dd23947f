"""The page of the stages in a browser, and where its links lead in the real Prefect UI."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from cli.stages import StageName, Stages
from config.prefect_api import prefect_api
from config.settings import Settings
from models import runs as rows
from models.tables import runs
from tasks import place as places
from tests.browser.conftest import Shop
from tests.browser.looks import faults_by_name
from tests.console import COOKIE, sign_in
from vocabulary import Role, RunState
from web.console.prefect_runs import run_link

Visit = Callable[..., Page]
PREFECT = "0b3f6f5e-7d9d-4a54-8f7f-0d7c54bb2d3a"


def signed_in(shop: Shop, visit: Visit, path: str, **options: object) -> Page:
    """As a manager."""
    page = visit(f"{shop.address}/console/sign-in", **options)
    token = sign_in(shop.site, Role.SERVICE_MANAGER, name="Marek Novak").token
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": shop.address}])
    page.goto(f"{shop.address}{path}")
    return page


def a_bad_day(shop: Shop) -> None:
    """Some stages ran, one failed, one did not finish, one is late."""
    now = shop.site.clock()
    told = [
        ("deliver-messages", 200, 1, RunState.FAILED, "OperationalError", {}),
        ("await-response", 90, None, RunState.RUNNING, None, {}),
        ("escalate", 40, 1, RunState.COMPLETED, "Concerns worked", {"concerns opened": 2, "satisfied": 31}),
        ("schedule-contact", 4, 1, RunState.COMPLETED, "Scheduled", {"opened": 34, "ineligible": 3}),
        ("send-survey", 3, 1, RunState.COMPLETED, "Asked", {"asked": 31, "calls": 2}),
    ]
    with shop.site.store.write() as db:
        for flow, ago, took, state, word, counts in told:
            began = now - timedelta(minutes=ago)
            number = rows.begin_run(db, flow, at=began, prefect_run_id=PREFECT)
            if took is not None and word is not None:
                rows.end_run(db, number, state, word=word, at=began + timedelta(minutes=took), counts=counts)


def test_axe_finds_nothing_on_a_bad_day(shop: Shop, visit: Visit):
    silent = signed_in(shop, visit, "/console/runs", bypass_csp=True)
    a_bad_day(shop)
    bad = signed_in(shop, visit, "/console/runs", bypass_csp=True)
    assert faults_by_name({"silent": silent, "bad": bad}) == {}
    for page in (silent, bad):
        assert len(page.content().encode()) < 100_000
    assert "Nothing has run here yet" in silent.get_by_role("status").first.inner_text()


def test_the_keyboard_suffices_to_read_on(shop: Shop, visit: Visit):
    a_bad_day(shop)
    page = signed_in(shop, visit, "/console/runs")
    stage = page.locator("details", has_text="send survey")
    assert not stage.evaluate("details => details.open")
    stage.locator("summary").focus()
    page.keyboard.press("Enter")
    assert stage.evaluate("details => details.open")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.href") == run_link("http://127.0.0.1:4200", PREFECT)


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["/v2", ""])
def test_a_link_opens_the_run_in_the_prefect_ui(on_prefect: Settings, stages: Stages, browser: Browser, edition: str):
    """Our links lead to the second edition; the first has the same pages without /v2."""
    places.leave_places()
    stages.run(StageName.DOCUMENT, as_of=datetime(2026, 10, 5, 8, 0, tzinfo=UTC))
    with places.place().store.read() as db:
        number = db.execute(runs.select().order_by(runs.c.id.desc())).first()
    assert number is not None
    link = run_link(on_prefect.prefect_ui, number.prefect_run_id)
    login = b64encode(prefect_api(on_prefect).auth_string.encode()).decode()
    kept = {"origin": on_prefect.prefect_ui, "localStorage": [{"name": "prefect-password", "value": login}]}
    context = browser.new_context(storage_state={"origins": [kept]})  # what Prefect's pages complain of is not ours
    page = context.new_page()
    page.goto(link.replace("/v2", edition, 1))
    page.get_by_text("document 2026-10-05 08:00 UTC, 0 due").first.wait_for(timeout=30_000)
    assert urlsplit(page.url).path == f"{edition}/runs/flow-run/{number.prefect_run_id}"
    context.close()
    places.leave_places()
