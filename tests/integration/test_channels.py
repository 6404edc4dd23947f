"""Several channels at once: none holds up another, and an adapter is made from the settings or says what is missing."""

from datetime import timedelta
from pathlib import Path

import pytest

from channels.outbox_texts import OutboxTexts
from channels.twilio import Twilio
from config.settings import Settings, SettingsError, read_settings
from models.deliveries import stop_channel
from models.optouts import opt_out
from models.tables import channel_states, messages
from tasks.channels import WAYS, in_use
from tasks.outbox import claim_batch, send_claimed, tidy_outbox
from tasks.place import Place
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import use_policy
from tests.acceptance.texts import MOBILE, texts
from vocabulary import Channel, Delivery, Event

ACCOUNT, KEY, SERVICE = "AC" + "0a" * 16, "SK" + "0b" * 16, "MG" + "0c" * 16


@pytest.fixture
def days(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    """Monday, 14:00 in Berlin; mail and SMS go into the outbox folder; nothing has been swept yet."""
    use_policy(monkeypatch, tmp_path)
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    return Days(berlin("2026-10-05 14:00"))


def owe_one_of_each(days: Days) -> None:
    closed = days.now - timedelta(hours=8)
    days.report("J-1", closed=closed, channels="email", email="bob@example.com")
    days.report("J-2", closed=closed, channels="sms", phone=MOBILE, email=None)
    days.open_and_ask()


def states(days: Days) -> dict[str, str]:
    return {row.channel: row.state for row in days.rows(messages)}


def test_each_batch_is_of_one_channel_and_all_channels_are_emptied(days: Days):
    owe_one_of_each(days)
    owners = [claim_batch.fn(days.now) for _ in range(3)]
    assert owners.pop() is None
    assert [send_claimed.fn(owner, days.now) for owner in owners if owner] == [{"sent": 1}, {"sent": 1}]
    assert states(days) == {"email": Delivery.ACCEPTED, "sms": Delivery.ACCEPTED}
    assert len(days.letters()) == len(texts(days)) == 1


@pytest.mark.parametrize("stopped", [Channel.EMAIL, Channel.SMS])
def test_a_stopped_channel_holds_up_no_other(days: Days, stopped: Channel):
    owe_one_of_each(days)
    with days.here.store.write() as db:
        stop_channel(db, stopped, "401", days.now, pause=timedelta(minutes=15))
    assert days.deliver()["sent"] == 1
    assert states(days).pop(stopped) == Delivery.DUE
    assert [row.channel for row in days.rows(channel_states)] == [stopped], "and nobody else resumes it"
    days.now += timedelta(minutes=15)
    assert days.deliver()["sent"] == 1
    assert days.rows(channel_states) == []


def test_an_adapter_that_cannot_be_made_stops_its_channel_alone_and_spends_nothing(
    days: Days, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AFTERCARE_SMS", "twilio")  # and no credentials
    owe_one_of_each(days)
    assert days.deliver() == {"sent": 1, "delayed": 1}
    [sms] = [row for row in days.rows(messages) if row.channel == Channel.SMS]
    assert (sms.state, sms.attempts, sms.code) == (Delivery.DUE, 0, "settings")
    assert [(row.channel, row.code) for row in days.rows(channel_states)] == [("sms", "settings")]
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    days.now += timedelta(minutes=15)
    assert days.deliver() == {"sent": 1}


def test_what_is_owed_on_a_channel_that_was_switched_off_falls_to_the_next_one(
    days: Days, monkeypatch: pytest.MonkeyPatch
):
    days.report(closed=days.now - timedelta(hours=8), channels="sms,email", phone=MOBILE)
    days.open_and_ask()
    monkeypatch.setenv("AFTERCARE_SMS", "off")
    days.live(minutes=2)
    assert [(row.channel, row.state, row.code) for row in days.rows(messages)] == [
        ("sms", Delivery.REJECTED, "channel off"),
        ("email", Delivery.ACCEPTED, "written"),
    ]
    assert len(days.entries(Event.MESSAGE_REJECTED)) == 1


def test_an_opt_out_that_comes_between_claim_and_write_is_obeyed(days: Days):
    days.report(closed=days.now - timedelta(hours=8), channels="sms", phone=MOBILE)
    days.open_and_ask()
    owner = claim_batch.fn(days.now)
    with days.here.store.write() as db:
        opt_out(db, 1, at=days.now, source="STOP")
    assert send_claimed.fn(owner, days.now) == {"withdrawn": 1}
    assert texts(days) == []


def test_an_sms_whose_window_is_about_to_close_is_not_claimed_and_gets_the_next_one(days: Days):
    days.report(closed=days.now - timedelta(hours=8), channels="sms", phone=MOBILE)
    days.open_and_ask()
    days.now = berlin("2026-10-05 19:57")
    assert claim_batch.fn(days.now) is None
    days.now = berlin("2026-10-05 20:00")
    assert tidy_outbox.fn(days.now)["moved to the next window"] == 1
    assert days.rows(messages)[0].due_at == berlin("2026-10-06 09:00")


def test_no_number_stands_in_the_log_or_the_message(days: Days):
    owe_one_of_each(days)
    days.deliver()
    for row in (*days.entries(), *days.rows(messages)):
        assert "1701234567" not in str(row)


def test_channels_are_in_use_by_the_settings(days: Days, monkeypatch: pytest.MonkeyPatch):
    assert in_use(read_settings()) == [Channel.EMAIL, Channel.SMS]
    monkeypatch.setenv("AFTERCARE_SMS", "off")
    assert in_use(read_settings()) == [Channel.EMAIL]
    monkeypatch.delenv("AFTERCARE_SMS")
    assert in_use(read_settings()) == [Channel.EMAIL], "off unless somebody switches it on"


def test_an_empty_variable_is_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch):
    for name in ("ACCOUNT_SID", "API_KEY_SID", "FROM", "MESSAGING_SERVICE_SID"):
        monkeypatch.setenv(f"AFTERCARE_TWILIO_{name}", "")
    assert read_settings().twilio_account_sid is read_settings().twilio_from is None


def made(**fields: object) -> object:
    return WAYS[Channel.SMS].provider(Settings(sms="twilio", **fields), berlin("2026-10-05 14:00"))  # type: ignore[arg-type]


def test_twilio_is_made_from_a_token_or_a_key_and_a_number_or_a_service(tmp_path: Path):
    (tmp_path / "secret").write_text("from-a-file\n")
    for sender in (
        {"twilio_from": "+493023125000"},
        {"twilio_from": "12345"},
        {"twilio_messaging_service_sid": SERVICE},
    ):
        for credentials in (
            {"twilio_auth_token": "a-token"},
            {"twilio_auth_token_file": tmp_path / "secret"},
            {"twilio_api_key_sid": KEY, "twilio_api_key_secret": "a-secret"},
            {"twilio_api_key_sid": KEY, "twilio_api_key_secret_file": tmp_path / "secret"},
        ):
            assert isinstance(made(twilio_account_sid=ACCOUNT, **sender, **credentials), Twilio)
    assert isinstance(WAYS[Channel.SMS].provider(Settings(sms="outbox"), berlin("2026-10-05 14:00")), OutboxTexts)


GOOD = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": "a-token", "twilio_from": "+493023125000"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"twilio_account_sid": None}, "set AFTERCARE_TWILIO_ACCOUNT_SID"),
        ({"twilio_auth_token": None}, "set AFTERCARE_TWILIO_AUTH_TOKEN or …_FILE, or an API key"),
        ({"twilio_api_key_sid": KEY}, "set AFTERCARE_TWILIO_API_KEY_SECRET or …_FILE"),
        ({"twilio_from": None}, "set AFTERCARE_TWILIO_FROM"),
        ({"twilio_auth_token": ""}, "set AFTERCARE_TWILIO_AUTH_TOKEN"),
        ({"twilio_auth_token": "a\ntoken"}, "AFTERCARE_SMS = twilio: the Twilio secret is empty or holds a blank"),
        ({"twilio_auth_token": None, "twilio_auth_token_file": Path("/nowhere")}, "cannot be read"),
        ({"twilio_url": "http://api.twilio.com"}, "AFTERCARE_SMS = twilio: the key would cross the network"),
        ({"public_url": "https://my_care.example.org"}, "no host whose name holds an underscore"),
    ],
)
def test_what_is_missing_is_said_with_its_name(changes: dict[str, object], said: str):
    assert made(**GOOD)
    with pytest.raises(SettingsError) as fault:
        made(**GOOD | changes)
    assert said in str(fault.value)
    assert "a-token" not in str(fault.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMS", "carrier-pigeon"),
        ("TWILIO_ACCOUNT_SID", "AC1"),
        ("TWILIO_ACCOUNT_SID", KEY),
        ("TWILIO_API_KEY_SID", ACCOUNT),
        ("TWILIO_MESSAGING_SERVICE_SID", "MG/../x"),
        ("TWILIO_FROM", "0301234567x"),
        ("TWILIO_FROM", "EXAMPLE"),  # nobody could answer STOP to a name
        ("TWILIO_URL", "api.twilio.com"),
    ],
)
def test_a_setting_that_cannot_be_right_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(f"AFTERCARE_{name}", value)
    with pytest.raises(SettingsError, match=rf"AFTERCARE_{name}: .*(must|should be)") as fault:
        read_settings()
    assert len(str(fault.value).splitlines()) == 1
