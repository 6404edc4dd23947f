"""Promises on the phone (clause 4.2): called back when they asked for it, and asked without a hint at a number."""

from datetime import timedelta

import pytest

from casework.call_script import script_parts
from models.calls import CallError
from models.tables import calls, escalations
from tests.acceptance.days import Days, berlin
from vocabulary import CallOutcome, Disposition, Event, Purpose, Stage

BACK = CallOutcome.CALL_BACK


def by_phone(days: Days, **more: str) -> None:
    days.report(channels="phone", phone="+4930123456", **more)
    days.live(until=berlin("2026-10-05 15:00"))


def script(days: Days) -> str:
    return days.script(days.calls()[0].id)


@pytest.mark.parametrize(
    ("wanted", "due"),
    [
        ("2026-10-05 17:30", "2026-10-05 17:30"),  # two hours after the first call: the customer's wish
        ("2026-10-07 11:00", "2026-10-07 11:00"),
        ("2026-10-06 07:00", "2026-10-06 09:00"),  # nobody is called at seven
        ("2026-10-06 22:00", "2026-10-07 09:00"),
        ("2026-10-10 12:00", "2026-10-12 09:00"),  # a Saturday
    ],
)
def test_whoever_asks_to_be_called_back_is_called_then(days: Days, wanted: str, due: str):
    by_phone(days)
    days.call(BACK, call_back_at=berlin(wanted))
    days.live(until=berlin(due) - timedelta(minutes=1))
    assert days.calls() == []
    days.now = berlin(due)
    days.sweep()
    [call] = days.calls()
    assert (call.due_from, call.attempt) == (berlin(due), 2)
    assert call.reason == "the customer asked to be called then; the customer prefers the phone"
    assert days.case().contacted_at == berlin("2026-10-05 15:00")


def test_it_is_no_attempt_that_reached_nobody(days: Days):
    by_phone(days, email="")
    for outcome in (BACK, CallOutcome.NO_ANSWER, BACK, CallOutcome.BUSY, CallOutcome.NO_ANSWER):
        while not days.calls():
            days.live(hours=1)
        back = days.now + timedelta(hours=2) if outcome is BACK else None
        days.call(outcome, call_back_at=back)
    days.live(days=2)
    assert days.calls() == []  # three calls reached nobody, and only those count
    assert days.case().disposition == Disposition.NO_ANSWER
    assert [row.attempt for row in days.rows(calls)] == [1, 2, 3, 4, 5]


def test_asked_whether_it_helped_the_customer_may_name_a_time_too(days: Days):
    days.report(channels="phone", phone="+4930123456", email="")
    days.live(until=berlin("2026-10-05 15:00"))
    days.call(CallOutcome.CONCERN, rating=1)
    days.live(hours=1)
    days.acknowledge()
    days.resolve()
    while not days.calls():
        days.live(hours=2)
    assert "whether it is settled" in script(days)
    assert "The valve was replaced." in script(days)
    back = days.rows(escalations)[0].recovery_until + timedelta(days=1)
    days.call(BACK, call_back_at=back)
    days.live(until=back)
    assert days.case().stage == Stage.RECOVERING
    while not days.calls():
        days.live(hours=2)
    assert days.calls()[0].escalation_id == 1
    days.call(CallOutcome.ANSWERED, rating=4)
    days.live(hours=1)
    assert days.case().disposition == Disposition.RECOVERED


@pytest.mark.parametrize(
    ("outcome", "wanted", "fault"),
    [
        (BACK, None, "needs one"),
        (CallOutcome.BUSY, "2026-10-06 12:00", "belongs to the outcome 'call back'"),
        (BACK, "2026-10-05 15:00", "is over: name a later one"),
        (BACK, "2026-10-19 15:01", "name one until 2026-10-19"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused_and_the_call_stays(
    days: Days, outcome: CallOutcome, wanted: str | None, fault: str
):
    by_phone(days)
    with pytest.raises(CallError, match=fault):
        days.call(outcome, call_back_at=berlin(wanted) if wanted else None)
    assert len(days.calls()) == 1
    assert days.entries(Event.CALL_RECORDED) == []


def test_the_script_asks_without_naming_a_number(days: Days):
    by_phone(days)
    text = script(days)
    order = [
        "Good day, this is (your name) from Example Home Services",
        "I am calling about our service on Monday, 5 October 2026.",
        "Is this a good moment?",
        "1 is not at all satisfied, 5 is very satisfied",
        "Suggest no number",
        "Listen",
        "You will hear from them by Tue 6 October 2026, 15:00 CEST",
        "calls record 1 --outcome answered",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "between 09:00 and 20:00" in text


def test_the_script_for_an_unconfirmed_answer_shows_it_and_asks_first(days: Days):
    days.report(phone="+4930123456")
    days.live(days=1)
    days.answer(days.letters(Purpose.SURVEY)[0], rating=2, comment="one\n{{ 7 * 7 }} <b>\u202etwo", contact_me=True,
                suspicion=("sign",))  # fmt: skip
    days.live(days=1)
    text = script(days)
    assert text.index("How satisfied are you") < text.index("What came in: rating 2 of 5, asks to be contacted.")
    assert "   > one\n   > {{ 7 * 7 }} <b>two\n" in text


def test_the_steps_of_the_script_stand_by_themselves_without_commands(days: Days):
    by_phone(days)
    head, *steps = script_parts(script(days))
    assert head.text.splitlines()[0] == "Call 1, to ask how it went"
    assert [step.title for step in steps] == [
        "1. Who is calling, and why", "2. Is it convenient?", "3. Ask for the rating, and wait", "4. Listen",
        "5. What happens next, and when",
    ]  # fmt: skip
    assert all(step.text for step in steps)
    assert not [step for step in steps if "./aftercare" in step.text]


def test_a_call_keeps_its_script_when_it_was_made(days: Days):
    by_phone(days)
    before = script(days)
    days.call(CallOutcome.NO_ANSWER)
    assert days.script(1) == before
    with pytest.raises(CallError, match="there is no call 99"):
        days.script(99)
