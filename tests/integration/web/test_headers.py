"""What protects a page and its reader goes with every response, whatever it is; and nothing else gives us away."""

import pytest
from starlette.testclient import TestClient

from tests import seed
from tests.asgi import request
from tests.web_site import Site, words_in
from web.app import create_app
from web.bell import Silent

EXPECTED = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def test_every_response_is_protected(site: Site):
    case = seed.asked(site.place)
    paths = ["/", "/healthz", "/nothing", "/s", "/u/", "/s/x", "/services", "/services/closed", "/services/reopened"]
    paths += [f"/s/{case.survey}", f"/s/{case.survey}/v", f"/u/{case.unsubscribe}"]
    paths += ["/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"]
    for path in paths:
        for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE"):
            answer = site.client.request(method, path)
            found = {name: answer.headers.get(name) for name in EXPECTED}
            assert found == EXPECTED, (method, path)
            assert answer.status_code < 500
            assert "set-cookie" not in answer.headers
            assert "detail" not in answer.text


def test_the_style_sheet_may_be_kept(site: Site):
    answer = site.client.get("/static/aftercare.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=3600")
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for other in ("../config/settings.py", "..%2fpages%2fbase.html.j2", "no.css", ""):
        assert site.client.get(f"/static/{other}").status_code == 404


def test_over_https_browsers_are_told_to_stay_there(site: Site):
    secure = site.place.settings.model_copy(update={"public_url": "https://feedback.example.com"})
    client = TestClient(create_app(secure, site.store, site.clock, Silent()))
    assert client.get("/").headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in site.client.get("/").headers


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("OPTIONS", "/s/x", 204, "GET, HEAD, OPTIONS, POST"),
        ("OPTIONS", "/services/closed", 204, "OPTIONS, POST"),
        ("PUT", "/u/x", 405, "GET, HEAD, OPTIONS, POST"),
        ("GET", "/services/closed", 405, "OPTIONS, POST"),
        ("POST", "/", 405, "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/nothing", 404, None),
    ],
)
def test_what_may_be_done_is_said(site: Site, method: str, path: str, status: int, allow: str | None):
    answer = site.client.request(method, path)
    assert (answer.status_code, answer.headers.get("allow")) == (status, allow)


def test_people_get_pages_and_programs_get_json(site: Site):
    assert "This link cannot be used" in words_in(site.client.get("/no/such/page").text)
    assert "Customer feedback" in words_in(site.client.get("/").text)
    too_long = site.client.post("/s/x", content=b"x" * 65537)
    assert (too_long.status_code, "That is too long" in words_in(too_long.text)) == (413, True)
    for path in ("/services/unknown", "/services/closed"):
        assert site.client.get(path).json()["error"]


def test_the_largest_form_that_fits_is_read(site: Site):
    case = seed.asked(site.place)
    page = site.client.post(f"/s/{case.survey}", content=b"comment=" + b"x" * (65536 - 8))
    assert page.status_code == 422
    lied = [(b"content-length", b"5")]
    assert request(site.app, "POST", f"/s/{case.survey}".encode(), b"", lied, b"x" * 65537).status == 413
    for length in (b"65537", b"9" * 400, b"00000000065537"):
        assert request(site.app, "POST", b"/s/x", b"", [(b"content-length", length)]).status == 413
    for odd in (b"-1", b"five", b"\xb2", b"", b"1e9"):
        assert request(site.app, "POST", b"/s/x", b"", [(b"content-length", odd)]).status == 404


def test_a_sender_who_hangs_up_is_no_fault_of_ours(site: Site):
    case = seed.asked(site.place)
    reply = request(site.app, "POST", f"/s/{case.survey}".encode(), b"", (), b"rating=1&nonce=", hangs_up=True)
    assert reply.status == 400


def test_a_page_tells_no_more_than_the_first_name_and_the_service(site: Site):
    case = seed.asked(site.place, agent="Tom Okafor", customer_ref="K-4711", customer_name="Anna-Lena Bergmann")
    page = site.open(case.survey)
    assert "Hello Anna-Lena," in words_in(page)
    assert "job completed on Monday, 5 October 2026, Berlin Mitte" in words_in(page)
    for secret in ("Bergmann", "@", "5550", "Tom", "Okafor", "K-4711", str(case.unsubscribe)):
        assert secret not in page.split("<footer")[0]


def test_the_company_is_that_of_the_policy_file(site: Site):
    assert "Example Home Services" in words_in(site.client.get("/s/x").text)
