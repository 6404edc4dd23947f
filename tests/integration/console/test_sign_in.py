"""Who gets in, and who does not."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from models import passwords, people, sign_ins
from models.tables import failed_sign_ins
from models.tables import sign_ins as kept
from tests.console import COOKIE, PASSWORD, Staff, at_browser, hidden_in, let_in, sign_in
from tests.web_site import BROWSER, Site, make_site
from vocabulary import Role
from web.console import entrance

SIGN_IN = "/console/sign-in"


def try_to(site: Site, email: str, password: str, **more: str):
    client = TestClient(site.app, headers=BROWSER)
    return client.post(SIGN_IN, data={"email": email, "password": password, **more}, follow_redirects=False)


def token_of(answer) -> str:
    return answer.headers["set-cookie"].split(";")[0].partition("=")[2]


def test_the_right_password_opens_the_console(site: Site):
    person = let_in(site, Role.SERVICE_TEAM, password=PASSWORD)
    answer = try_to(site, person.email.upper(), PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console?done=welcome")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    client = TestClient(site.app, headers=BROWSER, cookies={COOKIE: token_of(answer)})
    assert person.name in client.get("/console/me").text


def test_a_token_is_not_kept_as_it_is(site: Site):
    staff = sign_in(site, Role.QA)
    with site.store.read() as db:
        assert staff.token not in db.execute(select(kept.c.token_sha256)).scalars().all()


def test_behind_https_the_cookie_is_bound_to_the_host(place):
    site = make_site(place, public_url="https://follow.example.com")
    person = let_in(site, Role.QA, password=PASSWORD)
    cookie = try_to(site, person.email, PASSWORD).headers["set-cookie"]
    assert cookie.startswith("__Host-aftercare=")
    assert "Secure" in cookie


@pytest.mark.parametrize(
    "password", ["", "wrong", PASSWORD + "x", "\x00", "x" * 5000, "sev\ud800".encode("utf-8", "replace").decode()]
)
def test_a_wrong_password_opens_nothing(site: Site, password: str):
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    answer = try_to(site, person.email, password)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_a_wrong_password_and_an_unknown_account_are_answered_alike(site: Site):
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    wrong, unknown = (
        try_to(site, email, "wrong").text.replace(email, "") for email in (person.email, "no@example.com")
    )
    assert wrong == unknown


def test_somebody_without_a_password_cannot_sign_in_by_one(site: Site):
    person = let_in(site, Role.ADMIN)
    assert try_to(site, person.email, "").status_code == 401


def test_after_five_failures_the_right_password_does_not_help_for_a_quarter_of_an_hour(site: Site):
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    for _ in range(5):
        assert try_to(site, person.email, "wrong").status_code == 401
    assert try_to(site, person.email, PASSWORD).status_code == 429
    site.clock.tick(minutes=15)
    assert try_to(site, person.email, PASSWORD).status_code == 303


def test_failures_are_counted_for_addresses_too(site: Site):
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    far = TestClient(site.app, headers=BROWSER, client=("203.0.113.9", 5))
    for number in range(20):
        far.post(SIGN_IN, data={"email": f"{number}@example.com", "password": "wrong"})
    assert far.post(SIGN_IN, data={"email": person.email, "password": PASSWORD}).status_code == 429
    near = TestClient(site.app, headers=BROWSER, client=("203.0.113.10", 5))
    assert (
        near.post(SIGN_IN, data={"email": person.email, "password": PASSWORD}, follow_redirects=False).status_code
        == 303
    )
    with site.store.read() as db:
        keys = db.execute(select(failed_sign_ins.c.key)).scalars().all()
    assert not [key for key in keys if "203.0" in key or "@" in key]


def test_signing_in_ends_what_the_browser_was_signed_in_as_before(site: Site):
    first = sign_in(site, Role.QA)
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    first.client.post(SIGN_IN, data={"email": person.email, "password": PASSWORD}, follow_redirects=False)
    again = TestClient(site.app, headers=BROWSER, cookies={COOKIE: first.token})
    assert again.get("/console/me", follow_redirects=False).status_code == 303


def test_a_form_from_another_site_signs_nobody_in(site: Site):
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    client = TestClient(site.app, headers=BROWSER | {"sec-fetch-site": "cross-site"})
    assert client.post(SIGN_IN, data={"email": person.email, "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(("next_", "goes_to"), [
    ("/console/concerns/7", "/console/concerns/7?done=welcome"),
    ("/console/cases?stage=asked", "/console/cases?stage=asked&done=welcome"),
    ("//evil.example.com/console", "/console?done=welcome"),
    ("https://evil.example.com/", "/console?done=welcome"),
    ("/console/../s/x", "/console?done=welcome"),
    ("/console\r\nX-Evil: 1", "/console?done=welcome"),
])  # fmt: skip
def test_after_signing_in_the_page_is_shown_that_was_asked_for(site: Site, next_: str, goes_to: str):
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    assert try_to(site, person.email, PASSWORD, next=next_).headers["location"] == goes_to


def test_a_page_for_staff_leads_strangers_to_the_door(site: Site):
    answer = site.client.get("/console/me?x=1", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in?next=/console/me%3Fx%3D1")


def test_signing_out_ends_it_on_the_server(site: Site):
    staff = sign_in(site, Role.QA)
    hidden = hidden_in(staff.open("/console/me").text)
    assert staff.press("/console/sign-out", hidden).headers["location"] == SIGN_IN
    again = TestClient(site.app, headers=BROWSER, cookies={COOKIE: staff.token})
    assert again.get("/console/me", follow_redirects=False).status_code == 303


def test_nobody_is_signed_out_by_a_form_from_elsewhere(site: Site):
    staff = sign_in(site, Role.QA)
    assert staff.press("/console/sign-out", {"csrf": "guessed"}).status_code == 403
    assert staff.open("/console/me").status_code == 200


@pytest.mark.parametrize(("steps", "still_in"), [
    ([timedelta(minutes=29)], True),
    ([timedelta(minutes=30)], False),
    ([timedelta(minutes=29)] * 3, True),
    ([timedelta(minutes=25)] * 28, True),
    ([timedelta(minutes=25)] * 29, False),
])  # fmt: skip
def test_idle_half_an_hour_or_after_twelve_one_signs_in_again(site: Site, steps: list[timedelta], still_in: bool):
    staff = sign_in(site, Role.QA)
    statuses = []
    for step in steps:
        site.clock.now += step
        statuses.append(staff.open("/console/me").status_code)
    assert statuses[-1] == (200 if still_in else 303)


@pytest.mark.parametrize("change", ["disable", "roles", "departments", "password"])
def test_who_is_shut_out_or_gets_other_rights_is_signed_out_at_once(site: Site, change: str):
    staff = sign_in(site, Role.SERVICE_TEAM, password=PASSWORD)
    person, at = staff.person, site.clock()
    other = at_browser(site, person)
    with site.store.write() as db:
        if change == "disable":
            people.disable(db, person.id, at=at, by="Ada")
        elif change == "password":
            people.set_password(db, person.id, "new", at=at, by="Ada")
        else:
            roles = [Role.QA] if change == "roles" else list(person.roles)
            departments = ["Heating"] if change == "departments" else ["*"]
            people.change(db, person.id, name=person.name, roles=roles, departments=departments, timezone="UTC",
                          at=at, by="Ada")  # fmt: skip
    assert [one.open("/console/me").status_code for one in (staff, other)] == [303, 303]
    if change == "disable":
        assert try_to(site, person.email, PASSWORD).status_code == 401


def test_old_sign_ins_are_swept_away(site: Site):
    for _ in range(3):
        sign_in(site, Role.QA)
    site.clock.tick(hours=13)
    sign_in(site, Role.QA)
    with site.store.read() as db:
        assert db.execute(select(func.count()).select_from(kept)).scalar_one() == 1


def test_pages_write_down_at_most_once_a_minute_that_somebody_is_there(site: Site):
    staff = sign_in(site, Role.QA)
    seen = []
    for _ in range(4):
        staff.open("/console/me")
        with site.store.read() as db:
            row = sign_ins.person_signed_in(db, staff.token, site.clock())
        seen.append(row.seen_at)
        site.clock.tick(seconds=30)
    assert seen[0] == seen[1] != seen[2] == seen[3]


def test_changing_the_password_asks_for_the_old_one_and_signs_out(site: Site):
    staff: Staff = sign_in(site, Role.QA, password=PASSWORD)
    new = "eleven slow winters without rain"
    refused = staff.send("/console/me/password", "/console/me", now="wrong", new=new, repeated=new)
    assert refused.status_code == 303
    assert "is not right" in staff.open(refused.headers["location"]).text
    taken = staff.send("/console/me/password", "/console/me", now=PASSWORD, new=new, repeated=new)
    assert taken.headers["location"] == "/console/sign-in?done=password"
    assert staff.open("/console/me").status_code == 303
    assert try_to(site, staff.person.email, new).status_code == 303


def test_behind_proxies_failures_count_for_whoever_stands_before_them(place):
    site = make_site(place, trusted_proxies=1)
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    far, near = (TestClient(site.app, headers=BROWSER | {"x-forwarded-for": f"198.51.100.1, {host}"})
                 for host in ("203.0.113.9", "203.0.113.10"))  # fmt: skip
    for number in range(20):
        far.post(SIGN_IN, data={"email": f"{number}@example.com", "password": "wrong"})
    given = {"email": person.email, "password": PASSWORD}
    assert far.post(SIGN_IN, data=given, follow_redirects=False).status_code == 429
    assert near.post(SIGN_IN, data=given, follow_redirects=False).status_code == 303


def test_an_office_signs_in_all_day_from_one_address(site: Site):
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    for _ in range(25):
        fresh = TestClient(site.app, headers=BROWSER, client=("203.0.113.9", 5))
        given = {"email": person.email, "password": PASSWORD}
        assert fresh.post(SIGN_IN, data=given, follow_redirects=False).status_code == 303


def test_nobody_is_locked_out_of_their_own_browser_by_guesses_elsewhere(site: Site):
    """The account takes no more guesses from strangers, and the desk where it was signed in before still does."""
    person = let_in(site, Role.ADMIN, password=PASSWORD)
    given = {"email": person.email, "password": PASSWORD}
    desk = TestClient(site.app, headers=BROWSER, client=("198.51.100.7", 5))
    assert desk.post(SIGN_IN, data=given, follow_redirects=False).status_code == 303
    for number in range(30):
        stranger = TestClient(site.app, headers=BROWSER, client=(f"203.0.113.{number}", 5))
        stranger.post(SIGN_IN, data=given | {"password": "wrong"})
    new = TestClient(site.app, headers=BROWSER, client=("203.0.113.99", 5))
    assert new.post(SIGN_IN, data=given).status_code == 429
    assert desk.post(SIGN_IN, data=given, follow_redirects=False).status_code == 303
    for _ in range(5):
        assert desk.post(SIGN_IN, data=given | {"password": "wrong"}).status_code == 401
    assert desk.post(SIGN_IN, data=given).status_code == 429, "a browser left open is no way round"


def test_the_sign_of_a_known_browser_is_of_one_account(site: Site):
    mine, theirs = (let_in(site, Role.ADMIN, password=PASSWORD, name=name) for name in ("Ann One", "Bob Two"))
    desk = TestClient(site.app, headers=BROWSER, client=("198.51.100.7", 5))
    desk.post(SIGN_IN, data={"email": mine.email, "password": PASSWORD})
    for _ in range(5):
        desk.post(SIGN_IN, data={"email": theirs.email, "password": "wrong"})
    assert desk.post(SIGN_IN, data={"email": theirs.email, "password": PASSWORD}).status_code == 429


def test_of_many_guesses_at_once_five_are_tried(site: Site, monkeypatch: pytest.MonkeyPatch):
    person, tried = let_in(site, Role.ADMIN, password=PASSWORD), []
    monkeypatch.setattr(entrance, "ROOM", passwords.Room(at_once=40))
    monkeypatch.setattr(entrance, "is_password", lambda _hash, guess: bool(tried.append(guess)))

    def guess(number: int) -> int:
        own = TestClient(site.app, headers=BROWSER, client=("203.0.113.9", 5))
        return own.post(SIGN_IN, data={"email": person.email, "password": f"guess {number}"}).status_code

    with ThreadPoolExecutor(20) as threads:
        answers = Counter(threads.map(guess, range(40)))
    assert answers == {401: 5, 429: 35}
    assert len(tried) == 5


def test_two_passwords_are_looked_at_at_once_a_few_wait_and_the_others_are_sent_away(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    at_once, most, go_on = 0, 0, threading.Event()
    counting = threading.Lock()

    def slow(_hash: str | None, _password: str) -> bool:
        nonlocal at_once, most
        with counting:
            at_once += 1
            most = max(most, at_once)
        go_on.wait()
        with counting:
            at_once -= 1
        return False

    monkeypatch.setattr(entrance, "ROOM", passwords.Room())
    monkeypatch.setattr(entrance, "is_password", slow)

    def attempt(number: int) -> Any:
        own = TestClient(site.app, headers=BROWSER, client=(f"203.0.113.{number}", 5))
        answer = own.post(SIGN_IN, data={"email": f"{number}@example.com", "password": "a guess"})
        if answer.status_code == 503:
            sent_away.release()
        return answer

    sent_away = threading.Semaphore(0)
    with ThreadPoolExecutor(60) as threads:
        answers = [threads.submit(attempt, number) for number in range(60)]
        for _ in range(54):  # while two are looked at and four wait, all others have their answer
            sent_away.acquire()
        assert site.client.get("/healthz").status_code == 200
        go_on.set()
    codes = Counter(answer.result().status_code for answer in answers)
    assert codes == {503: 54, 401: 6}
    assert most == 2
    assert {answer.result().headers.get("Retry-After") for answer in answers} == {"2", None}


def test_the_password_of_an_open_browser_cannot_be_guessed(site: Site):
    staff: Staff = sign_in(site, Role.QA, password=PASSWORD)
    new = "eleven slow winters without rain"
    for _ in range(5):
        staff.send("/console/me/password", "/console/me", now="wrong", new=new, repeated=new)
    refused = staff.send("/console/me/password", "/console/me", now=PASSWORD, new=new, repeated=new)
    assert (refused.status_code, "too many attempts" in refused.text) == (409, True)
