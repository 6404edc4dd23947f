"""The button of the way out: a program that presses it is asked to press once more, and nobody is kept from leaving."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from models.tables import suppressions
from tests import seed
from tests.web_site import BROWSER, Site, words_in
from vocabulary import LinkPurpose

HEADLESS = BROWSER | {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/156.0 Safari/537.36"}
MAIL_PROGRAM = {"user-agent": "Java/17", "accept-language": "", "sec-fetch-mode": "", "sec-fetch-user": ""}


def left(site: Site) -> bool:
    with site.store.read() as db:
        return bool(db.execute(select(func.count()).select_from(suppressions)).scalar_one())


def press(site: Site, token: str, headers: dict[str, str], **fields: str) -> Any:
    return site.client.post(f"/u/{token}", data=fields, headers=headers)


def again_in(page: str) -> str:
    found = re.search(r'name="again" value="([^"]+)"', page)
    assert found, "the button is not offered again"
    return unescape(found[1])


def test_a_program_is_asked_once_more_and_the_second_press_counts(site: Site):
    case = seed.asked(site.place)
    page = press(site, case.unsubscribe, HEADLESS)
    assert "Please press once more" in words_in(page.text)
    assert not left(site)
    site.clock.tick(seconds=3)
    page = press(site, case.unsubscribe, HEADLESS, again=again_in(page.text))
    assert "We will not ask you for your opinion any more." in words_in(page.text)
    assert left(site)


def test_the_second_press_keeps_what_was_chosen(site: Site):
    case = seed.asked(site.place)
    page = press(site, case.unsubscribe, HEADLESS, stop="sms").text
    carried = re.search(r'name="stop" value="([^"]+)"', page)
    assert carried
    site.clock.tick(seconds=3)
    press(site, case.unsubscribe, HEADLESS, again=again_in(page), stop=carried[1])
    with site.store.read() as db:
        assert {row.channel for row in db.execute(select(suppressions)).all()} == {"sms"}


def test_a_second_press_that_follows_at_once_or_is_forged_does_not_count(site: Site):
    case, other = seed.asked(site.place), seed.asked(site.place)
    page = press(site, case.unsubscribe, HEADLESS)
    mine, foreign = again_in(page.text), again_in(press(site, other.unsubscribe, HEADLESS).text)
    assert "Please press once more" in words_in(press(site, case.unsubscribe, HEADLESS, again=mine).text)
    site.clock.tick(seconds=3)
    for wrong in (foreign, "x", "", mine[:-2]):
        assert "Please press once more" in words_in(press(site, case.unsubscribe, HEADLESS, again=wrong).text)
    assert not left(site)


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
    ],
    ids=["urlencoded", "multipart"],
)
def test_what_a_mail_program_sends_for_a_person_counts_at_once(site: Site, sent: dict[str, Any]):
    case = seed.asked(site.place)
    site.client.post(f"/u/{case.unsubscribe}", headers=MAIL_PROGRAM, **sent)
    assert left(site)


def test_what_was_done_behind_the_other_links_of_the_mail_speaks_too(site: Site):
    case = seed.asked(site.place)
    site.client.get(f"/s/{case.survey}/v")
    site.clock.tick(minutes=5)
    assert "Please press once more" in words_in(press(site, case.unsubscribe, {}).text)
    site.clock.tick(minutes=6)
    press(site, case.unsubscribe, {})
    assert left(site)


def test_a_person_in_a_hurry_or_behind_a_filter_presses_once(site: Site):
    case, now = seed.asked(site.place), site.clock.now
    token = seed.add_link(site.place, case.case_id, LinkPurpose.UNSUBSCRIBE, at=now, days=60)
    crawler = {"user-agent": "Mozilla/5.0 (Windows NT 6.1) crawler", "accept-language": "en"}
    for rest in ("?r=1", "?r=2", "?r=3", "/v"):
        site.client.get(f"/s/{case.survey}{rest}", headers=crawler)
    site.clock.now = now + timedelta(seconds=45)
    press(site, token, {"sec-fetch-mode": "", "sec-fetch-user": ""})
    assert left(site)


def test_an_unknown_link_is_answered_like_a_known_one(site: Site):
    page = press(site, "a" * 32, HEADLESS)
    assert "We will not ask you for your opinion any more." in words_in(page.text)
