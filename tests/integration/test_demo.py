"""The demonstration, as somebody meets it who wants to know what Aftercare does: one command, three channels."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, func, select

from cli.demo.company import PASSWORD
from cli.demo.habits import Deed
from config.settings import ROOT
from models.by_channel import channel_figures, waiting_replies
from models.due import open_calls
from models.listing import account, promises
from models.passwords import is_password
from models.tables import (
    calls,
    cases,
    entries,
    escalation_pauses,
    escalations,
    messages,
    people,
    provider_events,
    replies,
    runs,
    services,
    subtasks,
    suppressions,
)
from tests.prefect_server import environment, free_port
from vocabulary import Cause, Channel, Delivery, Event, Purpose, Role, Stage

pytestmark = pytest.mark.slow

SERVICES, WAIT_S = 150, 1800
FOREIGN = {"AFTERCARE_MAIL": "smtp", "AFTERCARE_SENDGRID_API_KEY_FILE": "/nowhere/key",
           "AFTERCARE_TWILIO_API_KEY_SID": "SK" + "0a" * 16, "AFTERCARE_TWILIO_API_KEY_SECRET": "not-for-fakes",
           "AFTERCARE_PUBLIC_URL": "https://aftercare.example.com"}  # fmt: skip
"""Settings of a real installation: the demonstration must neither use nor need them."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The home of a demonstration that has ended, and what it printed."""
    home = tmp_path_factory.mktemp("demonstration")
    ports = {"AFTERCARE_PREFECT_PORT": str(free_port()), "AFTERCARE_WEB_PORT": str(free_port())}
    command = [sys.executable, "-P", "-m", "cli", "demo", "--exit", "--cases", str(SERVICES)]
    with environment({"AFTERCARE_HOME": str(home), "COLUMNS": "100"} | ports | FOREIGN):
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=WAIT_S, env={**os.environ}, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return home, done.stdout


@pytest.fixture
def db(told: tuple[Path, str]) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{told[0] / 'aftercare.db'}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_every_service_is_accounted_for(db: Connection, told: tuple[Path, str]):
    words = account(db)
    assert sum(words.values()) == db.execute(select(func.count()).select_from(services)).scalar_one() > SERVICES - 10
    of_the_month = ~services.c.external_id.startswith("WO-27")
    stages = select(cases.c.stage).join_from(cases, services, services.c.id == cases.c.service_id).distinct()
    assert set(db.execute(stages.where(of_the_month)).scalars()) == {Stage.CLOSED}, "every case of the month has ended"
    [shown] = re.findall(r"all rows accepted +(\d+)", told[1])
    assert int(shown) == sum(words.values())


def test_the_people_of_the_policy_are_let_in_and_printed_with_their_one_password(
    db: Connection, told: tuple[Path, str]
):
    rows = db.execute(select(people.c.email, people.c.roles, people.c.password_hash)).all()
    assert {row.email for row in rows} >= {
        "petra.lindqvist@staff.example.com", "marek.novak@staff.example.com", "management@staff.example.com"
    }  # fmt: skip
    assert {role for row in rows for role in row.roles.split(",")} == set(Role)
    assert all(is_password(row.password_hash, PASSWORD) for row in rows)
    assert all(row.email in told[1] for row in rows)
    assert PASSWORD in told[1]


def test_the_month_was_worked_in_the_names_of_people(db: Connection):
    names = set(db.execute(select(people.c.name)).scalars())
    by_people = entries.c.event.in_((Event.CALL_CLAIMED, Event.CALL_RECORDED, Event.ESCALATION_ACKNOWLEDGED,
                                     Event.ESCALATION_RESOLVED, Event.NOTE_ADDED, Event.SUBTASK_ASKED,
                                     Event.ESCALATION_REASSIGNED, Event.ESCALATION_PAUSED))  # fmt: skip
    done = Counter(db.execute(select(entries.c.event).where(by_people)).scalars())
    assert len(done) == 8, done
    assert set(db.execute(select(entries.c.actor).where(by_people)).scalars()) <= names


def test_the_last_days_leave_work_in_every_state(db: Connection):
    now = db.execute(select(func.max(entries.c.at))).scalar_one()
    e = escalations.c
    still_open = db.execute(select(escalations).where(e.closed_at.is_(None))).all()
    assert {row.reopened > 0 for row in still_open} == {True, False}
    untaken = [row for row in still_open if row.taken_at is None]
    assert [row for row in untaken if row.deadline_at < now], "late"
    assert [row for row in untaken if timedelta() < row.deadline_at - now < timedelta(hours=3)], "near the deadline"
    assert [row for row in untaken if row.deadline_at - now > timedelta(hours=20)], "just come in"
    assert [row for row in still_open if row.acknowledged_at and not row.resolved_at], "taken"
    assert [row for row in still_open if row.taken_at and not row.acknowledged_at], "handed over"
    assert [row for row in still_open if row.resolved_at], "resolved, and the customer is asked"
    assert db.execute(select(subtasks.c.id).where(subtasks.c.ended_at.is_(None))).all()
    assert db.execute(select(escalation_pauses.c.id).where(escalation_pauses.c.ended_at.is_(None))).all()
    calls_now = open_calls(db, now)
    assert len(calls_now) >= 5
    assert [call for call in calls_now if call.due_to > now], "in time"
    assert db.execute(select(calls.c.id).where(calls.c.claimed_until > now)).all(), "in somebody's hands"
    assert waiting_replies(db) >= 2


