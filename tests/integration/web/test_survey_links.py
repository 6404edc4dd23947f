"""Links: looking writes nothing, whatever looks; what cannot be used looks the same, whatever the reason."""

from datetime import timedelta

import pytest

from models.answers import new_token
from models.optouts import opt_out
from tasks.concerns import judge_answers
from tests import seed
from tests.asgi import request
from tests.dump import dump
from tests.web_site import INBOUND_SECRET, Site, checked_in
from vocabulary import LinkPurpose


@pytest.mark.parametrize(
    ("query", "ticked"),
    [
        ("", []),
        ("?r=1", ["rating-1"]),
        ("?r=5", ["rating-5"]),
        ("?R=3", ["rating-3"]),
        ("?r=0", []),
        ("?r=6", []),
        ("?r=45", []),
        ("?r=", []),
        ("?r=four", []),
        ("?r=-1", []),
        ("?xr=4", []),
        ("?r=6&r=4", ["rating-4"]),
        ("?amp;r=4", ["rating-4"]),
        ("?data=05%7C02%7C&amp;r=4&reserved=0", ["rating-4"]),
        ("?data=05%7C02%7C&r=4", ["rating-4"]),
        ("?%72%3D4", ["rating-4"]),
        ("?utm_source=%ff%fe&r=2", ["rating-2"]),
    ],
)
def test_a_rating_in_the_link_is_ticked_and_not_recorded(site: Site, query: str, ticked: list[str]):
    case = seed.asked(site.place)
    before = dump(site.store)
    assert checked_in(site.open(case.survey, query)) == ticked
    assert dump(site.store) == before


@pytest.mark.parametrize(
    "mangled",
    [
        "{token}.", "{token},", "{token})", "{token}>", "{token}%3E", "{token};", "{token}!", "{token}?", "{token}'",
        "{token}%22", "{token}.)", "{token}).", "{token}&amp;r=4", "{token}&r=4", "{token}%20", "{token}%0A",
        "{token}/", "{token}%E2%80%A6", "{upper}", "{upper}.", "{mixed}", "{token}%3Fr=4", "{token}%00",
        "{token}]Thank%20you",
    ],
)  # fmt: skip
def test_a_link_that_was_mangled_on_its_way_still_works(site: Site, mangled: str):
    case = seed.asked(site.place)
    upper = case.survey.upper()
    path = "/s/" + mangled.format(token=case.survey, upper=upper, mixed=upper[:16] + case.survey[16:])
    for written in (path, path.replace("/s/", "/S/")):
        reply = request(site.app, "GET", written.encode())
        assert reply.status == 200
        assert f'action="/s/{case.survey}"' in reply.body.decode()
        assert ("rating-4" in checked_in(reply.body.decode())) is ("r=4" in mangled)


@pytest.mark.parametrize("wrong", ["{token}a", "{token}7.", "{short}", "x{token}", "{token}/v/", "{token}/x", "", "."])
def test_another_token_is_not_taken_for_this_one(site: Site, wrong: str):
    case = seed.asked(site.place)
    path = "/s/" + wrong.format(token=case.survey, short=case.survey[:-1])
    assert request(site.app, "GET", path.encode()).status == 404


def test_links_that_cannot_be_used_are_alike_to_the_byte(site: Site):
    place, now = site.place, site.clock.now
    expired = seed.asked(place)
    used = seed.answered(place, at=now - timedelta(hours=73), rating=5)
    not_asked = seed.planned(place)
    left, recovered = seed.asked(place), seed.recovering(place)
    with site.store.write() as db:
        opt_out(db, left.case_id, at=now, source="test")
    seed.say(place, recovered.case_id, at=now, rating=5, escalation_id=recovered.escalation_id)
    judge_answers.fn([recovered.case_id], now)
    ran_out = seed.add_link(place, expired.case_id, LinkPurpose.SURVEY, at=now - timedelta(days=18))
    tokens = {
        "unknown": new_token(), "expired": ran_out, "used": used.survey, "not asked yet": not_asked.survey,
        "opted out": left.survey, "recovered": recovered.recovery,
        "for leaving": expired.unsubscribe, "too short": "abc", "not a token": "x" * 32, "trap": f"{expired.survey}/v",
        "unknown trap": f"{new_token()}/v",
    }  # fmt: skip
    before = dump(site.store)
    pages = {name: site.client.get(f"/s/{token}") for name, token in tokens.items()}
    pages |= {f"post to {name}": site.press(str(token), "x", rating="1") for name, token in tokens.items()}
    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(pages, 404)
    assert len({page.content for page in pages.values()}) == 1
    assert len({tuple(sorted(page.headers.items())) for page in pages.values()}) == 1
    assert dump(site.store) == before


def test_no_way_of_looking_changes_anything(site: Site):
    """Every route that can be looked at, by every method that only looks, with what mail scanners send along."""
    case, concern = seed.asked(site.place), seed.recovering(site.place)
    before = dump(site.store)
    paths = [f"/s/{case.survey}{rest}" for rest in ("", "?r=1", "?r=2", "?r=3", "?r=4", "?r=5", "/v", ".", "&amp;r=1")]
    paths += [f"/s/{concern.recovery}?r=1", f"/u/{case.unsubscribe}", f"/u/{case.survey}", f"/u/{new_token()}"]
    paths += [
        "/",
        "/healthz",
        "/ready",
        "/static/aftercare.css",
        "/services/closed",
        "/services/reopened",
        "/favicon.ico",
    ]
    paths += ["/hooks/sendgrid/events", "/hooks/twilio/status/r1"]
    paths += ["/hooks/twilio/sms", f"/hooks/sendgrid/inbound/{INBOUND_SECRET}"]
    templates = {route.path for route in site.app.routes}
    paths += [
        path.replace("{number}", "1").replace("{name}", "qa") for path in templates if path.startswith("/console")
    ]
    assert all(any(_fits(path, template) for path in paths) for template in templates), templates
    prefetch = {"Sec-Purpose": "prefetch", "Purpose": "prefetch", "User-Agent": "Mozilla/5.0 (scanner)"}
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        for path in (*paths, *reversed(paths)):
            status = site.client.request(method, path, headers=prefetch).status_code
            assert status < 500 or path == "/ready"  # without Prefect's server it is not
    assert dump(site.store) == before
    assert site.bell.sounds == []


def test_looking_needs_no_right_to_write(site: Site, monkeypatch: pytest.MonkeyPatch):
    def refuse(_self):
        raise AssertionError("a write transaction was opened")

    case = seed.asked(site.place)
    monkeypatch.setattr(type(site.store), "write", refuse)
    for path in (f"/s/{case.survey}?r=1", f"/s/{case.survey}/v", f"/u/{case.unsubscribe}", "/", "/healthz"):
        assert site.client.get(path).status_code in (200, 404)
    assert site.press(case.survey, "forged", rating="1").status_code == 422


def _fits(path: str, template: str) -> bool:
    first = template.strip("/").split("/")[0]
    return path.strip("/").split("/")[0].split("?")[0] == first
