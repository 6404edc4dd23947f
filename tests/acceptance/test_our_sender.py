"""Carriers that do not take what we send: never tried again, and the operator hears of it everywhere."""

import logging
from dataclasses import asdict
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from cli import doctor as doctors
from cli.app import app
from models.barred import Barred, barred
from models.by_channel import channel_figures
from models.tables import messages
from tasks.barred import barred_alarm
from tests.acceptance.days import Days, berlin
from tests.acceptance.texts import MOBILE, YES, StartTwilio, start_twilio
from tests.providers import make_providers
from vocabulary import Channel, Delivery

__all__ = ["start_twilio"]


@pytest.fixture
def failed(days: Days, start_twilio: StartTwilio, caplog: pytest.LogCaptureFixture) -> Days:
    """Two texts were taken and then filtered, one is refused because the sender is not registered; it is 15:00."""
    start_twilio(YES, YES, ("400 Bad Request", {"code": 30034, "message": "Unregistered Number"}))
    caplog.set_level(logging.INFO)
    for number in range(3):
        email = f"ann{number}@example.com"
        days.report(f"J-{number}", channels="sms,email", phone=f"+49170123456{number}", email=email)
    days.live(until=berlin("2026-10-05 14:30"))
    providers = make_providers(days.here, days.now)
    for message in [row for row in days.rows(messages) if row.state == Delivery.ACCEPTED and row.channel == "sms"]:
        sid = f"SM{message.id:032x}"
        assert providers.callback(message.ref, "undelivered", error="30007", sid=sid).status == 204
    days.live(until=berlin("2026-10-05 15:00"))
    return days


def test_nothing_of_it_is_tried_again_and_the_next_channel_comes(failed: Days):
    channels = [(row.case_id, row.channel) for row in failed.rows(messages)]
    assert sorted(channels) == [(case, channel) for case in (1, 2, 3) for channel in ("email", "sms")]


def test_doctor_the_runs_and_the_log_say_it(
    failed: Days, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    alarm = "ALARM: carriers do not take what we send (sms undelivered 30007: 2, sms 30034: 1, in the last 7 days)"
    assert barred_alarm(failed.now) == alarm
    monkeypatch.setattr(doctors, "now", lambda: failed.now)
    found = CliRunner().invoke(app, ["doctor"])
    assert f"TO DO {alarm}: register the sender with the carriers" in found.output
    assert found.exit_code == 1
    logged = caplog.get_records("setup")
    told = [record.getMessage() for record in logged if record.levelno >= logging.WARNING]
    assert told == [f"Messages that carriers did not take because of our sender: {count}; `doctor` says more."
                    for count in (1, 2)]  # fmt: skip
    assert not any("170123" in record.getMessage() for record in logged), "no telephone numbers"


def test_the_alarm_ends_a_week_after_the_last_such_message(failed: Days):
    with failed.here.store.read() as db:
        newest = max(one.newest_at for one in barred(db, failed.now - timedelta(days=7)))
    assert barred_alarm(newest + timedelta(days=7)) is not None
    assert barred_alarm(newest + timedelta(days=7, seconds=1)) is None


def test_the_query_names_channel_and_word(failed: Days):
    with failed.here.store.read() as db:
        found = barred(db, berlin("2026-10-05 00:00"))
        assert asdict(channel_figures(db)[Channel.SMS])["barred"] == 3
    assert [(one.channel, one.code, one.count) for one in found] == [
        ("sms", "undelivered 30007", 2),
        ("sms", "30034", 1),
    ]
    assert all(isinstance(one, Barred) and one.newest_at <= failed.now for one in found)


def test_where_all_is_well_nobody_is_alarmed(days: Days, start_twilio: StartTwilio):
    start_twilio(YES)
    days.report(channels="sms", phone=MOBILE)
    days.live(days=1)
    assert barred_alarm(days.now) is None
