"""Promises to customers with a concern (clauses 4.4 and 6): in a named person's hands, and closed on evidence only."""

from datetime import timedelta

import pytest

from models.escalations import EscalationError
from models.tables import escalations, judgements
from tests.acceptance.days import BERLIN, Days, berlin
from vocabulary import CallOutcome, Disposition, Event, Purpose, Stage

OWNER, SUPERVISOR = "petra.lindqvist@staff.example.com", "marek.novak@staff.example.com"
HEAD, MANAGEMENT = "ines.albrecht@staff.example.com", "management@staff.example.com"


@pytest.fixture
def unhappy(days: Days) -> Days:
    """A customer rated 1 on Monday at 15:00, a minute ago."""
    days.report()
    days.live(hours=5)
    days.answer(days.letters()[0], rating=1, comment="It drips again.")
    days.live(minutes=1)
    return days


def resolved(days: Days) -> Days:
    """The concern was resolved an hour later, and the customer asked after 48 hours whether it helped."""
    days.live(hours=1)
    days.resolve()
    days.live(hours=48, minutes=2)
    return days


def told(days: Days, purpose: Purpose) -> list[tuple[str, float]]:
    """To whom, and how many hours after the answer."""
    received_at = days.escalation().received_at
    return [(mail.to, round((mail.at - received_at) / timedelta(hours=1), 1)) for mail in days.letters(purpose)]


def test_an_unhappy_customer_is_in_a_named_person_s_hands_at_once_and_the_supervisor_is_told(unhappy: Days):
    concern = unhappy.escalation()
    assert (concern.owner, concern.department, concern.severity) == ("Petra Lindqvist", "Heating", "dissatisfied")
    assert concern.deadline_at - concern.received_at == timedelta(hours=24)
    assert told(unhappy, Purpose.ESCALATION_NOTICE) == [(OWNER, 0), (SUPERVISOR, 0)]
    [thanks] = unhappy.letters(Purpose.THANK_YOU)
    assert thanks.to == "ann@example.com"
    assert "drips" in unhappy.letters(to=OWNER)[0].text


def test_warnings_come_at_50_75_and_90_percent_and_a_breach_goes_up_rung_by_rung(unhappy: Days):
    unhappy.live(days=3)
    assert told(unhappy, Purpose.DEADLINE_WARNING) == [
        (OWNER, 12), (OWNER, 18), (SUPERVISOR, 18), (OWNER, 21.6), (SUPERVISOR, 21.6), (HEAD, 21.6),
        (OWNER, 24), (SUPERVISOR, 24), (HEAD, 28), (MANAGEMENT, 32),
    ]  # fmt: skip
    assert len(unhappy.entries(Event.ESCALATION_WARNED)) == 3
    assert len(unhappy.entries(Event.ESCALATION_BREACHED)) == 3
    assert unhappy.case().stage == Stage.ESCALATED, "nobody resolved it, so nothing closes it"


def test_after_a_downtime_missed_warnings_are_not_sent_late_but_every_breach_is_told(unhappy: Days):
    unhappy.now += timedelta(hours=40)
    unhappy.live(hours=1)
    assert [to for to, _ in told(unhappy, Purpose.DEADLINE_WARNING)] == [OWNER, SUPERVISOR, HEAD, MANAGEMENT]


def test_acknowledging_stops_the_ladder_until_the_resolution_is_overdue(unhappy: Days):
    unhappy.live(hours=13)
    unhappy.acknowledge()
    unhappy.live(days=7)
    assert told(unhappy, Purpose.DEADLINE_WARNING) == [(OWNER, 12), (OWNER, 96), (SUPERVISOR, 96)]
    with pytest.raises(EscalationError, match="acknowledged by Petra Lindqvist already"):
        unhappy.acknowledge()


def test_24_hours_count_over_the_weekend_too(days: Days):
    days.now = berlin("2026-10-09 09:00")
    days.report()
    days.live(until=berlin("2026-10-10 22:00"))  # the mail of Friday afternoon is read on Saturday night
    days.answer(days.letters()[0], contact_me=True)
    days.live(minutes=1)
    assert days.escalation().deadline_at == berlin("2026-10-11 22:00")
    assert days.escalation().acknowledge_by == days.escalation().deadline_at  # no business hour before it


