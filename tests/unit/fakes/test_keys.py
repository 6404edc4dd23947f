"""Our signatures are the providers': their own verifier and their published vectors say so."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from fakes.keys import Keys

KEYS = Keys.made()
BODY = b'[{"event":"delivered","email":"ann@example.com"}]\r\n'


def verified(headers: dict[str, str], public: str, body: bytes, *, timestamp: str = "1700000000") -> bool:
    hook = EventWebhook()
    key = hook.convert_public_key_to_ecdsa(public)
    assert headers["X-Twilio-Email-Event-Webhook-Timestamp"] == "1700000000"
    signature = headers["X-Twilio-Email-Event-Webhook-Signature"]
    return bool(hook.verify_signature(body.decode(), signature, timestamp, key))


def test_sendgrid_s_own_verifier_takes_our_posts():
    for signed, public in ((KEYS.sign_events, KEYS.public_key), (KEYS.sign_mail, KEYS.inbound_public_key)):
        headers = signed("1700000000", BODY)
        assert verified(headers, public, BODY)
        assert not verified(headers, public, BODY.rstrip())
        assert not verified(headers, public, BODY, timestamp="1700000001")
    assert not verified(KEYS.sign_mail("1700000000", BODY), KEYS.public_key, BODY)


URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}


def test_twilio_s_published_vector_comes_out():
    assert replace(KEYS, auth_token="12345").sign_form(URL, FORM.items()) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_value_that_is_given_twice_is_signed_once():
    keys = replace(KEYS, auth_token="12345")
    assert keys.sign_form(URL, [*FORM.items(), ("Digits", "1234")]) == keys.sign_form(URL, FORM.items())


def test_keys_are_kept_for_the_next_start_and_for_nobody_else(tmp_path: Path):
    file = tmp_path / "home" / "fakes.json"
    first = Keys.kept(file)
    assert Keys.kept(file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{}", "[]", "nonsense"])
def test_a_file_that_holds_no_keys_is_written_anew(tmp_path: Path, content: str):
    file = tmp_path / "fakes.json"
    file.write_text(content)
    assert Keys.kept(file) == Keys.kept(file)


def test_what_an_older_file_lacks_is_added_and_the_rest_stays(tmp_path: Path):
    file = tmp_path / "fakes.json"
    old = Keys.kept(file)
    known = json.loads(file.read_text())
    del known["inbound_key"]
    file.write_text(json.dumps(known))
    new = Keys.kept(file)
    assert replace(new, inbound_key=old.inbound_key) == old
    assert Keys.kept(file) == new
