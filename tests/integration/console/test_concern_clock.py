"""The clock of a concern at the console: seen in words, stopped and signed by those who may, and nobody else."""

from datetime import timedelta

import pytest

from casework.closing import log_call
from models.escalations import acknowledge, known
from models.tables import escalation_pauses, unreachable_requests
from tests import seed
from tests.console import Staff, hidden_in, sign_in
from tests.web_site import Site, words_in
from vocabulary import CallOutcome, Role

TAKEN_AT = seed.ANSWERED_AT + timedelta(hours=1)
NOTE = {"note": "The valve comes from the maker on Friday."}


def path(number: int, form: str = "") -> str:
    return f"/console/concerns/{number}/clock" + (f"/{form}" if form else "")


def opened(site: Site, **changes: object) -> int:
    """A concern that came in an hour ago, and that nobody has taken."""
    seeded = seed.escalated(site.place, **changes)
    site.clock.now = TAKEN_AT
    assert seeded.escalation_id is not None
    return seeded.escalation_id


def taken(site: Site, **changes: object) -> int:
    number = opened(site, **changes)
    with site.store.write() as db:
        acknowledge(db, number, by="Petra Lindqvist", at=site.clock())
    return number


def tried(site: Site) -> int:
    """… whose customer, who can only be called, was called three times in vain; a week has passed."""
    number = taken(site, email=None, phone="+49 30 23125017", channels=["phone"])
    with site.store.write() as db:
        for _ in range(3):
            log_call(db, number, CallOutcome.NO_ANSWER, by="Petra Lindqvist", at=TAKEN_AT + timedelta(hours=1))
    site.clock.tick(days=8)
    return number


def manager(site: Site, name: str = "Marek Novak", **more: object) -> Staff:
    return sign_in(site, Role.SERVICE_MANAGER, name=name, **more)


def rows(site: Site, table) -> list:
    with site.store.read() as db:
        return list(db.execute(table.select()))


def test_both_deadlines_stand_side_by_side_in_words(site: Site):
    number = opened(site)
    page = words_in(manager(site).open(path(number)).text)
    assert "in a person's hands tomorrow 11:00 23 h 00 min left 4 %" in page
    assert "acknowledged today 15:00 3 h 00 min left 25 %" in page
    assert "Next, if nobody acknowledges it: today 23:00 , owner at 50 %" in page
    assert "Stop the clock" not in page, "nothing can be paused before somebody has taken it"
    site.clock.tick(hours=26)
    assert "late by 3 h 00 min" in words_in(manager(site).open(path(number)).text)


def test_no_pause_is_offered_to_a_concern_that_is_late(site: Site):
    number = taken(site)
    assert "Stop the clock" in manager(site).open(path(number)).text
    site.clock.tick(days=5)
    page = manager(site).open(path(number)).text
    assert "late by" in page
    assert "Stop the clock" not in page


def test_times_are_those_of_who_looks(site: Site):
    number = opened(site)
    staff = manager(site)
    staff.send("/console/me", timezone="Europe/Berlin")
    page = words_in(staff.open(path(number)).text)
    assert "Times are in Europe/Berlin (CEST)." in page
    assert "tomorrow 13:00" in page


