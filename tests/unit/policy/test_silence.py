"""Clauses 4.1 and 4.2 in tables: the next step for a customer who has not answered. Asked on day 0 at noon."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.file import read_policy
from policy.silence import RETRY, decide
from policy.silent import CallAgain, GiveUp, Remind, Silence, Step, Switch, Wait
from vocabulary import Channel, Clause, Delivery, Disposition

EMAIL, SMS, PHONE = Channel.EMAIL, Channel.SMS, Channel.PHONE
START = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
DAY, HOUR, INSTANT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)

SHIPPED = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
RULES = replace(
    SHIPPED,
    contact=replace(SHIPPED.contact, rescue_hours=4),
    silence=replace(SHIPPED.silence, reminder_days=(3, 7), switch_days=3, expiry_days=14),
    phone=replace(SHIPPED.phone, attempts=3, spacing_hours=4),
)
MAILED = Silence(
    asked_at=START,
    contact_due_at=START + 2 * DAY,
    contacted_at=START,
    ladder=(EMAIL, PHONE),
    preferred=1,
    rung=0,
    reminders=0,
    delivery=Delivery.ACCEPTED,
    last_message_at=START,
    calls_made=0,
    call_open=False,
    number_is_wrong=False,
)
OWED = replace(MAILED, contacted_at=None, delivery=Delivery.DUE)
CALLED = replace(MAILED, ladder=(PHONE, EMAIL), delivery=None, last_message_at=None, calls_made=1)


def decided(silence: Silence, after: timedelta, **changes: Any) -> Step:
    return decide(replace(silence, **changes), START + after, RULES)


@pytest.mark.parametrize(
    ("reminders", "last_on_day", "after", "step"),
    [
        (0, 0, 0 * DAY, Wait(START + 3 * DAY)),
        (0, 0, 3 * DAY - INSTANT, Wait(START + 3 * DAY)),
        (0, 0, 3 * DAY, Remind(1, 0, last=False, then=START + 7 * DAY)),
        (1, 3, 3 * DAY, Wait(START + 7 * DAY)),
        (1, 3, 7 * DAY - INSTANT, Wait(START + 7 * DAY)),
        (1, 3, 7 * DAY, Remind(2, 0, last=True, then=START + 14 * DAY)),
        (0, 0, 8 * DAY, Remind(2, 0, last=True, then=START + 14 * DAY)),  # down for a week: the first one is skipped,
        (2, 8, 8 * DAY, Wait(START + 15 * DAY)),  # not sent late in a pile
        (2, 7, 14 * DAY - INSTANT, Wait(START + 14 * DAY)),
        (2, 7, 14 * DAY, GiveUp(Disposition.NO_ANSWER, "no answer within 14 days", Clause.ASK)),
        (0, 0, 14 * DAY, GiveUp(Disposition.NO_ANSWER, "no answer within 14 days", Clause.ASK)),  # down all the time
        (1, 8, 7 * DAY, Wait(START + 15 * DAY)),  # the first one waits for the end of a holiday: no second one with it
        (1, 8, 9 * DAY, Wait(START + 15 * DAY)),
        (0, 4, 4 * DAY, Wait(START + 7 * DAY)),  # a mail went out on day 4, after calls: no reminder on its heels
        (0, 13, 14 * DAY, Wait(START + 20 * DAY)),  # a late mail leaves as long to answer as a last reminder does
    ],
)
def test_a_customer_is_reminded_twice_and_then_left_in_peace(
    reminders: int, last_on_day: int, after: timedelta, step: Step
):
    assert decided(MAILED, after, reminders=reminders, last_message_at=START + last_on_day * DAY) == step


@pytest.mark.parametrize(
    ("ladder", "preferred", "after", "step"),
    [
        ((EMAIL, PHONE), 2, 3 * DAY, Switch(1, "no answer within 3 days")),  # the customer named the phone too
        ((EMAIL, PHONE), 2, 3 * DAY - INSTANT, Wait(START + 3 * DAY)),
        ((EMAIL, PHONE), 1, 3 * DAY, Remind(1, 0, last=False, then=START + 7 * DAY)),  # the phone is the company's idea
        ((EMAIL, SMS, PHONE), 2, 3 * DAY, Remind(1, 1, last=False, then=START + 7 * DAY)),  # reminded by SMS
        ((EMAIL,), 1, 3 * DAY, Remind(1, 0, last=False, then=START + 7 * DAY)),
    ],
)
def test_silence_leads_to_the_next_channel_only_if_the_customer_named_it(
    ladder: tuple[Channel, ...], preferred: int, after: timedelta, step: Step
):
    assert decided(MAILED, after, ladder=ladder, preferred=preferred) == step


@pytest.mark.parametrize("delivery", [Delivery.REJECTED, Delivery.WITHDRAWN, Delivery.UNKNOWN])
def test_a_first_message_that_was_not_taken_falls_to_the_next_channel_at_once(delivery: Delivery):
    reason = f"the message was not taken ({delivery})"
    assert decided(OWED, HOUR, delivery=delivery) == Switch(1, reason)


def test_a_reminder_with_an_unknown_outcome_is_taken_as_sent():
    assert decided(MAILED, 3 * DAY, delivery=Delivery.UNKNOWN, reminders=1) == Wait(START + 7 * DAY)


def test_a_refused_reminder_falls_to_the_next_channel():
    step = decided(MAILED, 3 * DAY, delivery=Delivery.REJECTED, reminders=1)
    assert step == Switch(1, "the message was not taken (rejected)")


@pytest.mark.parametrize(
    ("after", "step"),
    [
        (HOUR, Wait(START + HOUR + RETRY)),
        (44 * HOUR - INSTANT, Wait(START + 44 * HOUR - INSTANT + RETRY)),
        (44 * HOUR, Switch(1, "the message could not be sent in time")),  # four hours before the deadline
        (60 * HOUR, Switch(1, "the message could not be sent in time")),
    ],
)
@pytest.mark.parametrize("delivery", [Delivery.DUE, Delivery.CLAIMED, None])
def test_while_the_provider_is_down_the_deadline_is_rescued_by_the_next_channel(
    delivery: Delivery | None, after: timedelta, step: Step
):
    assert decided(OWED, after, delivery=delivery) == step


@pytest.mark.parametrize(
    ("calls_made", "step"),
    [
        (1, CallAgain(2, "nobody answered")),
        (2, CallAgain(3, "nobody answered")),
        (3, Switch(1, "nobody answered 3 calls")),
        (4, Switch(1, "nobody answered 3 calls")),
    ],
)
def test_the_phone_is_tried_as_often_as_the_policy_says(calls_made: int, step: Step):
    assert decided(CALLED, DAY, calls_made=calls_made) == step


@pytest.mark.parametrize(
    ("after", "until"), [(HOUR, 14 * DAY), (13 * DAY + HOUR, 14 * DAY + HOUR), (20 * DAY, 21 * DAY)]
)
def test_a_call_that_is_open_decides_what_comes_next_however_long_it_takes(after: timedelta, until: timedelta):
    assert decided(CALLED, after, call_open=True) == Wait(START + until)
    assert decided(MAILED, after, call_open=True) == Wait(START + until)


@pytest.mark.parametrize(
    ("silence", "changes", "step"),
    [
        # A wrong number is no contact, and no attempt is wasted on it.
        (CALLED, {"number_is_wrong": True, "contacted_at": None}, Switch(1, "the number is wrong")),
        (
            CALLED,
            {"number_is_wrong": True, "contacted_at": None, "ladder": (PHONE,)},
            GiveUp(Disposition.UNREACHABLE, "the number is wrong; no channel is left", Clause.CHANNEL),
        ),
        (
            CALLED,
            {"calls_made": 3, "ladder": (PHONE,)},  # it rang: contact was made, but no answer
            GiveUp(Disposition.NO_ANSWER, "nobody answered 3 calls; no channel is left", Clause.CHANNEL),
        ),
        (
            OWED,
            {"delivery": Delivery.REJECTED, "ladder": (EMAIL,)},
            CallAgain(1, "the message was not taken (rejected); no channel is left, a person is to find a way"),
        ),
        (
            OWED,
            {"delivery": Delivery.REJECTED, "ladder": (EMAIL,), "calls_made": 1, "number_is_wrong": True},
            GiveUp(Disposition.UNREACHABLE, "the message was not taken (rejected); no channel is left", Clause.CHANNEL),
        ),
    ],
)
def test_at_the_end_of_the_ladder_the_case_ends_or_a_person_finds_a_way(
    silence: Silence, changes: dict[str, Any], step: Step
):
    assert decided(silence, HOUR, **changes) == step


@pytest.mark.parametrize(
    ("silence", "changes", "reason"),
    [
        (MAILED, {"delivery": Delivery.REJECTED, "reminders": 1}, "the message was not taken (rejected)"),
        (CALLED, {"calls_made": 3, "last_message_at": START}, "nobody answered 3 calls"),
        (CALLED, {"number_is_wrong": True, "last_message_at": START}, "the number is wrong"),
    ],
)
def test_a_mail_that_went_out_can_be_answered_until_the_wait_is_over(
    silence: Silence, changes: dict[str, Any], reason: str
):
    at_the_end = {"ladder": (silence.channel,), **changes}
    assert decided(silence, DAY, **at_the_end) == Wait(START + 14 * DAY)
    given_up = GiveUp(Disposition.NO_ANSWER, f"{reason}; no channel is left", Clause.CHANNEL)
    assert decided(silence, 14 * DAY, **at_the_end) == given_up


def test_whom_the_first_call_did_not_reach_is_written_to_on_the_rung_where_the_case_stands():
    called_first = {"delivery": None, "last_message_at": None, "calls_made": 1, "ladder": (EMAIL,)}
    step = Switch(0, "the call that came first reached nobody")
    assert decided(MAILED, HOUR, **called_first) == step
    assert decided(OWED, 60 * HOUR, **called_first, number_is_wrong=True) == step


def test_a_message_on_its_way_is_not_given_up_when_nothing_else_is_left():
    late = {"ladder": (EMAIL,), "calls_made": 3}
    assert decided(OWED, 60 * HOUR, **late) == Wait(START + 60 * HOUR + RETRY)


SILENCES = st.builds(
    Silence,
    asked_at=st.just(START),
    contact_due_at=st.just(START + 2 * DAY),
    contacted_at=st.none() | st.just(START + HOUR),
    ladder=st.lists(st.sampled_from(Channel), min_size=1, max_size=3, unique=True).map(tuple),
    preferred=st.integers(0, 3),
    rung=st.just(0),
    reminders=st.integers(0, 2),
    delivery=st.none() | st.sampled_from(Delivery),
    last_message_at=st.none() | st.integers(0, 20).map(lambda days: START + days * DAY),
    calls_made=st.integers(0, 4),
    call_open=st.booleans(),
    number_is_wrong=st.booleans(),
).map(lambda silence: replace(silence, preferred=min(silence.preferred, len(silence.ladder))))
AGES = st.timedeltas(min_value=timedelta(), max_value=40 * DAY)


@given(SILENCES, AGES)
def test_every_step_leads_on(silence: Silence, after: timedelta):
    now = START + after
    match decide(silence, now, RULES):
        case Wait(until):
            assert until > now
        case Remind(number, rung, last, then):
            assert silence.reminders < number <= 2
            assert (last, then > now) == (number == 2, True)
            assert silence.ladder[rung] is not PHONE
        case Switch(rung, _):
            assert rung < len(silence.ladder)
            assert rung == silence.rung + 1 or silence.delivery is None
        case CallAgain(attempt, _):
            assert attempt == silence.calls_made + 1 <= 3
        case GiveUp(disposition, _, _):
            assert disposition in (Disposition.NO_ANSWER, Disposition.UNREACHABLE)
            assert disposition is Disposition.UNREACHABLE or silence.contacted_at is not None


@given(SILENCES, AGES)
def test_nobody_is_reminded_who_was_never_contacted_and_nobody_while_a_call_is_open(silence: Silence, after: timedelta):
    if silence.call_open or silence.contacted_at is None:
        assert not isinstance(decide(silence, START + after, RULES), Remind)


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, Switch(1, "the address for email is known not to work")),
        ({"delivery": Delivery.DELIVERED}, Switch(1, "the address for email is known not to work")),
        ({"delivery": Delivery.DUE, "contacted_at": None}, Switch(1, "the address for email is known not to work")),
        ({"delivery": Delivery.FAILED, "code": "bounce 5.1.1"}, Switch(1, "the message did not arrive (bounce 5.1.1)")),
        ({"delivery": Delivery.CLAIMED}, Wait(START + 3 * DAY)),  # a worker has it in hand
        ({"ladder": (EMAIL,)}, Wait(START + 14 * DAY)),  # no other way: who was contacted may still answer
        ({"invalid": frozenset({SMS})}, Wait(START + 3 * DAY)),
    ],
)
def test_nothing_more_is_sent_to_an_address_that_is_known_not_to_work(changes: dict[str, Any], step: Step):
    assert decided(MAILED, HOUR, **({"invalid": frozenset({EMAIL})} | changes)) == step
