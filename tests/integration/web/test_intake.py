"""The intake: what is answered with success is in the store; everything else left nothing behind."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.tables import services
from tests import seed
from tests.dump import dump
from tests.web_site import Site, signature
from web.bell import Sound

CLOSED, REOPENED = "/services/closed", "/services/reopened"


def closed(**changes: Any) -> dict[str, Any]:
    return json.loads(seed.report().model_dump_json()) | changes


def stored(site: Site) -> list[tuple[str, int]]:
    with site.store.read() as db:
        wanted = select(services.c.external_id, services.c.closing).order_by(services.c.id)
        return [tuple(row) for row in db.execute(wanted)]


def test_a_new_report_is_created_and_a_known_one_is_well_known(site: Site):
    one, two = closed(), closed()
    first = site.report(CLOSED, one)
    assert (first.status_code, first.json()) == (201, {"new": 1, "known": 0})
    again = site.report(CLOSED, one)
    assert (again.status_code, again.json()) == (200, {"new": 0, "known": 1})
    both = site.report(CLOSED, [one, two, two])
    assert (both.status_code, both.json()) == (201, {"new": 1, "known": 2})
    assert stored(site) == [(one["external_id"], 1), (two["external_id"], 1)]
    assert site.bell.sounds == [Sound.SERVICE_CLOSED] * 2


def test_an_empty_list_is_nothing_new(site: Site):
    answer = site.report(CLOSED, [])
    assert (answer.status_code, answer.json()) == (200, {"new": 0, "known": 0})


def test_the_same_id_with_another_content_is_a_conflict_and_nothing_of_the_list_is_taken(site: Site):
    known = closed()
    site.report(CLOSED, known)
    before = dump(site.store)
    answer = site.report(CLOSED, [closed(), known | {"agent": "somebody else"}, closed()])
    assert answer.status_code == 409
    (error,) = answer.json()["errors"]
    assert (error["index"], error["field"]) == (1, "external_id")
    assert dump(site.store) == before
    assert len(site.bell.sounds) == 1


def test_a_conflict_inside_one_list_is_seen_too(site: Site):
    one = closed()
    assert site.report(CLOSED, [one, one | {"agent": "somebody else"}]).status_code == 409
    assert stored(site) == []


def test_a_service_may_be_closed_again_after_it_was_reopened(site: Site):
    one = closed()
    site.report(CLOSED, one)
    at = seed.CLOSED_AT + timedelta(hours=5)
    names = {"source": one["source"], "external_id": one["external_id"]}
    reopened = site.report(REOPENED, names | {"reopened_at": at.isoformat()})
    assert (reopened.status_code, reopened.json()) == (201, {"new": 1, "known": 0})
    again = site.report(REOPENED, names | {"reopened_at": at.isoformat()})
    assert (again.status_code, again.json()) == (200, {"new": 0, "known": 1})
    later = (at + timedelta(hours=2)).isoformat()
    assert site.report(CLOSED, one | {"closed_at": later}).status_code == 201
    assert stored(site) == [(one["external_id"], 1), (one["external_id"], 2)]


def test_reopening_what_was_never_closed_takes_nothing_of_the_list(site: Site):
    one = closed()
    site.report(CLOSED, one)
    before = dump(site.store)
    at = seed.CLOSED_AT + timedelta(hours=5)
    reports = [{"source": "crm", "external_id": id, "reopened_at": at.isoformat()}
               for id in (one["external_id"], "unheard of", "neither")]  # fmt: skip
    answer = site.report(REOPENED, reports)
    assert answer.status_code == 404
    assert [error["index"] for error in answer.json()["errors"]] == [1, 2]
    assert dump(site.store) == before


def test_nothing_happens_in_the_future(site: Site):
    soon = (site.clock.now + timedelta(minutes=4)).isoformat()
    late = (site.clock.now + timedelta(minutes=6)).isoformat()
    one = closed()
    assert site.report(CLOSED, one | {"closed_at": late}).status_code == 422
    assert site.report(CLOSED, one | {"closed_at": soon}).status_code == 201
    names = {"source": one["source"], "external_id": one["external_id"]}
    assert site.report(REOPENED, names | {"reopened_at": late}).status_code == 422
    assert site.report(REOPENED, names | {"reopened_at": soon}).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"region": "XX"}, "region"),
        ({"region": "de-be"}, "region"),
        ({"timezone": "Berlin"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"customer_timezone": "localtime"}, "customer_timezone"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b\r\nBcc: c@example.com"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"closed_at": "2026-10-25T02:30:00"}, "closed_at"),  # no offset, and the clocks showed it twice
        ({"closed_at": "04/05/2026 10:00"}, "closed_at"),
        ({"phone": "15112345678.0"}, "phone"),
        ({"phone": "0900 1234567"}, "phone"),
        ({"region": "CA", "timezone": "America/Los_Angeles"}, "timezone"),
        ({"closed_at": "0001-01-01T00:00:00+14:00"}, "closed_at"),  # before the calendar begins, in UTC
        ({"closed_at": "9999-12-31T23:59:59-14:00"}, "closed_at"),
        ({"closed_at": "1970-01-01T00:00:00Z"}, "closed_at"),
        ({"closed_at": True}, "closed_at"),
        ({"channels": ["fax"]}, "channels.0"),
        ({"tags": ["x"] * 21}, "tags"),
        ({"source": ""}, "source"),
        ({"source": "x" * 201}, "source"),
        ({"external_id": 7}, "external_id"),
        ({"customer_name": "line\nbreak"}, "customer_name"),
        ({"customer_name": "nul\0"}, "customer_name"),
        ({"custommer_name": "misspelt"}, "custommer_name"),
        ({"kind": None}, "kind"),
    ],
)
def test_a_fault_names_its_report_and_its_field(site: Site, change: dict[str, Any], field: str):
    answer = site.report(CLOSED, [closed(), closed(**change)])
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["index"], error["field"]) == (1, field)
    assert error["rule"]
    assert not error["rule"].startswith("Value error")
    assert stored(site) == []


def test_every_fault_of_every_report_is_listed_up_to_a_hundred(site: Site):
    answer = site.report(CLOSED, [closed(region="XX", timezone="XX") for _ in range(60)])
    assert (answer.status_code, len(answer.json()["errors"]), answer.json()["more"]) == (422, 100, 20)


@pytest.mark.parametrize("value", [None, 1, "text", [[]], [None], [{}, 3], True, 1.5])
def test_what_is_no_report_is_a_fault(site: Site, value: Any):
    for path in (CLOSED, REOPENED):
        answer = site.report(path, value)
        assert answer.status_code == 422
        assert answer.json()["errors"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[1,]", b"{'a': 1}", b"nul", b"\xff\xfe[\x00]\x00", b"\xef\xbb\xbf[]", b'"\xed\xa0\x80"', b"[NaN]",
        b"[Infinity]", b"[-Infinity]", b"[1e999]", b'{"source": "a", "source": "b"}', b'[{"tags": [{"a": 1, "a": 1}]}]',
        b'["\\ud800"]', b'{"\\udfff": 1}', b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 50_000,
        b"1" * 5000, b"[" + b"9" * 100_000 + b"]", b"[] []", b'"\n"', b"\0",
    ],
)  # fmt: skip
def test_what_is_not_json_in_one_way_only_is_refused(site: Site, body: bytes):
    answer = site.report(CLOSED, body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("The body cannot be read")
    assert stored(site) == []


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded", "application/jsonp", "json"])
def test_another_content_type_is_not_taken(site: Site, kind: str):
    raw = json.dumps(closed()).encode()
    headers = {"content-type": kind, **signature(raw, site.clock.now)}
    assert site.client.post(CLOSED, content=raw, headers=headers).status_code == 415
    headers["content-type"] = "Application/JSON; charset=utf-8"
    assert site.client.post(CLOSED, content=raw, headers=headers).status_code == 201


def test_too_much_is_refused_before_it_is_read(site: Site):
    assert site.report(CLOSED, [closed(external_id=str(number)) for number in range(1000)]).status_code == 201
    assert site.report(CLOSED, [{}] * 1001).status_code == 413
    assert site.report(CLOSED, b" " * (1024 * 1024 + 1)).status_code == 413
    assert site.report(CLOSED, b" " * (1024 * 1024)).status_code == 400

    def endless():
        for _ in range(100):
            yield b" " * 65536

    assert site.client.post(CLOSED, content=endless()).status_code == 413
    assert len(stored(site)) == 1000