def test_a_manager_stops_the_clock_and_lets_it_run_again(site: Site):
    number, staff = taken(site), manager(site)
    wanted = {"code": "part on order", "until": "2026-10-09T12:00", **NOTE}
    answer = staff.send(path(number, "pause"), path(number), **wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path(number)}?done=paused")
    page = words_in(staff.open(answer.headers["location"]).text)
    assert "The clock of the resolution stands still." in page
    assert "Marek Novak: a part is on order. Paused now , until Fri 9 Oct 12:00 at the latest." in page
    assert NOTE["note"] in page
    site.clock.tick(days=1)
    assert manager(site).send(path(number, "resume"), path(number)).status_code == 303
    [row] = rows(site, escalation_pauses)
    assert (row.ended_at - row.begun_at, row.ended_by) == (timedelta(days=1), "Marek Novak")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"code": "part on order", "note": "no"}, "a pause needs a note that says why"),
        ({"code": "", **NOTE}, "is no reason for a pause in the policy of this case"),
        ({"code": "part on order", "until": "soon", **NOTE}, "that is no date with a time"),
        ({"code": "part on order", "until": "0001-01-01T00:00", **NOTE}, "is over: name a later one"),
        ({"code": "part on order", "until": "9999-12-31T23:59", **NOTE}, "name an earlier end"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_written(site: Site, fields: dict[str, str], fault: str):
    number, staff = taken(site), manager(site)
    refused = staff.send(path(number, "pause"), path(number), **fields)
    assert refused.status_code == 409
    assert fault in words_in(refused.text)
    assert f">{fields['note']}</textarea>" in refused.text
    assert ('value="part on order" selected' in refused.text) is (fields["code"] == "part on order")
    assert rows(site, escalation_pauses) == []


def test_the_way_to_a_signature_goes_over_two_people(site: Site):
    number = tried(site)
    owner = sign_in(site, Role.SERVICE_TEAM, name="Petra Lindqvist")
    page = words_in(owner.open(path(number)).text)
    assert "Tried 3 of 3 times since the customer’s last word: phone" in page
    assert "Sign that" not in page
    wanted = {"root_cause": "billing", "action": "The invoice was corrected and sent by post."}
    answer = owner.send(path(number, "unreachable"), path(number), **wanted)
    assert answer.headers["location"] == f"{path(number)}?done=asked"
    assert owner.press(path(number, "sign"), {}).status_code == 403
    supervisor = manager(site)
    page = words_in(supervisor.open(path(number)).text)
    assert "Petra Lindqvist asked for a signature" in page
    assert "The invoice was corrected and sent by post." in page
    signed = supervisor.send(path(number, "sign"), path(number))
    page = words_in(supervisor.open(signed.headers["location"]).text)
    assert "You have signed." in page
    assert "Closed as unreachable" in page
    with site.store.read() as db:
        assert known(db, number).outcome == "unreachable"


def test_what_waits_for_a_signature_is_on_the_day_of_those_who_may_sign(site: Site):
    number = tried(site)
    owner = sign_in(site, Role.SERVICE_TEAM, name="Petra Lindqvist")
    wanted = {"root_cause": "billing", "action": "The invoice was corrected and sent by post."}
    owner.send(path(number, "unreachable"), path(number), **wanted)
    day = manager(site).open("/console").text
    assert f'href="{path(number)}"' in day
    assert "Petra Lindqvist asks to close it: the customer cannot be reached" in words_in(day)
    assert path(number) not in manager(site, departments=["Plumbing"]).open("/console").text
    assert "asks to close it" not in owner.open("/console").text


def test_the_page_of_the_concern_says_that_its_clock_stands_still_and_leads_to_it(site: Site):
    number, staff = taken(site), manager(site)
    staff.send(path(number, "pause"), path(number), code="part on order", until="2026-10-15T12:00", **NOTE)
    site.clock.tick(days=6)  # the date for resolving would have passed
    staff = manager(site)
    page = staff.open(f"/console/concerns/{number}").text
    assert "stands still: a part is on order, until Thu 15 Oct 12:00 at the latest." in words_in(page)
    assert f'href="{path(number)}"' in page
    assert "late by" not in words_in(page), "what is paused is not late, on any page"
    assert "late by" not in words_in(staff.open("/console/concerns").text)


def test_who_asks_can_take_it_back_but_not_sign(site: Site):
    number, staff = tried(site), manager(site)
    wanted = {"root_cause": "billing", "action": "The invoice was corrected and sent by post."}
    staff.send(path(number, "unreachable"), path(number), **wanted)
    page = words_in(staff.open(path(number)).text)
    assert "You asked for it: somebody else has to sign." in page
    assert "Sign that everything was tried" not in page
    refused = staff.send(path(number, "sign"), path(number))
    assert (refused.status_code, "somebody else has to sign" in refused.text) == (409, True)
    assert staff.send(path(number, "decline"), path(number), reason="She has just called back.").status_code == 303
    [request] = rows(site, unreachable_requests)
    assert (request.signed, request.note) == (False, "She has just called back.")
    assert "not signed" in words_in(staff.open(path(number)).text)


def test_calls_are_written_down_and_what_is_lacking_is_said(site: Site):
    number = taken(site)
    staff = sign_in(site, Role.SERVICE_TEAM)
    assert "0 of 3 attempts were made" in words_in(staff.open(path(number)).text)
    for _ in range(2):
        answer = staff.send(path(number, "called"), path(number), outcome="busy")
        assert answer.headers["location"] == f"{path(number)}?done=called"
    assert "2 of 3 attempts were made" in words_in(staff.open(path(number)).text)
    refused = staff.send(path(number, "called"), path(number), outcome="refused")
    assert (refused.status_code, "say what came of the call" in refused.text) == (409, True)


@pytest.mark.parametrize("form", ["pause", "resume", "sign", "decline"])
def test_the_service_team_neither_pauses_nor_signs(site: Site, form: str):
    number, staff = tried(site), sign_in(site, Role.SERVICE_TEAM)
    answer = staff.send(path(number, form), path(number), code="part on order", reason="A good reason.", **NOTE)
    assert answer.status_code == 404
    assert rows(site, escalation_pauses) == rows(site, unreachable_requests) == []


@pytest.mark.parametrize("roles", [[Role.QA], [Role.MANAGEMENT], [Role.ADMIN]])
def test_others_do_not_see_it(site: Site, roles: list[Role]):
    number = opened(site)
    assert sign_in(site, *roles).open(path(number)).status_code == 404


def test_a_concern_of_another_department_is_answered_like_one_that_is_not_there(site: Site):
    number, staff = opened(site), manager(site, departments=["Plumbing"])
    assert staff.open(path(number)).status_code == staff.open(path(999)).status_code == 404


def test_two_supervisors_who_sign_at_once_are_told_apart(site: Site):
    number = tried(site)
    owner, first, second = (manager(site, name) for name in ("Petra Lindqvist", "Marek Novak", "Joan Whitfield"))
    wanted = {"root_cause": "billing", "action": "The invoice was corrected and sent by post."}
    owner.send(path(number, "unreachable"), path(number), **wanted)
    forms = [hidden_in(staff.open(path(number)).text) for staff in (first, second)]
    assert first.press(path(number, "sign"), forms[0]).status_code == 303
    late = second.press(path(number, "sign"), forms[1])
    assert late.status_code == 409
    assert f"escalation {number} is closed (unreachable)" in late.text


def test_what_people_write_stays_text(site: Site):
    number, staff = taken(site), manager(site)
    hostile = '<script>alert(1)</script> "quoted" {{ 7*7 }}'
    staff.send(path(number, "pause"), path(number), code="part on order", note=hostile)
    page = staff.open(path(number)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &#34;quoted&#34; {{ 7*7 }}" in page
    assert len(page.encode()) < 100_000


def test_a_resolved_or_closed_concern_shows_its_clock_and_no_forms(site: Site):
    seeded = seed.recovering(site.place)
    site.clock.now = seed.RECOVERING_AT
    assert seeded.escalation_id is not None
    page = words_in(manager(site).open(path(seeded.escalation_id)).text)
    assert "met" in page
    assert "Stop the clock" not in page
    assert "I called the customer" not in page
