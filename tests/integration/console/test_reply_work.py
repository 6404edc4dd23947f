"""Working on a reply: who sees it, what is known of its customer, handing over, and writing to the customer."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.addresses import Unreachable, mark_invalid
from models.optouts import Refusal, opt_out
from models.replies import Settlement
from models.tables import cases, entries, messages, notes
from tasks.place import Place
from tests import seed
from tests.console import hidden_in, sign_in
from tests.review_queue import reply_row, to_review
from tests.web_site import Site, make_site, words_in
from vocabulary import Channel, Delivery, Event, Purpose, Role

REPLIES = "/console/replies"
WORDS = "Yes, Tom comes on Friday as well."


@pytest.fixture
def site(place: Place) -> Site:
    """It writes by SMS as well."""
    return make_site(place, sms="outbox")


def owed(site: Site) -> list[Any]:
    with site.store.read() as db:
        wanted = select(messages).where(messages.c.purpose == Purpose.ANSWER_TO_REPLY)
        return list(db.execute(wanted.order_by(messages.c.id)))


def test_replies_about_cases_of_other_departments_are_not_shown(site: Site):
    case = seed.asked(site.place, department="Electrical")
    number = to_review(site.place, case.case_id, "A question.")
    nobodys = to_review(site.place, text="Of nobody.")
    staff = sign_in(site, Role.SERVICE_TEAM, departments=["Heating"])
    listed = staff.open(REPLIES).text
    assert ("A question." in listed, "Of nobody." in listed) == (False, True)
    assert staff.open(f"{REPLIES}/{number}").status_code == 404
    assert staff.open(f"{REPLIES}/{nobodys}").status_code == 200


def test_of_a_reply_that_is_handed_over_the_new_department_takes_care(site: Site):
    number = to_review(site.place, seed.asked(site.place, department="Heating").case_id, "Where is the bill?")
    heating = sign_in(site, Role.SERVICE_TEAM, departments=["Heating"])
    billing = sign_in(site, Role.SERVICE_TEAM, name="Olga Brandt", departments=["Billing"])
    everybody = sign_in(site, Role.SERVICE_TEAM, departments=["*"])
    assert billing.open(f"{REPLIES}/{number}").status_code == 404
    due = reply_row(site.place, number).read_by
    done = heating.send(f"{REPLIES}/{number}/hand-over", f"{REPLIES}/{number}", department="Billing", why="A bill.")
    assert done.headers["location"] == f"{REPLIES}?done=reply-handed-over"
    assert [staff.open(f"{REPLIES}/{number}").status_code for staff in (heating, billing, everybody)] == [404, 200, 200]
    assert "Where is the bill?" not in heating.open(REPLIES).text
    assert "Where is the bill?" in billing.open(REPLIES).text
    assert "to Billing: A bill." in words_in(billing.open(f"{REPLIES}/{number}").text)
    assert reply_row(site.place, number).read_by == due, "the deadline stays"
    with site.store.read() as db:
        [entry] = db.execute(select(entries).where(entries.c.event == Event.REPLY_HANDED_OVER)).all()
    assert (entry.actor, entry.ref_id) == ("Robin Weaver", number)
    assert '"from department": "Heating"' in entry.detail
    assert "A bill." not in entry.detail


def test_a_reply_of_no_case_is_read_by_those_who_got_it(site: Site):
    number = to_review(site.place, text="Hello?")
    heating = sign_in(site, Role.SERVICE_TEAM, departments=["Heating"])
    sign_in(site, Role.SERVICE_TEAM, departments=["Billing"])
    heating.send(f"{REPLIES}/{number}/hand-over", f"{REPLIES}/{number}", department="Billing", why="It may be yours.")
    assert heating.open(f"{REPLIES}/{number}").status_code == 404
    assert "Hello?" not in heating.open(REPLIES).text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"department": "Nowhere", "why": "Because of this."}, "there is no department “Nowhere”"),
        ({"department": "Heating", "why": "Because of this."}, "is with Heating already"),
        ({"department": "Plumbing", "why": "x"}, "give a reason"),
    ],
)
def test_where_nobody_would_care_it_does_not_go(site: Site, fields: dict[str, str], fault: str):
    number = to_review(site.place, seed.asked(site.place).case_id)
    staff = sign_in(site, Role.SERVICE_TEAM, departments=["*", "Heating"])
    refused = staff.send(f"{REPLIES}/{number}/hand-over", f"{REPLIES}/{number}", **fields)
    assert refused.status_code == 409
    assert fault in words_in(refused.text)
    assert reply_row(site.place, number).handled_by is None


def test_what_is_done_cannot_be_handed_over(site: Site):
    number = to_review(site.place, seed.asked(site.place).case_id)
    robin, olga = sign_in(site, Role.SERVICE_TEAM), sign_in(site, Role.SERVICE_TEAM, name="Olga Brandt")
    hidden = hidden_in(olga.open(f"{REPLIES}/{number}").text)
    robin.send(f"{REPLIES}/{number}", how="noted")
    refused = olga.press(f"{REPLIES}/{number}/hand-over", hidden, department="Plumbing", why="Please help.")
    assert "Robin Weaver reviewed it" in words_in(refused.text)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_the_customer_is_answered_in_their_contact_hours(site: Site, channel: str):
    site.clock.now = seed.ANSWERED_AT.replace(hour=20)
    number = to_review(site.place, seed.asked(site.place, phone="+49 151 23456789").case_id)
    staff = sign_in(site, Role.SERVICE_TEAM)
    shown = words_in(staff.open(f"{REPLIES}/{number}").text)
    assert "goes out tomorrow 07:00 , in the customer’s contact hours" in shown
    done = staff.send(f"{REPLIES}/{number}/write", f"{REPLIES}/{number}", channel=channel, message=WORDS)
    assert done.headers["location"] == f"{REPLIES}/{number}?done=answered"
    [message] = owed(site)
    assert (message.channel, message.escalation_id) == (channel, None)
    assert message.due_at.hour == 7, "nine o'clock in Berlin"
    assert reply_row(site.place, number).settled_at is None
    shown = words_in(staff.open(f"{REPLIES}/{number}").text)
    assert f"is scheduled Robin Weaver: {WORDS}" in shown, "a colleague sees that it was answered"


def test_answered_and_done_is_one_step(site: Site):
    number, following = to_review(site.place, seed.asked(site.place).case_id), to_review(site.place)
    staff = sign_in(site, Role.SERVICE_TEAM)
    path = f"{REPLIES}/{number}"
    done = staff.send(f"{path}/write", path, channel="email", message=WORDS, then="done")
    assert done.headers["location"] == f"{REPLIES}/{following}?done=answered-done"
    assert (len(owed(site)), reply_row(site.place, number).settlement) == (1, "noted")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"message": WORDS}, "choose whether to write a mail or an SMS"),
        ({"channel": "email", "message": " "}, "write what the customer is to read"),
        ({"channel": "email", "message": "See www.example.com"}, "leave out web addresses"),
        ({"channel": "sms", "message": WORDS}, "landline"),
        ({"channel": "sms", "message": WORDS, "then": "done"}, "landline"),
    ],
)
def test_what_cannot_be_sent_is_not_and_the_words_stay(site: Site, fields: dict[str, str], fault: str):
    number = to_review(site.place, seed.asked(site.place).case_id)
    refused = sign_in(site, Role.SERVICE_TEAM).send(f"{REPLIES}/{number}/write", f"{REPLIES}/{number}", **fields)
    assert refused.status_code == 409
    assert fault in words_in(refused.text)
    assert fields["message"].strip() in refused.text
    assert owed(site) == []
    assert reply_row(site.place, number).settled_at is None


def test_what_is_in_the_way_is_shown_before_anybody_writes(site: Site):
    case = seed.asked(site.place, phone="+49 151 23456789")
    with site.store.write() as db:
        opt_out(db, case.case_id, at=seed.ANSWERED_AT, source="x", refusal=Refusal(channel=Channel.SMS))
        mark_invalid(db, [Unreachable(address_key=_key(site, case), channel=Channel.EMAIL, code="bounce 5")],
                     at=seed.ANSWERED_AT)  # fmt: skip
    number = to_review(site.place, case.case_id)
    shown = words_in(sign_in(site, Role.SERVICE_TEAM).open(f"{REPLIES}/{number}").text)
    assert "SMS: the customer does not want to be written to by SMS" in shown
    assert "E-mail: the customer's address for e-mail is known not to work (bounce 5)" in shown.replace("’", "'")


def test_who_belongs_to_no_case_is_answered_elsewhere(site: Site):
    number = to_review(site.place)
    staff = sign_in(site, Role.SERVICE_TEAM)
    assert "belongs to no case of ours: answer it outside Aftercare" in words_in(staff.open(f"{REPLIES}/{number}").text)
    hidden = hidden_in(staff.open(f"{REPLIES}/{number}").text)
    refused = staff.press(f"{REPLIES}/{number}/write", hidden, channel="email", message=WORDS)
    assert refused.status_code == 409
    with site.store.read() as db:
        assert db.execute(select(notes)).all() == []


def test_the_customers_history_is_beside_it(site: Site):
    same = {"email": "anna@example.com"}
    before = seed.escalated(site.place, comment="It drips.", **same)
    hidden = seed.ended(site.place, department="Electrical", **same)
    case = seed.asked(site.place, **same)
    to_review(site.place, case.case_id, "An earlier one.", at=seed.ASKED_AT)
    stray = to_review(site.place, text="Hello?", at=seed.ASKED_AT)
    number = to_review(site.place, case.case_id, "And now?")
    staff = sign_in(site, Role.SERVICE_TEAM, departments=["Heating"])
    page = staff.open(f"{REPLIES}/{number}").text
    shown = words_in(page)
    assert f"Concern {before.escalation_id}: dissatisfied" in shown
    assert f"/console/cases/{before.case_id}" in page
    assert f"/console/cases/{hidden.case_id}" not in page
    assert "1 more in departments that you do not see" in shown
    assert "rating 1 of 5 It drips." in shown
    assert "An earlier one." in shown
    assert f'href="{REPLIES}/{stray}"' in page
    assert page.count("And now?") == 1, "it is not its own history"


def test_contact_data_are_for_those_who_may_see_them(site: Site):
    case = seed.asked(site.place, email="anna@example.com")
    number = to_review(site.place, case.case_id, sender="other@example.org", at=seed.ANSWERED_AT - timedelta(hours=1))
    shown = words_in(sign_in(site, Role.SERVICE_TEAM).open(f"{REPLIES}/{number}").text)
    assert "Reached at anna@example.com" in shown
    assert "Sent from other@example.org" in shown
    assert sign_in(site, Role.QA).open(f"{REPLIES}/{number}").status_code == 404


def test_the_timeline_of_the_case_tells_it(site: Site):
    case = seed.asked(site.place)
    number = to_review(site.place, case.case_id, proposal=Settlement.CONCERN)
    staff = sign_in(site, Role.SERVICE_TEAM)
    staff.send(f"{REPLIES}/{number}", how="answer:4", reason="She laughs.")
    shown = words_in(staff.open(f"/console/cases/{case.case_id}").text)
    assert "A person reviewed the reply: an answer with rating 4 (proposed was a concern)." in shown
    assert "She laughs." in shown


def _key(site: Site, case: seed.Seeded) -> str:
    with site.store.read() as db:
        return str(db.execute(select(cases.c.email_key).where(cases.c.id == case.case_id)).scalar_one())


@pytest.mark.parametrize("state", [Delivery.FAILED, Delivery.REJECTED, Delivery.UNKNOWN, Delivery.WITHDRAWN])
def test_an_answer_that_does_not_arrive_is_somebodys_again(site: Site, state: Delivery):
    number = to_review(site.place, seed.asked(site.place, department="Heating").case_id)
    staff = sign_in(site, Role.SERVICE_TEAM, departments=["Heating"])
    staff.send(f"{REPLIES}/{number}/write", f"{REPLIES}/{number}", channel="email", message=WORDS, then="done")
    assert "Answers that did not arrive" not in staff.open(REPLIES).text
    [message] = owed(site)
    with site.store.write() as db:
        db.execute(messages.update().where(messages.c.id == message.id).values(state=state, code="bounce 5.1.1"))
    shown = words_in(staff.open(REPLIES).text)
    assert "Answers that did not arrive Case 1, Anna Bergmann : An answer to the customer’s message by e-mail" in shown
    others = sign_in(site, Role.SERVICE_TEAM, name="Olga Brandt", departments=["Plumbing"])
    assert "Anna Bergmann" not in others.open(REPLIES).text
    hidden = hidden_in(others.open("/console/me").text)
    assert others.press(f"{REPLIES}/lost", hidden, message=str(message.id)).status_code == 409
    hidden = hidden_in(staff.open(REPLIES).text)
    assert staff.press(f"{REPLIES}/lost", hidden).headers["location"] == f"{REPLIES}?done=seen-to"
    assert "Answers that did not arrive" not in staff.open(REPLIES).text
    with site.store.read() as db:
        [entry] = db.execute(select(entries).where(entries.c.event == Event.FAILURE_FOLLOWED)).all()
    assert (entry.actor, entry.ref_id) == ("Robin Weaver", message.id)


@pytest.mark.parametrize("text", ["", "x", "0", "99", "9" * 30, "\uff11"])
def test_only_an_answer_that_is_lost_is_taken_care_of(site: Site, text: str):
    staff = sign_in(site, Role.SERVICE_TEAM)
    refused = staff.press(f"{REPLIES}/lost", hidden_in(staff.open("/console/me").text), message=text)
    assert refused.status_code == 409
    assert "somebody has seen to that message already" in words_in(refused.text)
