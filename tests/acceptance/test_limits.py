"""Clauses 2.3 and 4.2 lived through: who may not be written to is called; a large account is not asked too often."""

from pathlib import Path

from models.tables import cases
from tests.acceptance.days import Days
from tests.acceptance.policies import change_policy
from vocabulary import CallOutcome, Clause, Disposition

LIMIT = '[[survey.limits]]\nfield = "{field}"\nvalue = "{value}"\nmost = 2\ndays = 30\n'


def limit(policy_file: Path, field: str, value: str) -> None:
    change_policy(policy_file, ("[silence]", LIMIT.format(field=field, value=value) + "\n[silence]"))


def test_without_a_basis_the_customer_is_called(days: Days):
    days.report(contact_basis=None, phone="030 123456")
    days.live(hours=6)
    assert (days.letters(), days.case().ladder) == ([], "phone")
    days.call(CallOutcome.ANSWERED, rating=5)
    days.live(days=5)
    assert days.case().disposition == Disposition.SATISFIED


def test_a_large_account_is_asked_so_often_and_no_more(days: Days, policy_file: Path):
    limit(policy_file, "customer_ref", "K-4711")
    for number in range(4):
        days.report(f"J-{number}", email=f"c{number}@example.com", customer_ref="K-4711")
    days.report("J-9", email="d@example.com", customer_ref="K-1")
    days.live(days=1)
    assert len(days.letters()) == 3
    held = [case for case in days.rows(cases) if case.disposition == Disposition.SUPPRESSED]
    assert [case.clause for case in held] == [Clause.COOLDOWN] * 2
    assert held[0].reason == "at most 2 are asked in 30 days where customer_ref = K-4711"
    days.live(days=31)
    days.report("J-10", email="e@example.com", customer_ref="K-4711")
    days.live(days=1)
    assert len(days.letters(to="e@example.com")) == 1


def test_a_tag_can_be_limited_over_several_days(days: Days, policy_file: Path):
    limit(policy_file, "tag", "gold")
    for number in range(3):
        days.report(f"J-{number}", email=f"c{number}@example.com", tags="old gold,gold")
        days.live(days=2)
    assert [case.disposition == Disposition.SUPPRESSED for case in days.rows(cases)] == [False, False, True]


def test_people_of_one_domain_and_very_important_ones_can_be_left_out(days: Days, policy_file: Path):
    """Exclusions do that: by tag and by the end of an address."""
    rule = '[[scope.exclusions]]\nfield = "{}"\nvalues = ["{}"]\nreason = "{}"\n\n'
    added = rule.format("tag", "vip*", "the managing director calls them")
    added += rule.format("email", "*@acme.example", "Acme")
    change_policy(policy_file, ("\n[calendar]", f"\n{added}[calendar]"))
    days.report("J-1", tags="VIP")
    days.report("J-2", email="Bob@ACME.example")
    days.live(days=2)
    assert [case.reason for case in days.rows(cases)] == ["the managing director calls them", "Acme"]
    assert days.letters() == []
