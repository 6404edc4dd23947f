"""The page of the stages: what managers see of their runs, with Prefect and without it."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import select

from config.stages import deployed_stages
from models import runs as rows
from models.log import NewEntry, append, written_by
from models.tables import runs
from tasks.place import Place
from tests import seed
from tests.console import sign_in
from tests.web_site import Site, make_site, words_in
from vocabulary import Clause, Event, Role, RunState
from web.console.runs import case_runs

PATH = "/console/runs"
PREFECT = "0b3f6f5e-7d9d-4a54-8f7f-0d7c54bb2d3a"
UI = "https://prefect.example.com"
LINK = f"{UI}/v2/runs/flow-run/{PREFECT}"


def ran(site: Site, flow: str = "escalate", *, ago: float, took: float | None = 1, word: str = "Judged",
        state: RunState = RunState.COMPLETED, prefect: str | None = PREFECT, as_of: datetime | None = None,
        **counts: int) -> int:  # fmt: skip
    """A run that began so many minutes ago and took so many; without an end when it took None."""
    began = site.clock() - timedelta(minutes=ago)
    with site.store.write() as db:
        number = rows.begin_run(db, flow, at=began, as_of=as_of, prefect_run_id=prefect)
        if took is not None:
            counts = {name.replace("_", " "): count for name, count in counts.items()}
            rows.end_run(db, number, state, word=word, at=began + timedelta(minutes=took), counts=counts)
    return number


def cells(page: str, stage: str) -> list[str]:
    """What stands in a stage's row, without its description."""
    row = next(row for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL) if f"<summary>{stage}</summary>" in row)
    return [words_in(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)][1:]


class Prefect(ThreadingHTTPServer):
    """Says of runs what a test wants; by itself it is out of order. test_prefect_runs.py asks a real one."""

    coming: list[dict[str, Any]]
    late: list[dict[str, Any]]
    failed: list[dict[str, Any]]
    lost: str | None = None
    """A stage that is not deployed."""
    answers = False

    def says(self, coming: Any = (), late: Any = (), failed: Any = ()) -> None:
        self.coming, self.late, self.failed, self.answers = list(coming), list(late), list(failed), True


class Answer(BaseHTTPRequestHandler):
    server: Prefect

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200 if self.server.answers else 503)
        self.end_headers()
        if self.server.answers:
            self.wfile.write(json.dumps(self._told(said)).encode())

    def _told(self, said: Any) -> Any:
        if "deployments" in said:
            return [{"name": stage.name} for stage in deployed_stages() if stage.name != self.server.lost]
        asked = said["flow_runs"]["state"]
        of = {"SCHEDULED": self.server.coming, "FAILED": self.server.failed}
        return of[asked["type"]["any_"][0]] if "type" in asked else self.server.late

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def run(flow: str, at: datetime, state: str = "Scheduled", number: str = PREFECT) -> dict[str, Any]:
    """As Prefect tells of one."""
    return {"id": number, "name": "nimble-pronghorn", "state_name": state, "expected_start_time": at.isoformat(),
            "tags": ["aftercare", f"stage:{flow}"]}  # fmt: skip


