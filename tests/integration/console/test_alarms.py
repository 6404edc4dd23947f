"""Alarms and the on-call calendar in the console: what a page says is so, and leads where its reader may go."""

import re
from datetime import timedelta

import pytest

from models.duty import NewShift, add_shifts
from models.tables import duty_shifts
from tests import seed
from tests.console import Staff, let_in, sign_in
from tests.replies import phone_of, reply_token, send_mail, send_text
from tests.web_site import Site, words_in
from vocabulary import Role
from web.bell import Sound

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


def add_shift(site: Site, department: str, name: str, *, phone: str | None = None, days: int = 8) -> None:
    now = site.clock()
    shift = NewShift(
        department=department,
        name=name,
        email=f"{name.lower()}@staff.example.com",
        phone=phone,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=days),
    )
    with site.store.write() as db:
        add_shifts(db, [shift], by="Petra")


def test_whom_to_call_stands_first_on_my_day_and_on_the_calls_until_somebody_else_has_it(site: Site):
    seed.alarm(site.place, seed.asked(site.place).case_id, at=site.clock())
    robin, petra = (sign_in(site, *Role, name=name) for name in ("Robin Weaver", "Petra Lind"))
    for page in ("/console", "/console/calls"):
        assert re.search(r"Dangers: call now Call [^:]+: gas, .* nobody has taken it", words(robin, page))
    robin.send(f"{ALARM}/take", ALARM)
    assert "you have taken it" in words(robin, "/console")
    assert "Dangers: call now" not in words(petra, "/console") + words(petra, "/console/calls")
    robin.send(f"{ALARM}/end", ALARM, outcome="Called: the tap is closed.")
    assert "Dangers: call now" not in words(robin, "/console")


def test_nobody_of_another_department_is_told_to_call(site: Site):
    seed.alarm(site.place, seed.asked(site.place, department="Heating").case_id)
    other = sign_in(site, Role.SERVICE_TEAM, Role.SERVICE_MANAGER, departments=("Plumbing",))
    assert "call now" not in words(other, "/console") + words(other, "/console/calls")


def test_the_page_tells_what_happened_also_of_a_sender_whom_nobody_knows(site: Site):
    send_text(site, "+4915155500099", "gas smell in the hall")
    staff = sign_in(site, Role.SERVICE_MANAGER, name="Petra Lind")
    staff.send(f"{ALARM}/take", ALARM)
    staff.send(f"{ALARM}/end", ALARM, outcome="A false alarm.")
    told = words(staff, ALARM).partition("What happened")[2]
    order = ["The danger was dealt with", "Somebody took the danger", "The customer reported a danger"]
    assert [told.index(sentence) for sentence in order] == sorted(told.index(sentence) for sentence in order)
    assert "Petra Lind" in told


def test_the_calendar_says_where_nobody_is_on_call_or_cannot_be_reached_at_once(site: Site):
    staff = sign_in(site, Role.SERVICE_MANAGER)
    assert "To do" not in words(staff, ON_CALL)
    add_shift(site, "Heating", "Nadia", days=2)
    page = words(staff, ON_CALL)
    assert "Nadia is on call without a mobile number: alerts go by mail only" in page
    assert "Nadia is on call and cannot sign in to take an alarm" in page
    assert "nobody is on call for Heating at 2026-10-08 10:00 UTC" in page
    assert "nobody is on call for all other departments at 2026-10-06 10:00 UTC" in page
    let_in(site, Role.SERVICE_TEAM, name="Otto", email="otto@staff.example.com")
    add_shift(site, "*", "Otto", phone="+4915112345678")
    assert "nobody is on call" not in words(staff, ON_CALL)


@pytest.mark.parametrize("said", ["mail", "text", "page", "call"])
def test_a_danger_rings_for_the_delivery_at_once(site: Site, said: str):
    case = seed.asked(site.place)
    number = seed.to_be_called(site.place, at=site.clock())
    staff = sign_in(site, *Role)
    if said == "mail":
        send_mail(site, reply_token(site, case), "I smell gas in the hall")
    elif said == "text":
        send_text(site, phone_of(site, case), "I smell gas in the hall")
    elif said == "page":
        site.answer(case.survey, rating="2", comment="I smell gas in the hall")
    else:
        staff.send(f"/console/calls/{number}/claim", f"/console/calls/{number}")
        staff.send(f"/console/calls/{number}", None, outcome="concern", rating="2", comment="They smell gas.")
    assert site.bell.sounds == [Sound.DANGER_REPORTED]
