"""SendGrid's events, however they are written."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sendgrid_events import NotEvents, read_events
from tests.signing import events_body
from vocabulary import News

NOW = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
# From the tests of the `sendgrid` package 6.12.5.
EVENT = {
    "email": "hello@world.com",
    "event": "dropped",
    "reason": "Bounced Address",
    "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
    "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
    "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
    "timestamp": 1600112492,
}
BODY = json.dumps([EVENT], sort_keys=True, separators=(",", ":")).encode() + b"\r\n"


def read(**event: Any) -> Any:
    [report] = read_events(events_body([{"event": "processed", "sg_event_id": "e1"} | event]), NOW)
    return report


def test_the_vector_s_event_is_read():
    [report] = read_events(BODY, NOW)
    assert (report.kind, report.news, report.code) == ("dropped", News.LOST, "bounced before")
    assert report.provider_id == "LRzXl_NHStOGhQ4kofSm_A"
    assert report.happened_at == datetime(2020, 9, 14, 19, 41, 32, tzinfo=UTC)
    assert report.invalid
    assert "world.com" not in repr(report)


@pytest.mark.parametrize(
    ("event", "news", "code", "invalid", "objects"),
    [
        ({"event": "processed", "pool": {"name": "a", "id": 1}}, News.TAKEN, None, False, False),
        ({"event": "Delivered"}, News.ARRIVED, None, False, False),
        ({"event": "deferred", "attempt": "5", "response": "450 busy"}, News.DELAYED, None, False, False),
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, News.LOST, "5.1.1", True, False),
        ({"event": "bounce", "status": "550"}, News.LOST, "550", True, False),  # late ones come without a type
        ({"event": "bounce", "type": "blocked", "status": "5.7.1"}, News.BLOCKED, "blocked", False, False),
        ({"event": "dropped", "reason": "Invalid"}, News.LOST, "invalid", True, False),
        ({"event": "dropped", "reason": "Something of Ann's", "status": "5.0.0"}, News.LOST, "5.0.0", False, False),
        ({"event": "spamreport"}, News.SPAM, None, False, True),
        ({"event": "unsubscribe"}, None, None, False, True),
        ({"event": "group_unsubscribe", "asm_group_id": 3}, None, None, False, True),
        ({"event": "open", "sg_machine_open": True}, None, None, False, False),
        ({"event": "account_status_change"}, None, None, False, False),
        ({"event": "something of 2031!"}, None, None, False, False),
    ],
)
def test_the_words_of_sendgrid_become_ours(
    event: dict[str, Any], news: News | None, code: str | None, invalid: bool, objects: bool
):
    report = read(**event)
    assert (report.news, report.code, report.invalid, report.objects) == (news, code, invalid, objects)


SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)
SECONDS = int(SEPTEMBER.timestamp())


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        (SECONDS, SEPTEMBER),
        (str(SECONDS), SEPTEMBER),
        (SECONDS * 1000, SEPTEMBER),
        (float(SECONDS), SEPTEMBER),
        (None, NOW),
        (True, NOW),
        (-1, NOW),
        (10**30, NOW),
        ("soon", NOW),
        (SECONDS + 10**9, NOW),  # the future
    ],
)
def test_a_timestamp_may_be_written_in_many_ways(timestamp: Any, at: datetime):
    assert read(timestamp=timestamp).happened_at == at


@pytest.mark.parametrize(
    ("event", "provider_id"),
    [
        ({"sg_message_id": "abc.recvd-1.0"}, "abc"),
        ({"sg_message_id": "abc"}, "abc"),
        ({"smtp-id": "<abc@geopod.sendgrid.net>"}, "abc"),
        ({"sg_message_id": 5}, None),
        ({"sg_message_id": "a b"}, None),
        ({}, None),  # a late bounce
    ],
)
def test_the_number_of_the_message_is_the_beginning_of_what_sendgrid_says(event: dict[str, Any], provider_id: str):
    assert read(**event).provider_id == provider_id


def test_an_event_number_is_the_same_with_and_without_padding():
    assert read(sg_event_id="YWJj==").event_id == read(sg_event_id="YWJj").event_id == "YWJj"


@pytest.mark.parametrize("given_id", [None, "", "==", "x" * 101, 7, "a\nb"])
def test_an_event_without_a_usable_number_is_known_by_what_it_says(given_id: Any):
    one, same, other = (read(sg_event_id=given_id, timestamp=at) for at in (1, 1, 2))
    assert one.event_id == same.event_id != other.event_id


def test_what_is_no_event_is_passed_over_and_each_event_counts_once():
    body = events_body([{"event": "open", "sg_event_id": "a"}, 5, None, [], {}, {"event": 3},  # type: ignore[list-item]
                        {"event": "open", "sg_event_id": "a="}])  # fmt: skip
    assert [report.event_id for report in read_events(body, NOW)] == ["a"]


def test_a_single_event_without_a_list_is_read_too():
    assert len(read_events(json.dumps(EVENT).encode(), NOW)) == 1


@pytest.mark.parametrize("body", [b"", b"no", b"[" * 100_000, b"\xff\xfe", b"[" + b"9" * 5000 + b"]"])
def test_what_is_no_json_is_said_to_be_none(body: bytes):
    with pytest.raises(NotEvents):
        read_events(body, NOW)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
FIELDS = ["email", "timestamp", "event", "type", "reason", "status", "sg_event_id", "sg_message_id", "smtp-id",
          "category", "ac_send", "ac_v"]  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), VALUES) | VALUES, max_size=4) | VALUES)
def test_whatever_is_signed_can_be_read_and_stored(value: Any):
    for report in read_events(json.dumps(value).encode(), NOW):
        assert 1 <= len(report.event_id) <= 100
        stored = (report.event_id, report.kind, report.ref, report.provider_id, report.code)
        assert all(text is None or (text.isascii() and text.isprintable()) for text in stored)
        assert report.happened_at <= NOW
        assert report.address is None or report.address.encode()
