"""Clause 2.4: who refuses one channel is asked on another, unless they were contacted already."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import policy
from policy.eligibility import ClosedServiceFacts, FollowUp, NoFollowUp
from policy.eligibility import decide as eligible
from policy.file import read_policy
from policy.silence import decide
from policy.silent import GiveUp, Silence, Switch, Wait
from vocabulary import Channel, Clause, Delivery, Disposition

EMAIL, SMS, PHONE = Channel.EMAIL, Channel.SMS, Channel.PHONE
START = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
ASKED = Silence(
    asked_at=START, contact_due_at=START + 2 * DAY, contacted_at=None, ladder=(EMAIL, PHONE), preferred=1, rung=0,
    reminders=0, delivery=Delivery.WITHDRAWN, last_message_at=None, calls_made=0, call_open=False,
    number_is_wrong=False, refused=True,
)  # fmt: skip
FACTS = ClosedServiceFacts(
    kind="job completed", source="crm", department="Heating", branch="Berlin", customer_ref=None, tags=(),
    email="a@example.com", has_phone=True, prefers=(EMAIL,), closed_at=START, reopened=False, asked_before=None,
    opted_out_at=None,
)  # fmt: skip


def test_who_was_not_contacted_is_asked_on_the_next_channel_at_once():
    assert decide(ASKED, START, RULES) == Switch(1, "the customer does not want email")


def test_a_call_that_nobody_is_to_make_holds_nothing_up():
    called = replace(ASKED, ladder=(PHONE, EMAIL), delivery=None, call_open=True)
    assert decide(called, START, RULES) == Switch(1, "the customer does not want phone")


@pytest.mark.parametrize("delivery", [Delivery.ACCEPTED, Delivery.WITHDRAWN])
def test_who_was_contacted_is_left_alone_and_may_still_answer(delivery: Delivery):
    mailed = replace(ASKED, contacted_at=START, last_message_at=START, delivery=delivery)
    over = START + timedelta(days=RULES.silence.expiry_days)
    assert decide(mailed, START + 3 * DAY, RULES) == Wait(over)
    step = decide(mailed, over, RULES)
    assert isinstance(step, GiveUp)
    assert step.disposition is Disposition.NO_ANSWER


@pytest.mark.parametrize(
    ("refuses", "ladder"),
    [
        ((), (EMAIL, SMS, PHONE)),
        ((SMS,), (EMAIL, PHONE)),
        ((EMAIL,), (SMS, PHONE)),
        ((EMAIL, SMS), (PHONE,)),
    ],
)
def test_a_refused_channel_is_no_rung(refuses: tuple[Channel, ...], ladder: tuple[Channel, ...]):
    decision = _eligible(refuses=frozenset(refuses))
    assert isinstance(decision, FollowUp)
    assert decision.ladder == ladder
    assert ("opt-out by channel" in [check.rule for check in decision.checks]) is bool(refuses)


def test_without_a_channel_left_the_customer_has_opted_out():
    decision = _eligible(refuses=frozenset(Channel))
    assert isinstance(decision, NoFollowUp)
    assert (decision.disposition, decision.clause) == (Disposition.OPTED_OUT, Clause.OPT_OUT)


def _eligible(**changes: Any) -> FollowUp | NoFollowUp:
    return eligible(replace(FACTS, **changes), START, RULES, available=frozenset(Channel))
