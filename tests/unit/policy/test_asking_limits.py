"""Clauses 2.3 and 4.2: where a channel needs a basis, and how many customers may be asked in a time."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import policy
from policy.asking_rules import BasisRule, Limit
from policy.eligibility import ClosedServiceFacts, FollowUp, NoFollowUp, decide
from policy.file import PolicyError, parse_policy, read_policy
from vocabulary import Channel, Clause, ContactBasis, Disposition

FILE = Path(policy.__file__).with_name("sop.toml")
SHIPPED = read_policy(FILE).rules
EMAIL, SMS, PHONE = Channel.EMAIL, Channel.SMS, Channel.PHONE
NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
FACTS = ClosedServiceFacts(
    kind="job completed", source="crm", department="Heating", branch="Berlin", customer_ref="K-1", tags=("gold",),
    email="a@example.com", has_phone=True, prefers=(), closed_at=NOW, reopened=False, asked_before=None,
    opted_out_at=None, region="DE-BE", contact_basis=ContactBasis.CONSENT,
)  # fmt: skip


def decided(limits: tuple[Limit, ...] = (), **changes: Any) -> FollowUp | NoFollowUp:
    rules = replace(SHIPPED, survey=replace(SHIPPED.survey, limits=limits))
    return decide(replace(FACTS, **changes), NOW, rules, available=frozenset(Channel))


@pytest.mark.parametrize(
    ("region", "basis", "ladder"),
    [
        ("DE-BE", ContactBasis.CONSENT, (EMAIL, SMS, PHONE)),
        ("DE", ContactBasis.EXISTING_CUSTOMER, (EMAIL, SMS, PHONE)),
        ("DE-BY", ContactBasis.CONTRACT, (PHONE,)),
        ("DE-BE", None, (PHONE,)),
        ("AT-9", None, (EMAIL, SMS, PHONE)),
        ("DEX", None, (EMAIL, SMS, PHONE)),  # not a part of DE
    ],
)
def test_in_germany_a_survey_by_mail_or_text_needs_a_basis(region: str, basis: ContactBasis | None, ladder: tuple):
    decision = decided(region=region, contact_basis=basis)
    assert isinstance(decision, FollowUp)
    assert decision.ladder == ladder
    [*told] = [check for check in decision.checks if check.rule == "contact basis in DE"]
    assert len(told) == region.startswith(("DE-", "DE ")) + (region == "DE")
    for check in told:
        assert check.clause == Clause.CHANNEL
        assert check.input == (basis or "not reported")
        assert (check.verdict == "passes") is (ladder != (PHONE,))


def test_without_a_basis_and_a_number_the_service_is_recorded_with_the_reason():
    decision = decided(contact_basis=None, has_phone=False)
    assert isinstance(decision, NoFollowUp)
    assert (decision.disposition, decision.clause) == (Disposition.INELIGIBLE, Clause.CHANNEL)
    assert decision.reason.startswith("no accepted basis to write to customers in DE")


def test_without_any_address_the_basis_is_not_to_blame():
    decision = decided(contact_basis=None, email=None, has_phone=False)
    assert isinstance(decision, NoFollowUp)
    assert decision.disposition is Disposition.UNREACHABLE


@pytest.mark.parametrize(
    ("field", "value", "asked", "suppressed"),
    [
        ("customer_ref", "K-1", 4, False),
        ("customer_ref", "K-1", 5, True),
        ("customer_ref", "K-1", 6, True),
        ("customer_ref", "K-2", 9, False),  # somebody else
        ("tag", "gold", 5, True),
        ("tag", "old", 5, False),
        ("branch", "Berlin", 5, True),
        ("department", "Heating", 5, True),
        ("kind", "job completed", 5, True),
        ("source", "crm", 5, True),
        ("source", "cr*", 5, False),  # exactly this value
    ],
)
def test_no_more_than_so_many_are_asked(field: Any, value: str, asked: int, suppressed: bool):
    decision = decided((Limit(field=field, value=value, most=5, days=30),), asked_of_limits=(asked,))
    assert isinstance(decision, NoFollowUp) is suppressed
    if isinstance(decision, NoFollowUp):
        assert (decision.disposition, decision.clause) == (Disposition.SUPPRESSED, Clause.COOLDOWN)
        assert decision.reason == f"at most 5 are asked in 30 days where {field} = {value}"


def test_a_policy_can_have_them():
    text = FILE.read_text("utf-8")
    limit = '[[survey.limits]]\nfield = "tag"\nvalue = "gold"\nmost = {most}\ndays = {days}\n'
    assert parse_policy(text + limit.format(most=0, days=1)).rules.survey.limits[0].most == 0
    for most, days in ((-1, 1), (1, 0)):
        with pytest.raises(PolicyError, match="survey.limits: most"):
            parse_policy(text + limit.format(most=most, days=days))
    for bad in (limit.replace('"tag"', '"name"'), limit + 'clause = "9.9"\n', limit + "per = 1\n"):
        with pytest.raises(PolicyError, match=r"survey\.limits"):
            parse_policy(text + bad.format(most=1, days=1))
    assert SHIPPED.contact.basis == (
        BasisRule(region="DE", channels=(EMAIL, SMS), accepts=(ContactBasis.CONSENT, ContactBasis.EXISTING_CUSTOMER)),
    )