@pytest.mark.parametrize(
    ("said", "severity", "supervisor_told"),
    [
        ({"rating": 5, "contact_me": True}, "concern", False),  # a good score does not hide the wish
        ({"rating": 5, "comment": "Lovely, but there is a smell of gas."}, "safety", True),
        ({"comment": "My solicitor will write."}, "legal", True),
        ({"rating": 2}, "dissatisfied", True),
    ],
)
def test_not_only_a_low_score_is_a_concern(days: Days, said: dict[str, object], severity: str, supervisor_told: bool):
    days.report()
    days.live(hours=5)
    days.answer(days.letters()[0], **said)  # type: ignore[arg-type]
    days.live(minutes=1)
    assert days.escalation().severity == severity
    assert bool(days.letters(Purpose.ESCALATION_NOTICE, SUPERVISOR)) is supervisor_told


def test_a_concern_solved_on_the_phone_is_logged_and_not_escalated(days: Days):
    days.report(phone="030 123456", channels="phone")
    days.live(hours=5)
    days.call(CallOutcome.SOLVED, rating=2, comment="The invoice was wrong; corrected while we spoke.")
    days.live(days=4)
    assert days.rows(escalations) == []
    assert (days.case().stage, days.case().reason) == (Stage.CLOSED, "raised and solved on the phone")


def test_a_friendly_call_while_a_concern_is_open_closes_nothing(days: Days):
    days.report(phone="030 123456", channels="email,phone")
    days.live(days=4)
    call = days.calls()[0].id
    days.answer(days.letters()[0], rating=1)
    days.live(hours=1)
    days.call(CallOutcome.SOLVED, call, comment="All good now, she says.")
    days.live(hours=1)
    assert (days.case().stage, days.case().disposition) == (Stage.ESCALATED, None)
    days.resolve()
    days.live(days=14)
    assert days.case().stage == Stage.CLOSED


def test_a_better_second_answer_never_closes_a_concern(unhappy: Days):
    unhappy.answer(unhappy.letters(Purpose.SURVEY)[0], rating=5, comment="Never mind.")
    unhappy.live(days=2)
    assert unhappy.case().stage == Stage.ESCALATED
    assert [row.verdict for row in unhappy.rows(judgements)] == ["concern", "calmer"]


def test_a_better_answer_about_the_service_confirms_no_resolution(unhappy: Days):
    resolved(unhappy)
    unhappy.answer(unhappy.letters(Purpose.SURVEY)[0], rating=5, comment="All fine.")
    unhappy.live(hours=1)
    assert (unhappy.case().stage, unhappy.escalation().closed_at) == (Stage.RECOVERING, None)


def test_a_repeated_concern_is_attached_and_told_not_opened_twice(unhappy: Days):
    unhappy.answer(unhappy.letters(Purpose.SURVEY)[0], rating=1, comment="Nobody called.")
    unhappy.live(minutes=1)
    assert len(unhappy.rows(escalations)) == 1
    assert unhappy.escalation().repeats == 1
    assert told(unhappy, Purpose.ESCALATION_NOTICE) == [(OWNER, 0), (SUPERVISOR, 0)] * 2


def test_every_repeat_is_counted_also_of_two_in_one_minute(unhappy: Days):
    for _ in range(2):
        unhappy.answer(unhappy.letters(Purpose.SURVEY)[0], rating=1, comment="Nobody called.")
    unhappy.live(minutes=1)
    assert unhappy.escalation().repeats == 2


@pytest.mark.parametrize(
    ("cause", "action", "fault"),
    [
        ("bad luck", "The valve was replaced.", "root cause 'bad luck' is not in the policy"),
        ("", "The valve was replaced.", "root cause '' is not in the policy"),
        ("workmanship", "done", "the action must say what was done"),
        ("workmanship", "          ", "the action must say what was done"),
    ],
)
def test_resolving_demands_a_root_cause_and_an_action(unhappy: Days, cause: str, action: str, fault: str):
    with pytest.raises(EscalationError, match=fault):
        unhappy.resolve(cause=cause, action=action)
    assert unhappy.case().stage == Stage.ESCALATED
    assert unhappy.entries(Event.ESCALATION_RESOLVED) == []


