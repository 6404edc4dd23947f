"""docs/first-day.md, walked through as it stands there: its commands in its order, its pages in a real browser, with a
real `up` with Prefect, worker and store. Only its dates are put where today needs them.
"""

import re
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from config.settings import ROOT
from tests.integration.test_up import Up, eventually
from tests.prefect_server import environment, free_port
from vocabulary import Event

pytestmark = pytest.mark.slow

DOCUMENT = (ROOT / "docs/first-day.md").read_text("utf-8")
PASSWORD = "seven quiet rivers under glass"
BERLIN = ZoneInfo("Europe/Berlin")
LINK = re.compile(r"http://\S+/s/[a-z2-7]{32}$", re.MULTILINE)


class Reader:
    """Somebody who does what the document says, block by block."""

    def __init__(self, folder: Path, up: Up, browser: Browser) -> None:
        self.folder = folder
        self.up = up
        self.commands = iter(re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL))
        self.dates: dict[str, str] = {}
        self.links: list[str] = []
        self._browser = browser
        (folder / "aftercare").symlink_to(ROOT / "aftercare")

    def types_next_block(self) -> str:
        """What its commands print."""
        return "".join(self._type(line) for line in next(self.commands).splitlines())

    def _type(self, line: str) -> str:
        for written, meant in self.dates.items():
            line = line.replace(written, meant)
        asks = line.startswith("./aftercare people add")  # of somebody at a terminal
        with environment(self.up.values):
            done = subprocess.run(
                ["sh", "-c", f"{line} --password-stdin" if asks else line], cwd=self.folder, text=True,
                input=PASSWORD if asks else None, capture_output=True, timeout=120, check=False,
            )  # fmt: skip
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        return done.stdout

    def new_link(self, printed: str) -> str:
        [link] = set(LINK.findall(printed)) - set(self.links)
        self.links.append(link)
        return str(link)

    def answers(self, link: str, rating: int, words: str) -> None:
        page = self.at_browser()
        page.goto(link)
        page.wait_for_timeout(4000)
        page.locator(f"input[name=rating][value='{rating}']").check()
        page.locator("textarea").fill(words)
        if rating == 1:
            page.locator("input[name=contact_me]").check()
        page.locator("main button, form button").first.click()
        page.get_by_role("heading", name="Thank you").wait_for()

    def signs_in(self, email: str) -> Page:
        page = self.at_browser()
        page.goto(f"{self.up.web}/console")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("link", name="My day").wait_for()
        return page

    def at_browser(self) -> Page:
        agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{self._browser.version}"
        return self._browser.new_context(user_agent=agent, viewport={"width": 1200, "height": 900}).new_page()

    def asks_the_store(self, question: str) -> str | None:
        with sqlite3.connect(self.up.home / "aftercare.db") as store:
            found = store.execute(question).fetchone()
        return found[0] if found else None


@pytest.fixture
def reader(tmp_path: Path, browser: Browser) -> Iterator[Reader]:
    up = Up(tmp_path / "var", (free_port(), free_port()))
    try:
        yield Reader(tmp_path, up, browser)
    finally:
        up.process.send_signal(signal.SIGINT)
        up.process.wait(30)


def test_the_document_leads_from_up_to_a_closed_concern(reader: Reader):
    assert next(reader.commands) == "./aftercare up\n"
    reader.up.wait_until_running()
    lets_in_people(reader)
    takes_a_service(reader)
    is_told_of_a_concern(reader)
    works_on_it(reader.signs_in("petra.lindqvist@staff.example.com"))
    hears_that_it_helped(reader)
    seals_the_record(reader)
    assert list(reader.commands) == [], "every command of the document was typed"