@pytest.fixture
def prefect() -> Iterator[Prefect]:
    with Prefect(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def site(place: Place, prefect: Prefect) -> Site:
    return make_site(place, prefect_port=prefect.server_port, prefect_ui_url=UI)


def test_a_stage_shows_its_last_run_its_next_one_and_what_it_did_lately(site: Site, prefect: Prefect):
    prefect.says(coming=[run("escalate", site.clock() + timedelta(minutes=minutes)) for minutes in (4, 9)])
    ran(site, ago=600, word="Judged", satisfied=40, escalated=1)
    ran(site, ago=3, word="Concerns worked", concerns_opened=2, satisfied=31)
    staff = sign_in(site, Role.SERVICE_MANAGER)
    page = staff.open(PATH).text
    stands, last, coming, lately = cells(page, "escalate")
    assert stands == "well"
    did = "today 09:57 (3 min ago) Concerns worked: 2 concerns opened, 31 satisfied"
    assert last == f"{did} in Prefect : the last run of escalate"
    assert coming == "today 10:04 (in 4 min)"
    assert lately == "2 runs: 71 satisfied, 1 escalated, 2 concerns opened"
    assert f'href="{LINK}"' in page
    assert cells(page, "send survey") == ["has not run yet", "none yet", "none is planned", "0 runs"]


def test_every_stage_of_prefect_yaml_is_shown(site: Site, prefect: Prefect):
    page = sign_in(site, Role.MANAGEMENT).open(PATH).text
    assert re.findall(r"<summary>([^<]*)</summary>", page) == [
        stage.name.replace("-", " ") for stage in deployed_stages()
    ]


def test_without_prefect_our_own_rows_and_the_timetable_are_shown(site: Site, prefect: Prefect):
    ran(site, ago=3, took=None)
    page = sign_in(site, Role.ADMIN).open(PATH).text
    assert "Prefect does not answer." in page
    assert cells(page, "escalate")[:3] == [
        "running now",
        "today 09:57 (3 min ago) under way in Prefect : the last run of escalate",
        "today 10:02 (in 2 min)",
    ]
    assert cells(page, "monthly review")[2] == "Tue 3 Nov 12:00 (in 28 days 2 h)"


def test_a_late_stage_says_since_when(site: Site, prefect: Prefect):
    ran(site, ago=40)
    page = sign_in(site, Role.ADMIN).open(PATH).text
    assert cells(page, "escalate")[0] == "late : was due today 09:52 (8 min ago)"
    assert '<span class="late">late</span>' in page


def test_a_run_that_prefect_waits_for_makes_its_stage_late(site: Site, prefect: Prefect):
    ran(site, "document", ago=50)
    prefect.says(late=[run("document", site.clock() - timedelta(minutes=20), "Late")])
    page = sign_in(site, Role.ADMIN).open(PATH).text
    assert cells(page, "document")[0].startswith("late")
    assert "late: it has not begun" in page
    ran(site, "document", ago=10)
    page = sign_in(site, Role.ADMIN).open(PATH).text
    assert cells(page, "document")[0] == "well", "another run has done its work since"


def test_failed_and_unfinished_runs_are_listed_once_each_newest_first(site: Site, prefect: Prefect):
    ran(site, ago=60 * 24 * 8, state=RunState.FAILED, word="TooOld")
    ran(site, ago=200, state=RunState.FAILED, word="OperationalError", prefect="aaa")
    ran(site, "document", ago=90, took=None, prefect=None)
    ran(site, "document", ago=30, took=None)  # it may be at work yet
    prefect.says(failed=[run("escalate", site.clock() - timedelta(minutes=200), "Failed", "aaa"),
                         run("send-survey", site.clock() - timedelta(minutes=100), "Crashed", "bbb")])  # fmt: skip
    page = sign_in(site, Role.ADMIN).open(PATH).text
    shown = page.partition("<h2>Late, failed")[2]
    told = [[words_in(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
            for row in re.findall(r"<tr>(.*?)</tr>", shown, re.DOTALL)][1:]  # fmt: skip
    assert [(stage, what) for _, stage, what, _ in told] == [
        ("document", "did not finish"),
        ("send survey", "crashed"),
        ("escalate", "failed: OperationalError"),
    ]
    assert told[0][3] == "not in Prefect"
    assert shown.count("/v2/runs/flow-run/aaa") == 1
    assert shown.count("/v2/runs/flow-run/bbb") == 1


def test_when_all_is_well_the_list_says_what_would_stand_there(site: Site, prefect: Prefect):
    prefect.says()
    page = sign_in(site, Role.ADMIN).open(PATH).text
    assert "None. When a run fails, does not finish or does not begin in time, it stands here" in page
    assert "Prefect does not answer" not in page


def test_a_run_that_worked_as_at_another_time_says_so(site: Site, prefect: Prefect):
    ran(site, ago=3, as_of=site.clock() - timedelta(days=2))
    page = sign_in(site, Role.ADMIN).open(PATH).text
    assert "Judged , as at Sun 4 Oct 10:00" in cells(page, "escalate")[1]


def test_times_are_those_of_the_viewer(site: Site, prefect: Prefect):
    ran(site, ago=3)
    staff = sign_in(site, Role.ADMIN)
    staff.send("/console/me", timezone="Europe/Berlin")
    page = staff.open(PATH).text
    assert "Times are those of Europe/Berlin." in page
    assert cells(page, "escalate")[1].startswith("today 11:57 (3 min ago)")
    assert '<time datetime="2026-10-06T09:57:00+00:00">today 11:57</time>' in page


def test_by_itself_a_link_leads_to_this_machine(place: Place):
    assert place.settings.prefect_ui == "http://127.0.0.1:4200"


@pytest.mark.parametrize("role", [Role.SERVICE_TEAM, Role.QA])
def test_others_see_neither_the_page_nor_the_banner(site: Site, role: Role, prefect: Prefect):
    staff = sign_in(site, role)
    assert staff.open(PATH).status_code == 404
    me = staff.open("/console/me").text
    assert "Nothing has run" not in me
    assert PATH not in me


def test_silence_stands_above_every_page_until_something_runs(site: Site, prefect: Prefect):
    staff = sign_in(site, Role.SERVICE_MANAGER)
    for path in (PATH, "/console/me"):
        assert "Nothing has run here yet." in staff.open(path).text
    ran(site, ago=11, took=0.5)
    for path in (PATH, "/console/me"):
        assert "Nothing has run for 10 minutes: since 09:49 UTC, when escalate did." in staff.open(path).text
    ran(site, ago=1)
    for path in (PATH, "/console/me"):
        assert "Nothing has run" not in staff.open(path).text


def test_a_case_lists_the_runs_that_touched_it(site: Site, prefect: Prefect):
    case_id = seed.planned(site.place).case_id
    number = ran(site, "send-survey", ago=3, word="Asked", asked=1)
    with site.store.write() as db, written_by(number):
        append(db, [NewEntry(event=Event.MESSAGE_OWED, at=site.clock(), clause=Clause.ASK, case_id=case_id)])
    staff = sign_in(site, Role.SERVICE_MANAGER)
    with site.store.read() as db:
        (told,) = case_runs(db, case_id, now=site.clock(), zone=staff.person.zone, prefect_ui="http://p")
    assert (told["name"], told["word"], told["did"], told["entries"]) == ("send survey", "Asked", "1 asked", 1)
    assert told["link"] == f"http://p/v2/runs/flow-run/{PREFECT}"


def test_looking_writes_nothing(site: Site, prefect: Prefect):
    ran(site, ago=3)
    sign_in(site, Role.ADMIN).open(PATH)
    with site.store.read() as db:
        assert len(db.execute(select(runs)).all()) == 1


def test_a_stage_that_prefect_has_lost_is_named(site: Site, prefect: Prefect):
    prefect.says()
    prefect.lost = "send-survey"
    page = words_in(sign_in(site, Role.SERVICE_MANAGER).open(PATH).text)
    assert "Nothing starts send survey. Prefect has lost it." in page
