"""Standard Webhooks: the vector of the specification, the reference library as the other opinion, and hostile bytes."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook
from starlette.datastructures import Headers

from config.settings import Settings, SettingsError
from web.signature import intake_secrets, is_signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = datetime.fromtimestamp(1614265330, UTC)


def keys(*secrets: str) -> tuple[bytes, ...]:
    return intake_secrets(Settings(intake_secrets=tuple(SecretStr(secret) for secret in secrets)))


def headers(id: str = ID, stamp: str = STAMP, signed: str = SIGNED) -> Headers:
    return Headers({"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": signed})


def test_the_vector_of_the_specification():
    assert is_signed(headers(), BODY, keys(SECRET), NOW)
    assert not is_signed(headers(), BODY + b" ", keys(SECRET), NOW)
    assert not is_signed(headers(id=ID.lower()), BODY, keys(SECRET), NOW)
    assert not is_signed(headers(), BODY, keys("whsec_" + "QUJD" * 8), NOW)
    assert not is_signed(headers(), BODY, (), NOW)


@pytest.mark.parametrize(("off_s", "counts"), [(-300, True), (300, True), (-301, False), (301, False)])
def test_five_minutes_either_way(off_s: int, counts: bool):
    assert is_signed(headers(), BODY, keys(SECRET), NOW + timedelta(seconds=off_s)) is counts


@given(st.binary(max_size=300), st.binary(min_size=24, max_size=64), st.integers(1, 10**10))
def test_what_the_reference_library_signs_counts_here(body: bytes, key: bytes, stamp: int):
    secret = "whsec_" + base64.b64encode(key).decode()
    at = datetime.fromtimestamp(stamp, UTC)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return  # the library signs text only
    assert is_signed(headers(ID, str(stamp), Webhook(secret).sign(ID, at, text)), body, keys(secret), at)


LATIN = st.text(st.characters(max_codepoint=255), max_size=80)


@given(LATIN, LATIN | st.just(STAMP), LATIN, st.binary(max_size=100))
def test_hostile_headers_are_not_signed_and_raise_nothing(id: str, stamp: str, signed: str, body: bytes):
    for text in (signed, f"v1,{signed}", f"{signed} {signed}", "v1,a,b", "v1"):
        assert not is_signed(headers(id, stamp, text), body, keys(SECRET), NOW)


@given(st.binary(max_size=300))
def test_another_body_is_not_signed(body: bytes):
    assert is_signed(headers(), body, keys(SECRET), NOW) is (body == BODY)


def test_a_header_given_twice_is_not_signed():
    pairs = list(headers().raw)
    for pair in pairs:
        assert not is_signed(Headers(raw=[*pairs, pair]), BODY, keys(SECRET), NOW)


def test_secrets_come_from_the_setting_and_from_its_file(tmp_path: Path):
    file = tmp_path / "secrets"
    file.write_text(f"{SECRET}\n whsec_{'QUJD' * 8}\n")
    found = intake_secrets(Settings(intake_secrets=(SecretStr(SECRET),), intake_secrets_file=file))
    assert found == (*keys(SECRET), *keys(SECRET), b"ABC" * 8)
    with pytest.raises(SettingsError, match="cannot be read"):
        intake_secrets(Settings(intake_secrets_file=tmp_path / "none"))


@pytest.mark.parametrize(
    "secret",
    ["whsec_", "whsec_short", SECRET.removeprefix("whsec_"), "whsec_é", "whsec_" + "QUJD" * 30, SECRET[:-1]],
)
def test_a_secret_that_is_none_stops_the_start_and_is_not_repeated(secret: str):
    with pytest.raises(SettingsError, match="AFTERCARE_INTAKE_SECRETS") as fault:
        keys(secret)
    assert secret == "whsec_" or secret not in str(fault.value)
