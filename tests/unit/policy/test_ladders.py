"""Clause 4.2: the order of channels by region, and addresses of which it is known that they do not work."""

from dataclasses import replace
from pathlib import Path

import pytest

import policy
from policy.eligibility import FollowUp, NoFollowUp
from policy.file import PolicyError, parse_policy
from policy.rules import RegionLadder
from tests.unit.policy.test_eligibility import RULES, decided
from vocabulary import Channel, Clause, ContactBasis, Disposition

EMAIL, SMS, PHONE = Channel.EMAIL, Channel.SMS, Channel.PHONE
SHIPPED = Path(policy.__file__).with_name("sop.toml").read_text("utf-8")
BY_REGION = replace(RULES, contact=replace(RULES.contact, ladders=(
    RegionLadder(region="US", ladder=(SMS, EMAIL)),
    RegionLadder(region="US-CA", ladder=(PHONE,)),
)))  # fmt: skip


@pytest.mark.parametrize(
    ("region", "ladder"),
    [
        ("US", (SMS, EMAIL)),
        ("US-NY", (SMS, EMAIL)),  # its country's
        ("US-CA", (PHONE,)),  # its own
        ("DE-BE", (EMAIL, SMS, PHONE)),  # the company's
        ("USA", (EMAIL, SMS, PHONE)),  # not a region of ours: no part of a name is taken for another
        ("", (EMAIL, SMS, PHONE)),
    ],
)
def test_a_region_may_have_an_order_of_its_own(region: str, ladder: tuple[Channel, ...]):
    outcome = decided(BY_REGION, prefers=(), region=region, contact_basis=ContactBasis.CONSENT)
    assert isinstance(outcome, FollowUp)
    assert outcome.ladder == ladder


def test_the_customer_s_preference_comes_first_in_every_region():
    outcome = decided(BY_REGION, prefers=(EMAIL,), region="US-CA")
    assert isinstance(outcome, FollowUp)
    assert (outcome.ladder, outcome.preferred) == ((EMAIL, PHONE), 1)


def with_ladders(text: str) -> str:
    return SHIPPED.replace("[survey]\n", f"{text}\n[survey]\n", 1)


def test_the_policy_file_takes_a_ladder_per_region():
    rules = parse_policy(with_ladders('[[contact.ladders]]\nregion = "US"\nladder = ["sms", "phone"]\n')).rules
    assert rules.contact.ladder_in("US-TX") == (SMS, PHONE)
    assert rules.contact.ladder_in("FR") == (EMAIL, SMS, PHONE)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[[contact.ladders]]\nregion = "US"\nladder = []\n', "contact.ladders.0.ladder = []"),
        ('[[contact.ladders]]\nregion = "us"\nladder = ["sms"]\n', "contact.ladders.0.region = 'us'"),
        ('[[contact.ladders]]\nregion = "US"\nladder = ["sms", "sms"]\n', "of region = US must name each channel once"),
        ('[[contact.ladders]]\nregion = "US"\nladder = ["sms"]\n' * 2, "contact.ladders must name each region once"),
    ],
)
def test_a_wrong_ladder_is_a_fault_that_names_it(text: str, fault: str):
    with pytest.raises(PolicyError) as raised:
        parse_policy(with_ladders(text))
    assert fault in str(raised.value)


def test_an_address_that_is_known_not_to_work_is_passed_over_and_the_checks_say_so():
    outcome = decided(prefers=(EMAIL,), invalid=frozenset({EMAIL}))
    assert isinstance(outcome, FollowUp)
    assert (outcome.ladder, outcome.preferred) == ((SMS, PHONE), 0)
    told = [(check.rule, check.clause, check.verdict) for check in outcome.checks]
    assert ("address for email", Clause.CHANNEL, "passed over") in told


def test_who_has_no_address_that_works_is_unreachable_with_the_reason():
    outcome = decided(invalid=frozenset({EMAIL}), has_phone=False)
    assert isinstance(outcome, NoFollowUp)
    assert outcome.disposition is Disposition.UNREACHABLE
    assert outcome.reason.endswith("in the report that is not known to fail")
