"""Clause 4.4 in a table: how a customer is asked whether a resolution helped, when asking fails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import policy
from policy.file import read_policy
from policy.recovery import AskByCall, Asking, AskOn, Unconfirmed, WaitOn, ask_on
from vocabulary import Channel, Delivery

RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules.escalation
NOW = datetime(2026, 10, 9, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
EMAIL, SMS, PHONE = Channel.EMAIL, Channel.SMS, Channel.PHONE
SENT = Asking(ladder=(EMAIL, SMS, PHONE), tried=frozenset({EMAIL}), delivery=Delivery.ACCEPTED, until=LATER)
LOST = replace(SENT, delivery=Delivery.FAILED, code="bounce 5.1.1")
WHY = "the survey that asked whether it helped did not arrive (bounce 5.1.1)"


@pytest.mark.parametrize(
    ("asking", "step"),
    [
        (LOST, AskOn(SMS, WHY)),
        (replace(LOST, delivery=Delivery.REJECTED, code="550"), AskOn(SMS, WHY.replace("bounce 5.1.1", "550"))),
        (replace(LOST, delivery=Delivery.WITHDRAWN, code=None), AskOn(SMS, WHY.replace("bounce 5.1.1", "withdrawn"))),
        (replace(LOST, delivery=Delivery.UNKNOWN, code="timeout"), AskOn(SMS, WHY.replace("bounce 5.1.1", "timeout"))),
        (replace(LOST, tried=frozenset({EMAIL, SMS})), AskByCall(WHY)),
        (replace(LOST, closed=frozenset({SMS})), AskByCall(WHY)),
        (replace(LOST, ladder=(EMAIL, PHONE, SMS)), AskByCall(WHY)),  # the phone comes first in this customer's order
        (replace(LOST, ladder=(EMAIL, PHONE, SMS), closed=frozenset({PHONE})), AskOn(SMS, WHY)),
        # It was the second of the ladder where the customer was reached; the first was silent, not broken.
        (replace(LOST, tried=frozenset({SMS})), AskOn(EMAIL, WHY)),
        (replace(LOST, ladder=(EMAIL,)), AskByCall(f"{WHY}; no channel is left, a person is to find a way")),
        # Who does not want to be called is not called, and who wants nothing gets nothing.
        (replace(LOST, ladder=(EMAIL,), closed=frozenset({PHONE})), WaitOn(LATER)),
        (replace(LOST, wants_nothing=True), WaitOn(LATER)),
        (replace(LOST, called=True), WaitOn(LATER)),
        (replace(LOST, called=True, until=NOW), Unconfirmed("resolved by staff, not confirmed by the customer")),
        (SENT, WaitOn(LATER)),
        (replace(SENT, until=NOW), Unconfirmed("resolved by staff, not confirmed by the customer")),
        (replace(SENT, delivery=Delivery.DELIVERED), WaitOn(LATER)),
        (replace(SENT, delivery=None, tried=frozenset(), called=True), WaitOn(LATER)),  # asked by a call from the start
        # A failure that is found when the wait is over is still a failure: nobody was asked.
        (replace(LOST, until=NOW), AskOn(SMS, WHY)),
        # What could not go out until then is waited for, and the customer gets the whole time.
        (replace(SENT, delivery=Delivery.DUE, until=NOW), WaitOn(NOW + timedelta(days=RULES.recovery_wait_days))),
        (replace(SENT, delivery=Delivery.CLAIMED, until=NOW), WaitOn(NOW + timedelta(days=RULES.recovery_wait_days))),
        (replace(SENT, delivery=Delivery.DUE), WaitOn(LATER)),
    ],
)
def test_the_next_step(asking: Asking, step: AskOn | AskByCall | WaitOn | Unconfirmed):
    assert ask_on(asking, NOW, RULES) == step


@pytest.mark.parametrize("ladder", [(EMAIL, SMS, PHONE), (SMS, EMAIL), (PHONE, EMAIL, SMS), (EMAIL,)])
def test_whatever_fails_asking_comes_to_an_end(ladder: tuple[Channel, ...]):
    asking = replace(LOST, ladder=ladder, tried=frozenset(ladder[:1]) - {PHONE})
    for _ in range(4):
        step = ask_on(asking, NOW, RULES)
        if isinstance(step, AskByCall):
            asking = replace(asking, called=True)
        elif isinstance(step, AskOn):
            assert step.channel not in asking.tried
            asking = replace(asking, tried=asking.tried | {step.channel})
    assert asking.called
    assert isinstance(ask_on(asking, NOW, RULES), WaitOn)
