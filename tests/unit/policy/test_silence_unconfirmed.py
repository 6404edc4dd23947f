"""Clauses 4.1 to 4.3: a customer in whose name a program may have answered is reminded like a silent one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.silence import NOT_CONFIRMED
from policy.silent import CallAgain, GiveUp, Remind, Silence, Step, Switch, Wait
from tests.unit.policy.test_silence import CALLED, DAY, INSTANT, MAILED, OWED, START, decided
from vocabulary import Clause, Delivery, Disposition

GIVEN_UP = GiveUp(Disposition.NO_ANSWER, NOT_CONFIRMED, Clause.ASK)


@pytest.mark.parametrize(
    ("silence", "after", "step"),
    [
        (MAILED, 3 * DAY, Remind(1, 0, last=False, then=START + 7 * DAY)),
        (MAILED, 14 * DAY - INSTANT, Remind(2, 0, last=True, then=START + 14 * DAY)),
        (MAILED, 14 * DAY, GIVEN_UP),
        (replace(MAILED, call_open=True), 4 * DAY, Wait(START + 14 * DAY)),  # a call that was to be made anyway
        (replace(MAILED, call_open=True), 14 * DAY, GIVEN_UP),  # and was not
        (replace(OWED, call_open=True), 14 * DAY, Wait(START + 15 * DAY)),  # not contacted: not given up silently
        (replace(MAILED, delivery=Delivery.REJECTED), DAY, Switch(1, "the message was not taken (rejected)")),
        (CALLED, DAY, CallAgain(2, "nobody answered")),
        (replace(CALLED, rung=1, ladder=CALLED.ladder[::-1], calls_made=3), DAY,
         GiveUp(Disposition.NO_ANSWER, NOT_CONFIRMED, Clause.CHANNEL)),
        (replace(OWED, ladder=OWED.ladder[:1], delivery=Delivery.REJECTED, calls_made=3), DAY,
         GiveUp(Disposition.UNREACHABLE, "the message was not taken (rejected); no channel is left", Clause.CHANNEL)),
    ],
)  # fmt: skip
def test_the_case_goes_on_and_ends_with_its_reason(silence: Silence, after: timedelta, step: Step):
    assert decided(silence, after, unconfirmed=True) == step


@given(
    st.sampled_from([MAILED, CALLED, OWED]), st.integers(0, 14 * 24 - 1), st.integers(0, 3), st.booleans(),
    st.sampled_from(Delivery),
)  # fmt: skip
def test_before_the_wait_is_over_it_makes_no_difference_but_to_the_reason(
    silence: Silence, hours: int, made: int, called: bool, delivery: Delivery
):
    silence = replace(silence, calls_made=made, call_open=called, delivery=silence.delivery and delivery)
    plain, doubtful = (decided(silence, timedelta(hours=hours), unconfirmed=doubt) for doubt in (False, True))
    if isinstance(plain, GiveUp) and plain.disposition is Disposition.NO_ANSWER:
        plain = replace(plain, reason=NOT_CONFIRMED)
    assert doubtful == plain
