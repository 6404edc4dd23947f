"""Alarms and the on-call calendar in the console: what a page says is so, and leads where its reader may go."""

import re

import pytest

from models.tables import duty_shifts
from tests import seed
from tests.console import Staff, sign_in
from tests.replies import phone_of, send_text
from tests.web_site import Site, words_in
from vocabulary import Role

ALARM = "/console/alarms/1"
ON_CALL = "/console/on-call"
EVENT = (
    "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{day}T150000Z\r\nDTEND:{day}T230000Z\r\n"
    "SUMMARY:{name}\r\nATTENDEE:mailto:{name}@staff.example.com\r\nEND:VEVENT\r\n"
)


def calendar(*events: tuple[str, str, str]) -> str:
    whole = "".join(EVENT.format(uid=uid, day=day, name=name) for uid, day, name in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{whole}END:VCALENDAR\r\n"


def shifts(site: Site) -> list[tuple[str, str]]:
    with site.store.read() as db:
        return sorted((row.name, f"{row.starts_at:%m-%d}") for row in db.execute(duty_shifts.select()))


def words(staff: Staff, path: str) -> str:
    return " ".join(words_in(staff.open(path).text).split())


def test_the_page_shows_what_a_reply_said_and_that_advice_goes_out(site: Site):
    case = seed.asked(site.place)
    send_text(site, phone_of(site, case), "gas smell in the hall")
    page = words(sign_in(site, Role.SERVICE_MANAGER), ALARM)
    assert "gas smell in the hall" in page
    assert "goes to the customer by text message" in page


def test_the_page_shows_what_the_survey_page_said(site: Site):
    case = seed.asked(site.place)
    site.answer(case.survey, rating="2", comment="There is smoke in the kitchen")
    page = words(sign_in(site, Role.SERVICE_MANAGER), ALARM)
    assert "smoke in the kitchen" in page
    assert "goes to the customer by e-mail" in page


def test_of_a_call_it_shows_what_was_noted_and_that_no_advice_is_sent(site: Site):
    number = seed.to_be_called(site.place, at=site.clock())
    staff = sign_in(site, *Role)
    staff.send(f"/console/calls/{number}/claim", f"/console/calls/{number}")
    sent = staff.send(f"/console/calls/{number}", None, outcome="concern", rating="2", comment="He smells gas.")
    assert sent.status_code == 303
    page = words(staff, ALARM)
    assert "He smells gas." in page
    assert "not sent: tell the customer what to do" in page


@pytest.mark.parametrize("role", Role)
def test_the_banner_never_leads_to_a_page_that_its_reader_may_not_see(site: Site, role: Role):
    seed.alarm(site.place, seed.asked(site.place, department="Heating").case_id)
    for department in ("Heating", "Plumbing"):
        staff = sign_in(site, role, departments=(department,))
        page = staff.open("/console/me").text
        [*links] = set(re.findall(r'href="(/console/alarms[^"]*)"', page))
        assert [link for link in links if staff.open(link).status_code != 200] == []


def test_a_calendar_that_is_imported_again_leaves_nothing_of_what_was_moved_or_taken_out(site: Site):
    staff = sign_in(site, Role.SERVICE_MANAGER)
    typed = {"department": "All others", "name": "Typed", "email": "typed@staff.example.com", "phone": "",
             "starts": "2026-10-20 08:00", "ends": "2026-10-20 18:00"}  # fmt: skip
    assert staff.send(ON_CALL, ON_CALL, **typed).status_code == 303
    first = calendar(("a", "20261017", "nadia"), ("b", "20261018", "otto"))
    second = calendar(("a", "20261019", "nadia"))
    for file in (first, second, second):
        sent = staff.send(f"{ON_CALL}/import", ON_CALL, **{"for": "All others", "calendar": file})
        assert sent.status_code == 303
    assert shifts(site) == [("Typed", "10-20"), ("nadia", "10-19")]
    sent = staff.send(f"{ON_CALL}/import", ON_CALL, **{"for": "All others", "calendar": "no calendar"})
    assert (sent.status_code, len(shifts(site))) == (409, 2)
