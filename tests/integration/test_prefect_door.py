"""Prefect's API under `up`: nobody without its login starts anything, and with it no program but the stages."""

import asyncio
import json
from collections.abc import Iterator, Mapping

import httpx
import pytest
import websockets
from websockets.exceptions import ConnectionClosed

from cli.deployments import JOB_TEMPLATE, apply_deployments
from config.prefect_api import login_file, prefect_api
from config.prefect_state import POOL
from config.settings import Settings

pytestmark = pytest.mark.slow

COMMAND = {"job_variables": {"command": "/bin/sh -c id"}}


@pytest.fixture
def stranger(on_prefect: Settings) -> Iterator[httpx.Client]:
    """Another account of this machine, or a page in one of its browsers."""
    with httpx.Client(base_url=on_prefect.prefect_url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def ours(on_prefect: Settings) -> Iterator[httpx.Client]:
    with prefect_api(on_prefect).client(timeout_s=30) as client:
        yield client


def test_nothing_of_the_api_is_done_without_the_login(stranger: httpx.Client):
    """Every operation that the server itself names. Only that it is alive may be asked by anybody."""
    paths = stranger.get("/openapi.json").raise_for_status().json()["paths"]
    doors = [(method.upper(), path) for path, item in paths.items() for method in item]
    assert len(doors) > 150
    open_doors = set()
    for method, path in doors:
        filled = path.replace("{id}", "0" * 8 + "-0000-4000-8000-" + "0" * 12)
        answer = stranger.request(method, f"/api{filled}", json={})
        if answer.status_code != httpx.codes.UNAUTHORIZED:
            open_doors.add((method, path))
    assert open_doors == {("GET", "/health"), ("GET", "/ready")}


@pytest.mark.parametrize("login", [("aftercare", ""), ("aftercare", "0f" * 32), ("", ""), ("admin", "pass")])
def test_a_wrong_login_opens_nothing(stranger: httpx.Client, login: tuple[str, str]):
    assert stranger.post("/api/deployments/filter", json={}, auth=login).status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize("path", ["events/in", "events/out", "logs/out", "task_runs/subscriptions/scheduled",
                                  f"work_pools/{POOL}/workers/connect"])  # fmt: skip
@pytest.mark.parametrize("protocol", [None, "prefect"])
@pytest.mark.parametrize("said", [{}, {"type": "auth"}, {"type": "auth", "token": "aftercare:guess"}])
def test_no_socket_opens_without_the_login(
    on_prefect: Settings, path: str, protocol: str | None, said: Mapping[str, str]
):
    async def knock() -> None:
        url = f"ws://127.0.0.1:{on_prefect.prefect_port}/api/{path}"
        protocols = [websockets.Subprotocol(protocol)] if protocol else None
        async with websockets.connect(url, subprotocols=protocols, proxy=None) as socket:
            await socket.send(json.dumps(said))
            while True:
                assert json.loads(await socket.recv()).get("type") != "auth_success"

    with pytest.raises((ConnectionClosed, websockets.InvalidHandshake)):
        asyncio.run(asyncio.wait_for(knock(), 30))


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost"])
def test_pages_from_elsewhere_may_not_call_it(stranger: httpx.Client, origin: str):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = stranger.options("/api/deployments/filter", headers=asked)
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "access-control-allow-origin" not in answer.headers


def test_its_own_pages_may(stranger: httpx.Client, on_prefect: Settings):
    asked = {"Origin": on_prefect.prefect_url, "Access-Control-Request-Method": "POST"}
    answer = stranger.options("/api/deployments/filter", headers=asked)
    assert answer.headers["access-control-allow-origin"] == on_prefect.prefect_url


@pytest.mark.parametrize("path", ["/", "/api/ready", "/ui-settings", "/api/deployments/filter"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:4200", "127.0.0.1.evil.example", "0.0.0.0", ""])
def test_a_name_that_was_made_to_lead_here_is_not_answered(stranger: httpx.Client, host: str, path: str):
    assert stranger.get(path, headers={"Host": host}).status_code == httpx.codes.BAD_REQUEST


def test_who_creates_a_run_cannot_say_which_program_it_is(ours: httpx.Client):
    found = ours.get("/deployments/name/document/document").raise_for_status().json()["id"]
    for variables in ({"command": "id"}, {"env": {"PATH": "/tmp"}}, {"working_dir": "/tmp"}):
        answer = ours.post(f"/deployments/{found}/create_flow_run", json={"job_variables": variables})
        assert answer.status_code in (httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY), answer.text


def test_a_pool_of_an_earlier_version_is_closed_as_well(on_prefect: Settings, ours: httpx.Client):
    lax = {"job_configuration": {"command": "{{ command }}"},
           "variables": {"type": "object", "properties": {"command": {"type": "string"}}}}  # fmt: skip
    ours.patch(f"/work_pools/{POOL}", json={"base_job_template": lax}).raise_for_status()
    assert apply_deployments(on_prefect) is False  # the deployments are there already
    assert ours.get(f"/work_pools/{POOL}").json()["base_job_template"] == JOB_TEMPLATE


def test_what_the_server_has_lost_is_applied_again(on_prefect: Settings, ours: httpx.Client):
    found = ours.get("/deployments/name/document/document").raise_for_status().json()["id"]
    ours.delete(f"/deployments/{found}").raise_for_status()
    assert apply_deployments(on_prefect) is True
    assert ours.get("/deployments/name/document/document").is_success


def test_the_login_is_kept_where_only_its_owner_reads(on_prefect: Settings):
    assert login_file(on_prefect).stat().st_mode & 0o777 == 0o600
