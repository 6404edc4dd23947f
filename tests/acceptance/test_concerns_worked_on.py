"""Promises around a concern that people work on: who has it is told, and the customer is written to in time."""

from datetime import timedelta
from pathlib import Path

import pytest

from casework.attaching import attach
from casework.handing import Handing, hand_over
from casework.subtasks import Asking, ask, finish
from casework.writing import Writing, write_to_customer
from models.notes import Author
from tests.acceptance.days import BERLIN, Days, berlin
from tests.acceptance.policies import change_policy
from vocabulary import Channel, Disposition, Event, Purpose, Stage

OWNER, SUPERVISOR = "petra.lindqvist@staff.example.com", "marek.novak@staff.example.com"
PETRA, MAREK = Author(name="Petra Lindqvist", email=OWNER), Author(name="Marek Novak", email=SUPERVISOR)
TOM = Handing(name="Tom Okafor", email="tom.okafor@staff.example.com", reason="He knows this boiler.")


@pytest.fixture
def unhappy(days: Days) -> Days:
    """A customer rated 1 on Monday at 15:00, a minute ago."""
    days.report(language="de")
    days.live(hours=5)
    days.answer(days.letters()[0], rating=1, comment="Es tropft wieder.")
    days.live(minutes=1)
    return days


def hand(days: Days) -> None:
    with days.here.store.write() as db:
        hand_over(db, 1, TOM, by=MAREK, at=days.now)


def warnings(days: Days, what: str) -> list[str]:
    return [mail.to for mail in days.letters(Purpose.DEADLINE_WARNING) if what in mail.row.note]


def test_the_new_owner_gets_all_he_needs_at_once_and_the_ladder_warns_him(unhappy: Days):
    hand(unhappy)
    unhappy.live(hours=13)
    [to_tom] = unhappy.letters(Purpose.CONCERN_HANDED_OVER, TOM.email)
    assert to_tom.at - unhappy.entries(Event.ESCALATION_REASSIGNED)[0].at < timedelta(minutes=2)
    for words in ("He knows this boiler.", "Es tropft wieder.", "ann@example.com", "/console/concerns/1"):
        assert words in to_tom.text
    [to_petra] = unhappy.letters(Purpose.CONCERN_HANDED_OVER, OWNER)
    assert "Marek Novak has handed it over to Tom Okafor" in to_petra.text
    assert "ann@example.com" not in to_petra.text, "it is not hers any more"
    assert [mail.to for mail in unhappy.letters(Purpose.DEADLINE_WARNING)] == [TOM.email], "12 hours after receipt"


def test_a_taken_concern_that_the_new_owner_does_not_take_is_told_once_and_never_as_a_breach(unhappy: Days):
    unhappy.acknowledge()
    unhappy.live(until=berlin("2026-10-06 10:00"))
    hand(unhappy)
    unhappy.live(days=3)
    assert warnings(unhappy, "acknowledgement") == [TOM.email, SUPERVISOR]
    late = next(mail for mail in unhappy.letters(Purpose.DEADLINE_WARNING, TOM.email))
    assert late.at.astimezone(BERLIN).strftime("%a %H:%M") == "Tue 14:01", "four business hours later"
    assert "The acknowledgement was due at Tue 6 October 2026, 14:00" in late.text
    assert unhappy.entries(Event.ESCALATION_BREACHED) == [], "the 24 hours were kept"
    unhappy.live(days=2)
    assert warnings(unhappy, "resolution") == [TOM.email, SUPERVISOR]
    unhappy.acknowledge()
    unhappy.live(days=1)
    assert warnings(unhappy, "resolution") == [TOM.email, SUPERVISOR], "once is enough"
    assert len(unhappy.entries(Event.ESCALATION_WARNED)) == 2


def test_the_customer_reads_what_the_person_wrote_in_the_customer_s_language_and_window(unhappy: Days):
    unhappy.live(until=berlin("2026-10-05 22:00"))
    with unhappy.here.store.write() as db:
        writing = Writing(channel=Channel.EMAIL, text="Das Teil kam an.\nTom kommt <b>Freitag</b>.")
        rules = unhappy.here.policy.rules
        write_to_customer(db, 1, writing, rules=rules, in_use=[Channel.EMAIL], by=PETRA, at=unhappy.now)
    unhappy.live(minutes=30)
    assert unhappy.letters(Purpose.CONCERN_UPDATE) == [], "not at night"
    unhappy.live(until=berlin("2026-10-06 09:30"))
    [mail] = unhappy.letters(Purpose.CONCERN_UPDATE)
    assert (mail.to, mail.at.astimezone(BERLIN).hour) == ("ann@example.com", 9)
    assert "Petra Lindqvist aus unserem Team schreibt Ihnen dazu" in mail.text
    assert "> Das Teil kam an.\r\n> Tom kommt <b>Freitag</b>." in mail.text


def test_a_department_is_asked_by_mail_and_the_owner_hears_what_came_of_it(unhappy: Days):
    due = unhappy.now + timedelta(days=1)
    asking = Asking(department="Customer Service", what="Please cancel invoice 881.", due_at=due)
    with unhappy.here.store.write() as db:
        number = ask(db, 1, asking, by=PETRA, at=unhappy.now)
    unhappy.live(minutes=5)
    [asked] = unhappy.letters(Purpose.SUBTASK_NOTICE)
    assert asked.to == "amira.haddad@staff.example.com"
    assert "Please cancel invoice 881." in asked.text
    with unhappy.here.store.write() as db:
        finish(db, number, "Cancelled, and the money is on its way.", by=Author(name="Amira Haddad"), at=unhappy.now)
    unhappy.live(minutes=5)
    done = unhappy.letters(Purpose.SUBTASK_NOTICE)[1]
    assert done.to == OWNER
    assert "Amira Haddad has done it." in done.text
    assert "Cancelled, and the money is on its way." in done.text


def test_one_matter_in_two_cases_is_asked_about_once_and_ends_both(days: Days, policy_file: Path):
    change_policy(policy_file, ("cooldown_days = 30", "cooldown_days = 0"))
    for number in ("J-1", "J-2"):
        days.report(number)
    days.live(hours=5)
    for letter in days.letters(Purpose.SURVEY):
        days.answer(letter, rating=1)
    days.live(minutes=1)
    with days.here.store.write() as db:
        attach(db, 2, 1, "Both are about the boiler.", by=PETRA, at=days.now)
    days.resolve(1)
    days.live(days=3)
    [recovery] = days.letters(Purpose.RECOVERY_SURVEY)
    assert recovery.row.case_id == 1
    days.answer(recovery, rating=5)
    days.live(days=1)
    for number in (1, 2):
        case = days.case(number)
        assert (case.stage, case.disposition) == (Stage.CLOSED, Disposition.RECOVERED)
    assert days.case(2).reason == "attached to concern 1: the customer is satisfied with the resolution"
    assert warnings(days, "deadline") == [], "nobody was warned of what was attached"
