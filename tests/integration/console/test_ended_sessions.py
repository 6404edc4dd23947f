"""A form that is posted after its session has ended: what was written is given back, nothing is done."""

import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from models import sign_ins
from models.tables import notes
from templates.environment import FOLDER
from tests import seed
from tests.console import PASSWORD, Staff, at_browser, hidden_in, let_in
from tests.dump import dump
from tests.web_site import BROWSER, Site, comment_in, words_in
from vocabulary import Role
from web.console.kept import SECRETS

SIGN_IN = "/console/sign-in"
TEXT = "She was promised <a call> at 3 & nobody called."
ENDS = ("idle", "ended elsewhere", "signed out here")


def somebody(site: Site, name: str = "Robin Weaver") -> Staff:
    return at_browser(site, let_in(site, Role.SERVICE_TEAM, name=name, password=PASSWORD))


def written(site: Site, staff: Staff, text: str = TEXT, how: str = "idle"):
    """What is answered to a comment that is sent when the session is over."""
    path = f"/console/cases/{seed.asked(site.place).case_id}"
    hidden = hidden_in(staff.open(path).text)
    if how == "idle":
        site.clock.tick(minutes=31)
    else:
        with site.store.write() as db:
            sign_ins.end_all(db, staff.person.id)
    if how == "signed out here":
        staff.client.cookies.clear()
    return staff.press(f"{path}/comment", hidden, comment=text), path


def sign_in_with(site: Site, person, page: str, password: str = PASSWORD):
    client = TestClient(site.app, headers=BROWSER)
    given = {**hidden_in(page), "email": person.email, "password": password}
    return client, client.post(SIGN_IN, data=given, follow_redirects=False)


def kept_in(page: str) -> str:
    return unescape(re.search(r'name="kept" value="([^"]*)"', page)[1])


@pytest.mark.parametrize("how", ENDS)
def test_the_same_person_gets_the_form_back_and_nothing_is_done_by_itself(site: Site, how: str):
    staff = somebody(site)
    answer, path = written(site, staff, how=how)
    assert answer.status_code == 401
    assert "Nothing you wrote is lost" in words_in(answer.text)
    assert "promised" not in answer.text, "the page is for whoever sits there"
    wrong = sign_in_with(site, staff.person, answer.text, "not the password")[1]
    client, back = sign_in_with(site, staff.person, wrong.text)
    assert comment_in(back.text) == TEXT
    assert "your session had ended before it was sent" in back.text
    with site.store.read() as db:
        assert db.execute(select(notes)).all() == []
    sent = client.post(f"{path}/comment", data={**hidden_in(back.text), "comment": TEXT}, follow_redirects=False)
    assert sent.status_code == 303
    with site.store.read() as db:
        assert db.execute(select(notes.c.text)).scalars().all() == [TEXT]


def test_another_person_gets_nothing_of_it(site: Site):
    answer, _ = written(site, somebody(site))
    other = let_in(site, Role.SERVICE_TEAM, name="Ann Webb", password=PASSWORD)
    client, back = sign_in_with(site, other, answer.text)
    assert back.headers["location"] == "/console?done=dropped"
    assert "was dropped" in client.get(back.headers["location"]).text


def test_who_signs_in_in_another_window_sends_the_form_of_the_first_and_gets_it_back(site: Site):
    staff = somebody(site)
    path = f"/console/cases/{seed.asked(site.place).case_id}"
    hidden = hidden_in(staff.open(path).text)
    again = at_browser(site, staff.person)
    back = again.press(f"{path}/comment", hidden, comment=TEXT)
    assert (back.status_code, comment_in(back.text)) == (409, TEXT)
    assert somebody(site, "Ann Webb").press(f"{path}/comment", hidden, comment=TEXT).status_code == 403


def test_after_signing_in_in_a_new_window_the_old_one_goes_on(site: Site):
    staff = somebody(site)
    answer, _ = written(site, staff)
    given = {"kept": kept_in(answer.text)}
    early = staff.client.post(f"{SIGN_IN}/kept", data=given)
    assert (early.status_code, kept_in(early.text)) == (401, given["kept"])
    again = at_browser(site, staff.person)
    assert comment_in(again.client.post(f"{SIGN_IN}/kept", data=given).text) == TEXT


@pytest.mark.parametrize("kept", ["", "guessed", "ü", "gAAAAABq" + "x" * 200, "too old"])
def test_what_we_did_not_seal_or_too_long_ago_is_nothing(site: Site, kept: str):
    staff = somebody(site)
    if kept == "too old":
        kept = kept_in(written(site, staff)[0].text)
        site.clock.tick(hours=12, seconds=1)
    client = TestClient(site.app, headers=BROWSER)
    given = {"kept": kept, "email": staff.person.email, "password": PASSWORD}
    answer = client.post(SIGN_IN, data=given, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console?done=welcome")


def test_a_form_of_another_site_is_not_kept(site: Site):
    staff = somebody(site)
    path = f"/console/cases/{seed.asked(site.place).case_id}"
    hidden = hidden_in(staff.open(path).text)
    site.clock.tick(minutes=31)
    given = {**hidden, "comment": TEXT}
    far = staff.client.post(f"{path}/comment", data=given, headers={"sec-fetch-site": "cross-site"})
    assert (far.status_code, "kept" in far.text) == (403, False)


def test_too_long_a_text_is_not_kept_and_the_page_says_so(site: Site):
    answer, _ = written(site, somebody(site), "x" * 30_000)
    assert (answer.status_code, 'name="kept"' in answer.text) == (401, False)
    assert "Back button" in answer.text


def test_passwords_are_not_kept(site: Site):
    staff = somebody(site)
    hidden = hidden_in(staff.open("/console/me").text)
    site.clock.tick(minutes=31)
    answer = staff.press("/console/me/password", hidden, now=PASSWORD, new="x" * 12, repeated="x" * 12)
    assert 'name="kept"' not in answer.text
    forms = "".join(Path(file).read_text() for file in (FOLDER / "console").glob("*.j2"))
    asked = set(re.findall(r'form\.text\("(\w+)"[^\n]*type="password"', forms))
    assert asked
    assert asked <= SECRETS


def test_nothing_is_stored_of_it(site: Site):
    staff = somebody(site)
    path = f"/console/cases/{seed.asked(site.place).case_id}"
    hidden = hidden_in(staff.open(path).text)
    site.clock.tick(minutes=31)
    before = dump(site.store)
    answer = staff.press(f"{path}/comment", hidden, comment=TEXT)
    assert kept_in(answer.text)
    assert dump(site.store) == before
    assert "promised" not in str(answer.headers)
