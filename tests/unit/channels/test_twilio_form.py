"""The request is what Twilio's own description asks for, and says no more than it should."""

import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import SecretStr
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from channels.lanes import NotNow
from channels.protocol import ContentFault, HeaderFault, MessageFault, NumberFault, TextMessage
from channels.twilio import Twilio
from channels.twilio_account import Credentials

SPECIFICATION = Path(__file__).parents[3] / "../shared/data/twilio/twilio_api_v2010.json"
MESSAGES = "urn:twilio#/paths/~12010-04-01~1Accounts~1{AccountSid}~1Messages.json/post"
FORM = MESSAGES + "/requestBody/content/application~1x-www-form-urlencoded/schema"
ACCOUNT = "AC" + "0123456789abcdef" * 2
NUMBER, SERVICE = "+493023125000", "MG" + "ab" * 16
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
INTEGERS = ("ValidityPeriod",)
"""A form carries them as digits; the description says what they are."""


def twilio(sender: str = NUMBER, status_url: str | None = "https://care.example.org/hooks/twilio/status") -> Twilio:
    credentials = Credentials(ACCOUNT, ACCOUNT, SecretStr("a-token"))
    return Twilio("https://api.twilio.com", credentials, sender=sender, status_url=status_url, timeout_s=20,
                  now=lambda: NOW)  # fmt: skip


