"""Clause 4.2: a message that the provider took and that did not arrive leads on like one that was refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import policy
from policy.file import read_policy
from policy.silence import decide
from policy.silent import CallAgain, Remind, Silence, Step, Switch, Wait
from vocabulary import Channel, Delivery

EMAIL, PHONE = Channel.EMAIL, Channel.PHONE
START = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
LOST = Silence(
    asked_at=START,
    contact_due_at=START + 2 * DAY,
    contacted_at=None,
    ladder=(EMAIL, PHONE),
    preferred=1,
    rung=0,
    reminders=0,
    delivery=Delivery.FAILED,
    last_message_at=None,
    calls_made=0,
    call_open=False,
    number_is_wrong=False,
    code="bounce 5.1.1",
)


def decided(after: timedelta, **changes: Any) -> Step:
    return decide(replace(LOST, **changes), START + after, RULES)


@pytest.mark.parametrize("code", ["dropped bounced before", "bounce 5.1.1", "undelivered 30005"])
def test_a_first_message_that_did_not_arrive_falls_to_the_next_channel_at_once_and_says_why(code: str):
    assert decided(HOUR, code=code) == Switch(1, f"the message did not arrive ({code})")


def test_with_no_channel_left_it_is_a_person_early():
    reason = "the message did not arrive (bounce 5.1.1); no channel is left, a person is to find a way"
    assert decided(HOUR, ladder=(EMAIL,)) == CallAgain(1, reason)


def test_a_lost_reminder_leads_to_the_next_channel_and_leaves_the_first_contact_alone():
    silence = {"contacted_at": START, "last_message_at": START, "reminders": 1}
    assert decided(3 * DAY, **silence) == Switch(1, "the message did not arrive (bounce 5.1.1)")


def test_a_message_that_is_known_to_have_arrived_is_waited_for_like_one_that_was_taken():
    arrived = {"contacted_at": START, "last_message_at": START, "delivery": Delivery.DELIVERED}
    assert decided(HOUR, **arrived) == Wait(START + 3 * DAY)
    assert decided(3 * DAY, **arrived) == Remind(1, 0, last=False, then=START + 7 * DAY)
