"""A real browser in front of the real application, on this machine only.

The application's clock stands still unless a test moves it: people take their time, tests do not.
"""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tasks.place import Place
from tests.web_site import Site, make_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(reason="!!! NO BROWSER: the pages were NOT LOOKED AT; install chromium")
                )


@dataclass
class Shop:
    """The application behind an address."""

    site: Site
    address: str

    def link(self, token: str, query: str = "") -> str:
        return f"{self.address}/s/{token}{query}"


@pytest.fixture
def shop(place: Place) -> Iterator[Shop]:
    site = make_site(place)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        options = {"log_level": "error", "lifespan": "off", "access_log": False, "ws": "none"}
        server = uvicorn.Server(uvicorn.Config(site.app, **options))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Shop(site, f"http://127.0.0.1:{listening.getsockname()[1]}")
        server.should_exit = True
        thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Pages do not depend on the kind of store."""
    shutil.copyfile(sqlite_template, tmp_path / "aftercare.db")
    return f"sqlite:///{tmp_path / 'aftercare.db'}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with the last test of a file: Playwright leaves an event loop running, which others would meet."""
    expect.set_options(timeout=60_000)  # what does not appear is never there; what does may take a busy machine a while
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`visit(url, width=390, ...)`: a page in a context of its own, which fails the test when its console complains."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(url: str, *, width: int = 1000, height: int = 900, **options: object) -> Page:
        agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser.version}"
        options = {"user_agent": agent} | options  # people's browsers do not call themselves headless
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # Chromium calls every 4xx an error, also one that is a page; and asks every host for an icon.
    assert [text for text in complaints if "Failed to load resource" not in text] == []
