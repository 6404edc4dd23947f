"""Clauses 2.1 to 2.5 and 4.2 in tables: who is followed up, on which channels, and which rule speaks first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.eligibility import ClosedServiceFacts, FollowUp, NoFollowUp, decide
from policy.file import read_policy
from policy.rules import Exclusion, Rules
from vocabulary import Channel, Disposition

EMAIL, SMS, PHONE = Channel.EMAIL, Channel.SMS, Channel.PHONE
EVERYTHING = frozenset(Channel)
NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)

SHIPPED = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
STAFF = Exclusion(field="tag", values=("staff",), reason="the customer is a member of staff", clause="2.2")
RULES = replace(
    SHIPPED,
    scope=replace(SHIPPED.scope, kinds=("job completed", "ticket resolved"), max_age_days=30, exclusions=(STAFF,)),
    survey=replace(SHIPPED.survey, cooldown_days=30),
    contact=replace(SHIPPED.contact, ladder=(EMAIL, SMS, PHONE)),
)
FACTS = ClosedServiceFacts(
    kind="job completed",
    source="crm",
    department="Heating",
    branch="Berlin",
    customer_ref="C-17",
    tags=(),
    email="ann@example.com",
    has_phone=True,
    prefers=(EMAIL,),
    closed_at=NOW - timedelta(hours=4),
    reopened=False,
    asked_before=None,
    opted_out_at=None,
)


def decided(rules: Rules = RULES, available: frozenset[Channel] = EVERYTHING, **facts: Any) -> FollowUp | NoFollowUp:
    return decide(replace(FACTS, **facts), NOW, rules, available=available)


def excluding(field: Any, *values: str) -> Rules:
    exclusion = Exclusion(field=field, values=values, reason="an exception", clause="2.2")
    return replace(RULES, scope=replace(RULES.scope, exclusions=(exclusion,)))


def cooling(days: int) -> Rules:
    return replace(RULES, survey=replace(RULES.survey, cooldown_days=days))


OBJECTIONS: dict[str, tuple[dict[str, Any], Disposition, str, str]] = {  # in the order of the procedure
    "reopened": ({"reopened": True}, Disposition.CANCELLED, "2.5", "the service was reopened"),
    "kind": ({"kind": "visit"}, Disposition.INELIGIBLE, "2.1", 'services of kind "visit" are not in scope'),
    "exception": ({"tags": ("staff",)}, Disposition.INELIGIBLE, "2.2", "the customer is a member of staff"),
    "age": ({"closed_at": NOW - 31 * DAY}, Disposition.INELIGIBLE, "2.1", "reported more than 30 days after closing"),
    "opt-out": ({"opted_out_at": NOW - DAY}, Disposition.OPTED_OUT, "2.4", "the customer has opted out"),
    "cooldown": ({"asked_before": NOW - DAY}, Disposition.SUPPRESSED, "2.3", "asked less than 30 days ago"),
    "channels": ({"email": None, "has_phone": False}, Disposition.UNREACHABLE, "4.2",
                 "no usable e-mail address or telephone number in the report"),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "disposition", "clause", "reason"), OBJECTIONS.values(), ids=OBJECTIONS)
def test_each_rule_ends_the_follow_up_with_its_reason_and_clause(
    facts: dict[str, Any], disposition: Disposition, clause: str, reason: str
):
    outcome = decided(**facts)
    assert isinstance(outcome, NoFollowUp)
    assert (outcome.disposition, outcome.clause, outcome.reason) == (disposition, clause, reason)


@pytest.mark.parametrize(("first", "second"), [*combinations(OBJECTIONS, 2)])
def test_of_two_objections_the_earlier_rule_speaks(first: str, second: str):
    outcome = decided(**(OBJECTIONS[first][0] | OBJECTIONS[second][0]))
    assert isinstance(outcome, NoFollowUp)
    assert outcome.reason == OBJECTIONS[first][3]


def test_a_service_without_objection_is_followed_up_and_every_check_is_told_in_order():
    outcome = decided()
    assert isinstance(outcome, FollowUp)
    rules = [check.rule for check in outcome.checks]
    assert rules == ["reopened", "kind of service", "exception: the customer is a member of staff",
                     "age of the report", "opt-out", "cooldown", "channels"]  # fmt: skip
    assert {check.verdict for check in outcome.checks[:-1]} == {"passes"}


def test_the_checks_stop_at_the_rule_that_decided():
    outcome = decided(opted_out_at=NOW - DAY)
    assert [check.rule for check in outcome.checks][-1] == "opt-out"


def test_the_checks_hold_no_address_and_no_customer_number():
    for rules in (excluding("email", "*@example.com"), excluding("customer_ref", "C-*"), RULES):
        told = str(decided(rules).checks)
        assert "ann@" not in told
        assert "C-17" not in told


@pytest.mark.parametrize(
    ("field", "pattern", "facts", "hit"),
    [
        ("tag", "staff", {"tags": ("VIP", "Staff")}, True),  # one of several tags, in another case
        ("tag", "staff", {"tags": ("staffing",)}, False),  # no star, no prefix
        ("tag", "staff*", {"tags": ("staffing",)}, True),
        ("tag", "*", {"tags": ()}, False),  # anything is more than nothing
        ("email", "*@staff.example.com", {"email": "Ann@STAFF.example.com"}, True),
        ("email", "*@staff.example.com", {"email": "ann@staff.example.com.evil.example"}, False),
        ("email", "*@staff.example.com", {"email": None}, False),
        ("email", "test*", {"email": "testing@example.com"}, True),
        ("email", "*+test@*", {"email": "ann+test@example.com"}, True),
        ("department", "heating", {"department": "Heating"}, True),
        ("branch", "Ber*", {"branch": "Bern"}, True),
        ("kind", "ticket resolved", {"kind": "ticket resolved"}, True),
        ("source", "legacy-*", {"source": "crm"}, False),
        ("customer_ref", "C-1*", {"customer_ref": "C-17"}, True),
        ("customer_ref", "C-1*", {"customer_ref": None}, False),
        ("tag", "[vip]*", {"tags": ("[VIP] gold",)}, True),  # brackets and question marks mean themselves
        ("tag", "[vip]*", {"tags": ("vacation home",)}, False),
        ("tag", "why?*", {"tags": ("whyever",)}, False),
        ("tag", "a.c*", {"tags": ("abc",)}, False),
    ],
)
def test_an_exception_matches_whole_values_and_a_star_matches_anything(
    field: str, pattern: str, facts: dict[str, Any], hit: bool
):
    outcome = decided(excluding(field, pattern), **facts)
    assert isinstance(outcome, NoFollowUp) is hit


def test_an_exception_cites_its_own_clause():
    rules = replace(RULES, scope=replace(RULES.scope, exclusions=(replace(STAFF, clause="2.1"),)))
    outcome = decided(rules, tags=("staff",))
    assert isinstance(outcome, NoFollowUp)
    assert outcome.clause == "2.1"


@pytest.mark.parametrize(
    ("days", "asked_before", "suppressed"),
    [
        (30, None, False),
        (30, NOW - 30 * DAY, False),  # exactly the cooldown ago: it is over
        (30, NOW - 30 * DAY + INSTANT, True),
        (30, NOW, True),
        (30, NOW + 2 * DAY, True),  # to be asked the day after tomorrow, for another service
        (1, NOW - DAY, False),
        (0, NOW, False),  # 0 switches the cooldown off,
        (0, NOW + 2 * DAY, False),  # also for a person who is still to be asked
    ],
)
def test_nobody_is_asked_again_within_the_cooldown(days: int, asked_before: datetime | None, suppressed: bool):
    assert isinstance(decided(cooling(days), asked_before=asked_before), NoFollowUp) is suppressed


@pytest.mark.parametrize(("age", "too_old"), [(30 * DAY, False), (30 * DAY + INSTANT, True), (-DAY, False)])
def test_a_report_may_be_as_old_as_the_policy_says_and_no_older(age: timedelta, too_old: bool):
    assert isinstance(decided(closed_at=NOW - age), NoFollowUp) is too_old


@pytest.mark.parametrize(
    ("prefers", "email", "phone", "available", "ladder", "preferred"),
    [
        ((EMAIL,), True, True, EVERYTHING, (EMAIL, SMS, PHONE), 1),
        ((PHONE,), True, True, EVERYTHING, (PHONE, EMAIL, SMS), 1),  # the preference first, then the company's order
        ((PHONE, EMAIL), True, True, EVERYTHING, (PHONE, EMAIL, SMS), 2),
        ((), True, True, EVERYTHING, (EMAIL, SMS, PHONE), 0),
        ((SMS, SMS), True, True, EVERYTHING, (SMS, EMAIL, PHONE), 1),  # named twice is named once
        ((EMAIL,), False, True, EVERYTHING, (SMS, PHONE), 0),  # no address: the preference cannot be met
        ((SMS, EMAIL), True, False, EVERYTHING, (EMAIL,), 1),
        ((SMS, PHONE), True, True, {EMAIL, PHONE}, (PHONE, EMAIL), 1),  # this version sends no SMS
        ((EMAIL,), True, False, {EMAIL, PHONE}, (EMAIL,), 1),
    ],
)
def test_the_ladder_is_the_customer_s_preference_and_then_the_company_s_order(
    prefers: tuple[Channel, ...], email: bool, phone: bool, available: set[Channel], ladder: tuple[Channel, ...],
    preferred: int,
):  # fmt: skip
    address = "ann@example.com" if email else None
    outcome = decided(available=frozenset(available), prefers=prefers, email=address, has_phone=phone)
    assert isinstance(outcome, FollowUp)
    assert (outcome.ladder, outcome.preferred) == (ladder, preferred)


def test_a_channel_that_the_company_does_not_use_is_used_when_the_customer_prefers_it():
    mail_only = replace(RULES, contact=replace(RULES.contact, ladder=(EMAIL,)))
    assert decided(mail_only, prefers=(PHONE,)).ladder == (PHONE, EMAIL)  # type: ignore[union-attr]
    assert decided(mail_only, prefers=()).ladder == (EMAIL,)  # type: ignore[union-attr]


@given(
    prefers=st.lists(st.sampled_from(Channel), max_size=4).map(tuple),
    order=st.lists(st.sampled_from(Channel), min_size=1, unique=True).map(tuple),
    available=st.frozensets(st.sampled_from(Channel)),
    email=st.none() | st.just("ann@example.com"),
    has_phone=st.booleans(),
)
def test_every_rung_is_usable_and_stands_once_with_the_preferred_ones_first(
    prefers: tuple[Channel, ...], order: tuple[Channel, ...], available: frozenset[Channel], email: str | None,
    has_phone: bool,
):  # fmt: skip
    rules = replace(RULES, contact=replace(RULES.contact, ladder=order))
    outcome = decided(rules, available, prefers=prefers, email=email, has_phone=has_phone)
    reachable = available & ({EMAIL} if email else set()) | available & ({SMS, PHONE} if has_phone else set())
    wanted = reachable & {*prefers, *order}
    if isinstance(outcome, NoFollowUp):
        assert not wanted
        return
    assert len(outcome.ladder) == len(set(outcome.ladder))
    assert set(outcome.ladder) == wanted
    assert set(outcome.ladder[: outcome.preferred]) == wanted & set(prefers)


@pytest.mark.parametrize(
    ("ladder", "preferred", "expected", "named"),
    [
        ((Channel.EMAIL, Channel.PHONE, Channel.SMS), 1, (Channel.PHONE, Channel.EMAIL, Channel.SMS), 2),
        ((Channel.EMAIL, Channel.SMS, Channel.PHONE), 3, (Channel.PHONE, Channel.EMAIL, Channel.SMS), 3),
        ((Channel.EMAIL,), 1, (Channel.EMAIL,), 1),
    ],
)
def test_a_person_who_takes_over_tries_the_phone_first(
    ladder: tuple[Channel, ...], preferred: int, expected: tuple[Channel, ...], named: int
):
    outcome = FollowUp(ladder, preferred, ()).phone_first()
    assert (outcome.ladder, outcome.preferred) == (expected, named)
