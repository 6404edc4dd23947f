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

from cli.demo.habits import Deed
from config.settings import ROOT
from models.by_channel import channel_figures, waiting_replies
from models.listing import account, promises
from models.tables import entries, messages, provider_events, replies, services, suppressions
from tests.prefect_server import environment, free_port
from vocabulary import Cause, Channel, Delivery, Disposition, Purpose

pytestmark = pytest.mark.slow

SERVICES, WAIT_S = 150, 300
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
    assert set(words) <= set(Disposition), "every case has ended"
    [shown] = re.findall(r"all rows accepted +(\d+)", told[1])
    assert int(shown) == sum(words.values())


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
