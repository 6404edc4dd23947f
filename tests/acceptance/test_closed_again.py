"""Clause 2.5 lived through: a service is reopened and closed again; its customer has the link of the first survey."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from models.tables import cases, escalations, replies, suppressions
from tests.acceptance.days import Days
from tests.acceptance.test_replies import reply_token
from tests.replies import DOMAIN, send_mail
from tests.web_site import Site, make_site, nonce_in, words_in
from vocabulary import Disposition, Purpose, Stage


@pytest.fixture
def site(days: Days, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("AFTERCARE_REPLY_DOMAIN", DOMAIN)
    return make_site(days.here, days.now)


def answered(days: Days, rating: int) -> None:
    assert days.answer(days.letters()[0], rating=rating)


FIRST_ENDS: dict[str, Callable[[Days], None]] = {
    "not answered yet": lambda _days: None,
    "answered 5": lambda days: answered(days, 5),
    "answered 5, and sealed": lambda days: (answered(days, 5), days.live(days=6))[0],
    "no answer": lambda days: days.live(days=14),
}


def asked_and_reopened(days: Days, first: Callable[[Days], None] = lambda _days: None, **more: str) -> None:
    days.report(**more)
    days.live(hours=5)
    first(days)
    days.live(hours=1)
    days.report_reopened()
    days.live(days=2)


def closed_again(days: Days, **more: str) -> None:
    days.report(**more)
    days.live(days=1)


@pytest.mark.parametrize("first", FIRST_ENDS.values(), ids=FIRST_ENDS)
def test_it_is_followed_up_again_and_the_old_link_leads_to_the_new_question(
    days: Days, site: Site, first: Callable[[Days], None]
):
    asked_and_reopened(days, first)
    closed_again(days)
    old = days.letters()[0].token("s")
    assert days.letters()[-1].row.case_id == 2
    site.clock.now = days.now
    assert site.answer(old, rating="4", comment="Better now").status_code == 200
    days.live(days=10)
    assert (days.case(2).disposition, days.case(2).rating) == (Disposition.SATISFIED, 4)
    assert [letter for letter in days.letters(Purpose.REMINDER) if letter.row.case_id == 2] == []


def test_a_first_case_that_was_suppressed_is_followed_up_after_the_second_closing(days: Days):
    days.report("J-0")
    days.live(days=1)
    days.report()
    days.live(days=1)
    assert days.case(2).disposition == Disposition.SUPPRESSED
    days.report_reopened()
    days.live(hours=1)
    closed_again(days)
    assert (days.case(3).stage, days.letters()[-1].row.case_id) == (Stage.ASKED, 3)


def test_who_has_opted_out_is_not_asked_about_the_second_closing(days: Days, site: Site):
    asked_and_reopened(days, lambda days: days.opt_out(days.letters()[0]))
    closed_again(days)
    assert [case.disposition for case in days.rows(cases)] == [Disposition.OPTED_OUT] * 2
    assert site.client.get(f"/s/{days.letters()[0].token('s')}").status_code == 404


def test_until_it_is_closed_again_the_link_says_that_it_is_worked_on(days: Days, site: Site):
    asked_and_reopened(days)
    page = site.client.get(f"/s/{days.letters()[0].token('s')}")
    assert page.status_code == 200
    assert "We are working on it again" in words_in(page.text)
    days.report()
    days.live(minutes=10)
    assert days.case(2).stage == Stage.PLANNED
    page = site.client.get(f"/s/{days.letters()[0].token('s')}")
    assert "We will ask you again soon" in words_in(page.text)


def test_what_is_sent_from_a_page_that_was_opened_before_is_read_by_a_person(days: Days, site: Site):
    days.report()
    days.live(hours=5)
    site.clock.now = days.now
    token = days.letters()[0].token("s")
    page = site.open(token)
    days.report_reopened()
    days.live(minutes=10)
    sent = site.press(token, nonce_in(page), rating="1", comment="It smells of gas")
    assert "Someone on our team will read it" in words_in(sent.text)
    site.press(token, nonce_in(page), rating="1", comment="It smells of gas")
    [kept] = days.rows(replies)
    assert (kept.text, kept.case_id, kept.settled_at) == ("1\nIt smells of gas", 1, None)
    assert kept.read_by == kept.received_at + timedelta(hours=24)


def test_a_reply_to_the_first_mail_counts_for_the_newest_case(days: Days, site: Site):
    days.report()
    days.live(hours=5)
    token = reply_token(days)
    days.report_reopened()
    days.live(days=2)
    days.report()
    days.live(minutes=10)
    site.clock.now = days.now
    assert send_mail(site, token, "When do you come to collect the old part?").status_code == 200
    assert [row.case_id for row in days.rows(replies)] == [2], "beside the case that is planned"
    days.live(days=1)
    site.clock.now = days.now
    assert send_mail(site, token, "5").status_code == 200
    assert [row.case_id for row in days.rows(replies)] == [2, 2]
    assert days.case(2).rating == 5


def test_a_concern_from_the_first_closing_goes_on_and_is_not_doubled(days: Days, site: Site):
    asked_and_reopened(days, lambda days: answered(days, 2))
    assert days.case(1).stage == Stage.ESCALATED
    closed_again(days)
    assert [row.case_id for row in days.rows(escalations)] == [1]
    site.clock.now = days.now
    assert site.answer(days.letters()[0].token("s"), rating="5").status_code == 200
    days.live(days=1)
    assert (days.case(1).stage, days.case(2).disposition) == (Stage.ESCALATED, Disposition.SATISFIED)
    assert [row.closed_at for row in days.rows(escalations)] == [None]


def test_the_first_mails_way_out_stops_the_second_question_too(days: Days, site: Site):
    asked_and_reopened(days, phone="+491701234567")
    closed_again(days, phone="+491701234568")
    token = days.letters()[0].token("u")
    assert site.client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert days.case(2).disposition == Disposition.OPTED_OUT
    assert len(days.rows(suppressions)) == 3, "the mailbox and both numbers"


def test_a_link_that_went_to_another_mailbox_does_not_open_the_new_question(days: Days, site: Site):
    asked_and_reopened(days)
    closed_again(days, email="the.next.tenant@example.com")
    assert days.case(2).stage == Stage.ASKED
    site.clock.now = days.now
    page = site.client.get(f"/s/{days.letters()[0].token('s')}")
    assert "We are working on it again" in words_in(page.text) or page.status_code == 404
    assert "textarea" not in page.text
