"""Replies in the console: read by a person, and settled once."""

import pytest
from sqlalchemy import select

from models.tables import answers, cases, replies, suppressions
from tests import seed
from tests.console import hidden_in, sign_in
from tests.web_site import Site, words_in
from vocabulary import Disposition, Role
from web.bell import Sound

REPLIES = "/console/replies"


def test_what_waits_is_listed_oldest_first_and_shown_whole(site: Site):
    case = seed.asked(site.place)
    text = "Well.\n\nI would say it was fine, " + "but " * 60 + "who knows?"
    first, second = seed.reply(site.place, case.case_id, text), seed.reply(site.place, text="Wer sind Sie?")
    staff = sign_in(site, Role.SERVICE_TEAM)
    listed = words_in(staff.open(REPLIES).text)
    assert listed.index("Well. I would say") < listed.index("Wer sind Sie?")
    assert "who knows?" not in listed
    assert "for a person, because it asks a question" in listed
    assert "no case of ours" in listed
    page = staff.open(f"{REPLIES}/{first}").text
    assert "Well.\n\nI would say it was fine" in page
    assert "who knows?" in page
    assert "Anna Bergmann: job completed, Heating, Berlin Mitte" in words_in(page)
    assert 'value="answer"' not in staff.open(f"{REPLIES}/{second}").text


def test_as_an_answer_it_counts_like_one_and_is_judged(site: Site):
    case = seed.asked(site.place)
    number = seed.reply(site.place, case.case_id, "Two out of five, I fear.")
    site.clock.now = seed.ANSWERED_AT.replace(hour=20)
    done = sign_in(site, Role.SERVICE_MANAGER).send(f"{REPLIES}/{number}", how="answer", rating="2")
    assert done.headers["location"] == f"{REPLIES}?done=settled"
    assert site.bell.sounds == [Sound.ANSWER_RECEIVED]
    with site.store.read() as db:
        said = db.execute(select(answers)).one()
    assert (said.rating, said.comment, said.entered_by) == (2, "Two out of five, I fear.", "Robin Weaver")
    assert said.received_at == seed.ANSWERED_AT, "the 24 hours count from when the customer wrote"


@pytest.mark.parametrize("of_a_case", [True, False])
def test_as_an_opt_out_nobody_is_asked_again(site: Site, of_a_case: bool):
    case = seed.asked(site.place)
    number = seed.reply(site.place, case.case_id if of_a_case else None, "Not again, thank you.")
    sign_in(site, Role.SERVICE_TEAM).send(f"{REPLIES}/{number}", how="opt-out")
    with site.store.read() as db:
        assert db.execute(select(suppressions.c.source)).scalars().all()
        ended = db.execute(select(cases.c.disposition)).scalar_one()
    assert (ended == Disposition.OPTED_OUT) is of_a_case
    assert site.bell.sounds == []


def test_what_is_only_noted_changes_nothing_else(site: Site):
    number = seed.reply(site.place, seed.asked(site.place).case_id)
    staff = sign_in(site, Role.SERVICE_TEAM)
    staff.send(f"{REPLIES}/{number}", how="noted")
    with site.store.read() as db:
        assert db.execute(select(answers)).all() == []
        assert db.execute(select(replies.c.settlement, replies.c.settled_by)).one() == ("noted", "Robin Weaver")
    assert "No replies wait." in staff.open(REPLIES).text
    assert "This reply is settled as noted by Robin Weaver" in staff.open(f"{REPLIES}/{number}").text


def test_what_two_settle_is_settled_once(site: Site):
    number = seed.reply(site.place, seed.asked(site.place).case_id)
    robin, olga = sign_in(site, Role.SERVICE_TEAM), sign_in(site, Role.SERVICE_TEAM, name="Olga Brandt")
    hidden = hidden_in(olga.open(f"{REPLIES}/{number}").text)
    robin.send(f"{REPLIES}/{number}", how="noted")
    refused = olga.press(f"{REPLIES}/{number}", hidden, how="answer", rating="1")
    assert refused.status_code == 409
    assert "settled already, as &#39;noted&#39; by Robin Weaver" in refused.text
    with site.store.read() as db:
        assert db.execute(select(answers)).all() == []


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "choose what the reply is"),
        ({"how": "nonsense"}, "choose what the reply is"),
        ({"how": "answer", "rating": "6"}, "a rating is a number from 1 to 5"),
        ({"how": "answer", "rating": "five"}, "a rating is a number from 1 to 5"),
        ({"how": "noted", "rating": "3"}, "belong to an answer: settle it as one, or leave them out"),
        ({"how": "opt-out", "comment": "bye"}, "belong to an answer"),
        ({"how": "answer", "comment": "x" * 4001}, "at most 4000 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(site: Site, fields: dict[str, str], fault: str):
    number = seed.reply(site.place, seed.asked(site.place).case_id)
    refused = sign_in(site, Role.SERVICE_TEAM).send(f"{REPLIES}/{number}", **fields)
    assert refused.status_code == 409
    assert fault in words_in(refused.text)
    assert fields.get("comment", "") in refused.text
    with site.store.read() as db:
        assert db.execute(select(replies.c.settled_at)).scalar_one() is None


def test_replies_about_cases_of_other_departments_are_not_shown(site: Site):
    case = seed.asked(site.place, department="Electrical")
    number = seed.reply(site.place, case.case_id, "A question.")
    nobodys = seed.reply(site.place, text="Of nobody.")
    staff = sign_in(site, Role.SERVICE_TEAM, departments=["Heating"])
    listed = staff.open(REPLIES).text
    assert ("A question." in listed, "Of nobody." in listed) == (False, True)
    assert staff.open(f"{REPLIES}/{number}").status_code == 404
    assert staff.open(f"{REPLIES}/{nobodys}").status_code == 200
