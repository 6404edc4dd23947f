"""What is wrong with a page on a telephone, on a tablet and on a desk, by day and by night.

A page is loaded once and then looked at in every way: loading it anew for each takes three times as long.
"""

from collections.abc import Mapping

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS = (390, 768, 1440)
_HEIGHT = 900
_OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours: what else it knows does not change when they do."""


def faults_in(page: Page) -> list[str]:
    """What axe finds, and what sticks out. The page must have been opened with `bypass_csp`: axe is a script."""
    page.evaluate(AXE_SCRIPT)
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        for scheme, rules in (("light", ()), ("dark", _OF_COLOURS)):
            page.emulate_media(color_scheme=scheme)
            faults += [f"{width} px, {scheme}: {fault}" for fault in _axe(page, rules)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults += [f"{width} px: it is {wide} px wide"] if wide > width else []
    return faults


def faults_by_name(pages: Mapping[str, Page]) -> dict[str, list[str]]:
    """By name the faults of those pages that have any."""
    return {name: faults for name, page in pages.items() if (faults := faults_in(page))}


def _axe(page: Page, rules: tuple[str, ...]) -> list[str]:
    """Its findings by these rules; without any, by all that it has by default."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])} in all)" for one in found]