def lets_in_people(reader: Reader) -> None:
    reader.types_next_block()
    page = reader.signs_in("you@example.com")
    assert page.get_by_text("Petra Lindqvist cannot sign in").is_visible()
    for row in re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \| (.+?) \|$", DOCUMENT, re.MULTILINE):
        email, name, role, departments = row
        page.get_by_role("link", name="People", exact=True).click()
        page.get_by_role("link", name="Let somebody in").click()
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("checkbox", name=f"{role}:").check()
        page.get_by_label("Departments").fill(departments.replace(", ", "\n"))
        page.get_by_label("First password").fill(PASSWORD)
        page.get_by_role("button", name="Let in", exact=True).click()
        page.get_by_role("heading", name=name).wait_for()


def takes_a_service(reader: Reader) -> None:
    """Afterwards the dates of the document stand for these."""
    closed = datetime.combine(datetime.now(BERLIN).date() - timedelta(days=1), time(10), BERLIN)
    [table] = re.findall(r"```csv\n(.*?)```", DOCUMENT, re.DOTALL)
    (reader.folder / "service.csv").write_text(table.replace("2026-10-05T10:00:00+02:00", closed.isoformat()))
    printed = reader.types_next_block()
    [slot] = re.findall(r"slot \(clause 4\.1\).*contact at (\S+)", printed, re.DOTALL)[-1:]
    asked = max(datetime.fromisoformat(slot) + timedelta(minutes=30), datetime.now(UTC))
    reader.dates["2026-10-06T11:00:00+02:00"] = asked.isoformat()


def is_told_of_a_concern(reader: Reader) -> None:
    reader.answers(reader.new_link(reader.types_next_block()), 1, "The radiator stays cold.")
    judged = datetime.now(UTC) + timedelta(minutes=20)
    reader.dates["2026-10-06T11:20:00+02:00"] = judged.isoformat()
    reader.types_next_block()
    eventually(lambda: reader.asks_the_store("SELECT id FROM escalations") is not None, 60)


def works_on_it(page: Page) -> None:
    page.get_by_role("link", name="Concern 1 (dissatisfied)").click()
    page.get_by_role("button", name="Acknowledge: it is in my hands").click()
    page.get_by_text("The concern is in your hands.").wait_for()
    page.locator("summary", has_text="Comment").click()
    page.get_by_label("Comment", exact=True).fill("Both valves were exchanged, the pump was not looked at.")
    page.get_by_role("button", name="Keep the comment").click()
    page.locator("summary", has_text="Write to the customer").click()
    page.get_by_label("E-mail", exact=True).check()
    page.get_by_label("Message").fill("We come again tomorrow at nine.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("goes out in their contact window").wait_for()
    page.locator("summary", has_text="Resolve").click()
    page.get_by_label("Root cause").select_option("workmanship")
    page.get_by_label("Action taken").fill("Bled the radiator and tested it with the customer.")
    page.get_by_role("button", name="Resolve", exact=True).click()
    page.get_by_text("The concern is resolved.").wait_for()


def hears_that_it_helped(reader: Reader) -> None:
    noon = datetime.combine(datetime.now(BERLIN).date() + timedelta(days=3), time(12), BERLIN)
    while noon.isoweekday() > 5:
        noon += timedelta(days=1)
    reader.dates["2026-10-08T12:00:00+02:00"] = noon.isoformat()
    reader.dates["2026-10-08T12:30:00+02:00"] = (noon + timedelta(minutes=30)).isoformat()
    reader.dates["2026-10-15T12:00:00+02:00"] = (noon + timedelta(days=7)).isoformat()
    reader.answers(reader.new_link(reader.types_next_block()), 5, "Warm again, thank you.")
    assert "recov" in reader.types_next_block()
    assert reader.asks_the_store("SELECT outcome FROM escalations") == "recovered"


def seals_the_record(reader: Reader) -> None:
    printed = reader.types_next_block()
    assert "TRIAL-1" in printed
    assert Event.ESCALATION_RESOLVED in printed
    assert reader.asks_the_store("SELECT stage || ' ' || disposition FROM cases") == "closed recovered"
