"""The payload is what SendGrid's own description asks for, and no customer's name changes anything else in it."""

import json
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from channels.protocol import ContentFault, HeaderFault, Mail
from channels.sendgrid_payload import payload

SPECIFICATION = Path(__file__).parents[3] / "../shared/data/sendgrid/oai_v3_stoplight.json"
BODY = "urn:sendgrid#/paths/~1mail~1send/post/requestBody/content/application~1json/schema"


@cache
def specification() -> Draft202012Validator:
    if not SPECIFICATION.exists():
        message = f"NOT CHECKED against SendGrid's description: {SPECIFICATION.name} is not there"
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    description = Resource.from_contents(json.loads(SPECIFICATION.read_bytes()), default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:sendgrid", description)
    return Draft202012Validator({"$ref": BODY}, registry=registry, format_checker=FormatChecker())


def faults(message: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in specification().iter_errors(message)]


@pytest.mark.parametrize("sandbox", [True, False])
@pytest.mark.parametrize(
    "fields", [{}, {"to_name": None}, {"unsubscribe_url": None}, {"reply_to": None}, {"subject": "Grüße 😀"}]
)
def test_a_payload_fits_the_published_description(
    a_mail: Callable[..., Mail], fields: dict[str, str | None], sandbox: bool
) -> None:
    assert faults(json.loads(payload(a_mail(**fields), sandbox=sandbox))) == []


def test_the_description_tells_bad_payloads_from_good_ones(a_mail: Callable[..., Mail]) -> None:
    good = json.loads(payload(a_mail(), sandbox=True))
    assert faults(good | {"custom_args": {"ac_send": "m"}}), "a string there, so ours stand elsewhere"
    assert faults(good | {"categories": "aftercare"})
    assert faults(good | {"from": {"name": "nobody"}})
    assert faults(good | {"mail_settings": {"sandbox_mode": {"enable": "true"}}})
    assert faults({key: value for key, value in good.items() if key != "personalizations"})


def test_a_payload_is_one_message_to_one_recipient(a_mail: Callable[..., Mail]) -> None:
    assert json.loads(payload(a_mail(), sandbox=True)) == {
        "from": {"email": "care@example.org", "name": "Customer Care"},
        "reply_to": {"email": "reply+abc234@reply.example.org"},
        "subject": "How did we do?",
        "personalizations": [
            {
                "to": [{"email": "ann@example.com", "name": "Ann Example"}],
                "custom_args": {"ac_send": "m_5f2c", "ac_v": "1"},
            }
        ],
        "content": [
            {"type": "text/plain", "value": a_mail().text},
            {"type": "text/html", "value": a_mail().html},
        ],
        "headers": {
            "List-Unsubscribe": "<https://example.org/u/abc234>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        "categories": ["aftercare"],
        "mail_settings": {"sandbox_mode": {"enable": True}},
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
        },
    }


def test_outside_the_sandbox_the_payload_says_so(a_mail: Callable[..., Mail]) -> None:
    assert json.loads(payload(a_mail(), sandbox=False))["mail_settings"] == {"sandbox_mode": {"enable": False}}


def test_mail_to_staff_has_no_unsubscribe_header(a_mail: Callable[..., Mail]) -> None:
    assert "headers" not in json.loads(payload(a_mail(unsubscribe_url=None), sandbox=False))


@pytest.mark.parametrize("part", ["text", "html"])
def test_a_body_that_the_helpers_take_for_a_key_is_a_fault_and_no_crash(a_mail: Callable[..., Mail], part: str) -> None:
    with pytest.raises(ContentFault):
        payload(a_mail(**{part: "SG.abc.def"}), sandbox=False)


ANY = st.characters(exclude_categories=[])


@given(name=st.text(ANY), subject=st.text(ANY, min_size=1))
def test_any_name_and_subject_are_refused_or_arrive_exactly(
    a_mail: Callable[..., Mail], name: str, subject: str
) -> None:
    try:
        message = json.loads(payload(a_mail(to_name=name, sender_name=name, subject=subject), sandbox=False))
    except HeaderFault:
        return
    (personalization,) = message["personalizations"]
    assert personalization["to"] == [{"email": "ann@example.com"} | ({"name": name} if name else {})]
    assert message["from"] == {"email": "care@example.org"} | ({"name": name} if name else {})
    assert message["subject"] == subject
    assert faults(message) == []
