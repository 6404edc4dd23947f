"""Several workers at once, in processes and threads: everything happens once, and nobody waits for ever."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import policy
from models.tables import answers, cases, escalations, judgements, messages
from tasks.place import Place
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import use_policy
from vocabulary import Delivery, Event, Purpose, Stage

ROOT = Path(policy.__file__).parent.parent
PROCESSES, THREADS = 2, 2
SERVICES = 30

RIVALS = """
import os, sys, time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from tests.acceptance.days import Days

folder, processes, threads = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])

def work(name):
    for turn in range(1, 100):
        while not (folder / f"go-{turn}").exists():
            time.sleep(0.01)
        what, _, now = (folder / f"go-{turn}").read_text().partition(" ")
        if what == "stop":
            return
        with ThreadPoolExecutor(threads) as pool:
            for rival in [pool.submit(getattr(Days(datetime.fromisoformat(now)), what)) for _ in range(threads)]:
                rival.result()
        (folder / f"done-{turn}-{name}").touch()

def fork(name):
    child = os.fork()
    if child == 0:
        try:
            work(name)
        except BaseException as fault:
            print(fault, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return child

(folder / "ready").touch()
children = [fork(name) for name in range(processes)]
while children:  # the first to fall takes the others with it
    child, status = os.wait()
    children.remove(child)
    if status:
        for other in children:
            os.kill(other, 9)
        sys.exit(1)
"""


class Rivals:
    """Processes that all do the same at the same time, each in several threads."""

    def __init__(self, folder: Path, processes: int, threads: int) -> None:
        self.folder, self.processes, self.turn = folder, processes, 0
        folder.mkdir()
        command = [sys.executable, "-c", RIVALS, str(folder), str(processes), str(threads)]
        self.family = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        self._wait_for(["ready"])

    def all_do(self, what: str, now: datetime) -> None:
        """`what` is the name of a method of Days."""
        self._order(f"{what} {now.isoformat()}")
        self._wait_for([f"done-{self.turn}-{name}" for name in range(self.processes)])

    def stop(self) -> None:
        self._order("stop")
        assert self.family.wait(timeout=60) == 0

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.family.pid, signal.SIGKILL)
        self.family.wait()

    def _order(self, text: str) -> None:
        self.turn += 1
        draft = self.folder / "draft"
        draft.write_text(text)
        draft.rename(self.folder / f"go-{self.turn}")  # appears whole

    def _wait_for(self, files: list[str]) -> None:
        end = time.monotonic() + 90
        while not all((self.folder / file).exists() for file in files):
            assert self.family.poll() is None, "a rival fell over"
            assert time.monotonic() < end, "the rivals wait for each other"
            time.sleep(0.01)  # for other processes


@pytest.fixture
def days(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    """Monday, 14:00 in Berlin. Batches are small, so that workers meet often."""
    use_policy(monkeypatch, tmp_path, ("size = 500 ", "size = 15 "))
    return Days(berlin("2026-10-05 14:00"))


@contextmanager
def rivals(folder: Path, processes: int = PROCESSES, threads: int = THREADS) -> Iterator[Rivals]:
    started = Rivals(folder, processes, threads)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


def report(days: Days, services: int) -> None:
    for number in range(services):
        days.report(f"J-{number}", closed=days.now - timedelta(hours=4), email=f"c{number}@example.com")


def logged(days: Days) -> Counter[str]:
    """How many entries there are of each event; of a change of stage, of each target."""
    found: Counter[str] = Counter()
    for entry in days.entries():
        target = entry.detail.partition('"to": "')[2].partition('"')[0]
        found[target if entry.event == Event.STAGE_CHANGED else entry.event] += 1
    return found


def test_every_stage_swept_by_four_at_once_does_everything_once(days: Days, tmp_path: Path):
    report(days, SERVICES)
    with rivals(tmp_path / "rivals") as workers:
        workers.all_do("sweep", days.now)
        assert logged(days) == {
            "case_opened": SERVICES, "asked": SERVICES, "message_owed": SERVICES, "message_accepted": SERVICES,
        }  # fmt: skip
        assert len(days.letters()) == len(days.rows(messages)) == SERVICES

        days.now += timedelta(days=3, minutes=1)
        workers.all_do("sweep", days.now)
        workers.all_do("sweep", days.now)
        assert Counter(letter.purpose for letter in days.letters()) == {"survey": SERVICES, "reminder": SERVICES}
        assert logged(days)["message_owed"] == 2 * SERVICES

        for number, letter in enumerate(days.letters(Purpose.SURVEY)):
            days.answer(letter, rating=1 if number % 3 == 0 else 5)
        unhappy = len(range(0, SERVICES, 3))
        workers.all_do("sweep", days.now)
        assert len(days.rows(judgements)) == len(days.rows(answers)) == SERVICES
        assert len(days.rows(escalations)) == logged(days)["escalation_opened"] == unhappy
        assert logged(days)["escalated"] == unhappy
        assert logged(days)["ended"] == SERVICES - unhappy

        days.now += timedelta(hours=73)
        workers.all_do("sweep", days.now)
        sealed = [case for case in days.rows(cases) if case.stage == Stage.CLOSED]
        assert len(sealed) == logged(days)["closed"] == SERVICES - unhappy
        assert logged(days)["escalation_breached"] == 3 * unhappy, "each of three rungs once, by one of four sweeps"
    refs = Counter(letter.row.ref for letter in days.letters())
    assert set(refs.values()) == {1}


def test_four_workers_empty_one_outbox_and_every_message_is_one_mail(days: Days, tmp_path: Path):
    waiting = 400 if "postgresql" in days.here.store.url else 200
    report(days, waiting)
    days.open_and_ask()
    with rivals(tmp_path / "rivals", processes=4, threads=1) as workers:
        workers.all_do("deliver", days.now)
    mails = Counter(path.stem.partition("-")[2] for path in days.here.settings.outbox.glob("*.eml"))
    assert len(mails) == waiting
    assert set(mails.values()) == {1}
    rows = days.rows(messages)
    assert {row.ref for row in rows} == mails.keys()
    assert {(row.state, row.attempts) for row in rows} == {(Delivery.ACCEPTED, 1)}
    assert len({row.owner for row in rows}) > waiting / 15, "the work was shared"
    assert logged(days)["message_accepted"] == waiting
