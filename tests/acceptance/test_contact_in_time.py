"""The promise of clause 4.1: contact within two business days, at a lawful hour, or a person is told early."""

from datetime import timedelta
from pathlib import Path

import pytest

from models.due import due_cases
from models.tables import calls, messages
from tasks.ask import owe_surveys
from tasks.outbox import claim_batch, send_claimed
from tests.acceptance.days import BERLIN, Days, berlin
from tests.acceptance.policies import change_policy
from vocabulary import CallOutcome, Channel, Delivery, Disposition, Event, Purpose, Stage


def first_contact(days: Days, closed: str, **report: str) -> tuple[str, str]:
    """When the survey went out and by when it had to: in Berlin, as `Mon 05 14:01`."""
    days.now = berlin(closed)
    days.report(**report)
    days.live(days=8)
    [survey] = days.letters(Purpose.SURVEY)
    case = days.case()
    assert case.contacted_at == survey.at <= case.contact_due_at
    return tuple(f"{at.astimezone(BERLIN):%a %d %H:%M}" for at in (survey.at, case.contact_due_at))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("closed", "contact", "due"),
    [
        ("2026-10-05 10:00", "Mon 05 14:01", "Wed 07 20:00"),
        ("2026-10-05 17:00", "Tue 06 13:01", "Wed 07 20:00"),  # at the cut-off it still counts from today
        ("2026-10-05 17:01", "Tue 06 13:01", "Thu 08 20:00"),
        ("2026-10-09 18:30", "Mon 12 13:01", "Wed 14 20:00"),  # Friday evening: by Wednesday
        ("2026-10-10 11:00", "Mon 12 13:01", "Wed 14 20:00"),  # Saturday
        ("2026-10-23 16:00", "Mon 26 12:01", "Tue 27 20:00"),  # the clocks change on Sunday
    ],
)
def test_the_customer_is_contacted_within_two_business_days(days: Days, closed: str, contact: str, due: str):
    assert first_contact(days, closed) == (contact, due)


@pytest.mark.parametrize(
    ("region", "contact", "due"),
    [
        ("DE-BE", "Fri 05 13:01", "Tue 09 20:00"),
        ("DE-BY", "Fri 05 13:01", "Tue 09 20:00"),
    ],
)
def test_a_holiday_in_one_region_only_moves_nothing_in_another(days: Days, region: str, contact: str, due: str):
    """Corpus Christi, 4 June 2026, is a holiday in Bavaria and none in Berlin; the service is closed that evening."""
    assert first_contact(days, "2026-06-04 18:00", region=region)[0] == contact
    assert days.case().contact_due_at == berlin("2026-06-09 20:00")


def test_a_holiday_in_the_branch_s_region_moves_the_slot_and_the_deadline(days: Days):
    days.now = berlin("2026-06-03 16:00")  # the eve of Corpus Christi
    days.report("berlin", email="ann@example.com", region="DE-BE")
    days.report("munich", email="bob@example.com", region="DE-BY")
    days.live(days=3)
    ann, bob = days.case(1), days.case(2)
    assert (ann.contacted_at, ann.contact_due_at) == (berlin("2026-06-04 12:01"), berlin("2026-06-05 20:00"))
    assert (bob.contacted_at, bob.contact_due_at) == (berlin("2026-06-05 12:01"), berlin("2026-06-08 20:00"))


def test_the_window_is_that_of_the_recipient_s_own_clock(days: Days):
    days.report(customer_timezone="America/New_York")
    days.live(days=2)
    assert days.letters()[0].at == berlin("2026-10-05 15:01")  # 09:01 in New York


def test_where_no_lawful_slot_is_left_a_person_gets_it_early_and_the_entry_says_why(days: Days):
    days.report("J-1", closed=berlin("2026-09-30 10:00"), phone="030 123456")  # due last Friday, reported today
    days.report("J-2", closed=berlin("2026-09-30 10:00"), email="bob@example.com")  # and no telephone number
    days.live(minutes=1)
    first, second = days.calls()
    assert (first.phone, second.phone) == ("+4930123456", None)
    for row, entry in zip((first, second), days.entries(Event.CASE_OPENED), strict=True):
        assert row.reason == "the deadline 2026-10-02T18:00Z had already passed at 2026-10-05T08:00Z"
        assert row.reason in entry.detail
    assert days.letters() == []
    days.call(CallOutcome.ANSWERED, first.id, rating=5)
    days.live(days=4)
    assert days.case(1).disposition == Disposition.SATISFIED


