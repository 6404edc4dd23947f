"""What Prefect says of runs: asked of a real server, and of what is none."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.states import Crashed, Failed, Late, Scheduled

from cli.stages import StageName
from config.prefect_api import PrefectApi, prefect_api
from config.settings import Settings
from config.stages import deployed_stages
from policy.run_rules import RunRules
from tests.prefect_server import free_port
from web.console.prefect_runs import PrefectRuns, PrefectSays

RULES = RunRules()


def server(url: str) -> PrefectApi:
    return PrefectApi(f"{url}/api", "aftercare:" + "0f" * 32)


def now() -> datetime:
    return datetime.now(UTC)


def scheduled(stage: StageName, at: datetime, *states: Any) -> str:
    """A run of a deployment, scheduled and then set to other states; its id."""
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(f"{stage}/{stage}").id
        run = client.create_flow_run_from_deployment(deployment, state=Scheduled(scheduled_time=at))
        for state in states:
            client.set_flow_run_state(run.id, state, force=True)
    return str(run.id)


@pytest.mark.slow
def test_prefect_says_what_comes_what_is_late_and_what_failed(on_prefect: Settings):
    soon, later = now() + timedelta(minutes=7), now() + timedelta(hours=2)
    scheduled(StageName.ESCALATE, later)
    scheduled(StageName.ESCALATE, soon)
    waiting, long_ago = now() - timedelta(minutes=2), now() - timedelta(minutes=20)
    scheduled(StageName.SEND_SURVEY, waiting, Late(scheduled_time=waiting))  # it has time to start yet
    late = scheduled(StageName.DELIVER_MESSAGES, long_ago, Late(scheduled_time=long_ago))
    failed = scheduled(StageName.DOCUMENT, long_ago - timedelta(hours=1), Failed())
    crashed = scheduled(StageName.DOCUMENT, long_ago, Crashed())
    scheduled(StageName.DOCUMENT, now() - timedelta(days=8), Failed())  # too old to be shown
    said = PrefectRuns(prefect_api(on_prefect)).say(now(), RULES)
    assert said is not None
    assert said.next_at.keys() == {"escalate"}
    assert abs(said.next_at["escalate"] - soon) < timedelta(seconds=1)
    assert [(run.id, run.flow) for run in said.late] == [(late, "deliver-messages")]
    assert [(run.id, run.flow, run.state_name) for run in said.failed] == [
        (crashed, "document", "Crashed"),
        (failed, "document", "Failed"),
    ]


class Silence(BaseHTTPRequestHandler):
    """Takes every request and never answers."""

    def do_POST(self) -> None:
        time.sleep(30)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Nonsense(Silence):
    """Another program at that port."""

    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"detail": "welcome"}')


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_nobody_waits_longer_than_two_seconds_nor_twice_within_ten():
    with serving(Silence) as url:
        prefect, begun = PrefectRuns(server(url)), time.monotonic()
        assert prefect.say(now(), RULES) is None
        first = time.monotonic() - begun
        assert prefect.say(now(), RULES) is None
        second = time.monotonic() - begun - first
    assert 1.5 < first < 20, "two seconds on an idle machine; the server is silent for thirty"
    assert second < 1.5, "not waited for again"


def test_another_program_at_the_port_says_nothing_of_runs_and_is_not_asked_again_at_once():
    with serving(Nonsense) as url:
        prefect = PrefectRuns(server(url))
        assert prefect.say(now(), RULES) is None
        assert prefect.say(now(), RULES) is None
    assert Nonsense.asked == 1


def test_a_server_that_is_down_says_nothing():
    assert PrefectRuns(server(f"http://127.0.0.1:{free_port()}")).say(now(), RULES) is None


def test_an_empty_answer_is_an_answer():
    class Empty(Silence):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"[]")

    with serving(Empty) as url:
        said = PrefectRuns(server(url)).say(now(), RULES)
    assert said == PrefectSays(missing=tuple(sorted(stage.name for stage in deployed_stages()))), "nothing is deployed"
