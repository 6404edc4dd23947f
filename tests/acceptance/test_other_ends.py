"""Clauses 2.1 to 2.5: services that are not followed up, or not to the end, and what is written down about them."""

from datetime import timedelta
from pathlib import Path

import pytest

from models.calls import CallError
from models.inbox import receive
from models.report import ClosedService
from models.tables import cases, policy_versions, suppressions
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import change_policy
from vocabulary import CallOutcome, Clause, Disposition, Event, Purpose, Stage


def test_a_reopened_service_is_cancelled_before_the_customer_is_asked_and_asked_after_it_is_closed_again(days: Days):
    days.report()
    days.live(hours=2)
    days.report_reopened()
    days.live(hours=22)
    assert (days.case(1).disposition, days.case(1).clause) == (Disposition.CANCELLED, Clause.REOPENED)
    assert days.letters() == []
    days.report()
    days.live(days=1)
    assert [mail.row.case_id for mail in days.letters()] == [2]
    assert days.answer(days.letters()[0], rating=5)


def test_a_mail_that_waits_for_the_morning_is_taken_back_when_the_service_is_reopened_in_the_night(days: Days):
    days.report()
    days.live(hours=3)
    days.now = berlin("2026-10-05 20:30")  # nothing ran at the time of the slot: the mail is owed for tomorrow
    days.live(hours=1)
    assert days.case().stage == Stage.ASKED
    days.report_reopened()
    days.live(days=1)
    days.report()
    days.live(days=1)
    assert [mail.row.case_id for mail in days.letters()] == [2], "nobody was asked about the first closing"


def test_what_the_customer_said_counts_even_if_the_service_is_reopened_in_the_same_minute(days: Days):
    days.report("J-1")
    days.report("J-2", email="bob@example.com")
    days.live(hours=5)
    ann, bob = days.letters()
    days.answer(ann, rating=5)
    days.answer(bob, rating=1)
    days.report_reopened("J-1")
    days.report_reopened("J-2")
    days.live(days=4)
    assert (days.case(1).stage, days.case(1).disposition) == (Stage.CLOSED, Disposition.SATISFIED)
    assert days.case(2).stage == Stage.ESCALATED, "an open concern stays open, also when its service is"


def test_a_call_recorded_after_the_case_was_cancelled_harms_nobody(days: Days):
    days.report(phone="030 123456", channels="phone")
    days.live(hours=5)
    call = days.calls()[0].id
    days.report_reopened()
    days.live(minutes=1)
    assert days.calls() == []
    days.live(days=1)
    with pytest.raises(CallError, match="closed and sealed"):
        days.call(CallOutcome.ANSWERED, call, rating=1)
    days.report("J-2", email="bob@example.com")
    days.live(days=1)
    assert days.case(2).stage == Stage.ASKED, "the sweeps go on"


def test_an_opt_out_ends_the_asking_for_every_service_of_the_person(days: Days, policy_file: Path):
    change_policy(policy_file, ("cooldown_days = 30", "cooldown_days = 0"))
    days.report("J-1")
    days.report("J-2")
    days.live(hours=5)
    days.report("J-3")
    days.live(minutes=1)
    assert [case.stage for case in days.rows(cases)] == [Stage.ASKED, Stage.ASKED, Stage.PLANNED]
    days.opt_out(days.letters()[0])
    days.live(days=1)
    days.report("J-4", email="ANN@example.com")
    days.live(days=30)
    assert [case.disposition for case in days.rows(cases)] == [Disposition.OPTED_OUT] * 4
    assert [case.stage for case in days.rows(cases)] == [Stage.CLOSED] * 4
    assert len(days.letters()) == 2
    assert len(days.entries(Event.OPTED_OUT)) == len(days.rows(suppressions)) == 1


def test_an_opt_out_said_on_the_phone_is_an_opt_out(days: Days):
    days.report(phone="030 123456", channels="phone")
    days.live(hours=5)
    days.call(CallOutcome.REFUSED)
    days.live(days=20)
    assert (days.case().stage, days.case().disposition) == (Stage.CLOSED, Disposition.OPTED_OUT)
    assert days.letters() == []
    assert len(days.rows(suppressions)) == 2  # the number and the address


