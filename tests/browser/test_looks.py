"""What the checks of every page rest on: a fault that is there in one look alone is found."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Shop
from tests.browser.looks import faults_in

DARK = "@media (prefers-color-scheme: dark) { :root { background: #111; color: #eee } "


@pytest.mark.parametrize(
    ("style", "found"),
    [
        ("p { color: #ccc; background: #ddd }", ["390 px, light: color-contrast", "390 px, dark: color-contrast"]),
        (DARK + "p { color: #222 } }", ["390 px, dark: color-contrast", "768 px, dark: color-contrast"]),
        ("@media (min-width: 1000px) { p { color: #ddd } }", ["1440 px, light: color-contrast"]),
        ("@media (max-width: 500px) { p { width: 600px } }", ["390 px: it is "]),
        (
            "@media (min-width: 600px) { a { display: block } }",
            ["768 px, light: link-name"],
        ),
        (DARK + "}", []),
    ],
)
def test_a_fault_of_one_look_is_found(shop: Shop, visit: Callable[..., Page], style: str, found: list[str]):
    page = visit(shop.address, bypass_csp=True)
    page.set_content(
        f"<!DOCTYPE html><html lang=en><head><title>x</title><style>a {{ display: none }} {style}</style></head>"
        "<body><main><h1>Hello</h1><p>Words to be read.</p><a href='#x'></a></main></body></html>"
    )
    faults = faults_in(page)
    assert [one for one in found if not any(fault.startswith(one) for fault in faults)] == []
    assert bool(faults) == bool(found), faults
