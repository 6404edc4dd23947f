"""Promises when somebody is away (clause 4.4): a concern is in the hands of a person who is there, and nothing moves
silently."""

import json
from datetime import date

import pytest

from models.people import NewPerson, add, set_own, stand_in, stand_ins
from tests.acceptance.days import Days, berlin
from tests.providers import event, make_providers
from vocabulary import Event, Purpose, Role

OWNER, SUPERVISOR = "petra.lindqvist@staff.example.com", "marek.novak@staff.example.com"
TOM, HEAD = "tom.okafor@staff.example.com", "ines.albrecht@staff.example.com"
NAMES = {OWNER: "Petra Lindqvist", TOM: "Tom Okafor", SUPERVISOR: "Marek Novak", HEAD: "Dr. Ines Albrecht"}


@pytest.fixture
def staffed(days: Days) -> Days:
    """Everybody has an account. It is Monday, 5 October 2026."""
    with days.here.store.write() as db:
        for email, name in NAMES.items():
            roles = [Role.SERVICE_TEAM] if email in (OWNER, TOM) else [Role.SERVICE_MANAGER]
            add(db, NewPerson(email=email, name=name, roles=roles, timezone="Europe/Berlin"), at=days.now)
    return days


def away(days: Days, who: str, substitute: str, first: str = "2026-10-05", last: str | None = "2026-10-09") -> None:
    ids = {email: number for number, email in enumerate(NAMES, start=1)}
    with days.here.store.write() as db:
        set_own(db, ids[who], timezone="Europe/Berlin", away_from=date.fromisoformat(first),
                away_until=date.fromisoformat(last) if last else None, stand_in_id=ids[substitute],
                at=days.now, by=NAMES[who])  # fmt: skip


def unhappy(days: Days) -> Days:
    days.report()
    days.live(hours=5)
    days.answer(days.letters()[0], rating=1, comment="It drips again.")
    days.live(minutes=1)
    return days


def told(days: Days, purpose: Purpose) -> list[str]:
    return [mail.to for mail in days.letters(purpose)]


def test_a_new_concern_goes_to_who_stands_in_and_the_log_says_why(staffed: Days):
    away(staffed, OWNER, TOM)
    unhappy(staffed)
    concern = staffed.escalation()
    assert (concern.owner, concern.owner_email) == ("Tom Okafor", TOM)
    assert concern.department == "Heating", "the department keeps it"
    assert told(staffed, Purpose.ESCALATION_NOTICE) == [TOM, SUPERVISOR]
    assert "Tom Okafor, this concern is yours" in staffed.letters(Purpose.ESCALATION_NOTICE)[0].text
    detail = json.loads(staffed.entries(Event.ESCALATION_OPENED)[0].detail)
    assert detail["with a stand-in"] == "the owner of the route is away"
    staffed.live(until=berlin("2026-10-12 09:00"))
    assert staffed.escalation().owner == "Tom Okafor", "it stays with him when she is back"


def test_who_is_there_gets_it_whatever_accounts_and_plans_there_are(staffed: Days):
    away(staffed, OWNER, TOM, first="2026-10-06")  # tomorrow
    unhappy(staffed)
    assert staffed.escalation().owner_email == OWNER
    assert "with a stand-in" not in json.loads(staffed.entries(Event.ESCALATION_OPENED)[0].detail)


def test_an_open_concern_is_not_moved_but_its_mails_go_to_the_stand_in_too(staffed: Days):
    unhappy(staffed)
    away(staffed, OWNER, TOM)
    staffed.live(hours=19)
    assert staffed.escalation().owner_email == OWNER
    assert told(staffed, Purpose.DEADLINE_WARNING) == [OWNER, TOM, OWNER, SUPERVISOR, TOM]
    copy = staffed.letters(Purpose.DEADLINE_WARNING, TOM)[0].text
    assert "Petra Lindqvist is away and you stand in: please act before then." in copy
    staffed.answer(staffed.letters(Purpose.SURVEY)[0], rating=1, comment="Nobody called.")
    staffed.live(minutes=1)
    assert told(staffed, Purpose.ESCALATION_NOTICE)[-3:] == [OWNER, SUPERVISOR, TOM]
    assert "you stand in: please take this concern up" in staffed.letters(Purpose.ESCALATION_NOTICE, TOM)[0].text


def test_a_supervisor_who_is_away_has_a_stand_in_as_well(staffed: Days):
    unhappy(staffed)
    away(staffed, SUPERVISOR, HEAD, last=None)
    staffed.live(hours=18, minutes=30)
    assert told(staffed, Purpose.DEADLINE_WARNING) == [OWNER, OWNER, SUPERVISOR, HEAD]


def test_when_the_stand_ins_mail_bounces_too_the_next_rung_hears_of_it_once(staffed: Days):
    provider = make_providers(staffed.here, staffed.now)
    unhappy(staffed)
    away(staffed, OWNER, TOM)
    staffed.live(hours=12, minutes=5)
    lost = staffed.letters(Purpose.DEADLINE_WARNING)
    assert [mail.to for mail in lost] == [OWNER, TOM]
    provider.clock.now = staffed.now
    for letter in lost:
        provider.tell(event("bounce", staffed.now, letter.row, email=letter.to, status="5.1.1"))
    staffed.live(minutes=2)
    [told_next] = staffed.letters(Purpose.DEADLINE_WARNING)[2:]
    assert told_next.to == SUPERVISOR
    assert "could not be delivered to Petra Lindqvist and Tom Okafor" in told_next.text
    assert "you stand in" not in told_next.text


def test_who_stands_in_and_is_told_anyway_is_told_once(staffed: Days):
    unhappy(staffed)
    away(staffed, OWNER, SUPERVISOR)
    staffed.live(hours=18, minutes=30)
    # at 50 % in the owner's place; at 75 % as the supervisor that he is
    assert told(staffed, Purpose.DEADLINE_WARNING) == [OWNER, SUPERVISOR, OWNER, SUPERVISOR]


def test_a_stand_in_who_is_away_too_or_shut_out_takes_nothing(staffed: Days):
    away(staffed, OWNER, TOM)
    away(staffed, TOM, SUPERVISOR)
    unhappy(staffed)
    assert staffed.escalation().owner_email == OWNER, "one step: nobody is handed on and on"


def test_all_at_once_says_what_one_by_one_says(staffed: Days):
    away(staffed, OWNER, TOM)
    away(staffed, SUPERVISOR, HEAD, first="2026-10-09", last=None)
    away(staffed, HEAD, OWNER, first="2026-10-20", last=None)
    for text in ("2026-10-04 23:30", "2026-10-05 00:30", "2026-10-09 23:30", "2026-10-10 00:30", "2026-10-20 12:00"):
        now = berlin(text)
        with staffed.here.store.read() as db:
            singly = {email: found for email in NAMES if (found := stand_in(db, email, now))}
            assert stand_ins(db, now) == singly
