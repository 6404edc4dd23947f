"""My day: what is due, for whom, and by when."""

from datetime import timedelta
from typing import Any

import pytest

from casework.subtasks import Asking, ask
from models.escalations import acknowledge
from models.notes import Author
from models.people import by_email, set_own
from models.reviews import NewReview, add_review
from models.runs import begin_run, end_run
from models.tables import cases, channel_states, escalations
from tests import seed
from tests.console import Staff, at_browser, let_in, sign_in
from tests.web_site import Site, words_in
from vocabulary import Role, RunState

OWNER, SUPERVISOR = "petra.lindqvist@staff.example.com", "jonas.okafor@staff.example.com"


def day(staff: Staff) -> str:
    answer = staff.open("/console")
    assert answer.status_code == 200
    return words_in(answer.text)


def between(page: str, title: str, until: str) -> str:
    return page.partition(title)[2].partition(until)[0]


def set_concern(site: Site, number: int | None, **values: Any) -> None:
    with site.store.write() as db:
        db.execute(escalations.update().where(escalations.c.id == number).values(**values))


def owned(site: Site, **changes: Any) -> seed.Seeded:
    """A concern of Petra Lindqvist, supervised by Jonas Okafor, that came three hours ago."""
    case = seed.escalated(site.place, **changes)
    set_concern(site, case.escalation_id, owner="Petra Lindqvist", owner_email=OWNER.title(),
                supervisor="Jonas Okafor", supervisor_email=SUPERVISOR)  # fmt: skip
    site.clock.now = seed.ANSWERED_AT + timedelta(hours=3)
    return case


def petra(site: Site) -> Staff:
    with site.store.read() as db:
        known = by_email(db, OWNER)
    return at_browser(site, known or let_in(site, Role.SERVICE_TEAM, name="Petra Lindqvist", email=OWNER))


def test_a_concern_that_nobody_has_taken_is_there_with_the_time_left(site: Site):
    owned(site)
    assert ("Concern 1 (dissatisfied): Anna Bergmann, job completed, Heating 1 h left today 15:00 , not taken yet: "
            "to be acknowledged") in day(petra(site))  # fmt: skip


def test_the_24_hours_go_on_when_the_time_to_acknowledge_is_over(site: Site):
    owned(site)
    site.clock.tick(hours=10)
    assert "11 h left" in day(petra(site))
    site.clock.tick(hours=12)
    page = day(petra(site))
    assert "late by 1 h" in page
    assert "the 24 hours run" in page


def test_what_is_late_is_marked_not_by_colour_alone(site: Site):
    owned(site)
    site.clock.tick(hours=22)
    assert '<span class="late">late by 1 h</span>' in petra(site).open("/console").text


def test_a_concern_that_was_taken_is_to_be_resolved(site: Site):
    case = owned(site)
    with site.store.write() as db:
        acknowledge(db, case.escalation_id, by="Petra Lindqvist", at=site.clock.now)
    assert "3 days 21 h left Sat 10 Oct 11:00 , taken by Petra Lindqvist, to be resolved" in day(petra(site))


def test_what_is_mine_is_ordered_by_its_deadline_whatever_it_is(site: Site):
    number = seed.to_be_called(site.place, customer_name="Carla Called")
    first, second = owned(site, customer_name="Olaf Old"), owned(site, customer_name="Nora New")
    set_concern(site, second.escalation_id, acknowledge_by=site.clock.now + timedelta(minutes=5))
    set_concern(site, first.escalation_id, acknowledge_by=site.clock.now + timedelta(hours=20),
                deadline_at=site.clock.now + timedelta(hours=20))  # fmt: skip
    staff = petra(site)
    staff.send(f"/console/calls/{number}/claim", f"/console/calls/{number}")
    mine = between(day(staff), "Mine, by deadline", "Calls to be made now")
    places = [mine.index(name) for name in ("Nora New", "Carla Called", "Olaf Old")]
    assert places == sorted(places)


def test_what_a_department_is_asked_to_do_is_there_for_its_owner_and_its_people(site: Site):
    case = owned(site)
    handled = site.place.policy.rules.escalation.routes[-1]
    with site.store.write() as db:
        asking = Asking(department=handled.handled_by, what="Send the invoice again.",
                        due_at=site.clock.now + timedelta(hours=1))  # fmt: skip
        ask(db, case.escalation_id, asking, by=Author(name="Petra Lindqvist", email=OWNER), at=site.clock.now)
    told = "Sub-task 1: Send the invoice again. 1 h left"
    owner = day(sign_in(site, Role.SERVICE_TEAM, email=handled.owner.email))
    assert told in between(owner, "Mine, by deadline", "Asked of your departments")
    colleague = day(sign_in(site, Role.SERVICE_TEAM, departments=[handled.handled_by]))
    assert told in between(colleague, "Asked of your departments", "Calls to be made now")
    others = day(sign_in(site, Role.SERVICE_TEAM, departments=["Nowhere"]))
    assert "Nothing is asked of your departments" in others


