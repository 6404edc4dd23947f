"""Twilio's own examples are signed; nothing that is sent makes the check raise."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from web.twilio_signature import is_from_twilio

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TOKEN = "12345"
FIELDS = [("CallSid", "CA1234567890ABCDE"), ("Digits", "1234"), ("From", "+14158675309"), ("To", "+18005551212"),
          ("Caller", "+14158675309")]  # fmt: skip
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
TWICE = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
OF_TWICE = "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def signed(signature: str, url: str = URL, fields: list[tuple[str, str]] = FIELDS, token: str = TOKEN) -> bool:
    return is_from_twilio(Headers({"X-Twilio-Signature": signature}), url, fields, token)


def by_hand(text: str, token: str = TOKEN) -> str:
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def test_the_published_examples_are_signed():
    assert signed(SIGNATURE)
    assert signed(OF_TWICE, fields=TWICE)
    assert signed(SIGNATURE, fields=FIELDS[::-1])


@pytest.mark.parametrize(
    ("signature", "url", "fields", "token"),
    [
        (SIGNATURE, URL + "&more=1", FIELDS, TOKEN),
        (SIGNATURE, URL.replace("https", "http"), FIELDS, TOKEN),
        (SIGNATURE, URL, FIELDS[1:], TOKEN),
        (SIGNATURE, URL, [*FIELDS, ("Body", "")], TOKEN),
        (SIGNATURE, URL, FIELDS, "12346"),
        (OF_TWICE, URL, FIELDS, TOKEN),
        (SIGNATURE.lower(), URL, FIELDS, TOKEN),
        (SIGNATURE[:-1], URL, FIELDS, TOKEN),
        ("", URL, FIELDS, TOKEN),
        ("é" * 28, URL, FIELDS, TOKEN),
    ],
)
def test_anything_else_is_not(signature: str, url: str, fields: list[tuple[str, str]], token: str):
    assert not signed(signature, url, fields, token)


@pytest.mark.parametrize("ours", ["https://a.example", "https://a.example:443", "https://a.example:8443"])
def test_the_port_may_be_named_or_not(ours: str):
    port = ours.rpartition(":")[2] if ours.count(":") == 2 else "443"
    for theirs in ("https://a.example", f"https://a.example:{port}"):
        assert signed(by_hand(f"{theirs}/x?y=1A1"), f"{ours}/x?y=1", [("A", "1")])
    assert not signed(by_hand("https://a.example:9/x?y=1A1"), f"{ours}/x?y=1", [("A", "1")])


def test_two_signatures_are_none():
    headers = Headers(raw=[(b"x-twilio-signature", SIGNATURE.encode())] * 2)
    assert not is_from_twilio(headers, URL, FIELDS, TOKEN)
    assert not is_from_twilio(Headers(), URL, FIELDS, TOKEN)


@given(st.binary(max_size=60), st.lists(st.tuples(st.text(), st.text()), max_size=4), st.text(max_size=40))
def test_nothing_raises(signature: bytes, fields: list[tuple[str, str]], query: str):
    headers = Headers(raw=[(b"x-twilio-signature", signature)])
    assert not is_from_twilio(headers, f"https://a.example/x?{query}", fields, TOKEN)
