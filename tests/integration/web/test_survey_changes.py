"""An answer may be changed for 72 hours: every version stays, and nobody sees more than they said."""

from datetime import timedelta

from sqlalchemy import select

from models.calls import CallReport, record_call
from models.tables import answers, calls, cases, escalations
from tasks.concerns import judge_answers
from tests import seed
from tests.dump import dump
from tests.web_site import Site, checked_in, comment_in, words_in
from vocabulary import CallOutcome, Stage


def versions(site: Site) -> list[tuple]:
    with site.store.read() as db:
        wanted = select(answers.c.version, answers.c.rating, answers.c.comment).order_by(answers.c.id)
        return [tuple(row) for row in db.execute(wanted)]


def test_the_former_answer_is_shown_and_can_be_changed(site: Site):
    case = seed.asked(site.place)
    site.answer(case.survey, rating="5", comment="All good & <fine>", contact_me="yes")
    site.clock.tick(hours=71)
    page = site.open(case.survey)
    assert "You have answered before" in words_in(page)
    assert "until Fri 9 October 2026, 12:00 CEST" in words_in(page)
    assert (checked_in(page), comment_in(page)) == (["rating-5", "contact_me"], "All good & <fine>")
    assert site.answer(case.survey, rating="2", comment="It broke").status_code == 200
    assert versions(site) == [(1, 5, "All good & <fine>"), (2, 2, "It broke")]
    with site.store.read() as db:
        assert db.execute(select(cases.c.rating)).scalar_one() == 2


def test_a_rating_in_the_link_wins_over_the_former_one_but_only_in_the_form(site: Site):
    case = seed.asked(site.place)
    site.answer(case.survey, rating="5")
    assert checked_in(site.open(case.survey, "?r=1")) == ["rating-1"]
    assert versions(site) == [(1, 5, None)]


def test_after_72_hours_the_link_cannot_be_used(site: Site):
    case = seed.asked(site.place)
    site.answer(case.survey, rating="5")
    site.clock.tick(hours=72)
    before = dump(site.store)
    assert site.client.get(f"/s/{case.survey}").status_code == 404
    assert site.press(case.survey, "x", rating="1").status_code == 404
    assert dump(site.store) == before


def test_a_form_opened_in_time_and_sent_too_late_is_not_recorded(site: Site):
    case = seed.asked(site.place)
    site.answer(case.survey, rating="5")
    site.clock.tick(hours=71, minutes=59)
    page = site.answer(case.survey, rating="1")
    assert page.status_code == 200
    site.clock.tick(minutes=2)
    assert site.client.get(f"/s/{case.survey}").status_code == 404
    assert len(versions(site)) == 2


def test_the_time_to_change_runs_from_the_first_answer(site: Site):
    case = seed.asked(site.place)
    site.answer(case.survey, rating="5")
    site.clock.tick(hours=48)
    site.answer(case.survey, rating="4")
    site.clock.tick(hours=24)
    assert site.client.get(f"/s/{case.survey}").status_code == 404


def test_a_better_answer_to_an_open_concern_is_a_version_too(site: Site):
    case = seed.escalated(site.place)
    site.clock.now = seed.ANSWERED_AT + timedelta(hours=1)
    page = site.answer(case.survey, rating="5")
    assert "Your answer has arrived" in words_in(page.text)
    judge_answers.fn([case.case_id], site.clock.now)
    with site.store.read() as db:
        assert db.execute(select(cases.c.stage)).scalar_one() == Stage.ESCALATED


def test_a_concern_said_again_gets_no_second_date(site: Site):
    case = seed.escalated(site.place)
    site.clock.now = seed.ANSWERED_AT + timedelta(hours=1)
    text = words_in(site.answer(case.survey, rating="1").text)
    assert "Your concern is with a person" in text
    assert "You will hear from us by" not in text


def test_the_recovery_survey_is_the_same_page_about_the_solution(site: Site):
    case = seed.recovering(site.place)
    assert case.recovery
    site.clock.now = seed.RECOVERING_AT + timedelta(hours=1)
    page = site.open(case.recovery)
    assert "Did we put it right?" in words_in(page)
    assert (checked_in(page), comment_in(page)) == ([], "")  # what was said about the service is another matter
    thanks = words_in(site.answer(case.recovery, rating="5").text)
    assert "You can change" not in thanks
    with site.store.read() as db:
        wanted = select(answers.c.escalation_id, answers.c.rating).order_by(answers.c.id.desc()).limit(1)
        assert tuple(db.execute(wanted).one()) == (case.escalation_id, 5)
    assert "You have answered before" in words_in(site.open(case.recovery))
    judge_answers.fn([case.case_id], site.clock.now)
    assert site.client.get(f"/s/{case.recovery}").status_code == 404


def test_the_link_of_a_closed_concern_does_not_answer_for_the_next_one(site: Site):
    first = seed.recovering(site.place)
    site.clock.now = seed.RECOVERING_AT + timedelta(hours=1)
    with site.store.write() as db:
        db.execute(escalations.update().values(closed_at=site.clock.now, outcome="recovered"))
    assert site.client.get(f"/s/{first.recovery}").status_code == 404


def test_what_a_colleague_wrote_down_on_the_phone_is_not_shown(site: Site):
    case = seed.asked(site.place, channels=("phone",))
    with site.store.write() as db:
        call_id = db.execute(select(calls.c.id).where(calls.c.case_id == case.case_id)).scalar_one()
        said = "Sounded annoyed, be careful with this one."
        report = CallReport(outcome=CallOutcome.ANSWERED, by="Petra Lindqvist", rating=4, comment=said)
        record_call(db, call_id, report, at=site.clock.now, change_for=timedelta(hours=72))
    page = site.open(case.survey)
    assert "You have answered before" in words_in(page)
    assert (checked_in(page), comment_in(page)) == ([], "")