def test_48_hours_after_the_resolution_the_customer_is_asked_and_confirms_it(unhappy: Days):
    resolved(unhappy)
    [recovery] = unhappy.letters(Purpose.RECOVERY_SURVEY)
    assert recovery.at.astimezone(BERLIN).strftime("%a %H:%M") == "Wed 16:02"
    assert "The valve was replaced." in recovery.text
    unhappy.answer(recovery, rating=5)
    unhappy.live(minutes=5)
    assert (unhappy.case().stage, unhappy.case().disposition) == (Stage.CLOSED, Disposition.RECOVERED)
    assert unhappy.escalation().outcome == "recovered"
    assert unhappy.case().rating == 1, "the rating of the service stays what it was"


def test_a_low_answer_to_the_recovery_survey_reopens_the_concern_with_a_new_deadline(unhappy: Days):
    resolved(unhappy)
    unhappy.answer(unhappy.letters(Purpose.RECOVERY_SURVEY)[0], rating=2)
    asked_at = unhappy.now
    unhappy.live(minutes=1)
    concern = unhappy.escalation()
    assert unhappy.case().stage == Stage.ESCALATED
    assert (concern.reopened, concern.resolved_at, concern.closed_at) == (1, None, None)
    assert (concern.owner_email, concern.supervisor_email) == (OWNER, SUPERVISOR), "the same as before"
    assert concern.deadline_at - asked_at == timedelta(hours=24)
    assert told(unhappy, Purpose.ESCALATION_NOTICE)[-2:] == [(OWNER, 0), (SUPERVISOR, 0)]
    unhappy.resolve(action="The boiler was replaced altogether.")
    unhappy.live(hours=49)
    second = unhappy.letters(Purpose.RECOVERY_SURVEY)[1]
    unhappy.answer(second, rating=4)
    unhappy.live(hours=1)
    assert unhappy.case().disposition == Disposition.RECOVERED


def test_two_answers_to_the_recovery_survey_within_a_minute_end_with_the_last(unhappy: Days):
    resolved(unhappy)
    [recovery] = unhappy.letters(Purpose.RECOVERY_SURVEY)
    unhappy.answer(recovery, rating=5)
    unhappy.answer(recovery, rating=1, comment="Oh no, it has just burst.")
    unhappy.live(minutes=1)
    assert unhappy.case().stage == Stage.ESCALATED
    assert unhappy.escalation().closed_at is None
    unhappy.resolve()
    assert unhappy.case().stage == Stage.RECOVERING


def test_a_resolution_that_nobody_confirms_ends_as_unresolved_after_the_wait(unhappy: Days):
    resolved(unhappy)
    unhappy.live(days=6, hours=23)
    assert unhappy.case().stage == Stage.RECOVERING
    unhappy.live(hours=2)
    case = unhappy.case()
    assert (case.stage, case.disposition) == (Stage.CLOSED, Disposition.UNRESOLVED)
    assert case.reason == "resolved by staff, not confirmed by the customer"
    assert unhappy.escalation().outcome == "resolved, unconfirmed"


def test_an_answer_in_the_last_minute_of_the_wait_is_heard(unhappy: Days):
    resolved(unhappy)
    unhappy.now = unhappy.escalation().recovery_until
    assert unhappy.answer(unhappy.letters(Purpose.RECOVERY_SURVEY)[0], rating=1)
    unhappy.deadlines_first()
    unhappy.live(minutes=1)
    assert unhappy.case().stage == Stage.ESCALATED


def test_a_customer_without_mail_is_called_to_ask_whether_it_helped(days: Days):
    days.report(email=None, phone="030 123456", channels="phone")
    days.live(hours=5)
    days.call(CallOutcome.CONCERN, comment="It drips.")
    days.live(hours=1)
    days.resolve()
    days.live(hours=70)
    [call] = days.calls()
    assert call.reason == "ask whether the resolution helped"
    days.call(CallOutcome.ANSWERED, rating=5)
    days.live(hours=1)
    assert (days.case().stage, days.case().disposition) == (Stage.CLOSED, Disposition.RECOVERED)
