"""Who hears of concerns, as the settings say it: every fault is one line with its variable."""

from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, read_settings
from vocabulary import Announced

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "QUJD" * 8
ADDRESS = "https://hooks.example.com/x"


def read(patch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in given.items():
        patch.setenv(f"AFTERCARE_{name}", value)
    return read_settings()


def faults(patch: pytest.MonkeyPatch, **given: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read(patch, **given)
    return str(raised.value).splitlines()


def test_nobody_hears_of_anything_without_a_target(monkeypatch: pytest.MonkeyPatch):
    settings = read(monkeypatch)
    assert settings.targets == {}
    assert settings.announced_to == {}


def test_several_targets_each_with_its_own_events(monkeypatch: pytest.MonkeyPatch):
    settings = read(
        monkeypatch,
        WEBHOOKS__CRM__URL=ADDRESS,
        WEBHOOKS__CRM__SECRET=f"{SECRET} {OTHER}",
        SLACK__OPS_ROOM__URL=ADDRESS,
        SLACK__OPS_ROOM__EVENTS="escalation.breached case.closed",
    )
    assert settings.announced_to == {
        "crm": frozenset(Announced),
        "ops_room": {Announced.ESCALATION_BREACHED, Announced.CASE_CLOSED},
    }
    assert [secret.get_secret_value() for secret in settings.webhooks["crm"].secret] == [SECRET, OTHER]
    assert hash(settings) == hash(Settings())


def test_addresses_and_secrets_may_stand_in_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    url, secret = tmp_path / "url", tmp_path / "secret"
    url.write_text(f"{ADDRESS}\n")
    secret.write_text(f"{SECRET}\n")
    given = {"WEBHOOKS__CRM__URL_FILE": str(url), "WEBHOOKS__CRM__SECRET_FILE": str(secret)}
    target = read(monkeypatch, **given).webhooks["crm"]
    assert target.url.get_secret_value() == ADDRESS
    assert target.secret[0].get_secret_value() == SECRET


def test_neither_address_nor_secret_is_shown(monkeypatch: pytest.MonkeyPatch):
    settings = read(monkeypatch, WEBHOOKS__CRM__URL=ADDRESS, WEBHOOKS__CRM__SECRET=SECRET, SLACK__OPS__URL=ADDRESS)
    assert "hooks.example.com" not in repr(settings)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"SLACK__A__URL": "http://hooks.example.com/"}, "AFTERCARE_SLACK__A__URL: Value error, must begin with https"),
        ({"SLACK__A__URL": "http://127.0.0.1:1/"}, "AFTERCARE_SLACK__A__URL: Value error, leads to this machine"),
        ({"SLACK__A__EVENTS": "case.closed"}, "AFTERCARE_SLACK__A__URL: Field required"),
        (
            {"SLACK__A__URL": ADDRESS, "SLACK__A__EVENTS": ""},
            "AFTERCARE_SLACK__A__EVENTS: Value should have",
        ),
        ({"SLACK__A__URL": ADDRESS, "SLACK__A__EVENTS": "case.opened"}, "AFTERCARE_SLACK__A__EVENTS__0: Input should"),
        ({"SLACK__A__URL": ADDRESS, "SLACK__A__SECRET": "x"}, "AFTERCARE_SLACK__A__SECRET: Extra inputs"),
        ({"SLACK__A__URL_FILE": "/no/such"}, "AFTERCARE_SLACK__A: Value error, the file /no/such cannot be read"),
        ({"SLACK__1A__URL": ADDRESS}, "AFTERCARE_SLACK__1A__NAME: String should match pattern"),
        ({"SLACK__A": ADDRESS}, "AFTERCARE_SLACK__A: Input should be a valid dictionary"),
        ({"SLACK": ADDRESS}, "AFTERCARE_SLACK: Input should be a valid"),
        ({"WEBHOOKS__A__URL": ADDRESS}, "AFTERCARE_WEBHOOKS__A__SECRET: Field required"),
        (
            {"WEBHOOKS__A__URL": ADDRESS, "WEBHOOKS__A__SECRET": "whsec_x"},
            "AFTERCARE_WEBHOOKS__A__SECRET: Value error, a secret is `whsec_` and 24 to 64 bytes in base64.",
        ),
        (
            {"WEBHOOKS__A__URL": ADDRESS, "WEBHOOKS__A__SECRET": SECRET, "SLACK__A__URL": ADDRESS},
            "AFTERCARE_SLACK: Value error, there is a webhook named a already: give one of them another name.",
        ),
    ],
)
def test_a_fault_is_one_line_with_its_variable(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], line: str):
    found = faults(monkeypatch, **given)
    assert len(found) == 1
    assert found[0].startswith(line)
    assert not [value for value in (ADDRESS, SECRET) if value in found[0]]


def test_every_fault_is_named_at_once(monkeypatch: pytest.MonkeyPatch):
    given = {"WEBHOOKS__A__URL": "https://10.0.0.1/", "WEBHOOKS__A__SECRET": "x", "SLACK__B__URL": "https://b/"}
    assert len(faults(monkeypatch, **given)) == 3


def test_this_machine_is_a_target_only_when_it_is_said(monkeypatch: pytest.MonkeyPatch):
    settings = read(monkeypatch, OUTBOUND_LOOPBACK="true", SLACK__A__URL="http://127.0.0.1:8027/slack")
    assert settings.slack["a"].loopback
