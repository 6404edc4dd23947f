"""The bell carries no data, takes no time, and its failure is nobody's problem."""

import logging
import uuid
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from prefect.events.schemas.events import Event
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from config.prefect_api import PrefectApi
from web.bell import PrefectBell, Silent, Sound

NOW = datetime(2026, 10, 6, 10, 0, tzinfo=UTC)
LOGIN = "aftercare:" + "0f" * 32


def server(url: str) -> PrefectApi:
    return PrefectApi(url, LOGIN)


@pytest.mark.parametrize("sound", list(Sound))
def test_one_event_without_any_data_is_sent(httpserver: HTTPServer, sound: Sound):
    seen: list[Request] = []

    def take(request: Request) -> Response:
        seen.append(request)
        return Response(status=204)

    httpserver.expect_request("/api/events", method="POST").respond_with_handler(take)
    PrefectBell(server(httpserver.url_for("/api")), lambda: NOW).ring(sound)
    ((event,),) = [request.get_json() for request in seen]
    assert uuid.UUID(event.pop("id")).version == 4
    assert event == {
        "event": sound.value,
        "occurred": "2026-10-06T10:00:00+00:00",
        "resource": {"prefect.resource.id": "aftercare.inbox"},
        "payload": {},
    }
    assert seen[0].headers["Authorization"] == f"Basic {b64encode(LOGIN.encode()).decode()}"
    assert Event.model_validate(seen[0].get_json()[0]).occurred == NOW


def test_a_bell_that_nobody_hears_is_logged_once_per_silence(httpserver: HTTPServer, caplog: pytest.LogCaptureFixture):
    bell = PrefectBell(server(httpserver.url_for("/api")), lambda: NOW)
    httpserver.expect_ordered_request("/api/events").respond_with_data(status=500)
    httpserver.expect_ordered_request("/api/events").respond_with_data(status=500)
    httpserver.expect_ordered_request("/api/events").respond_with_data(status=204)
    httpserver.expect_ordered_request("/api/events").respond_with_data(status=401)
    with caplog.at_level(logging.WARNING, "aftercare.web"):
        for _ in range(4):
            bell.ring(Sound.ANSWER_RECEIVED)
    said = [record.getMessage() for record in caplog.records if record.name == "aftercare.web"]
    assert said == ["Prefect does not hear the bell (HTTPStatusError). Work goes on with the schedules."] * 2


def test_no_server_at_all_is_no_error_either(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")  # not asked: the server is on this machine
    PrefectBell(server("http://127.0.0.1:1/api"), lambda: NOW).ring(Sound.SERVICE_CLOSED)
    Silent().ring(Sound.SERVICE_CLOSED)
