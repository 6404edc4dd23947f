"""How the installation is set up, as administrators see it: in words, with remedies and without a secret."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from config.settings import Settings
from config.targets import named
from models.announcements import stop
from models.tables import channel_states
from tests.console import sign_in
from tests.web_site import Site, make_site, words_in
from vocabulary import Channel, Role

PATH = "/console/settings"


def shown(site: Site) -> str:
    answer = sign_in(site, Role.ADMIN).open(PATH)
    assert answer.status_code == 200
    return words_in(answer.text)


def with_settings(site: Site, **changes: Any) -> Site:
    settings = Settings.model_validate({**site.place.settings.model_dump(), **changes})
    return make_site(replace(site.place, settings=settings))


def test_policy_channels_languages_and_time_zones_are_told(site: Site):
    told, policy = shown(site), site.place.policy
    document = policy.rules.document
    for words in (document.number, f"version {document.version}", f"Approved by {document.approved_by}",
                  f"Hash of the file {policy.version}", "Customers are offered en, ",
                  "Telephone: people call", "time zones are those of"):  # fmt: skip
        assert words.lower() in told.lower(), words


def test_a_policy_that_was_changed_or_broken_since_the_start_is_said(site: Site):
    text = site.place.settings.policy_file.read_text("utf-8")
    changed = site.place.settings.home / "changed.toml"
    changed.write_text(text.replace("approved_by = ", 'approved_by = "Somebody Else" #', 1), encoding="utf-8")
    began = with_settings(site, policy_file=changed)
    assert "the file has changed" not in shown(began)
    changed.write_text(text, encoding="utf-8")
    assert "To do: the file has changed since the web application began" in shown(began)
    changed.write_text("not = [a policy", encoding="utf-8")
    assert "To do: the policy file cannot be used" in shown(began)


def test_a_channel_that_is_stopped_says_what_to_do(site: Site):
    now = site.clock()
    with site.store.write() as db:
        db.execute(channel_states.insert().values(channel=Channel.EMAIL, code="401", stopped_at=now,
                                                  try_again_at=now + timedelta(minutes=15)))  # fmt: skip
    assert "it is stopped (401): check its credentials and address" in shown(site)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mail": "sendgrid"}, "without a key: set AFTERCARE_SENDGRID_API_KEY"),
        ({"sms": "twilio"}, "to be set: AFTERCARE_TWILIO_ACCOUNT_SID"),
        ({"sms": "off"}, "SMS is off"),
        ({"oidc_issuer": "https://id.example.com", "oidc_client_id": "console", "oidc_client_secret": "hush-hush"},
         "by the company's account at https://id.example.com"),
        ({"reply_domain": "reply.example.com"}, "replies by mail are taken for reply.example.com, protected by"),
    ],
)  # fmt: skip
def test_each_line_says_how_it_is_or_what_to_do(site: Site, changes: dict[str, Any], words: str):
    assert words.lower() in shown(with_settings(site, **changes)).lower()


def test_targets_are_told_by_name_and_no_secret_is_shown(site: Site):
    address = "https://hooks.example.com/services/T00/very-secret-part"
    given = named({"crew": {"url": address}}, loopback=False)
    secrets = {"twilio_auth_token": "token-of-twilio", "sendgrid_api_key": "SG.secret", "intake_secrets":
               (SecretStr("whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"),), "smtp_password": "relay-password"}  # fmt: skip
    opened = with_settings(site, slack=given, **secrets)
    with site.store.write() as db:
        stop(db, "crew", "404", site.clock(), until=None)
    page = sign_in(opened, Role.ADMIN).open(PATH).text
    assert "chat crew hears of" in page
    assert "stopped (404)" in words_in(page)
    assert "./aftercare outbound test crew" in words_in(page)
    for hidden in (
        "very-secret-part",
        "hooks.example.com",
        "token-of-twilio",
        "SG.secret",
        "whsec_c2V",
        "relay-password",
    ):
        assert hidden not in page, hidden
