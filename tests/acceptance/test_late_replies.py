"""Clause 4.5 lived through: whoever writes after the end of a case is named to the person who reads it."""

from collections.abc import Callable

import pytest

from models.tables import answers, cases, replies
from tests.acceptance.days import Days
from tests.acceptance.test_replies import reply_token
from tests.acceptance.texts import MOBILE
from tests.replies import DOMAIN, send_mail, send_text
from tests.web_site import Site, make_site
from vocabulary import Disposition, Stage

GAS = "There is a smell of gas in the cellar, call me"


@pytest.fixture
def site(days: Days, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("AFTERCARE_REPLY_DOMAIN", DOMAIN)
    days.report(phone=MOBILE)
    days.live(hours=5)
    return make_site(days.here, days.now)


def cancelled(days: Days) -> None:
    days.report_reopened()
    days.live(days=1)


ENDS: dict[str, Callable[[Days], None]] = {
    "just ended without an answer": lambda days: days.live(days=14, hours=1),
    "sealed": lambda days: (days.answer(days.letters()[0], rating=5), days.live(days=10))[1],
    "sealed 40 days ago": lambda days: (days.answer(days.letters()[0], rating=5), days.live(days=45))[1],
    "sealed ten months ago": lambda days: (days.answer(days.letters()[0], rating=5), days.live(days=300))[1],
    "cancelled": cancelled,
    "opted out": lambda days: days.opt_out(days.letters()[0]),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("way", ["mail", "text"])
def test_nothing_is_lost_and_the_case_is_named(days: Days, site: Site, end: Callable[[Days], None], way: str):
    token = reply_token(days)
    end(days)
    said = len(days.rows(answers))
    site.clock.now = days.now
    sent = send_mail(site, token, GAS) if way == "mail" else send_text(site, MOBILE, GAS)
    assert sent.status_code == 200
    [kept] = days.rows(replies)
    assert (kept.case_id, kept.text, kept.settled_at) == (1, GAS, None)
    assert len(days.rows(answers)) == said


def test_a_rating_that_comes_40_days_later_is_no_answer(days: Days, site: Site):
    days.live(days=45)
    assert (days.case().disposition, days.case().stage) == (Disposition.NO_ANSWER, Stage.CLOSED)
    site.clock.now = days.now
    assert send_text(site, MOBILE, "5").status_code == 200
    assert (days.rows(answers), [row.case_id for row in days.rows(replies)]) == ([], [1])


def test_stop_counts_however_late(days: Days, site: Site):
    days.live(days=60)
    site.clock.now = days.now
    assert send_text(site, MOBILE, "STOP").status_code == 200
    days.report("J-2", phone=MOBILE)
    days.report("J-3", email="ann@example.com")
    days.live(days=2)
    assert [case.disposition for case in days.rows(cases)][1:] == [Disposition.OPTED_OUT] * 2


def test_what_comes_from_a_stranger_waits_for_a_person_too(days: Days, site: Site):
    assert send_text(site, "+491709999999", GAS).status_code == 200
    [kept] = days.rows(replies)
    assert (kept.case_id, kept.settled_at) == (None, None)