def test_the_runs_are_dated_by_the_story(db: Connection):
    begins = db.execute(select(func.min(services.c.closed_at))).scalar_one()
    ends = db.execute(select(func.max(entries.c.at))).scalar_one()
    first, last = db.execute(select(func.min(runs.c.started_at), func.max(runs.c.ended_at))).one()
    assert begins < first < last <= ends + timedelta(minutes=1)


def test_nobody_was_contacted_late(db: Connection):
    assert promises(db)["contacted late"] == 0
    assert promises(db)["contacted in time"] > SERVICES / 2


def test_each_thing_that_customers_can_do_was_done(told: tuple[Path, str]):
    done = {deed: re.findall(rf"{deed} +(\d+)", told[1]) for deed in Deed}
    assert {deed for deed, counts in done.items() if counts and int(counts[0])} == set(Deed)


def test_all_three_channels_carried_something_and_failures_moved_on(db: Connection):
    mail, sms, phone = (asdict(figures) for figures in channel_figures(db).values())
    used = ("sent", "arrived", "failed")
    assert all(figures[name] for figures in (mail, sms) for name in (*used, "moved_on", "answered_on_page"))
    assert all(figures["answered_by_reply"] and figures["opted_out"] for figures in (mail, sms))
    assert phone["answered_in_call"]
    assert mail["unconfirmed"], "the scanner's answers count nowhere"


def test_what_does_not_arrive_falls_to_the_next_channel_at_once(db: Connection):
    later = messages.alias()
    lost = messages.c.state.in_((Delivery.FAILED, Delivery.REJECTED)) & (messages.c.purpose == Purpose.SURVEY)
    next_one = (later.c.case_id == messages.c.case_id) & (later.c.id > messages.c.id) & (later.c.purpose == "survey")
    at_once = messages.c.cause.is_distinct_from(Cause.AWAY)  # a handset that was off is tried once more before
    found = select(messages.c.settled_at, later.c.owed_at).join(later, next_one).where(lost, at_once)
    pairs = db.execute(found).all()
    assert pairs
    assert all(owed_at - failed_at < timedelta(hours=1) for failed_at, owed_at in pairs)


def test_the_providers_told_what_became_of_every_message(db: Connection):
    kinds = Counter(db.execute(select(provider_events.c.kind)).scalars())
    assert {"processed", "delivered", "bounce", "dropped", "deferred", "undelivered"} <= kinds.keys()
    states = Counter(db.execute(select(messages.c.state).where(messages.c.channel == Channel.EMAIL)).scalars())
    assert not states.keys() & {Delivery.DUE, Delivery.CLAIMED, Delivery.UNKNOWN}
    assert states[Delivery.ACCEPTED] <= 3, "of those alone that are never delivered"


def test_replies_and_opt_outs_were_understood(db: Connection, told: tuple[Path, str]):
    understood = set(db.execute(select(replies.c.understood)).scalars())
    assert {"answer", "opt-out", "automatic", "unclear"} <= understood
    assert f"Replies that wait for a person: {waiting_replies(db)} " in told[1]
    sources = set(db.execute(select(suppressions.c.source)).scalars())
    assert {"reply by sms", "unsubscribe link"} <= sources
    assert db.execute(select(func.count()).where(suppressions.c.until.is_not(None))).scalar_one(), "a pause"


def test_nothing_of_the_story_is_dated_by_the_readers_clock(db: Connection):
    begins = db.execute(select(func.min(services.c.closed_at))).scalar_one()
    ends = db.execute(select(func.max(entries.c.at))).scalar_one()
    for column in (provider_events.c.happened_at, provider_events.c.received_at, replies.c.received_at):
        assert begins < db.execute(select(func.min(column))).scalar_one()
        assert db.execute(select(func.max(column))).scalar_one() <= ends


def test_each_message_is_a_file_to_open(db: Connection, told: tuple[Path, str]):
    files = Counter(path.suffix for path in (told[0] / "outbox").iterdir())
    taken = select(func.count()).where(messages.c.provider_id.is_not(None))
    assert files[".eml"] == db.execute(taken.where(messages.c.channel == Channel.EMAIL)).scalar_one()
    assert files[".txt"] >= db.execute(taken.where(messages.c.channel == Channel.SMS)).scalar_one() > 0
