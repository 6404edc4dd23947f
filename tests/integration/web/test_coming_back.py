"""The way back on the page of the way out: by the customer alone, by two presses, never by a program."""

import re
from html import unescape
from typing import Any

import pytest

from models.answers import new_token
from models.cases import keys_of, opted_out, refusals
from models.optouts import EVERYTHING, Refusal, opt_out
from models.tables import entries
from tests import seed
from tests.dump import dump
from tests.replies import case_row, phone_of, rows, send_text
from tests.web_site import BROWSER, Site, words_in
from vocabulary import Channel, Disposition, Event, LinkPurpose

HEADLESS = BROWSER | {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/156.0 Safari/537.36"}
RETURN = {"stop": "nothing"}


def refused(site: Site, case: seed.Seeded) -> set[str]:
    keys = keys_of(case_row(site, case))
    with site.store.read() as db:
        return set(refusals(opted_out(db, keys, site.clock.now), keys))


def renewed(site: Site) -> int:
    return sum(row.event == Event.CONSENT_RENEWED for row in rows(site, entries))


def press(site: Site, token: str, headers: dict[str, str] = BROWSER, **fields: str) -> str:
    return str(site.client.post(f"/u/{token}", data=fields, headers=headers).text)


def again_in(page: str) -> str:
    found = re.search(r'name="again" value="([^"]+)"', page)
    assert found, words_in(page)
    return unescape(found[1])


def come_back(site: Site, token: str, headers: dict[str, str] = BROWSER) -> str:
    page = press(site, token, headers, **RETURN)
    site.clock.tick(seconds=3)
    return press(site, token, headers, **RETURN, again=again_in(page))


def asked_long_ago(site: Site, **changes: Any) -> seed.Seeded:
    case = seed.asked(site.place, **changes)
    site.clock.tick(days=1)
    return case


def test_the_way_back_is_offered_to_whoever_has_opted_out(site: Site):
    case = asked_long_ago(site)
    assert "Receive surveys again" not in site.client.get(f"/u/{case.unsubscribe}").text
    press(site, case.unsubscribe)
    before = dump(site.store)
    assert "Receive surveys again" in site.client.get(f"/u/{case.unsubscribe}").text
    assert dump(site.store) == before, "looking changes nothing"


@pytest.mark.parametrize("by", [None, "Petra"])
@pytest.mark.parametrize("refusal", [EVERYTHING, Refusal(channel=Channel.PHONE)])
def test_two_presses_take_back_what_was_refused_however_it_was_said(site: Site, refusal: Refusal, by: str | None):
    case = asked_long_ago(site)
    with site.store.write() as db:
        opt_out(db, case.case_id, at=site.clock.now, source="test", refusal=refusal, recorded_by=by)
    before = refused(site, case)
    assert "Please press once more" in words_in(press(site, case.unsubscribe, **RETURN))
    assert refused(site, case) == before
    page = words_in(come_back(site, case.unsubscribe))
    assert "Done: you will receive surveys again" in page
    assert "START" not in page
    assert (refused(site, case), renewed(site)) == (set(), 1)
    come_back(site, case.unsubscribe)
    assert renewed(site) == 1


def test_what_has_ended_stays_ended(site: Site):
    case = asked_long_ago(site)
    press(site, case.unsubscribe)
    come_back(site, case.unsubscribe)
    assert case_row(site, case).disposition == Disposition.OPTED_OUT


def test_a_stop_by_text_message_goes_on_for_text_messages_until_start(site: Site):
    case = asked_long_ago(site)
    send_text(site, phone_of(site, case), "STOP")
    assert "text START" in words_in(come_back(site, case.unsubscribe))
    assert refused(site, case) == {"sms"}
    send_text(site, phone_of(site, case), "START")
    assert refused(site, case) == set()


def test_start_first_and_the_page_after_it_take_back_all(site: Site):
    case = asked_long_ago(site)
    send_text(site, phone_of(site, case), "STOP")
    send_text(site, phone_of(site, case), "START")
    assert refused(site, case) == {"email", "phone"}
    come_back(site, case.unsubscribe)
    assert refused(site, case) == set()


def test_a_program_never_brings_anybody_back(site: Site):
    case = asked_long_ago(site)
    press(site, case.unsubscribe)
    page = press(site, case.unsubscribe, HEADLESS, **RETURN)
    for _ in range(3):
        site.clock.tick(seconds=3)
        page = press(site, case.unsubscribe, HEADLESS, **RETURN, again=again_in(page))
        assert "Please press once more" in words_in(page)
    assert (refused(site, case), renewed(site)) == ({"*"}, 0)


@pytest.mark.parametrize(
    "changes",
    [{"user-agent": "curl/8.14"}, {"user-agent": ""}, {"sec-fetch-user": ""}, {"accept-language": ""}],
    ids=lambda changes: "".join(changes),
)
def test_what_no_persons_browser_sends_brings_nobody_back(site: Site, changes: dict[str, str]):
    case = asked_long_ago(site)
    press(site, case.unsubscribe)
    assert "Please press once more" in words_in(come_back(site, case.unsubscribe, BROWSER | changes))
    assert (refused(site, case), renewed(site)) == ({"*"}, 0)


def test_who_fills_in_the_field_that_people_do_not_see_brings_nobody_back(site: Site):
    case = asked_long_ago(site)
    press(site, case.unsubscribe)
    assert 'name="website"' in site.client.get(f"/u/{case.unsubscribe}").text
    page = press(site, case.unsubscribe, **RETURN)
    assert 'name="website"' in page
    site.clock.tick(seconds=3)
    page = press(site, case.unsubscribe, **RETURN, again=again_in(page), website="https://example.com")
    site.clock.tick(seconds=3)
    press(site, case.unsubscribe, **RETURN, again=again_in(page))
    assert (refused(site, case), renewed(site)) == ({"*"}, 0)


def test_within_seconds_of_the_mail_nobody_is_brought_back_and_a_minute_later_a_person_is(site: Site):
    case, now = seed.asked(site.place), site.clock.now
    token = seed.add_link(site.place, case.case_id, LinkPurpose.UNSUBSCRIBE, at=now, days=60)
    press(site, token)
    page = come_back(site, token)
    assert "please wait a minute" in words_in(page)
    assert refused(site, case) == {"*"}
    site.clock.tick(minutes=2)
    assert "Done: you will receive surveys again" in press(site, token, **RETURN, again=again_in(page))
    assert refused(site, case) == set()


def test_a_second_press_that_follows_at_once_or_was_meant_for_leaving_does_not_count(site: Site):
    case = asked_long_ago(site)
    leaving = again_in(press(site, case.unsubscribe, HEADLESS))
    press(site, case.unsubscribe)
    at_once = again_in(press(site, case.unsubscribe, **RETURN))
    press(site, case.unsubscribe, **RETURN, again=at_once)
    site.clock.tick(seconds=3)
    press(site, case.unsubscribe, **RETURN, again=leaving)
    assert (refused(site, case), renewed(site)) == ({"*"}, 0)


@pytest.mark.parametrize("by", [None, "Petra"])
def test_what_was_refused_between_the_two_presses_is_not_taken_back(site: Site, by: str | None):
    case = asked_long_ago(site)
    press(site, case.unsubscribe, stop="phone")
    again = again_in(press(site, case.unsubscribe, **RETURN))
    site.clock.tick(minutes=5)
    with site.store.write() as db:
        opt_out(db, case.case_id, at=site.clock.now, source="test", recorded_by=by)
    page = press(site, case.unsubscribe, **RETURN, again=again)
    assert "Please press once more" in words_in(page)
    assert refused(site, case) == {"*", "phone"}
    site.clock.tick(seconds=3)
    press(site, case.unsubscribe, **RETURN, again=again_in(page))
    assert refused(site, case) == set()


def test_looking_at_every_address_brings_nobody_back(site: Site):
    case = asked_long_ago(site)
    press(site, case.unsubscribe)
    again = again_in(press(site, case.unsubscribe, **RETURN))
    site.clock.tick(seconds=3)
    for query in ("", "?stop=nothing", f"?stop=nothing&again={again}"):
        for method in ("GET", "HEAD"):
            site.client.request(method, f"/u/{case.unsubscribe}{query}")
    assert (refused(site, case), renewed(site)) == ({"*"}, 0)


def test_a_forged_second_press_does_not_count(site: Site):
    case = asked_long_ago(site)
    press(site, case.unsubscribe)
    for again in ("", "x", again_in(press(site, seed.asked(site.place).unsubscribe, HEADLESS))):
        site.clock.tick(seconds=3)
        press(site, case.unsubscribe, **RETURN, again=again)
    assert (refused(site, case), renewed(site)) == ({"*"}, 0)


def test_one_click_of_a_mail_program_means_leaving_whatever_else_it_says(site: Site):
    case = asked_long_ago(site)
    press(site, case.unsubscribe, **RETURN, **{"List-Unsubscribe": "One-Click"})
    assert (refused(site, case), renewed(site)) == ({"*"}, 0)


def test_unknown_addresses_are_answered_and_change_nothing(site: Site):
    before = dump(site.store)
    for token in (new_token(), "x"):
        assert "Done: you will receive surveys again" in words_in(press(site, token, **RETURN))
    assert dump(site.store) == before
