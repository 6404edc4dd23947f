"""Who tries links that lead nowhere is slowed down; customers are not, whoever shares their address."""

import pytest

from models.answers import new_token
from tasks.place import Place
from tests import seed
from tests.asgi import Reply, request
from tests.web_site import BROWSER, Site, make_site
from vocabulary import LinkPurpose


def get(site: Site, path: str, *, client: str = "192.0.2.7", method: str = "GET", **headers: str) -> Reply:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return request(site.app, method, path.encode(), b"", pairs, client=client)


def exhausted(site: Site, page: str = "s", **more: str) -> list[int]:
    return [get(site, f"/{page}/{new_token()}", **more).status for _ in range(65)]


@pytest.mark.parametrize(("page", "usual"), [("s", 404), ("u", 200)])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_unknown_links_are_limited_by_address(site: Site, page: str, usual: int, method: str):
    assert exhausted(site, page, method=method) == [usual] * 60 + [429] * 5
    assert get(site, f"/s/{new_token()}", client="192.0.2.8").status == 404
    site.clock.tick(minutes=1)
    assert get(site, f"/s/{new_token()}").status == 404


def test_the_page_says_what_to_do_in_the_reader_s_language(site: Site):
    exhausted(site)
    reply = get(site, f"/s/{new_token()}", accept_language="de")
    assert (reply.status, reply.headers["retry-after"]) == (429, "60")
    assert reply.headers["content-type"].startswith("text/html")
    assert "Bitte versuchen Sie es in einer Minute noch einmal" in reply.body.decode()


def test_links_that_lead_somewhere_are_never_limited(site: Site):
    """An office has one address, and one of its machines may be up to something."""
    case = seed.asked(site.place)
    leave = seed.add_link(site.place, case.case_id, LinkPurpose.UNSUBSCRIBE, at=site.clock.now, days=60)
    exhausted(site)
    for _ in range(70):
        assert get(site, f"/s/{case.survey}").status == 200
        assert get(site, f"/u/{leave}").status == 200
    assert get(site, f"/s/{case.survey}/v").status == 404


def test_what_is_sent_is_never_refused_for_it(site: Site):
    case = seed.asked(site.place)
    exhausted(site, client="testclient")
    exhausted(site)
    assert site.answer(case.survey, rating=4).status_code == 200
    pairs = [(name.encode(), value.encode()) for name, value in BROWSER.items()]
    for _ in range(70):
        reply = request(site.app, "POST", f"/s/{new_token()}".encode(), b"", pairs, client="192.0.2.7")
        assert reply.status == 404
        assert request(site.app, "POST", f"/u/{new_token()}".encode(), client="192.0.2.7").status == 200


def test_without_knowing_of_a_proxy_nobody_is_taken_for_everybody(site: Site):
    assert set(exhausted(site, client="127.0.0.1")) == {404}


def test_behind_a_proxy_the_visitor_s_address_counts(place: Place):
    site = make_site(place, trusted_proxies=1)
    told = {"client": "127.0.0.1", "x_forwarded_for": "1.1.1.1, 198.51.100.1"}
    assert exhausted(site, **told).count(429) == 5
    assert get(site, f"/s/{new_token()}", client="127.0.0.1", x_forwarded_for="198.51.100.2").status == 404
