"""Clause 4.2: what found the handset off is sent once more if that delays nothing; dead addresses are passed over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from policy.checks import address_check
from policy.silent import CallAgain, GiveUp, Remind, SendAgain, Step, Switch
from tests.unit.policy.test_silence import DAY, EMAIL, HOUR, INSTANT, MAILED, OWED, PHONE, SMS, START, decided
from vocabulary import Cause, Channel, Clause, Delivery, Disposition

REASON = "the message did not arrive (undelivered 30003)"
AGAIN = f"{REASON}; once more when the handset may be on again"
FIRST = replace(OWED, ladder=(SMS, EMAIL), delivery=Delivery.FAILED, code="undelivered 30003", cause=Cause.AWAY)
"""The first contact; it is due in two days, and the next channel needs the last four hours of them."""
REMINDER = replace(FIRST, contacted_at=START, reminders=1)
"""The customer was contacted before; the second reminder comes on day 7, the end on day 14."""
SWITCH = Switch(1, REASON)


@pytest.mark.parametrize(
    ("again_after", "step"),
    [
        (5 * HOUR, SendAgain(START + 5 * HOUR, AGAIN)),
        (DAY, SendAgain(START + DAY, AGAIN)),
        (2 * DAY - 4 * HOUR - INSTANT, SendAgain(START + 2 * DAY - 4 * HOUR - INSTANT, AGAIN)),
        (2 * DAY - 4 * HOUR, SWITCH),  # the next channel's hours have begun
        (3 * DAY, SWITCH),  # after a weekend: too late for the first contact
    ],
)
def test_the_first_contact_is_tried_once_more_while_the_next_channel_keeps_its_time(again_after: timedelta, step: Step):
    assert decided(FIRST, HOUR, again_at=START + again_after) == step


@pytest.mark.parametrize(
    ("after", "again_after", "step"),
    [
        (3 * DAY + HOUR, 3 * DAY + 5 * HOUR, SendAgain(START + 3 * DAY + 5 * HOUR, AGAIN)),
        (6 * DAY + HOUR, 7 * DAY, SWITCH),  # the next reminder is due by then
        (7 * DAY + HOUR, 8 * DAY, SendAgain(START + 8 * DAY, AGAIN)),
        (13 * DAY, 14 * DAY, SWITCH),  # and here the wait is over
    ],
)
def test_a_reminder_is_tried_once_more_before_the_next_step(after: timedelta, again_after: timedelta, step: Step):
    assert decided(REMINDER, after, last_message_at=START, again_at=START + again_after) == step


@pytest.mark.parametrize(
    "changes",
    [
        {"again_at": None},  # it was the second try, or the policy wants none
        {"cause": None},
        {"cause": Cause.SENDER},  # more of the same makes it worse
    ],
)
def test_every_other_failure_goes_to_the_next_channel_at_once(changes: dict[str, Any]):
    assert decided(FIRST, HOUR, **({"again_at": START + 5 * HOUR} | changes)) == SWITCH


def test_who_does_not_want_the_channel_any_more_gets_no_second_try():
    refused = decided(FIRST, HOUR, again_at=START + 5 * HOUR, refused=True)
    assert refused == Switch(1, "the customer does not want sms")


@pytest.mark.parametrize(
    ("ladder", "invalid", "step"),
    [
        ((EMAIL, SMS, PHONE), {SMS}, Switch(2, REASON, (address_check(SMS),))),
        ((EMAIL, SMS, PHONE), {EMAIL}, Switch(1, REASON)),  # what is behind us was tried
        ((EMAIL, SMS, PHONE), {SMS, PHONE}, None),
        ((EMAIL, PHONE), {SMS}, Switch(1, REASON)),
    ],
)
def test_a_failure_passes_over_addresses_that_are_known_not_to_work(
    ladder: tuple[Channel, ...], invalid: set[Channel], step: Step | None
):
    failed = replace(FIRST, ladder=ladder, cause=None, invalid=frozenset(invalid))
    person = CallAgain(1, f"{REASON}; no channel is left, a person is to find a way",
                       (address_check(SMS), address_check(PHONE)))  # fmt: skip
    assert decided(failed, HOUR) == (step or person)
    if step is None:
        given_up = GiveUp(Disposition.UNREACHABLE, f"{REASON}; no channel is left", Clause.CHANNEL, person.checks)
        assert decided(failed, HOUR, calls_made=3) == given_up


def test_silence_passes_over_them_too():
    silent = replace(MAILED, ladder=(EMAIL, SMS, PHONE), preferred=3, invalid=frozenset({SMS}))
    assert decided(silent, 3 * DAY) == Switch(2, "no answer within 3 days", (address_check(SMS),))
    named_two = replace(silent, preferred=2)
    assert decided(named_two, 3 * DAY) == Remind(1, 0, last=False, then=START + 7 * DAY)
    mail_next = replace(silent, ladder=(SMS, PHONE, EMAIL), invalid=frozenset({PHONE}))
    reminded = Remind(1, 2, last=False, then=START + 7 * DAY, checks=(address_check(PHONE),))
    assert decided(mail_next, 3 * DAY) == reminded
