"""A month's figures, counted by the database: every number is worked out in the comments here."""

from datetime import UTC, datetime

from models.concern_figures import Sent
from models.figures import Account, Deadline, Ending, Group, Spread
from tasks.month_figures import count_before
from tests.review_month import HEATING, NOW, OCTOBER, PLUMBING, Office, counted, october, office

__all__ = ["october", "office"]


def test_every_service_is_accounted_for_once(october: Office):
    assert counted(october).account == Account(
        reported=14,
        sources={"crm": 13, "tickets": 1},
        endings=[
            Ending("satisfied", "rating 4 of 5", "4.3", 1),
            Ending("satisfied", "rating 5 of 5", "4.3", 1),
            Ending("neutral", "a comment without a rating", "4.3", 1),
            Ending("neutral", "rating 3 of 5", "4.3", 1),
            Ending("recovered", "it helped", "4.4", 1),
            Ending("no answer", "no answer within 14 days", "4.3", 1),
            Ending("opted out", "the customer has opted out", "2.4", 1),
            Ending("ineligible", "a test record", "2.2", 1),
            Ending("suppressed", "asked less than 30 days ago", "2.3", 1),
        ],
        open={"planned": 2, "asked": 1, "escalated": 1},
        waiting=1,
    )
    assert counted(october).account.accounted == 14  # 9 + 4 + 1


def test_a_service_that_fell_between_inbox_and_cases_shows(october: Office):
    october.service()  # taken, but there is no case of it
    october.case(reason=None)  # ended, but nobody knows why
    account = counted(october).account
    assert (account.reported, account.accounted) == (16, 14)


def test_from_services_to_ratings(october: Office):
    found = counted(october)
    assert found.whole == Group(
        name="", cases=13, followed_up=10, contacted=8, answered=6, rated=5, satisfied=2, low=2, may_answer=1,
        concerns=2,
    )  # fmt: skip
    assert [(one.disposition, one.clause, one.count) for one in found.not_followed_up] == [
        ("opted out", "2.4", 1), ("ineligible", "2.2", 1), ("suppressed", "2.3", 1),
    ]  # fmt: skip
    assert found.ratings == {1: 1, 2: 1, 3: 1, 4: 1, 5: 1}


def test_by_department_and_by_channel(october: Office):
    found = counted(october).groups
    heating = {"followed_up": 5, "contacted": 5, "answered": 5, "rated": 5, "satisfied": 2, "low": 2, "may_answer": 0}
    plumbing = {"followed_up": 5, "contacted": 3, "answered": 1, "rated": 0, "satisfied": 0, "low": 0, "may_answer": 1}
    assert found["department"] == [
        Group(name=HEATING, cases=7, concerns=2, **heating), Group(name=PLUMBING, cases=6, concerns=0, **plumbing),
    ]  # fmt: skip
    channels = [(group.name, group.contacted) for group in found["channel of first contact"]]
    assert channels == [("email", 6), ("phone", 1)]  # the mail with the unknown outcome has none on its case
    assert [(group.name, group.cases) for group in found["branch"]] == [("Berlin", 13)]
    assert [(group.name, group.cases) for group in found["kind of service"]] == [("job completed", 13)]


def test_contact_deadline_and_hours(october: Office):
    found = counted(october)
    # late: contacted after 60 hours, and never contacted though due; still in time: closed on the last evening
    assert found.contact == Deadline(kept=7, late=2, not_yet_due=1)
    # 4 8 10 12 20 24 30 60: the middle is 16; nine tenths lie at place 0.9 * 7 = 6.3: 30 + 0.3 * 30
    assert found.hours_to_contact == Spread(8, 16.0, 39.0)


def test_concerns(october: Office):
    found = counted(october).concerns
    assert (found.opened, found.still_open, found.reopened, found.repeated) == (2, 1, 1, 1)
    assert found.handed_over == Deadline(kept=1, late=1, not_yet_due=0)  # the second was late in its first round
    assert found.acknowledged == Deadline(kept=1, late=1, not_yet_due=0)  # after 2 and after 5 of 4 hours
    assert found.resolved == Deadline(kept=1, late=0, not_yet_due=1)
    assert found.hours_to_acknowledge == Spread(2, 3.5, 4.7)  # 2 and 5; 2 + 0.9 * 3
    assert found.hours_to_resolve == Spread(1, 30.0, 30.0)
    assert (found.severities, found.outcomes, found.root_causes) == (
        {"dissatisfied": 2}, {"recovered": 1}, {"workmanship": 1},
    )  # fmt: skip


def test_messages_and_calls(october: Office):
    found = counted(october)
    survey = {
        "sent": 2,
        "delivered": 0,
        "failed": 0,
        "refused": 1,
        "barred": 0,
        "unknown": 0,
        "withdrawn": 1,
        "waiting": 1,
        "possible_duplicates": 1,
    }
    notice = {
        "sent": 0,
        "delivered": 0,
        "failed": 0,
        "refused": 0,
        "barred": 0,
        "unknown": 1,
        "withdrawn": 0,
        "waiting": 0,
        "possible_duplicates": 0,
    }
    assert found.sent == [Sent(purpose="survey", **survey), Sent(purpose="escalation_notice", **notice)]
    assert found.calls == {"answered": 1, "no answer": 1, "still to be made": 1}


def test_a_concern_settled_on_the_phone_counts_though_none_was_opened(office: Office):
    office.rated(2, solved=True, disposition="neutral", reason="raised and solved on the phone", clause="4.4")
    found = counted(office).concerns
    assert (found.opened, found.solved_on_the_phone) == (0, 1)


def test_a_month_begins_and_ends_at_midnight_where_the_branch_is(office: Office):
    def at(day: int, month: int, hour: int, zone: str, branch: str) -> None:
        office.case(closed=datetime(2026, month, day, hour, 30, tzinfo=UTC), timezone=zone, branch=branch)

    at(30, 9, 11, "Pacific/Auckland", "in")  # 1 October, 00:30
    at(31, 10, 11, "Pacific/Auckland", "out")  # 1 November, 00:30
    at(1, 10, 6, "America/Los_Angeles", "out")  # 30 September, 23:30
    at(1, 11, 6, "America/Los_Angeles", "in")  # 31 October, 23:30
    at(30, 9, 22, "Europe/Berlin", "in")  # 1 October, 00:30
    at(31, 10, 22, "Europe/Berlin", "in")  # 31 October, 23:30, after the clocks were put back
    at(31, 10, 23, "Europe/Berlin", "out")  # 1 November, 00:30
    found = counted(office)
    assert (found.account.reported, found.account.accounted) == (4, 4)
    assert [(group.name, group.cases) for group in found.groups["branch"]] == [("in", 4)]


def test_the_month_before_is_counted_in_the_same_way(october: Office):
    september = datetime(2026, 9, 10, 9, 0, tzinfo=UTC)
    october.case(PLUMBING, september, contacted_after=1)
    with october.place.store.read() as db:
        before = count_before(db, OCTOBER, NOW, october.place.policy.rules)
    assert (before.whole.cases, before.contact.kept) == (1, 1)


def test_the_last_comment_of_a_case_counts_and_names_do_not(office: Office):
    for _ in range(6):
        case_id = office.rated(1, comment="Canary came late", stage="escalated")
        office.answer(case_id, 2, rating=1, comment="Wilhelmina: so rude", solved=False)
        office.rated(5, comment="Very friendly, thank you")
    words = counted(office).words
    assert (words.low_comments, words.high_comments) == (6, 6)
    assert [(word.text, word.low, word.high) for word in words.of_low] == [("rude", 6, 0)]