def test_others_do_not_see_it_among_theirs(site: Site):
    owned(site)
    page = day(sign_in(site, Role.SERVICE_TEAM))
    assert "Anna Bergmann" not in page
    assert "Nothing of yours is due." in page


def test_a_stand_in_sees_the_concerns_of_who_is_away(site: Site):
    owned(site)
    away, staff = let_in(site, Role.SERVICE_TEAM, name="Petra Lindqvist", email=OWNER), sign_in(site, Role.SERVICE_TEAM)
    assert "Anna Bergmann" not in day(staff)
    with site.store.write() as db:
        set_own(db, away.id, timezone="UTC", away_from=site.clock.now.date(), away_until=None,
                stand_in_id=staff.person.id, at=site.clock.now, by="Petra Lindqvist")  # fmt: skip
    assert "you stand in for Petra Lindqvist" in day(staff)


@pytest.mark.parametrize(("hours", "shown"), [(8.9, False), (9.1, True), (22, True)])
def test_a_supervisor_sees_what_is_in_warning_or_late(site: Site, hours: float, shown: bool):
    owned(site)
    site.clock.tick(hours=hours)  # three more than that since it came; the first warning is after twelve
    page = day(sign_in(site, Role.SERVICE_MANAGER, name="Jonas Okafor", email=SUPERVISOR))
    told = between(page, "Supervised, late or in warning", "To be signed")
    assert ("Anna Bergmann" in told) is shown
    assert ("No concern that you supervise is late or in warning." in told) is not shown
    assert "Anna Bergmann" not in between(page, "Mine, by deadline", "Supervised")


def test_a_supervisor_sees_what_was_taken_and_is_not_resolved_in_time(site: Site):
    case = owned(site)
    with site.store.write() as db:
        acknowledge(db, case.escalation_id, by="Petra Lindqvist", at=site.clock.now)
    supervisor = let_in(site, Role.SERVICE_MANAGER, email=SUPERVISOR)
    assert "Anna Bergmann" not in day(at_browser(site, supervisor))
    site.clock.tick(days=5)
    told = day(at_browser(site, supervisor))
    assert "late by 27 h" in told
    assert "to be resolved; Petra Lindqvist has it" in told


def test_a_supervisor_sees_what_is_to_be_signed(site: Site):
    case = seed.ended(site.place)
    with site.store.write() as db:
        db.execute(cases.update().where(cases.c.id == case.case_id).values(
            disposition="unreachable", missing="supervisor's signature"))  # fmt: skip
    told = between(day(sign_in(site, Role.SERVICE_MANAGER)), "To be signed", "Replies")
    assert f"Case {case.case_id}: job completed, Heating, Berlin Mitte" in told
    others = sign_in(site, Role.SERVICE_MANAGER, departments=["Electrical"])
    assert "No signature is asked for." in day(others)


def test_calls_and_replies_are_counted_and_the_first_are_shown(site: Site):
    for number in range(7):
        seed.to_be_called(site.place, customer_name=f"Customer {number}")
        seed.reply(site.place, text=f"Question {number}?")
    page = day(sign_in(site, Role.SERVICE_TEAM))
    assert "7 calls are to be made now. To the calls" in page
    assert "7 replies to review. All replies" in page
    assert [f"Call Customer {number}:" in page for number in range(7)] == [True] * 5 + [False] * 2
    assert [f"Question {number}?" in page for number in range(7)] == [True] * 5 + [False] * 2


def test_replies_to_review_show_their_deadline_late_ones_first_and_red(site: Site):
    now = site.clock.now
    for text, hours in (("Plenty of time?", 13), ("Near?", 11), ("Too late?", -2)):
        seed.reply(site.place, text=text, at=now - timedelta(hours=24 - hours), read_by=now + timedelta(hours=hours))
    answer = sign_in(site, Role.SERVICE_TEAM).open("/console")
    shown = answer.text[answer.text.index("Replies to review") :]
    assert shown.index("Too late?") < shown.index("Near?") < shown.index("Plenty of time?")
    for told in (
        '<span class="late">late by 2 h</span>',
        '<span class="soon">11 h left</span>',
        "<span>13 h left</span>",
    ):
        assert told in shown


