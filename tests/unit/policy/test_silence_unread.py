"""Clause 4.2: who has written something that a person is to read is not silent."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given

from policy.silence import UNTIL_READ, decide
from policy.silent import Silence, Wait
from tests.unit.policy.test_silence import AGES, DAY, RULES, SILENCES, START


@given(SILENCES, AGES)
def test_nothing_happens_before_it_is_read_whatever_else_is_known(silence: Silence, age: timedelta):
    now = START + age
    assert decide(replace(silence, unread_since=START - DAY), now, RULES) == Wait(now + UNTIL_READ)