def test_a_mail_that_waits_for_the_morning_is_taken_back_before_the_case_is_sealed(days: Days):
    days.report()
    days.live(days=2)
    days.now = berlin("2026-10-08 21:00")  # the reminder of 14:00 was missed and is owed for tomorrow
    days.live(minutes=1)
    days.opt_out(days.letters()[0])
    days.live(minutes=1)
    assert days.case().stage == Stage.CLOSED
    assert [entry.event for entry in days.entries(case_id=1)][-2:] == [Event.MESSAGE_WITHDRAWN, Event.STAGE_CHANGED]
    sealed_with = len(days.entries(case_id=1))
    days.live(days=2)
    assert len(days.entries(case_id=1)) == sealed_with
    assert len(days.letters()) == 1


def test_an_opt_out_never_closes_an_open_concern(days: Days):
    days.report()
    days.live(hours=5)
    [survey] = days.letters()
    days.answer(survey, rating=1)
    days.live(minutes=1)
    days.opt_out(survey)
    days.live(hours=1)
    assert days.case().stage == Stage.ESCALATED
    days.resolve()
    days.live(days=20)
    assert days.letters(Purpose.RECOVERY_SURVEY) == [], "but the customer is not asked any more"
    assert (days.case().stage, days.case().disposition) == (Stage.CLOSED, Disposition.UNRESOLVED)


def test_two_services_of_one_customer_in_a_week_make_one_survey_and_the_other_is_recorded_with_clause_2_3(days: Days):
    days.report("J-1", email="ann@example.com", phone="030 123456")
    days.live(days=3)
    days.report("J-2", email=None, phone="+49 30 123456", channels="phone")  # the same person, by the number
    days.live(days=30)
    assert [mail.row.case_id for mail in days.letters(Purpose.SURVEY)] == [1]
    second = days.case(2)
    assert (second.stage, second.disposition, second.clause) == (Stage.CLOSED, Disposition.SUPPRESSED, "2.3")


def test_of_two_services_reported_at_once_the_one_that_was_closed_first_is_asked_about(days: Days):
    days.report("later", closed=berlin("2026-10-05 09:30"))
    days.report("earlier", closed=berlin("2026-10-05 09:00"))
    days.live(days=1)
    by_closing = sorted(days.rows(cases), key=lambda case: case.closed_at)
    assert [case.disposition for case in by_closing] == [None, Disposition.SUPPRESSED]


@pytest.mark.parametrize(
    ("report", "disposition", "clause"),
    [
        ({"kind": "site visit"}, Disposition.INELIGIBLE, "2.1"),
        ({"tags": "VIP, staff"}, Disposition.INELIGIBLE, "2.2"),
        ({"email": "ann@staff.example.com"}, Disposition.INELIGIBLE, "2.2"),
        ({"closed": berlin("2026-09-01 10:00")}, Disposition.INELIGIBLE, "2.1"),
    ],
)
def test_a_service_that_is_not_followed_up_is_closed_with_its_reason_at_once(
    days: Days, report: dict[str, str], disposition: Disposition, clause: str
):
    days.report(**report)  # type: ignore[arg-type]
    days.live(minutes=2)
    case = days.case()
    assert (case.stage, case.disposition, case.clause) == (Stage.CLOSED, disposition, clause)
    assert days.letters() == []


def test_a_changed_policy_leaves_open_cases_under_the_old_one(days: Days, policy_file: Path):
    days.report("J-1")
    days.live(days=1)
    change_policy(
        policy_file, ("reminder_days = [3, 7]", "reminder_days = []"), ("expiry_days = 14 ", "expiry_days = 5 ")
    )
    days.report("J-2", email="bob@example.com")
    days.live(days=30)
    assert [(mail.row.case_id, mail.purpose) for mail in days.letters()] == [
        (1, Purpose.SURVEY), (2, Purpose.SURVEY), (1, Purpose.REMINDER), (1, Purpose.REMINDER),
    ]  # fmt: skip
    assert [case.reason for case in days.rows(cases)] == ["no answer within 14 days", "no answer within 5 days"]
    assert len({case.policy_version for case in days.rows(cases)}) == len(days.rows(policy_versions)) == 2


def test_reports_that_lie_ahead_of_our_clock_wait_for_their_time(days: Days):
    ahead = ClosedService(
        source="crm", external_id="J-9", closed_at=days.now + timedelta(minutes=4), kind="job completed",
        department="Heating", branch="Berlin", region="DE-BE", timezone="Europe/Berlin", email="ann@example.com",
    )  # fmt: skip
    with days.here.store.write() as db:
        assert receive(db, [ahead], at=days.now).new == 1
    days.sweep()
    assert days.rows(cases) == []
    days.live(minutes=6)
    assert len(days.rows(cases)) == 1