def test_an_empty_day_says_what_happens_next(site: Site):
    page = day(sign_in(site, *Role))
    for told in ("Nothing of yours is due.", "No concern that you supervise", "No signature is asked for.",
                 "No calls now, and none are planned.", "No replies to review.", "Every record is complete.",
                 "none yet: the first is written after the end of a month", "Every channel runs."):  # fmt: skip
        assert told in page
    number = seed.to_be_called(site.place)
    assert number
    site.clock.now = site.clock.now.replace(hour=20)
    assert "No calls now. The next window opens tomorrow 07:00." in day(sign_in(site, Role.SERVICE_TEAM))


def test_qa_sees_which_records_lack_something(site: Site):
    case = seed.ended(site.place)
    with site.store.write() as db:
        db.execute(cases.update().where(cases.c.id == case.case_id).values(missing="contact evidence"))
    assert f"Case {case.case_id}: job completed, Heating, Berlin Mitte the record lacks: contact evidence" in day(
        sign_in(site, Role.QA)
    )


def test_management_sees_the_month_so_far(site: Site):
    seed.ended(site.place, rating=5)
    seed.escalated(site.place, rating=1)
    told = between(day(sign_in(site, Role.MANAGEMENT)), "October 2026 so far", "Newest review")
    figures = ["followed up 2 of 2", "contacted 2", "Answers 2", "Satisfied 1 of 2 ratings", "Concerns 1"]
    assert [one for one in figures if one not in told] == []


def test_the_months_figures_say_when_they_were_counted(site: Site):
    seed.ended(site.place)
    site.clock.now = seed.ANSWERED_AT
    manager = let_in(site, Role.MANAGEMENT)
    assert "Answers 1" in day(at_browser(site, manager))
    seed.ended(site.place)
    site.clock.tick(minutes=4, seconds=59)
    told = day(at_browser(site, manager))
    assert ("Answers 1" in told, "Counted today 11:00" in told) == (True, True)
    site.clock.tick(seconds=1)
    told = day(at_browser(site, manager))
    assert ("Answers 2" in told, "Counted today 11:05" in told) == (True, True)


def test_the_newest_review_is_named(site: Site):
    for month, version in (("2026-08", 1), ("2026-09", 1), ("2026-09", 2)):
        with site.store.write() as db:
            new = NewReview(month=month, version=version, written_at=site.clock.now, policy_version="1", figures="{}",
                            report="x.html")  # fmt: skip
            assert add_review(db, new)
    page = day(sign_in(site, Role.MANAGEMENT))
    assert "Newest review September 2026, version 2, written today 10:00" in page


def test_an_administrator_sees_who_is_missing_and_what_stands_still(site: Site):
    with site.store.write() as db:
        at = {"stopped_at": site.clock.now, "try_again_at": site.clock.now + timedelta(minutes=15)}
        db.execute(channel_states.insert().values(channel="sms", code="20003", **at))
    page = day(sign_in(site, Role.ADMIN))
    assert "Petra Lindqvist cannot sign in the policy gives them concerns of" in page
    assert "Channel sms is stopped (20003) today" in page
    let_in(site, Role.SERVICE_TEAM, name="Petra Lindqvist", email=OWNER)
    assert "Petra Lindqvist cannot sign in" not in day(sign_in(site, Role.ADMIN))


def test_a_stage_that_failed_or_is_late_is_named(site: Site):
    staff = sign_in(site, Role.MANAGEMENT)
    assert "No stage has run yet." in day(staff)
    with site.store.write() as db:
        run = begin_run(db, "send-survey", at=site.clock.now)
        end_run(db, run, RunState.FAILED, word="the store did not answer", at=site.clock.now)
    assert "send survey: failed today 10:00 ," in day(staff)
    with site.store.write() as db:
        run = begin_run(db, "send-survey", at=site.clock.now)
        end_run(db, run, RunState.COMPLETED, word="", at=site.clock.now)
    assert "No stage is late or failed." in day(staff)


def test_nobody_sees_what_their_role_does_not_grant(site: Site):
    owned(site)
    seed.to_be_called(site.place, customer_name="Carla Called")
    for role in (Role.QA, Role.MANAGEMENT, Role.ADMIN):
        page = day(sign_in(site, role, email=f"{role}@staff.example.com"))
        assert "Anna Bergmann" not in page
        assert "Carla Called" not in page
