"""Clause 4.2: a customer who wrote what a person has yet to read is left in peace; but not for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.silence import UNREAD, decide
from policy.silent import GiveUp, Remind, Silence, Step, Wait
from tests.unit.policy.test_silence import AGES, CALLED, DAY, INSTANT, MAILED, OWED, RULES, SILENCES, START, decided
from vocabulary import Clause, Delivery, Disposition

WROTE = START + 2 * DAY
READ_BY = WROTE + 7 * DAY
RULES_7 = replace(RULES, silence=replace(RULES.silence, unread_days=7))


@pytest.mark.parametrize(
    "silence",
    [
        MAILED,
        OWED,
        CALLED,
        replace(MAILED, preferred=2),
        replace(MAILED, delivery=Delivery.FAILED),
        replace(MAILED, refused=True),
        replace(MAILED, unconfirmed=True),
        replace(CALLED, call_open=True),
    ],
)
@pytest.mark.parametrize("after", [2 * DAY, 3 * DAY, 9 * DAY - INSTANT])
def test_nothing_happens_before_it_is_read(silence: Silence, after: timedelta):
    assert decide(replace(silence, unread_since=WROTE), START + after, RULES_7) == Wait(READ_BY)


@pytest.mark.parametrize(
    ("after", "step"),
    [
        (9 * DAY, Remind(2, 0, last=True, then=START + 14 * DAY)),  # the first one was missed and is not sent late
        (14 * DAY, GiveUp(Disposition.NO_ANSWER, f"no answer within 14 days; {UNREAD}", Clause.ASK)),
    ],
)
def test_when_nobody_reads_it_the_procedure_goes_on_and_says_so(after: timedelta, step: Step):
    assert decide(replace(MAILED, unread_since=WROTE), START + after, RULES_7) == step


def test_a_reminder_that_waited_is_not_followed_by_the_next_one_on_its_heels():
    read = replace(MAILED, reminders=1, last_message_at=START + 6 * DAY + INSTANT)
    assert decide(read, START + 7 * DAY, RULES_7) == Wait(START + 14 * DAY)
    assert isinstance(
        decide(replace(read, last_message_at=START + 6 * DAY - INSTANT), START + 7 * DAY, RULES_7), Remind
    )


def test_who_wrote_on_the_last_day_is_read_before_the_case_ends():
    late = replace(MAILED, reminders=2, last_message_at=START + 7 * DAY, unread_since=START + 13 * DAY)
    assert decide(late, START + 14 * DAY, RULES_7) == Wait(START + 20 * DAY)


def test_the_wait_is_that_of_the_policy():
    rules = replace(RULES, silence=replace(RULES.silence, unread_days=1))
    assert decide(replace(MAILED, unread_since=WROTE), WROTE + DAY - INSTANT, rules) == Wait(WROTE + DAY)
    assert decide(replace(MAILED, unread_since=WROTE), WROTE + DAY, rules) == decided(MAILED, 3 * DAY)
    assert decided(MAILED, 3 * DAY, unread_since=WROTE - 8 * DAY) == decided(MAILED, 3 * DAY)


@given(SILENCES, AGES, st.timedeltas(min_value=timedelta(), max_value=40 * DAY))
def test_every_wait_for_a_person_has_an_end(silence: Silence, after: timedelta, wrote: timedelta):
    now, since = START + after, min(START + wrote, START + after)
    step = decide(replace(silence, unread_since=since), now, RULES_7)
    if now < since + 7 * DAY:
        assert step == Wait(since + 7 * DAY)
    else:
        plain = decide(silence, now, RULES_7)
        assert type(step) is type(plain)
        assert isinstance(step, GiveUp) or step == plain
