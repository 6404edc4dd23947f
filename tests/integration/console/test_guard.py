"""Forms of the console: only our own, only once, and a refusal keeps what was written."""

import threading
from datetime import date

import pytest
from sqlalchemy import func, select

from models.people import find
from models.tables import entries
from tests.console import hidden_in, sign_in
from tests.web_site import Site
from vocabulary import Event, Role

ME = "/console/me"


def changes(site: Site) -> int:
    with site.store.read() as db:
        counted = select(func.count()).where(entries.c.event == Event.PERSON_CHANGED)
        return db.execute(counted).scalar_one()


def test_a_form_is_taken(site: Site):
    staff = sign_in(site, Role.QA)
    answer = staff.send(ME, timezone="Europe/Berlin")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ME}?done=own")
    assert "Your settings are kept." in staff.open(answer.headers["location"]).text
    with site.store.read() as db:
        assert find(db, staff.person.id).zone.key == "Europe/Berlin"


def test_the_same_form_sent_twice_is_done_once_and_leads_to_the_same_page(site: Site):
    staff = sign_in(site, Role.QA)
    hidden = hidden_in(staff.open(ME).text)
    first, second = (staff.press(ME, hidden, timezone="Europe/Berlin") for _ in range(2))
    assert first.headers["location"] == f"{ME}?done=own"
    assert second.headers["location"] == f"{ME}?done=before"
    assert changes(site) == 1


def test_the_same_form_sent_by_eight_at_once_is_done_once(site: Site):
    staff = sign_in(site, Role.QA)
    hidden, answers = hidden_in(staff.open(ME).text), []
    start = threading.Barrier(8)

    def press() -> None:
        start.wait()
        answers.append(staff.press(ME, hidden, timezone="Europe/Berlin").status_code)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 8
    assert changes(site) == 1


def test_a_refused_form_shows_why_and_what_was_written_and_can_be_sent_again(site: Site):
    staff = sign_in(site, Role.QA)
    hidden = hidden_in(staff.open(ME).text)
    refused = staff.press(ME, hidden, timezone="Mars/Olympus", away_from="2026-11-30")
    assert refused.status_code == 409
    assert "<strong>Not done:</strong> that is no time zone; write it as Europe/Berlin." in refused.text
    assert 'value="Mars/Olympus"' in refused.text
    assert 'value="2026-11-30"' in refused.text
    assert changes(site) == 0
    assert staff.press(ME, hidden, timezone="Europe/Berlin").status_code == 303


@pytest.mark.parametrize("field", ["csrf", "nonce"])
@pytest.mark.parametrize("value", ["", "guessed", None, "ü" * 40])
def test_a_form_that_is_not_ours_is_not_taken(site: Site, field: str, value: str | None):
    staff = sign_in(site, Role.QA)
    hidden = hidden_in(staff.open(ME).text)
    hidden.pop(field)
    if value is not None:
        hidden[field] = value
    assert staff.press(ME, hidden, timezone="Europe/Berlin").status_code == 403
    assert changes(site) == 0


def test_a_form_of_somebody_else_is_not_taken(site: Site):
    staff, other = sign_in(site, Role.QA), sign_in(site, Role.QA)
    hidden = hidden_in(other.open(ME).text)
    assert staff.press(ME, hidden, timezone="Europe/Berlin").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
    ],
)
def test_a_form_sent_from_elsewhere_is_not_taken(site: Site, headers: dict[str, str]):
    staff = sign_in(site, Role.QA)
    hidden = hidden_in(staff.open(ME).text)
    answer = staff.client.post(
        ME, data={**hidden, "timezone": "Europe/Berlin"}, headers=headers, follow_redirects=False
    )
    assert answer.status_code == 403
    assert changes(site) == 0


def test_looking_changes_nothing(site: Site):
    staff = sign_in(site, Role.ADMIN)
    with site.store.read() as db:
        before = db.execute(select(func.count()).select_from(entries)).scalar_one()
    for path in ("/console", ME, "/console/nothing", f"{ME}?done=own"):
        staff.open(path)
    with site.store.read() as db:
        assert db.execute(select(func.count()).select_from(entries)).scalar_one() == before


def test_an_address_that_is_not_there_is_answered_like_one_that_is_not_theirs(site: Site):
    staff = sign_in(site, Role.QA)
    assert staff.open("/console/me/nothing").status_code == 404


def test_pages_are_not_kept_by_browsers_and_run_no_script_but_ours(site: Site):
    headers = sign_in(site, Role.QA).open(ME).headers
    assert headers["cache-control"] == "no-store"
    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert site.client.get("/").headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"away_from": "soon"}, "that is no date"),
        ({"away_from": "2026-12-24", "away_until": "2026-12-20", "stand_in": "{other}"}, "lies before the first"),
        ({"away_from": "2026-12-24"}, "name who stands in for you"),
        ({"away_until": "2026-12-24"}, "say from which day on"),
        ({"away_from": "2026-12-24", "stand_in": "{self}"}, "nobody can stand in for themselves"),
        ({"away_from": "2026-12-24", "stand_in": "999"}, "there is no person 999"),
    ],
)
def test_an_absence_makes_sense(site: Site, fields: dict[str, str], fault: str):
    staff, other = sign_in(site, Role.QA), sign_in(site, Role.QA, name="Olga Brandt")
    given = {name: value.format(self=staff.person.id, other=other.person.id) for name, value in fields.items()}
    refused = staff.send(ME, timezone="UTC", **given)
    assert refused.status_code == 409
    assert fault in refused.text


def test_an_absence_is_kept(site: Site):
    staff, other = sign_in(site, Role.QA), sign_in(site, Role.QA, name="Olga Brandt")
    staff.send(ME, timezone="UTC", away_from="2026-12-24", away_until="2026-12-31", stand_in=str(other.person.id))
    with site.store.read() as db:
        kept = find(db, staff.person.id)
    assert (kept.away_from, kept.away_until, kept.stand_in_id) == (
        date(2026, 12, 24),
        date(2026, 12, 31),
        other.person.id,
    )
