"""Clause 4.4: who is told of a danger at each rung, when the next one is, and what the customer is told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import ROOT
from models.alarms import LAST_RUNG
from policy.alarm import OnCall, first_gap, next_at, told_at
from policy.concern import route
from policy.danger_rules import Advice, DangerRules
from policy.file import read_policy
from vocabulary import Danger

RULES = read_policy(ROOT / "policy" / "sop.toml").rules
ROUTE = route("Heating", RULES.escalation)
NADIA = OnCall("Nadia", "nadia@staff.example.com", "+4915112345678", "on call")
NIGHT = datetime(2026, 10, 10, 20, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rung", "on_call", "role"),
    [
        (0, NADIA, "on call"),
        (0, None, "owner"),
        (1, NADIA, "supervisor"),
        (1, None, "supervisor"),
        (2, NADIA, "head"),
        (3, NADIA, "management"),
        (4, None, "management"),
        (99, NADIA, "management"),
    ],
)
def test_each_rung_has_one_role_and_the_last_one_keeps_it(rung: int, on_call: OnCall | None, role: str):
    assert told_at(rung, on_call, ROUTE, RULES.escalation).role == role


def test_the_person_on_call_is_told_as_the_calendar_has_them_and_the_others_as_the_route_has_them():
    assert told_at(0, NADIA, ROUTE, RULES.escalation) is NADIA
    owner = told_at(0, None, ROUTE, RULES.escalation)
    assert (owner.name, owner.email, owner.phone) == (ROUTE.owner.name, ROUTE.owner.email, ROUTE.owner.phone)


def test_the_store_knows_which_rung_is_the_last():
    roles = [told_at(rung, NADIA, ROUTE, RULES.escalation).role for rung in range(LAST_RUNG + 2)]
    assert roles.index(roles[-1]) == LAST_RUNG


@pytest.mark.parametrize("minutes", [1, 15, 120])
def test_the_next_one_is_told_after_the_minutes_of_the_policy_at_any_hour(minutes: int):
    assert next_at(NIGHT, DangerRules(pass_on_minutes=minutes)) == NIGHT + timedelta(minutes=minutes)


TWO = DangerRules(
    advice=(
        Advice(danger=Danger.GAS, texts={"en": "Leave.", "de": "Hinaus."}),
        Advice(danger=Danger.WATER, texts={"en": "Turn it off."}),
    )
)


@pytest.mark.parametrize(
    ("dangers", "language", "advice"),
    [
        ((Danger.GAS,), "en", "Leave."),
        ((Danger.GAS,), "de-AT", "Hinaus."),
        ((Danger.WATER,), "de", "Turn it off."),
        ((Danger.GAS, Danger.WATER), "en", "Leave."),
        ((Danger.FIRE, Danger.WATER), "en", "Turn it off."),
        ((Danger.FIRE,), "en", None),
        ((), "en", None),
    ],
)
def test_the_advice_is_on_the_gravest_danger_that_has_one_in_the_customers_language(
    dangers: tuple[Danger, ...], language: str, advice: str | None
):
    assert TWO.advice_on(dangers, language, "en") == advice


def test_the_policy_has_advice_on_every_danger_in_every_language_that_it_offers():
    assert {one.danger for one in RULES.danger.advice} == set(Danger)
    assert all(set(one.texts) >= set(RULES.languages.offered) for one in RULES.danger.advice)


HOURS = st.integers(0, 40)


def at(hour: int) -> datetime:
    return NIGHT + timedelta(hours=hour)


@given(st.lists(st.tuples(HOURS, HOURS)), HOURS)
def test_the_first_gap_is_the_first_hour_that_no_shift_covers(shifts: list[tuple[int, int]], until: int):
    free = [hour for hour in range(until) if not any(begins <= hour < ends for begins, ends in shifts)]
    found = first_gap([(at(begins), at(ends)) for begins, ends in shifts], at(0), at(until))
    assert found == (at(free[0]) if free else None)
