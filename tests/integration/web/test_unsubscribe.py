"""The way out (RFC 8058, clause 2.4): one request is enough, looking is not, and nobody learns who is a customer."""

import pytest
from sqlalchemy import select

from models.answers import new_token
from models.tables import cases, entries, escalations, suppressions
from tests import seed
from tests.dump import dump
from tests.web_site import Site, words_in
from vocabulary import Disposition, Event, LinkPurpose, Stage

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def outcome(site: Site, case_id: int) -> tuple:
    with site.store.read() as db:
        return tuple(db.execute(select(cases.c.stage, cases.c.disposition).where(cases.c.id == case_id)).one())


def test_the_page_has_a_button_and_changes_nothing(site: Site):
    case = seed.asked(site.place)
    before = dump(site.store)
    page = site.client.get(f"/u/{case.unsubscribe}")
    assert page.status_code == 200
    assert f'<form method="post" action="/u/{case.unsubscribe}">' in page.text
    assert dump(site.store) == before


@pytest.mark.parametrize(
    "sent",
    [
        {"data": ONE_CLICK},
        {"files": {name: (None, value) for name, value in ONE_CLICK.items()}},
        {"data": {}},  # the button of the page
        {"content": b"\xff\xfe no form at all", "headers": {"content-type": "text/plain"}},
    ],
    ids=["urlencoded", "multipart", "button", "bytes"],
)
def test_one_request_without_cookies_is_enough(site: Site, sent: dict):
    case = seed.asked(site.place)
    page = site.client.post(f"/u/{case.unsubscribe}", **sent)
    assert (page.status_code, page.history) == (200, [])
    assert "set-cookie" not in page.headers
    assert "We will not ask you for your opinion any more." in words_in(page.text)
    assert outcome(site, case.case_id) == (Stage.ENDED, Disposition.OPTED_OUT)
    with site.store.read() as db:
        assert len(db.execute(select(suppressions)).all()) == 2  # e-mail and phone
        logged = db.execute(select(entries.c.event).where(entries.c.case_id == case.case_id)).scalars().all()
    assert Event.OPTED_OUT in logged


def test_said_twice_it_changes_nothing_more(site: Site):
    case = seed.asked(site.place)
    first = site.client.post(f"/u/{case.unsubscribe}", data=ONE_CLICK)
    before = dump(site.store)
    assert site.client.post(f"/u/{case.unsubscribe}.", data=ONE_CLICK).content == first.content
    assert dump(site.store) == before


def test_who_has_left_is_not_asked_by_any_other_case(site: Site):
    case = seed.asked(site.place, email="same@example.com", at=seed.ASKED_AT)
    other = seed.planned(site.place, email="SAME@example.com", at=seed.RECEIVED_AT)
    site.client.post(f"/u/{case.unsubscribe}", data=ONE_CLICK)
    assert outcome(site, other.case_id)[0] == Stage.ENDED


def test_an_open_concern_stays_open(site: Site):
    case = seed.escalated(site.place)
    site.client.post(f"/u/{case.unsubscribe}", data=ONE_CLICK)
    assert outcome(site, case.case_id) == (Stage.ESCALATED, None)
    with site.store.read() as db:
        assert db.execute(select(escalations.c.closed_at)).scalar_one() is None


def test_a_link_for_leaving_never_runs_out(site: Site):
    """To say "done" and do nothing would be a lie."""
    case = seed.asked(site.place)
    site.clock.tick(days=400)
    site.client.post(f"/u/{case.unsubscribe}", data=ONE_CLICK)
    assert outcome(site, case.case_id) == (Stage.ENDED, Disposition.OPTED_OUT)


def test_unknown_addresses_are_answered_like_known_ones(site: Site):
    case = seed.asked(site.place)
    known = site.client.post(f"/u/{case.unsubscribe}", data=ONE_CLICK)
    before = dump(site.store)
    for token in (new_token(), case.survey, "x", "", "%00", "%F0%28"):
        page = site.client.post(f"/u/{token}", data=ONE_CLICK)
        assert (page.status_code, page.content) == (200, known.content)
        assert site.client.get(f"/u/{token}").status_code == 200
    assert dump(site.store) == before


def test_a_survey_link_does_not_lead_out(site: Site):
    """A token serves one purpose."""
    case = seed.asked(site.place)
    extra = seed.add_link(site.place, case.case_id, LinkPurpose.RECOVERY, at=site.clock.now)
    for token in (case.survey, extra):
        site.client.post(f"/u/{token}", data=ONE_CLICK)
    assert outcome(site, case.case_id) == (Stage.ASKED, None)
