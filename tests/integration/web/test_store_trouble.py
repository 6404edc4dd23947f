"""When the store cannot write (full, read-only, away), senders are told to try again; what they send then counts."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, exc
from starlette.testclient import TestClient

from models.store import Store
from tests import seed
from tests.dump import dump
from tests.web_site import Site, nonce_in, words_in
from web.app import create_app
from web.bell import Silent

CLOSED = "/services/closed"
BIG = {"customer_name": "x" * 190, "agent": "y" * 190, "language": "z" * 190, "tags": ["t" * 190] * 20}


@contextmanager
def full(store: Store) -> Iterator[None]:
    """The file may not grow any more, as on a disk without room. A limit of pages holds for one connection only."""

    def limit(connection, *_):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    def unlimit(connection, *_):
        connection.execute("PRAGMA max_page_count=1073741823")

    event.listen(store.engine, "checkout", limit)
    yield
    event.remove(store.engine, "checkout", limit)
    event.listen(store.engine, "checkout", unlimit)


@contextmanager
def read_only(store: Store) -> Iterator[None]:
    """The store takes no writes, as on a disk that was mounted again after an error, or a standby of PostgreSQL."""
    forbid, allow = _switches(store)
    event.listen(store.engine, "checkout", forbid)
    yield
    event.remove(store.engine, "checkout", forbid)
    event.listen(store.engine, "checkout", allow)


def _switches(store: Store):
    if store.engine.dialect.name == "sqlite":
        return (lambda db, *_: db.execute("PRAGMA query_only=ON")), (lambda db, *_: db.execute("PRAGMA query_only=OFF"))

    def forbid(db, *_):
        db.read_only = True

    def allow(db, *_):
        db.read_only = False

    return forbid, allow


def big_report() -> dict:
    return json.loads(seed.report().model_dump_json()) | BIG


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the limit is one of SQLite's
def test_a_full_disk_is_never_a_success_and_goes_by(site: Site, caplog: pytest.LogCaptureFixture):
    case = seed.asked(site.place)
    nonce = nonce_in(site.open(case.survey))
    comment = {"rating": "1", "comment": "It is cold. \N{FREEZING FACE}" * 300}
    reports = [big_report() for _ in range(20)]
    before = dump(site.store)
    with full(site.store), caplog.at_level(logging.ERROR):
        refused = [site.report(CLOSED, reports), site.press(case.survey, nonce, **comment)]
        assert [answer.status_code for answer in refused] == [503, 503]
        assert [answer.headers["retry-after"] for answer in refused] == ["30", "30"]
        assert refused[0].headers["content-type"] == "application/json"
        assert "Please try again in a minute" in words_in(refused[1].text)
        assert site.client.get(f"/s/{case.survey}").status_code == 200  # looking needs no room
        assert dump(site.store) == before
    assert "It is cold" not in caplog.text
    assert site.bell.sounds == []
    assert site.report(CLOSED, reports).status_code == 201
    assert site.press(case.survey, nonce, **comment).status_code == 200


def test_a_store_that_takes_no_writes_is_never_a_success_and_goes_by(site: Site):
    case = seed.asked(site.place)
    nonce = nonce_in(site.open(case.survey))
    before = dump(site.store)
    site.store.engine.dispose()
    with read_only(site.store):
        refused = [
            site.report(CLOSED, big_report()),
            site.press(case.survey, nonce, rating="1"),
            site.client.post(f"/u/{case.unsubscribe}"),
        ]
        assert [answer.status_code for answer in refused] == [503, 503, 503]
        assert {answer.headers["retry-after"] for answer in refused} == {"30"}
    assert dump(site.store) == before
    assert site.press(case.survey, nonce, rating="1").status_code == 200
    assert site.client.post(f"/u/{case.unsubscribe}").status_code == 200


def test_a_store_that_is_away_is_not_healthy(site: Site, tmp_path):
    addresses = {
        "sqlite": f"sqlite:///{tmp_path / 'no such folder' / 'aftercare.db'}",
        "postgresql": "postgresql+psycopg://postgres@127.0.0.1:1/nothing",
    }
    away = Store(addresses[site.store.engine.dialect.name])
    client = TestClient(create_app(site.place.settings, away, site.clock, Silent()))
    assert site.client.get("/healthz").json() == {"status": "ok"}
    for path in ("/healthz", f"/s/{'a' * 32}", f"/s/{'a' * 32}?r=1"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert client.get("/healthz").headers["content-type"] == "application/json"
    assert client.get("/").status_code == 200
    away.close()


def test_a_pool_without_a_free_connection_is_trouble_too(site: Site, monkeypatch: pytest.MonkeyPatch):
    def busy(*_):
        raise exc.TimeoutError("QueuePool limit reached")

    monkeypatch.setattr(site.store.engine.pool, "connect", busy)
    assert site.client.get("/healthz").status_code == 503


@pytest.mark.parametrize("path", ["/healthz", "/s/" + "a" * 32])
def test_our_own_mistakes_are_not_passed_off_as_weather(site: Site, path: str, monkeypatch: pytest.MonkeyPatch):
    def mistaken(_self):
        raise exc.ProgrammingError("SELECT name FROM customers", {"name": "Anna Bergmann"}, ValueError("no such table"))

    monkeypatch.setattr(type(site.store), "read", mistaken)
    client = TestClient(site.app, raise_server_exceptions=False)
    answer = client.get(path)
    assert answer.status_code == 500
    assert "Anna" not in answer.text
    assert "SELECT" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
