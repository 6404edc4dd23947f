"""Workers that are killed (SIGKILL) at named points: afterwards nothing is lost, and nothing is sent twice."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import policy
from models.tables import answers, cases, escalations, judgements, messages, services
from tasks.place import Place
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import change_policy, use_policy
from vocabulary import Delivery, Disposition, Event, Purpose, Stage

ROOT = Path(policy.__file__).parent.parent
CUSTOMERS = 6
LEASE = timedelta(seconds=121)

DYING = '''
"""For each line: a child of this process does what the point names, and is killed there."""

import json, os, signal, sys
from dataclasses import replace
from datetime import datetime, timedelta
from sqlalchemy import event
import tasks.outbox
from channels.claims import Unguarded
from tasks.channels import WAYS
from tests.acceptance.days import Days

way = WAYS["email"]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

class Mortal:
    """The real provider, killed after it has begun and written so many mails, and has told nobody."""
    def __init__(self, settings, now):
        self.real = way.provider(settings, now)
    def send(self, mails, *, claim, in_flight):
        claim.turn([mail.ref for mail in mails[:number]], [])
        self.real.send(mails[:number], claim=Unguarded(), in_flight=in_flight)
        die()

def act(point, days):
    turns = iter(range(1, 1000))
    def at_the_nth(db):
        if db.get_execution_options().get("aftercare_writing") and next(turns) == number:
            die()
    if point in ("begin", "commit"):
        event.listen(days.here.store.engine, point, at_the_nth)
        days.sweep()
    elif point == "reported":
        days.report("lost?", email="lost@example.com", closed=days.now - timedelta(hours=4))
        die()
    elif point == "claimed":
        assert tasks.outbox.claim_batch.fn(days.now)
        die()
    elif point == "handed-over":
        WAYS["email"] = replace(way, adapters=dict.fromkeys(way.adapters, Mortal))
        days.deliver()

for line in sys.stdin:
    order = json.loads(line)
    number = order["number"]
    child = os.fork()
    if child == 0:
        os.environ |= order["environment"]
        act(order["point"], Days(datetime.fromisoformat(order["now"])))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status), flush=True)
'''


class Dying:
    """Has workers killed, and counts them."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.killed = 0

    def crash(self, point: str, number: int, days: Days) -> bool:
        """False when the worker was through before it came to that point."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        environment = {name: value for name, value in os.environ.items() if name.startswith("AFTERCARE_")}
        order = {"point": point, "number": number, "now": days.now.isoformat(), "environment": environment}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        ended = int(self.process.stdout.readline())
        assert ended in (signal.SIGKILL, 0), f"it fell over by itself: {ended}"
        self.killed += ended == signal.SIGKILL
        return ended == signal.SIGKILL


@pytest.fixture(scope="module")
def crashing() -> Iterator["subprocess.Popen[str]"]:
    """Loaded once; its children are what is killed."""
    command, pipe = [sys.executable, "-c", DYING], subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        process.kill()


@pytest.fixture
def dying(crashing: "subprocess.Popen[str]") -> Dying:
    return Dying(crashing)


@pytest.fixture
def days(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    """Monday, 14:00 in Berlin. What is unknown is held: a second copy would be found."""
    use_policy(monkeypatch, tmp_path, ('unknown_survey = "resend"', 'unknown_survey = "hold"'))
    return Days(berlin("2026-10-05 14:00"))


def report(days: Days, first: int = 0, customers: int = CUSTOMERS) -> None:
    for number in range(first, first + customers):
        days.report(f"J-{number}", closed=days.now - timedelta(hours=4), email=f"c{number}@example.com",
                    phone=f"030 555{number:04}")  # fmt: skip


def letters_per_ref(days: Days) -> Counter[str]:
    return Counter(path.stem.partition("-")[2] for path in days.here.settings.outbox.glob("*.eml"))


def sound(days: Days) -> bool:
    with days.here.store.read() as db:
        return db.dialect.name != "sqlite" or db.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


@pytest.mark.parametrize("point", ["commit", "begin"])
def test_a_sweep_killed_before_any_commit_or_after_it_is_made_good_by_the_next(days: Days, dying: Dying, point: str):
    """A new customer is to be asked each time, and the sweep is killed one transaction later than the last time."""
    number = 0
    while number == dying.killed:
        number += 1
        report(days, first=number, customers=1)
        dying.crash(point, number, days)
        days.now += LEASE
    assert dying.killed >= 8, "cancel, open, ask, tidy, claim, keep links, settle, claim no more"
    days.live(minutes=5)

    assert len(days.rows(cases)) == len(days.entries(Event.CASE_OPENED)) == number
    assert len(days.rows(messages)) == len(days.entries(Event.MESSAGE_OWED)) == number
    assert {row.state for row in days.rows(messages)} == {Delivery.ACCEPTED, Delivery.UNKNOWN}
    assert max(letters_per_ref(days).values()) == 1
    days.live(hours=1, minutes=5)
    unsure = {row.case_id for row in days.rows(messages) if row.state == Delivery.UNKNOWN}
    assert {call.case_id for call in days.calls()} == unsure, "who may not have got the mail is called"
    assert sound(days)


@pytest.mark.parametrize("point", ["commit", "begin"])
def test_an_answer_is_judged_once_wherever_the_judging_is_killed(days: Days, dying: Dying, point: str):
    report(days, customers=14)
    days.live(minutes=5)
    for number, letter in enumerate(days.letters(Purpose.SURVEY), start=1):
        days.answer(letter, rating=1)
        if not dying.crash(point, number, days):
            break
        days.now += LEASE
    assert dying.killed >= 7, "cancel, judge, tidy, claim, keep links, settle, claim no more"
    days.live(minutes=5)

    said = len(days.rows(answers))
    assert len(days.rows(judgements)) == len(days.rows(escalations)) == said
    assert len(days.entries(Event.ESCALATION_OPENED)) == len(days.entries(Event.ANSWER_JUDGED)) == said
    notices = [row for row in days.rows(messages) if row.purpose == Purpose.ESCALATION_NOTICE]
    assert len(notices) == 2 * said, "owner and supervisor, once each"
    assert max(letters_per_ref(days).values()) == 1
    assert sound(days)


def test_a_report_that_was_acknowledged_is_not_lost(days: Days, dying: Dying):
    assert dying.crash("reported", 0, days)
    assert len(days.rows(services)) == 1
    days.live(minutes=1)
    assert [letter.to for letter in days.letters()] == ["lost@example.com"]


def test_what_was_claimed_and_never_begun_is_sent_by_the_next_at_once(days: Days, dying: Dying):
    report(days)
    days.open_and_ask()
    assert dying.crash("claimed", 0, days)
    assert days.deliver() == {"given back": CUSTOMERS, "sent": CUSTOMERS}
    days.live(hours=2)
    assert sorted(letters_per_ref(days).values()) == [1] * CUSTOMERS
    assert days.entries(Event.MESSAGE_UNKNOWN) == []
    assert days.calls() == []


def test_of_a_worker_on_another_host_the_lease_alone_tells(days: Days, dying: Dying):
    report(days)
    days.open_and_ask()
    assert dying.crash("claimed", 0, days)
    with days.here.store.write() as db:
        db.execute(messages.update().values(owner="elsewhere.example:1:0f"))
    days.now += LEASE - timedelta(seconds=2)
    assert days.deliver().total() == 0, "it may be slow, not dead"
    days.now += timedelta(seconds=3)
    assert days.deliver() == {"given back": CUSTOMERS, "sent": CUSTOMERS}


@pytest.mark.parametrize("written", [0, 2, CUSTOMERS])
def test_a_worker_killed_among_its_mails_leaves_unknown_what_was_under_way_and_nothing_is_sent_twice(
    days: Days, dying: Dying, written: int
):
    report(days)
    days.open_and_ask()
    assert dying.crash("handed-over", written, days)
    assert len(letters_per_ref(days)) == written
    days.live(hours=2)
    assert sorted(letters_per_ref(days).values()) == [1] * CUSTOMERS
    states = Counter(row.state for row in days.rows(messages))
    assert states == Counter({Delivery.UNKNOWN: written, Delivery.ACCEPTED: CUSTOMERS - written}) + Counter()
    assert not any(row.possible_duplicate for row in days.rows(messages))


def test_who_got_the_mail_of_a_killed_worker_can_answer_it(days: Days, dying: Dying):
    report(days)
    days.open_and_ask()
    assert dying.crash("handed-over", CUSTOMERS, days)
    for letter in days.letters():
        assert days.answer(letter, rating=5), "its link was kept before it was sent"
    days.live(days=4)
    assert Counter((case.stage, case.disposition) for case in days.rows(cases)) == {
        (Stage.CLOSED, Disposition.SATISFIED): CUSTOMERS
    }
    assert days.calls() == []


def test_a_first_survey_may_be_sent_once_more_after_the_wait_and_is_marked(days: Days, dying: Dying, tmp_path: Path):
    change_policy(tmp_path / "policy.toml", ('unknown_survey = "hold"', 'unknown_survey = "resend"'))
    report(days)
    days.open_and_ask()
    assert dying.crash("handed-over", 2, days)
    days.live(minutes=45)
    copies = letters_per_ref(days)
    assert sorted(copies.values()) == [1] * (CUSTOMERS - 2) + [2, 2]
    marked = {row.ref for row in days.rows(messages) if row.possible_duplicate}
    assert {ref for ref, count in copies.items() if count == 2} <= marked
    days.live(days=2)
    assert letters_per_ref(days) == copies
