"""Replies in the console: reviewed by a person, once, and the next one is shown at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.log import SYSTEM
from models.replies import Settlement
from models.tables import answers, cases, entries, replies, suppressions
from tests import seed
from tests.console import hidden_in, sign_in
from tests.review_queue import reply_row, to_review
from tests.web_site import Site, words_in
from vocabulary import Channel, Disposition, Event, Role
from web.bell import Sound

REPLIES = "/console/replies"
AT = seed.ANSWERED_AT


def test_what_waits_is_listed_by_deadline_and_shown_whole(site: Site):
    site.clock.now = AT + timedelta(hours=20, minutes=30)
    case = seed.asked(site.place)
    text = "Well.\n\nI would say it was fine, " + "but " * 60 + "who knows?"
    second = to_review(site.place, text="Wer sind Sie?")
    first = to_review(site.place, case.case_id, text, at=AT - timedelta(hours=6))
    staff = sign_in(site, Role.SERVICE_TEAM)
    listed = words_in(staff.open(REPLIES).text)
    assert listed.index("Well. I would say") < listed.index("Wer sind Sie?")
    assert "who knows?" not in listed
    assert "late by 2 h 30 min" in listed
    assert "3 h 30 min left" in listed
    assert "Needs review: asks a question" in listed
    assert "no case of ours" in listed
    page = staff.open(f"{REPLIES}/{first}").text
    assert "Well.\n\nI would say it was fine" in page
    assert "who knows?" in page
    assert "Anna Bergmann: job completed, Heating, Berlin Mitte" in words_in(page)
    assert 'class="late"' in page
    assert 'value="answer"' not in staff.open(f"{REPLIES}/{second}").text
    assert f'href="{REPLIES}/{second}" data-key="n"' in page


def test_all_that_came_is_one_step_away(site: Site):
    number = to_review(site.place, text="5", raw="5\n> How did we do?", subject="Re: How did we do?",
                       sender="c.byrne@example.org")  # fmt: skip
    page = sign_in(site, Role.SERVICE_TEAM).open(f"{REPLIES}/{number}").text
    assert "&gt; How did we do?" in page
    assert "Sent from c.byrne@example.org" in words_in(page)
    assert "Subject Re: How did we do?" in words_in(page)


@pytest.mark.parametrize(
    ("proposal", "rating", "label", "value"),
    [
        (Settlement.ANSWER, 4, "Confirm: an answer with rating 4 of 5", "answer:4"),
        (Settlement.CONCERN, None, "Confirm: a concern", "concern"),
        (Settlement.AUTOMATIC, None, "Confirm: written by a machine", "automatic"),
    ],
)
def test_our_proposal_is_accepted_by_one_button(
    site: Site, proposal: Settlement, rating: int | None, label: str, value: str
):
    number = to_review(site.place, seed.asked(site.place).case_id, proposal=proposal, rating=rating)
    staff = sign_in(site, Role.SERVICE_TEAM)
    page = staff.open(f"{REPLIES}/{number}").text
    assert label in words_in(page)
    assert f'name="how" value="{value}" data-key="y"' in page
    staff.send(f"{REPLIES}/{number}", how=value)
    assert reply_row(site.place, number).settlement == proposal
    with site.store.read() as db:
        assert db.execute(select(answers.c.rating)).scalars().all() == ([rating] if proposal != "automatic" else [])


def test_what_cannot_be_any_more_is_not_proposed(site: Site):
    number = to_review(site.place, seed.planned(site.place).case_id, proposal=Settlement.ANSWER, rating=4)
    page = sign_in(site, Role.SERVICE_TEAM).open(f"{REPLIES}/{number}").text
    assert "Confirm:" not in page
    assert 'value="answer:4"' not in page
    assert "takes no answers: it is planned. To help, call the customer" in words_in(page)


def test_as_an_answer_it_counts_like_one_and_is_judged(site: Site):
    case = seed.asked(site.place)
    number = to_review(site.place, case.case_id, "Two out of five, I fear.")
    site.clock.now = AT.replace(hour=20)
    done = sign_in(site, Role.SERVICE_MANAGER).send(f"{REPLIES}/{number}", how="answer:2")
    assert done.headers["location"] == f"{REPLIES}?done=settled"
    assert site.bell.sounds == [Sound.ANSWER_RECEIVED]
    with site.store.read() as db:
        said = db.execute(select(answers)).one()
    assert (said.rating, said.comment, said.entered_by) == (2, "Two out of five, I fear.", "Robin Weaver")
    assert said.received_at == AT, "the 24 hours count from when the customer wrote"


def test_after_each_the_next_is_shown_and_after_the_last_the_first(site: Site):
    first, second, third = (to_review(site.place, at=AT + timedelta(hours=hours)) for hours in range(3))
    staff = sign_in(site, Role.SERVICE_TEAM)
    assert staff.send(f"{REPLIES}/{second}", how="noted").headers["location"] == f"{REPLIES}/{third}?done=next-reply"
    assert staff.send(f"{REPLIES}/{third}", how="noted").headers["location"] == f"{REPLIES}/{first}?done=next-reply"
    assert staff.send(f"{REPLIES}/{first}", how="noted").headers["location"] == f"{REPLIES}?done=settled"
    assert "No replies to review." in staff.open(REPLIES).text


@pytest.mark.parametrize(
    ("what", "until", "channel", "ended"),
    [
        ("everything", "", "*", Disposition.OPTED_OUT),
        ("sms", "", "sms", None),
        ("everything", "2026-12-01", "*", Disposition.OPTED_OUT),
    ],
)
def test_an_opt_out_is_confirmed_on_a_page_of_its_own(
    site: Site, what: str, until: str, channel: str, ended: Disposition | None
):
    case = seed.asked(site.place)
    number = to_review(site.place, case.case_id, "Not again.", proposal=Settlement.OPT_OUT)
    staff = sign_in(site, Role.SERVICE_TEAM)
    page = staff.open(f"{REPLIES}/{number}").text
    assert f'href="{REPLIES}/{number}/opt-out" data-key="y"' in page
    assert staff.send(f"{REPLIES}/{number}", how="opt-out").status_code == 409
    assert reply_row(site.place, number).settled_at is None
    staff.send(f"{REPLIES}/{number}/opt-out", what=what, until=until)
    with site.store.read() as db:
        kept = db.execute(select(suppressions)).all()
        assert db.execute(select(cases.c.disposition)).scalar_one() == ended
    assert {(row.channel, row.recorded_by) for row in kept} == {(channel, "Robin Weaver")}
    begins = {row.until.isoformat() if row.until else "" for row in kept}
    assert begins == {"2026-11-30T23:00:00+00:00" if until else ""}, "the day begins in Berlin"


def test_an_opt_out_of_nobody_known_holds_too(site: Site):
    number = to_review(site.place, text="Not again, thank you.")
    sign_in(site, Role.SERVICE_TEAM).send(f"{REPLIES}/{number}/opt-out", what="everything")
    with site.store.read() as db:
        assert db.execute(select(suppressions.c.address_key)).scalars().all() == ["k" * 64]
    assert site.bell.sounds == []


def test_what_is_only_noted_changes_nothing_else(site: Site):
    number = to_review(site.place, seed.asked(site.place).case_id)
    staff = sign_in(site, Role.SERVICE_TEAM)
    staff.send(f"{REPLIES}/{number}", how="noted", reason="I called her.")
    with site.store.read() as db:
        assert db.execute(select(answers)).all() == []
        assert db.execute(select(replies.c.settlement, replies.c.settled_by)).one() == ("noted", "Robin Weaver")
    shown = words_in(staff.open(f"{REPLIES}/{number}").text)
    assert "Robin Weaver reviewed it today" in shown
    assert "done, nothing to record. I called her." in shown


def test_what_two_review_is_done_once_and_the_second_sees_by_whom(site: Site):
    number = to_review(site.place, seed.asked(site.place).case_id)
    following = to_review(site.place, at=AT + timedelta(hours=1))
    robin, olga = sign_in(site, Role.SERVICE_TEAM), sign_in(site, Role.SERVICE_TEAM, name="Olga Brandt")
    hidden = hidden_in(olga.open(f"{REPLIES}/{number}").text)
    robin.send(f"{REPLIES}/{number}", how="noted")
    refused = olga.press(f"{REPLIES}/{number}", hidden, how="answer:1")
    assert refused.status_code == 409
    assert "is done already: Robin Weaver reviewed it as “noted”" in words_in(refused.text)
    assert f'href="{REPLIES}/{following}" data-key="n"' in refused.text
    assert 'name="how"' not in refused.text
    with site.store.read() as db:
        assert db.execute(select(answers)).all() == []


def test_a_form_that_is_sent_twice_is_taken_once(site: Site):
    number, following = to_review(site.place, seed.asked(site.place).case_id), to_review(site.place, at=AT)
    staff = sign_in(site, Role.SERVICE_TEAM)
    hidden = hidden_in(staff.open(f"{REPLIES}/{number}").text)
    sent = [staff.press(f"{REPLIES}/{number}", hidden, how="answer:4").headers["location"] for _ in range(2)]
    assert sent == [f"{REPLIES}/{following}?done=next-reply", f"{REPLIES}/{following}?done=before"]
    with site.store.read() as db:
        assert len(db.execute(select(answers)).all()) == 1


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "choose what the reply is"),
        ({"how": "nonsense"}, "choose what the reply is"),
        ({"how": "answer:6"}, "a rating is a number from 1 to 5"),
        ({"how": "answer", "rating": "five"}, "a rating is a number from 1 to 5"),
        ({"how": "noted:3"}, "a rating belongs to an answer or a concern"),
        ({"how": "noted", "comment": "bye"}, "a comment belongs to an answer or a concern"),
        ({"how": "opt-out"}, "say on the page of the opt-out what the customer refuses"),
        ({"how": "answer", "comment": "x" * 4001}, "at most 4000 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(site: Site, fields: dict[str, str], fault: str):
    number = to_review(site.place, seed.asked(site.place).case_id)
    refused = sign_in(site, Role.SERVICE_TEAM).send(f"{REPLIES}/{number}", **fields)
    assert refused.status_code == 409
    assert fault in words_in(refused.text)
    assert fields.get("comment", "") in refused.text
    assert reply_row(site.place, number).settled_at is None


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "choose what the customer refuses"),
        ({"what": "pigeons"}, "choose what the customer refuses"),
        ({"what": "sms", "until": "soon"}, "give the day as year, month and day"),
        ({"what": "sms", "until": "2020-01-01"}, "must be in the future"),
    ],
)
def test_an_opt_out_that_makes_no_sense_is_refused(site: Site, fields: dict[str, str], fault: str):
    number = to_review(site.place, seed.asked(site.place).case_id)
    refused = sign_in(site, Role.SERVICE_TEAM).send(f"{REPLIES}/{number}/opt-out", **fields)
    assert refused.status_code == 409
    assert fault in words_in(refused.text)
    with site.store.read() as db:
        assert db.execute(select(suppressions)).all() == []


def test_no_opt_out_is_passed_over_without_a_reason(site: Site):
    number = to_review(site.place, seed.asked(site.place).case_id, proposal=Settlement.OPT_OUT)
    staff = sign_in(site, Role.SERVICE_TEAM)
    refused = staff.send(f"{REPLIES}/{number}", how="answer:4", comment="Words to keep")
    assert "give the reason why it is none" in words_in(refused.text)
    assert "Words to keep" in refused.text
    staff.send(f"{REPLIES}/{number}", how="answer:4", reason="Until Friday only.")
    assert reply_row(site.place, number).reason == "Until Friday only."


def test_looking_at_it_changes_nothing(site: Site):
    number = to_review(site.place, seed.asked(site.place).case_id, proposal=Settlement.ANSWER, rating=5)
    staff = sign_in(site, Role.SERVICE_TEAM)

    def everything() -> list[Any]:
        with site.store.read() as db:
            return [db.execute(select(table)).all() for table in (replies, entries, answers, suppressions)]

    before = everything()
    for path in (REPLIES, f"{REPLIES}/{number}", f"{REPLIES}/{number}/opt-out"):
        assert staff.open(path).status_code == 200
    assert everything() == before
    assert SYSTEM not in {row.actor for row in before[1] if row.event == Event.REPLY_SETTLED}
    assert reply_row(site.place, number).channel == Channel.EMAIL