@pytest.mark.parametrize("phone", ["030 123456", None])
@pytest.mark.parametrize("outcome", [CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER])
def test_whom_that_person_cannot_reach_either_gets_a_mail_though_it_is_late(
    days: Days, phone: str | None, outcome: CallOutcome
):
    days.report(closed=berlin("2026-09-30 10:00"), phone=phone)
    for _ in range(3):
        days.live(hours=26)
        for call in days.calls():
            days.call(outcome, call.id)
    days.live(days=1)
    survey, *_ = days.letters()
    assert survey.purpose == Purpose.SURVEY
    assert days.answer(survey, rating=5)
    days.live(days=4)
    assert days.case().stage == Stage.CLOSED


def test_a_person_is_told_while_there_is_still_time(days: Days):
    days.now = berlin("2026-10-07 09:30")  # Wednesday 20:30 in Auckland; it is due on Wednesday at 20:00 in Berlin
    days.report(closed=berlin("2026-10-05 10:00"), customer_timezone="Pacific/Auckland", phone="030 123456")
    days.live(minutes=1)
    assert days.case().to_person.startswith("the recipient's window (09:00-20:00 Pacific/Auckland) opens next at 2026-")
    [owed] = days.rows(calls)
    assert owed.owed_at < days.case().contact_due_at


def test_a_call_of_a_case_without_a_lawful_slot_waits_for_the_recipient_s_window(days: Days):
    days.report(closed=berlin("2026-09-30 10:00"), phone="+1 212 555 0100", customer_timezone="America/New_York")
    days.live(hours=4, minutes=59)
    assert days.calls() == []  # 08:59 in New York
    days.live(minutes=2)
    assert len(days.calls()) == 1


def test_while_the_provider_is_down_the_message_waits_and_then_the_phone_gets_it_before_the_deadline(days: Days):
    blocked(days)
    days.report(phone="030 123456")
    days.live(until=berlin("2026-10-07 15:59"))
    assert days.calls() == []
    assert days.case().contacted_at is None
    days.live(until=berlin("2026-10-07 17:30"))  # four hours before the deadline, plus the hour of the last look
    [call] = days.calls()
    assert call.reason == "the message could not be sent in time"
    days.call(CallOutcome.ANSWERED, rating=4)
    assert days.case().contacted_at <= days.case().contact_due_at
    days.here.settings.outbox.unlink()
    days.live(days=10)
    assert days.letters() == [], "the mail was taken back"
    assert days.case().disposition == Disposition.SATISFIED


def test_mail_that_could_not_go_out_by_day_does_not_go_out_at_night(days: Days):
    blocked(days)
    for number in range(7):
        days.report(f"J-{number}", email=f"c{number}@example.com")
    days.live(until=berlin("2026-10-05 20:30"))
    days.here.settings.outbox.unlink()
    days.live(until=berlin("2026-10-06 08:59"))
    assert days.letters() == []
    days.live(until=berlin("2026-10-06 09:30"))
    assert len(days.letters()) == 7


def test_not_even_a_long_queue_sends_mail_at_night(days: Days, policy_file: Path):
    change_policy(policy_file, ("size = 500 ", "size = 2 "))
    test_mail_that_could_not_go_out_by_day_does_not_go_out_at_night(days)


def test_a_queue_that_is_longer_than_the_day_goes_on_in_the_morning(days: Days, policy_file: Path):
    change_policy(policy_file, ("size = 500 ", "size = 2 "))
    for number in range(6):
        days.report(f"J-{number}", email=f"c{number}@example.com")
    days.sweep()
    days.now = berlin("2026-10-05 19:59:30")
    for batch in due_cases(days.here.store, Stage.PLANNED, days.now, size=9):
        owe_surveys.fn(batch, days.now)
    while (owner := claim_batch.fn(days.now)) is not None:
        send_claimed.fn(owner, days.now)
        days.now += timedelta(minutes=1)  # so slow is the provider: the window closes meanwhile
    days.live(until=berlin("2026-10-06 08:59"))
    assert len(days.letters()) == 2
    days.live(until=berlin("2026-10-06 09:05"))
    assert len(days.letters()) == 6
    assert {row.state for row in days.rows(messages)} == {Delivery.ACCEPTED}


def test_the_second_service_of_a_day_does_not_wait_for_the_first(days: Days):
    days.report("J-1", phone="030 123456", channels="phone")
    days.report("J-2", email="bob@example.com")
    days.live(hours=5)
    assert days.case(2).contact_channel == Channel.EMAIL
    assert (days.case(1).stage, days.case(1).contacted_at) == (Stage.ASKED, None)


def blocked(days: Days) -> None:
    """A provider that takes nothing: where its folder should be there is a file."""
    days.here.settings.outbox.write_text("not a folder")
