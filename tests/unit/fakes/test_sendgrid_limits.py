"""What our SendGrid refuses: all that the published description refuses, and the limits that only pages state."""

import copy
import time
from itertools import product
from typing import Any

import pytest

from fakes.sendgrid_limits import faults
from tests.unit.channels.test_sendgrid_payload import faults as described

GOOD: dict[str, Any] = {
    "personalizations": [
        {
            "to": [{"email": "ann@example.com", "name": "Ann"}],
            "cc": [{"email": "cc@example.com"}],
            "bcc": [{"email": "bcc@example.com"}],
            "subject": "Hi",
            "headers": {"X-One": "1"},
            "substitutions": {"-name-": "Ann"},
            "custom_args": {"ac_send": "m1"},
            "send_at": 1,
        }
    ],
    "from": {"email": "care@example.org", "name": "Care"},
    "reply_to": {"email": "reply@example.org"},
    "subject": "Hello",
    "content": [{"type": "text/plain", "value": "Hi"}, {"type": "text/html", "value": "<p>Hi</p>"}],
    "attachments": [{"content": "QQ==", "filename": "a.txt", "type": "text/plain", "disposition": "inline"}],
    "headers": {"List-Unsubscribe": "<https://example.org/u/x>"},
    "categories": ["aftercare"],
    "send_at": 1,
    "asm": {"group_id": 1, "groups_to_display": [1]},
    "ip_pool_name": "pool",
    "mail_settings": {"sandbox_mode": {"enable": True}, "footer": {"enable": False, "text": "x"}},
    "tracking_settings": {"click_tracking": {"enable": False, "enable_text": False}, "ganalytics": {"enable": False}},
}


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(found for key, each in inner for found in places(each, (*at, key)))]


PLACES = [place for place in places(GOOD) if place]
WRONG = [None, "", "x", 5, 1.5, True, [], ["x"], {}, [{}], {"enable": "true"}, "x" * 300]


def test_a_good_message_is_good_for_both():
    assert described(GOOD) == []
    assert faults(GOOD) == []


def test_what_the_description_refuses_is_refused():
    """Every part of a good message is left out (`...`), or replaced by each of the wrong values."""
    allowed = {(("subject",), ...)}  # not needed where each personalization has one, say the pages
    refused, let_pass = 0, []
    for place, value in product(PLACES, [*WRONG, ...]):
        message = changed(place, value)
        if described(message):
            refused += 1
            let_pass += [] if faults(message) else [(place, value)]
    assert refused > 300
    assert [found for found in let_pass if found not in allowed] == []


def changed(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    message = copy.deepcopy(GOOD)
    parent: Any = message
    for key in place[:-1]:
        parent = parent[key]
    if value is ...:
        del parent[place[-1]]
    else:
        parent[place[-1]] = copy.deepcopy(value)
    return message


def people(count: int) -> list[dict[str, Any]]:
    return [{"to": [{"email": f"c{number}@example.com"}]} for number in range(count)]


def one(**part: Any) -> dict[str, Any]:
    return {"personalizations": [{"to": [{"email": "ann@example.com"}], **part}]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": people(1001)}, "personalizations"),
        ({"personalizations": [{"to": [{"email": f"c{n}@example.com"} for n in range(1001)]}]}, "personalizations"),
        ({"personalizations": people(1) * 2}, "personalizations"),
        (one(cc=[{"email": "ANN@example.com"}]), "personalizations"),
        ({"personalizations": [{"to": [{"email": "nobody"}]}]}, "personalizations"),
        (one(custom_args={"a": 1}), "personalizations.0.custom_args"),
        (one(custom_args={"a": "x" * 10_000}), "personalizations.0.custom_args"),
        ({"custom_args": {"a": "x" * 9_990}, **one(custom_args={"b": "xx"})}, "personalizations.0.custom_args"),
        (one(substitutions={"a": "x" * 10_000}), "personalizations.0.substitutions"),
        ({"template_id": "d-1", **one(substitutions={"a": "x"})}, "personalizations.0.substitutions"),
        ({"categories": [f"c{n}" for n in range(11)]}, "categories"),
        ({"categories": ["a", "a"]}, "categories"),
        ({"categories": ["x" * 256]}, "categories"),
        ({"asm": {"group_id": 1, "groups_to_display": [*range(26)]}}, "asm.groups_to_display"),
        ({"ip_pool_name": "x" * 65}, "ip_pool_name"),
        ({"headers": {"Reply-To": "x@example.com"}}, "headers"),
        (one(headers={"X-SG-ID": "x"}), "personalizations.0.headers"),
        ({"content": [{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}]}, "content"),
        ({"content": []}, "content"),
        ({"from": {"email": "Ann <ann@example.com>"}}, "from"),
    ],
)
def test_a_limit_that_is_passed_names_its_field(change: dict[str, Any], field: str):
    assert {found for found, _ in faults(GOOD | change)} == {field}


@pytest.mark.parametrize(
    "change",
    [
        {"personalizations": people(1000)},
        {"categories": [f"{n}" * 255 for n in range(10)]},
        {"custom_args": {"ac_send": "m1"}},  # which the description types as a string, though the pages show an object
    ],
)
def test_a_limit_that_is_kept_is_no_fault(change: dict[str, Any]):
    assert faults(GOOD | change) == []


def test_nothing_is_put_off_for_more_than_three_days():
    hour, now = 3600, int(time.time())
    assert [field for field, _ in faults(GOOD | {"send_at": now + 73 * hour})] == ["send_at"]
    assert [field for field, _ in faults(GOOD | one(send_at=now + 73 * hour))] == ["personalizations.0.send_at"]
    assert faults(GOOD | {"send_at": now + 71 * hour}) == []


def test_with_a_template_neither_subject_nor_content_is_needed():
    bare = {"personalizations": people(1), "from": {"email": "care@example.org"}}
    assert [field for field, _ in faults(bare)] == ["subject", "content"]
    assert faults(bare | {"template_id": "d-1"}) == []


@pytest.mark.parametrize("message", [None, 5, "x", [], True])
def test_what_is_no_object_is_refused(message: object):
    assert faults(message)
