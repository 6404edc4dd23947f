"""Clause 4.2: a number that takes no SMS is no rung for SMS; it may still be called, and the reason is written down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import policy
from models.phones import is_landline
from policy.checks import Check
from policy.eligibility import ClosedServiceFacts, FollowUp, decide
from policy.file import read_policy
from vocabulary import Channel, Clause

EMAIL, SMS, PHONE = Channel.EMAIL, Channel.SMS, Channel.PHONE
NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
SHIPPED = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
FACTS = ClosedServiceFacts(
    kind="job completed",
    source="crm",
    department="Heating",
    branch="Berlin",
    customer_ref=None,
    tags=(),
    email="ann@example.com",
    has_phone=True,
    is_landline=True,
    prefers=(SMS,),
    closed_at=NOW - timedelta(hours=4),
    reopened=False,
    asked_before=None,
    opted_out_at=None,
)
WHY = Check("number for SMS", Clause.CHANNEL, "a landline", "takes no SMS: passed over")
EVERYTHING = frozenset(Channel)


def decided(facts: ClosedServiceFacts, available: frozenset[Channel] = EVERYTHING) -> FollowUp:
    outcome = decide(facts, NOW, SHIPPED, available=available)
    assert isinstance(outcome, FollowUp)
    return outcome


@pytest.mark.parametrize(
    ("prefers", "ladder", "preferred"),
    [
        ((SMS,), (EMAIL, PHONE), 0),
        ((SMS, PHONE), (PHONE, EMAIL), 1),
        ((PHONE, SMS, EMAIL), (PHONE, EMAIL), 2),
        ((), (EMAIL, PHONE), 0),
    ],
)
def test_a_landline_is_called_and_gets_no_sms(
    prefers: tuple[Channel, ...], ladder: tuple[Channel, ...], preferred: int
):
    outcome = decided(replace(FACTS, prefers=prefers))
    assert (outcome.ladder, outcome.preferred) == (ladder, preferred)
    assert WHY in outcome.checks


def test_nothing_is_said_of_it_where_it_changes_nothing():
    assert WHY not in decided(replace(FACTS, is_landline=False)).checks
    assert WHY not in decided(FACTS, available=frozenset({EMAIL, PHONE})).checks


@pytest.mark.parametrize(
    ("number", "landline"),
    [
        ("+493023125417", True),  # Berlin
        ("+491701234567", False),
        ("+442079460000", True),  # London
        ("+447400123456", False),
        ("+33142685300", True),  # Paris
        ("+33612345678", False),
        ("+12125550123", False),  # mobiles and landlines share the plan: the provider will say
        ("+31201234567", True),  # Amsterdam
        ("+491371234567", True),  # shared cost: no edge lets it in any more
        ("+447700900614", False),  # kept for films
        ("+498001234567", True),
        (None, False),
    ],
)
def test_landlines_are_told_by_the_country_s_plan(number: str | None, landline: bool):
    assert is_landline(number) is landline
