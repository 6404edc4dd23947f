"""Clause 4.3: what a program submits is kept, changes nothing that counts, and a person asks the customer."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from models.calls import CallError, CallReport, record_call
from models.due import open_calls
from models.listing import case_row, log_rows
from models.tables import answers, calls, cases, entries, escalations, judgements, messages, provider_events
from policy.authenticity import Sign
from tasks.concerns import judge_answers
from tests import seed
from tests.web_site import BROWSER, Site, checked_in, comment_in, nonce_in, words_in
from vocabulary import CallOutcome, Event, Purpose, Stage

HEADLESS = BROWSER | {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/156.0 Safari/537.36"}


def rows(site: Site, table: Any) -> list[Any]:
    with site.store.read() as db:
        return list(db.execute(select(table).order_by(*table.primary_key.columns)))


def press(site: Site, token: str, **fields: str) -> Any:
    """As a program that runs pages does."""
    page = site.client.get(f"/s/{token}", headers=HEADLESS)
    site.clock.tick(seconds=8)
    return site.client.post(f"/s/{token}", data={"nonce": nonce_in(page.text), **fields}, headers=HEADLESS)


def judge(site: Site, case: seed.Seeded) -> dict[str, int]:
    """When everything that waits has waited long enough."""
    site.clock.tick(minutes=11)
    return dict(judge_answers.fn([case.case_id], site.clock.now))


def to_be_called(site: Site) -> list[Any]:
    with site.store.read() as db:
        return list(open_calls(db, site.clock.now + timedelta(days=5)))


def report_call(db: Connection, call_id: int, site: Site, **said: Any) -> None:
    report = CallReport(outcome=CallOutcome.ANSWERED, by="Tim", **said)
    record_call(db, call_id, report, at=site.clock.now, change_for=timedelta(hours=72))


def test_a_program_is_thanked_like_a_person_and_changes_nothing_that_counts(site: Site):
    person, program = seed.asked(site.place), seed.asked(site.place)
    thanked = site.answer(person.survey, rating="1")
    answer = press(site, program.survey, rating="1")
    assert words_in(answer.text) == words_in(thanked.text)
    case = next(row for row in rows(site, cases) if row.id == program.case_id)
    assert (case.stage, case.rating, case.answered_at, case.change_until) == (Stage.ASKED, None, None, None)
    assert case.contacted_at is None
    [mine] = [row for row in rows(site, answers) if row.case_id == program.case_id]
    assert (mine.version, mine.rating) == (1, 1)
    assert json.loads(mine.suspicion) == [Sign.PROGRAM, Sign.NO_COMMENT]


def test_nobody_is_paged_and_one_person_is_to_ask(site: Site):
    case = seed.asked(site.place)
    press(site, case.survey, rating="1", comment="There is a smell of gas", contact_me="yes")
    press(site, case.survey, rating="1")
    assert judge(site, case)["answers not confirmed"] == 2
    press(site, case.survey, rating="1")
    judge(site, case)
    assert rows(site, escalations) == []
    # But for the danger: that may be a person's word, and a false alarm is cheap.
    assert {row.purpose for row in rows(site, messages)} == {
        Purpose.SURVEY,
        Purpose.DANGER_ALARM,
        Purpose.SAFETY_ADVICE,
    }
    [call] = to_be_called(site)
    assert call.reason.startswith("confirm the rating with the customer")
    for concern in ("rating 1 of 5", "asks to be contacted", "reports a danger: gas"):
        assert concern in call.reason
    assert [row.verdict for row in rows(site, judgements)] == ["unconfirmed"] * 3


def test_a_person_who_comes_later_replaces_it_and_is_not_called(site: Site):
    case = seed.asked(site.place)
    press(site, case.survey, rating="1", comment="checked by a program")
    judge(site, case)
    page = site.open(case.survey, "?r=5")
    assert "You have answered before" not in words_in(page)
    assert (checked_in(page), comment_in(page)) == (["rating-5"], "")
    site.press(case.survey, nonce_in(page), rating="5", comment="All good")
    judge(site, case)
    found = rows(site, cases)[0]
    assert (found.stage, found.disposition, found.rating) == (Stage.ENDED, "satisfied", 5)
    assert to_be_called(site) == []
    [call] = rows(site, calls)
    assert (call.done_at, call.withdrawn_at is None) == (None, False)
    assert [row.event for row in rows(site, entries)].count(Event.CALL_WITHDRAWN) == 1
    with site.store.write() as db, pytest.raises(CallError, match="not needed any more"):
        report_call(db, call.id, site, rating=1)


def test_the_customer_confirms_on_the_phone(site: Site):
    case = seed.asked(site.place)
    press(site, case.survey, rating="1")
    judge(site, case)
    [call] = to_be_called(site)
    with site.store.write() as db:
        report_call(db, call.id, site, rating=1, comment="Yes, that was me")
    judge(site, case)
    assert [row.answer_id for row in rows(site, escalations)] == [2]
    assert rows(site, cases)[0].rating == 1


def test_two_ratings_within_seconds_take_back_the_one_that_was_believed(site: Site):
    case = seed.asked(site.place)
    first, second = (nonce_in(site.client.get(f"/s/{case.survey}").text) for _ in range(2))
    site.clock.tick(seconds=20)
    site.press(case.survey, first, rating="5", comment="x")
    assert rows(site, cases)[0].stage == Stage.ANSWERED
    site.clock.tick(seconds=4)
    page = site.press(case.survey, second, rating="1", comment="x")
    assert page.status_code == 200
    found = rows(site, cases)[0]
    assert (found.stage, found.rating, found.answered_at, found.change_until) == (Stage.ASKED, None, None, None)
    judge(site, case)
    assert rows(site, escalations) == []
    assert len(to_be_called(site)) == 1
    assert [row.event for row in rows(site, entries)].count(Event.ANSWER_DOUBTED) == 1
    again = site.answer(case.survey, rating="4", comment="It was me")
    assert again.status_code == 200
    assert rows(site, cases)[0].rating == 4


def test_what_was_judged_before_the_contradiction_stays(site: Site):
    """A concern that a person may have raised is never taken back; the second answer does not count."""
    case = seed.asked(site.place)
    first, second = (nonce_in(site.client.get(f"/s/{case.survey}").text) for _ in range(2))
    site.clock.tick(seconds=20)
    site.press(case.survey, first, rating="1", comment="x")
    judge_answers.fn([case.case_id], site.clock.now)
    site.press(case.survey, second, rating="5", comment="x")
    judge(site, case)
    assert len(rows(site, escalations)) == 1
    assert (rows(site, cases)[0].stage, rows(site, cases)[0].rating) == (Stage.ESCALATED, 1)
    assert to_be_called(site) == []


def test_an_answer_of_the_customer_stands_against_a_program(site: Site):
    good, bad = seed.asked(site.place), seed.asked(site.place)
    for case, rating in ((good, "5"), (bad, "1")):
        site.answer(case.survey, rating="4", comment="Fine")
        judge(site, case)
        press(site, case.survey, rating=rating)
        judge(site, case)
    assert [(row.stage, row.rating) for row in rows(site, cases)] == [(Stage.ENDED, 4)] * 2
    assert [row.case_id for row in to_be_called(site)] == [bad.case_id]  # its concern would reach nobody otherwise


def test_a_concern_of_a_program_is_asked_about_also_when_it_came_with_the_answer(site: Site):
    case = seed.asked(site.place)
    site.answer(case.survey, rating="5")
    press(site, case.survey, rating="1")
    judge(site, case)
    assert (rows(site, cases)[0].disposition, rows(site, cases)[0].rating) == ("satisfied", 5)
    assert len(to_be_called(site)) == 1


def test_the_hidden_link_counts_also_when_it_was_mangled(site: Site):
    for path in ("/s/{}/v", "/S/{}/V.", "/s/{}/v)"):
        case = seed.asked(site.place)
        assert site.client.get(path.format(case.survey)).status_code == 404
        site.answer(case.survey, rating="1")
    assert [row.suspicion is None for row in rows(site, answers)] == [False] * 3


def test_a_program_neither_confirms_nor_undoes_a_resolution(site: Site):
    for rating in ("5", "1"):
        case = seed.recovering(site.place)
        assert case.recovery
        site.clock.now = max(site.clock.now, seed.RECOVERING_AT + timedelta(hours=1))
        press(site, case.recovery, rating=rating)
        judge(site, case)
        found = next(row for row in rows(site, cases) if row.id == case.case_id)
        concern = next(row for row in rows(site, escalations) if row.case_id == case.case_id)
        assert (found.stage, concern.closed_at, concern.reopened) == (Stage.RECOVERING, None, 0)
        call = next(row for row in to_be_called(site) if row.case_id == case.case_id)
        assert call.escalation_id == concern.id
        site.answer(case.recovery, rating="5", comment="Works now")
        assert [row.id for row in to_be_called(site) if row.case_id == case.case_id] == []


def test_a_call_that_is_to_be_made_anyway_says_what_else_it_is_about(site: Site):
    case = seed.asked(site.place, channels=("phone",))
    press(site, case.survey, rating="2")
    judge(site, case)
    [call] = to_be_called(site)
    assert call.reason.startswith("the customer prefers the phone; also: confirm the rating")
    press(site, case.survey, rating="1")
    judge(site, case)
    [call] = to_be_called(site)
    assert call.reason.count("confirm") == 1
    assert "rating 1 of 5" in call.reason


def test_the_time_counts_from_delivery_when_it_is_known(site: Site):
    late, early = seed.asked(site.place), seed.asked(site.place)
    reported = {"provider": "sendgrid", "kind": "delivered", "received_at": site.clock.now}
    with site.store.write() as db:
        of_case = {row.case_id: row.id for row in db.execute(select(messages))}
        for case, seconds in ((late, 0), (early, -600)):
            db.execute(provider_events.insert(), reported | {
                "event_id": f"e{case.case_id}", "message_id": of_case[case.case_id],
                "happened_at": site.clock.now + timedelta(seconds=seconds),
            })  # fmt: skip
    slow = BROWSER | {"accept-language": ""}
    for case in (late, early):
        page = site.client.get(f"/s/{case.survey}", headers=slow)
        site.clock.tick(seconds=8)
        site.client.post(f"/s/{case.survey}", headers=slow,
                         data={"nonce": nonce_in(page.text), "rating": "5", "comment": "x"})  # fmt: skip
    assert [row.suspicion is None for row in rows(site, answers)] == [False, True]


def test_replaying_an_unconfirmed_submission_changes_nothing(site: Site):
    case = seed.asked(site.place)
    page = site.client.get(f"/s/{case.survey}", headers=HEADLESS)
    site.clock.tick(seconds=8)
    form = {"nonce": nonce_in(page.text), "rating": "1"}
    replies = [site.client.post(f"/s/{case.survey}", data=form, headers=head) for head in (HEADLESS, BROWSER)]
    assert replies[0].content == replies[1].content
    assert len(rows(site, answers)) == 1
    assert rows(site, cases)[0].stage == Stage.ASKED


def test_lists_and_exports_name_what_is_unconfirmed(site: Site):
    case = seed.asked(site.place)
    press(site, case.survey, rating="1")
    site.answer(case.survey, rating="4", comment="Fine")
    with site.store.read() as db:
        told = [(row.rating, row.unconfirmed) for row in log_rows(db) if row.event == Event.ANSWER_RECEIVED]
        row = case_row(db, case.case_id)
    assert told == [(1, "yes"), (4, None)]
    assert row is not None
    logged = [json.loads(entry.detail).get("unconfirmed") for entry in rows(site, entries)
              if entry.event == Event.ANSWER_RECEIVED]  # fmt: skip
    assert logged == [[Sign.PROGRAM, Sign.NO_COMMENT], []]
