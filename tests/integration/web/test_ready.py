"""/healthz and /ready: what a load balancer and a watchman are told, without a word about anybody."""

import threading
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.web_site import Site
from web import readiness

Usage = namedtuple("Usage", "total used free")


def test_healthy_is_what_can_take_what_is_said(site: Site):
    answer = site.client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_without_prefect_it_is_healthy_and_not_ready(site: Site):
    answer = site.client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready", "store": "ok", "disk": "ok", "schema": "ok", "prefect": "does not answer",
    }  # fmt: skip
    assert site.client.get("/healthz").status_code == 200


def test_a_full_disk_is_said_by_both(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _path: Usage(10, 10, 0))
    health, ready = site.client.get("/healthz"), site.client.get("/ready")
    assert (health.status_code, health.json()) == (503, {"status": "disk full"})
    assert (ready.status_code, ready.json()["disk"]) == (503, "full")


def test_nobody_waits_for_who_looks(site: Site, monkeypatch: pytest.MonkeyPatch):
    """A Prefect that is slow to answer, and many who ask: one of them waits, the others hear what was known."""
    asked, answer, looking = [], threading.Event(), threading.Event()

    def slow(_self: object) -> str:
        asked.append(1)
        looking.set()
        answer.wait()
        return "ok"

    monkeypatch.setattr(readiness.Readiness, "_ask_prefect", slow)
    with ThreadPoolExecutor(1) as apart:
        first = apart.submit(site.client.get, "/ready")
        looking.wait()
        assert [site.client.get("/ready").json()["status"] for _ in range(5)] == ["not ready"] * 5
        answer.set()
        assert first.result().json()["status"] == "ready"
    assert site.client.get("/ready").json()["status"] == "ready"
    assert len(asked) == 1


def test_a_schema_of_another_version_is_not_ready(site: Site):
    with site.store.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert site.client.get("/ready").json()["schema"] == "of another version"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_only_asked(site: Site, method: str):
    assert site.client.request(method, "/ready").status_code == 405
