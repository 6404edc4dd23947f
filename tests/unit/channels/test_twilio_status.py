"""Twilio's signature over the public address and the form, and its words for what became of an SMS."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.twilio_signature import is_signed, read_form, signature
from channels.twilio_status import read_status
from tests.signing import ACCOUNT, status_body
from vocabulary import News

NOW = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
# From the tests of Twilio's helper library for Python.
URL, VECTOR_TOKEN = "https://mycompany.com/myapp.php?foo=1&bar=2", "12345"
FIELDS = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
          "Caller": "+14158675309"}  # fmt: skip
FORM = {name: [value] for name, value in FIELDS.items()}


@pytest.mark.parametrize(
    ("url", "given_signature"),
    [
        (URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, "kvajT1Ptam85bY51eRf/AJRuM3w="),  # signed with port 443
        (URL.replace(".com", ".com:1234"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),  # signed without the port
        (URL.replace("https", "http"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),  # signed with port 80
        (URL.replace("https", "http").replace(".com", ".com:1234"), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ],
)
def test_twilio_s_own_vectors_are_signed(url: str, given_signature: str):
    assert is_signed([given_signature], url, FORM, VECTOR_TOKEN)


def test_a_field_that_comes_twice_counts_with_each_of_its_values():
    form = {"Sid": ["CA123"], "SidAccount": ["AC123"], "Digits": ["5678", "1234", "1234"]}
    assert signature(URL, form, VECTOR_TOKEN) == b"IK+Dwps556ElfBT0I3Rgjkr1wJU="


@pytest.mark.parametrize(
    ("signatures", "url", "form", "token"),
    [
        (["RSOYDt4T1cUTdK1PDd93/VVr8B8="], URL, FORM | {"To": ["+18005551213"]}, VECTOR_TOKEN),
        (["RSOYDt4T1cUTdK1PDd93/VVr8B8="], URL + "0", FORM, VECTOR_TOKEN),
        (["RSOYDt4T1cUTdK1PDd93/VVr8B8="], URL.replace("mycompany", "yourcompany"), FORM, VECTOR_TOKEN),
        (["RSOYDt4T1cUTdK1PDd93/VVr8B8="], URL, FORM, "12346"),
        (["RSOYDt4T1cUTdK1PDd93/VVr8B8="] * 2, URL, FORM, VECTOR_TOKEN),
        ([], URL, FORM, VECTOR_TOKEN),
        ([""], URL, FORM, VECTOR_TOKEN),
        ([signature(URL, FORM, "").decode()], URL, FORM, ""),  # no token: nothing is believed
        (["RSOYDt4T1cUTdK1PDd93/VVr8B8="], "https://mycompany.com:99999/", FORM, VECTOR_TOKEN),
    ],
)
def test_anything_else_is_not(signatures: list[str], url: str, form: dict[str, list[str]], token: str):
    assert not is_signed(signatures, url, form, token)


@given(st.lists(st.text(max_size=40), max_size=2), st.text(max_size=60), st.binary(max_size=200))
def test_nothing_that_is_sent_makes_it_raise(signatures: list[str], url: str, body: bytes):
    form = read_form(body)
    if form is not None:
        assert not is_signed(signatures, url, form, VECTOR_TOKEN)
        assert not is_signed(signatures, URL, form, VECTOR_TOKEN)
        read_status(form, "r1", NOW, account=None)


@pytest.mark.parametrize("body", [b"\xff", b"a=%ff", urlencode([("a", "b")] * 101).encode()])
def test_bytes_that_are_no_form_are_none(body: bytes):
    assert read_form(body) is None


@pytest.mark.parametrize(
    ("status", "error", "news", "invalid", "objects"),
    [
        ("queued", None, News.TAKEN, False, False),
        ("sent", None, News.TAKEN, False, False),
        ("Delivered", None, News.ARRIVED, False, False),
        ("undelivered", "30003", News.AWAY, False, False),
        ("failed", "30003", News.AWAY, False, False),
        ("delivered", "30003", News.ARRIVED, False, False),  # a number beside a yes says nothing
        ("undelivered", "30007", News.BARRED, False, False),
        ("failed", "30034", News.BARRED, False, False),
        ("undelivered", "30008", News.LOST, False, False),
        ("undelivered", "30005", News.LOST, True, False),
        ("undelivered", "30006", News.LOST, True, False),
        ("failed", "21211", News.LOST, True, False),
        ("failed", "21614", News.LOST, True, False),
        ("failed", "21610", News.LOST, False, True),
        ("teleported", None, None, False, False),
    ],
)
def test_the_words_of_twilio_become_ours(status: str, error: str | None, news: News, invalid: bool, objects: bool):
    form = read_form(status_body(status, error=error))
    assert form is not None
    report = read_status(form, "r1", NOW, account=ACCOUNT)
    assert report is not None
    assert (report.ref, report.news, report.code) == ("r1", news, error)
    assert (report.invalid, report.objects) == (invalid, objects)
    assert report.event_id == "SM" + "1" * 32 + ":" + status.lower()


@pytest.mark.parametrize(
    "changed",
    [{"MessageSid": "SM123"}, {"MessageSid": "CA" + "1" * 32}, {"MessageSid": "SM" + "1" * 32 + "\n"},
     {"AccountSid": "AC" + "1" * 32}, {"MessageStatus": ""}],
)  # fmt: skip
def test_a_callback_that_is_not_about_an_sms_of_ours_tells_nothing(changed: dict[str, str]):
    form = read_form(status_body("sent", **changed))
    assert form is not None
    assert read_status(form, "r1", NOW, account=ACCOUNT) is None