@cache
def described(where: str) -> Draft202012Validator:
    if not SPECIFICATION.exists():
        message = f"NOT CHECKED against Twilio's description: {SPECIFICATION.name} is not there"
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    description = Resource.from_contents(json.loads(SPECIFICATION.read_bytes()), default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:twilio", description)
    return Draft202012Validator({"$ref": where}, registry=registry, format_checker=FormatChecker())


def faults(form: dict[str, Any]) -> list[str]:
    typed = {name: int(value) if name in INTEGERS and value.isdigit() else value for name, value in form.items()}
    unknown = (
        form.keys()
        - json.loads(SPECIFICATION.read_bytes())["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"][
            "requestBody"
        ]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"].keys()
    )
    told = [f"{error.json_path}: {error.message}" for error in described(FORM).iter_errors(typed)]
    return told + [f"{name}: Twilio knows no such field" for name in sorted(unknown)]


@pytest.mark.parametrize("sender", [NUMBER, "12345", SERVICE])
@pytest.mark.parametrize("status_url", [None, "https://care.example.org/hooks/twilio/status"])
def test_a_request_fits_the_published_description(
    a_text: Callable[..., TextMessage], sender: str, status_url: str | None
) -> None:
    described(FORM)
    assert faults(twilio(sender, status_url).form(a_text())) == []


def test_the_description_tells_bad_requests_from_good_ones(a_text: Callable[..., TextMessage]) -> None:
    described(FORM)
    good = twilio(SERVICE).form(a_text())
    assert faults({name: value for name, value in good.items() if name != "To"})
    assert faults(good | {"ValidityPeriod": "an hour"})
    assert faults(good | {"MessagingServiceSid": "MG1"})
    assert faults(good | {"StatusCallBack": "https://x"})


def test_the_path_is_the_published_one() -> None:
    account = MESSAGES + "/parameters/0/schema"
    assert list(described(account).iter_errors(ACCOUNT)) == []
    assert list(described(account).iter_errors("AC1"))


def test_a_request_says_this_and_no_more(a_text: Callable[..., TextMessage]) -> None:
    assert twilio().form(a_text()) == {
        "From": NUMBER,
        "To": "+491701234567",
        "Body": a_text().body,
        "ValidityPeriod": "3580",
        "StatusCallback": "https://care.example.org/hooks/twilio/status/m_5f2c",
    }
    assert twilio(SERVICE).form(a_text())["MessagingServiceSid"] == SERVICE
    assert "From" not in twilio(SERVICE).form(a_text())
    assert "StatusCallback" not in twilio(status_url=None).form(a_text())


@pytest.mark.parametrize(
    ("try_for_s", "since_s", "validity"),
    [
        (3600, 0, 3580),  # less the deadline of the request: Twilio counts from when it has it
        (3600, 100.5, 3479),
        (14_420, 0, 14_400),
        (14_419, 0, 14_399),
        (100_000, 0, 14_400),
        (80, 0, 60),
        (79, 0, None),
        (80, 0.1, None),
        (3600, 3600, None),
        (0, 0, None),
        (-500, 0, None),
    ],
)
def test_an_sms_is_never_under_way_when_the_window_has_closed(
    a_text: Callable[..., TextMessage], try_for_s: int, since_s: float, validity: int | None
) -> None:
    text = a_text(try_for_s=try_for_s)
    if validity is None:
        with pytest.raises(NotNow, match="window"):
            twilio().form(text, since_s=since_s)
    else:
        assert twilio().form(text, since_s=since_s)["ValidityPeriod"] == str(validity)


@given(try_for_s=st.integers(-10, 200_000), since_s=st.floats(0, 2_000))
def test_validity_keeps_its_bounds(a_text: Callable[..., TextMessage], try_for_s: int, since_s: float) -> None:
    try:
        seconds = int(twilio().form(a_text(try_for_s=try_for_s), since_s=since_s)["ValidityPeriod"])
    except NotNow:
        assert try_for_s - since_s < 81
        return
    assert 60 <= seconds <= 14_400
    assert since_s + 20 + seconds <= try_for_s


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"to": "0170 1234567"}, NumberFault),
        ({"to": "+0170123456"}, NumberFault),
        ({"to": "+491701234567,+491701234568"}, NumberFault),
        ({"to": "+49170123456\n"}, NumberFault),
        ({"to": "whatsapp:+491701234567"}, NumberFault),
        ({"to": "+4917012345678901"}, NumberFault),
        ({"to": "+٤٩١٧٠١٢٣٤٥٦٧"}, NumberFault),
        ({"to": ""}, NumberFault),
        ({"ref": "../x"}, HeaderFault),
        ({"ref": "a b"}, HeaderFault),
        ({"ref": "x?y=z"}, HeaderFault),
        ({"body": ""}, ContentFault),
        ({"body": " \n "}, ContentFault),
        ({"body": "x" * 1601}, ContentFault),
        ({"body": "half \udc00 a pair"}, ContentFault),
        ({"body": "bell \a"}, ContentFault),
    ],
)
def test_what_nobody_could_send_is_a_fault(
    a_text: Callable[..., TextMessage], changes: dict[str, str], fault: type[MessageFault]
) -> None:
    with pytest.raises(fault) as raised:
        twilio().form(a_text(**changes))
    assert "170" not in str(raised.value), "the text of a fault goes to the log"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"base_url": "http://api.twilio.com"}, "unencrypted"),
        ({"base_url": "api.twilio.com"}, "must look like"),
        ({"base_url": "https://eve:pw@api.twilio.com"}, "must look like"),
        ({"status_url": "https://my_host.example.org/hooks"}, "underscore"),
        ({"status_url": "https://müller.example/hooks"}, "underscore"),
        ({"credentials": Credentials(ACCOUNT, ACCOUNT, SecretStr(""))}, "secret is empty"),
        ({"credentials": Credentials(ACCOUNT, ACCOUNT, SecretStr("a\nb"))}, "secret is empty"),
    ],
)
def test_a_set_up_that_cannot_be_right_is_refused(changes: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {
        "base_url": "https://api.twilio.com", "credentials": Credentials(ACCOUNT, ACCOUNT, SecretStr("a-token")),
        "sender": NUMBER, "status_url": None, "timeout_s": 20, "now": lambda: NOW,
    }  # fmt: skip
    Twilio(**given)
    with pytest.raises(ValueError, match=said):
        Twilio(**given | changes)


def test_the_body_arrives_as_it_is(a_text: Callable[..., TextMessage]) -> None:
    text = replace(a_text(), body="Grüße & 100 % = €+1? 😀")
    assert twilio().form(text)["Body"] == text.body
