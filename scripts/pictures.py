"""Makes the pictures of README and docs anew, from a demonstration that it runs itself. Needs Chromium.

.venv/bin/python scripts/pictures.py
"""

import os
import signal
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, StorageState, sync_playwright

from cli.demo.company import PASSWORD
from config.settings import ROOT
from templates.preview import write_preview

PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PREFECT_PORT, WEB_PORT = "4399", "8399"


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="aftercare-pictures-") as folder, sync_playwright() as playwright:
        home = Path(folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with demonstration(home):
            login = (home / "prefect.login").read_text().strip()
            for name in ("runs", "deployments"):
                url = f"http://127.0.0.1:{PREFECT_PORT}/{name}"
                take(browser, url, f"prefect-{name}.png", width=1280, height=800, wait_ms=6000, login=login)
            review = max((home / "reviews").glob("*.html"))
            take(browser, review.as_uri(), "review.png", width=1100, height=1400)
            take_console(browser, f"http://127.0.0.1:{WEB_PORT}/console")
        preview = write_preview(home / "preview").parent
        survey = preview / "pages" / "survey.html"
        take(browser, survey.as_uri(), "survey.png", width=390, height=900)
        take(browser, survey.as_uri(), "survey-dark.png", width=390, height=900, dark=True)
        browser.close()


@contextmanager
def demonstration(home: Path) -> Iterator[None]:
    """`./aftercare demo` until it serves, and as long as the context lasts."""
    values = {"AFTERCARE_HOME": str(home), "AFTERCARE_PREFECT_PORT": PREFECT_PORT, "AFTERCARE_WEB_PORT": WEB_PORT}
    command = [sys.executable, "-u", "-P", "-m", "cli", "demo"]
    environment = os.environ | values
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            for line in process.stdout or ():
                sys.stdout.write(line)
                if "Serving" in line:
                    break
            yield
        finally:
            process.send_signal(signal.SIGINT)


def take(
    browser: Browser, url: str, name: str, *, width: int, height: int, dark: bool = False, wait_ms: int = 500,
    login: str | None = None,
) -> None:  # fmt: skip
    signed_in: StorageState = {"origins": []}
    if login is not None:  # as Prefect's page keeps it; typed into the page, its complaint about the time before stays
        kept = {"name": "prefect-password", "value": b64encode(login.encode()).decode()}
        signed_in = {"origins": [{"origin": url.rpartition("/")[0], "localStorage": [kept]}]}
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
                            storage_state=signed_in)  # fmt: skip
    page.goto(url)
    page.wait_for_timeout(wait_ms)
    page.screenshot(path=PICTURES / name)
    page.close()


def take_console(browser: Browser, address: str) -> None:
    """Pages of the staff console, as its people see them: `Shot.at` is clicked through from their day."""
    for shot in CONSOLE:
        scheme: Literal["light", "dark"] = "dark" if shot.dark else "light"
        page = browser.new_page(viewport={"width": shot.width, "height": shot.height}, color_scheme=scheme)
        page.goto(address)
        page.get_by_label("E-mail address").fill(f"{shot.who}@staff.example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        for link in shot.at:
            page.get_by_role("link", name=link).first.click()
        page.screenshot(path=PICTURES / f"{shot.name}.png")
        page.close()


@dataclass(frozen=True)
class Shot:
    name: str
    who: str
    at: tuple[str, ...] = ()
    width: int = 1280
    height: int = 800
    dark: bool = False


CONSOLE = (
    Shot("console-day", "petra.lindqvist", ("My day",), height=900),
    Shot("console-day-phone", "petra.lindqvist", ("My day",), width=390, height=844),
    Shot("console-call", "lena.fischer", ("Call Wilhelm Brandl",), height=1060),
    Shot("console-calls-phone", "lena.fischer", ("Calls",), width=390, height=844),
    Shot("console-concern", "petra.lindqvist", ("Elif Demir",), height=1240),
    Shot("console-concern-dark", "petra.lindqvist", ("Oliver Grant",), height=1000, dark=True),
    Shot("console-clock", "marek.novak", ("Grace Adeyemi", "Who was told"), height=1000),
    Shot("console-cases", "petra.lindqvist", ("Cases",), height=900),
    Shot("console-runs", "marek.novak", ("Runs",), height=1000),
)


if __name__ == "__main__":
    main()
