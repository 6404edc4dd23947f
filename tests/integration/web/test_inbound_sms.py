"""Text messages from customers: an opt-out holds before it is confirmed, and an answer is one like any other."""

import json
from datetime import timedelta

import pytest

from models.report import address_key
from models.tables import replies, suppressions
from tasks.concerns import judge_answers
from tests import seed
from tests.dump import dump
from tests.replies import (
    SMS_PATH,
    case_row,
    concerns,
    events,
    kept,
    phone_of,
    rows,
    said,
    send_text,
    sid,
    suppressed,
    twilio_signature,
)
from tests.web_site import Site, words_in
from vocabulary import Disposition, Event, Stage
from web.bell import Sound

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def test_a_number_is_an_answer(site: Site):
    case = seed.asked(site.place)
    answer = send_text(site, phone_of(site, case), "4 great job")
    assert (answer.status_code, answer.text) == (200, EMPTY)
    assert answer.headers["content-type"].startswith("application/xml")
    assert said(site) == [(4, "great job", "sms", 1)]
    assert (case_row(site, case).stage, case_row(site, case).rating) == (Stage.ANSWERED, 4)
    assert kept(site) == [("answer", False)]
    assert rows(site, replies)[0].answer_id is not None
    assert Event.REPLY_RECEIVED in events(site)
    assert site.bell.sounds == [Sound.ANSWER_RECEIVED]


def test_the_same_message_counts_once(site: Site):
    case = seed.asked(site.place)
    number = sid()
    for _ in range(3):
        assert send_text(site, phone_of(site, case), "4", MessageSid=number).status_code == 200
    assert len(said(site)) == len(kept(site)) == 1


def test_conflicting_answers_are_versions_and_a_rating_stays_when_words_follow(site: Site):
    case = seed.asked(site.place)
    number = phone_of(site, case)
    for body in ("5", "smells like gas now", "2\nIt drips again"):
        send_text(site, number, body)
        site.clock.tick(minutes=5)
    assert said(site) == [(5, None, "sms", 1), (5, "smells like gas now", "sms", 2), (2, "It drips again", "sms", 3)]
    assert case_row(site, case).rating == 2


def test_a_low_rating_or_a_concern_escalates_as_from_the_page(site: Site):
    low, worried = seed.asked(site.place), seed.asked(site.place)
    send_text(site, phone_of(site, low), "1")
    send_text(site, phone_of(site, worried), "5\nIt is leaking again")
    judge_answers.fn([low.case_id, worried.case_id], site.clock.now)
    assert [row.severity for row in concerns(site)] == ["dissatisfied", "concern"]
    assert suppressed(site) == set()


@pytest.mark.parametrize(
    "body", ["Nobody came", "2 still cold", "STOPPED working again", "sehr zufrieden", "5, High Street"]
)
def test_what_is_not_certain_is_no_answer_until_a_person_says_so(site: Site, body: str):
    case = seed.asked(site.place)
    send_text(site, phone_of(site, case), body)
    [row] = rows(site, replies)
    assert (row.understood, row.settled_at, row.text) == ("unclear", None, body)
    assert row.read_by - row.received_at == timedelta(hours=24)
    assert row.received_at < row.next_at < row.read_by  # warned of before
    assert (said(site), suppressed(site), case_row(site, case).stage) == ([], set(), Stage.ASKED)


def test_stop_is_committed_and_confirmed_once(site: Site):
    case = seed.asked(site.place)
    number = phone_of(site, case)
    first = send_text(site, number, "STOP")
    assert "you will get no more surveys from us" in words_in(first.text)
    assert first.text.count("<Message>") == 1
    assert suppressed(site) == {("*", True)}
    assert len(rows(site, suppressions)) == 2  # the e-mail address, too: it is the same person
    row = case_row(site, case)
    assert (row.stage, row.disposition) == (Stage.ENDED, Disposition.OPTED_OUT)
    assert send_text(site, number, "Stop all").text == EMPTY
    assert kept(site) == [("opt-out", False)] * 2


def test_the_confirmation_speaks_the_customers_language(site: Site):
    case = seed.asked(site.place, language="de-DE")
    assert "Sie erhalten keine Umfragen mehr" in send_text(site, phone_of(site, case), "stopp").text


def test_when_the_provider_answers_itself_we_say_nothing(site: Site):
    case = seed.asked(site.place)
    assert send_text(site, phone_of(site, case), "STOP", OptOutType="STOP").text == EMPTY
    assert suppressed(site) == {("*", True)}


def test_an_opt_out_in_own_words_is_held_for_a_person_and_nothing_is_confirmed(site: Site):
    case = seed.asked(site.place)
    assert send_text(site, phone_of(site, case), "please stop texting me").text == EMPTY
    assert (suppressed(site), kept(site)) == (set(), [("unclear", True)])
    assert json.loads(rows(site, replies)[0].proposal) == {"as": "opt-out", "rating": None}


def test_an_opt_out_never_closes_a_concern(site: Site):
    case = seed.escalated(site.place)
    send_text(site, phone_of(site, case), "STOP")
    assert case_row(site, case).stage == Stage.ESCALATED
    assert concerns(site)[0].closed_at is None


def test_a_number_beside_an_opt_out_is_seen_by_a_person(site: Site):
    case = seed.asked(site.place)
    send_text(site, phone_of(site, case), "1 STOP")
    assert (suppressed(site), kept(site), said(site)) == ({("*", True)}, [("opt-out", True)], [])


def test_an_unknown_number_can_leave_too(site: Site):
    assert "<Message>" in send_text(site, "+4930999", "STOP").text
    assert [row.address_key for row in rows(site, suppressions)] == [address_key("+4930999")]
    later = seed.planned(site.place, phone="+49 30 999")
    assert case_row(site, later).disposition == Disposition.OPTED_OUT


@pytest.mark.parametrize("body", ["???", "When do you come?", "10", "👍", "", "wrong number"])
def test_what_is_unclear_waits_for_a_person_with_its_text(site: Site, body: str):
    case = seed.asked(site.place)
    assert send_text(site, phone_of(site, case), body).text == EMPTY
    assert kept(site) == [("unclear", True)]
    assert rows(site, replies)[0].text == body
    assert (said(site), suppressed(site), case_row(site, case).stage) == ([], set(), Stage.ASKED)


def test_an_answer_that_belongs_to_nobody_waits_for_a_person(site: Site):
    send_text(site, "+4930999", "2 bad")
    assert kept(site) == [("answer", True)]
    assert (rows(site, replies)[0].case_id, rows(site, replies)[0].sender) == (None, "+4930999")


def test_an_answer_after_its_time_waits_for_a_person(site: Site):
    case = seed.ended(site.place)
    site.clock.tick(days=5)
    send_text(site, phone_of(site, case), "2\nIt broke")
    assert kept(site) == [("answer", True)]
    assert len(said(site)) == 1


def test_who_says_it_again_after_days_is_heard_while_the_concern_is_open(site: Site):
    case = seed.escalated(site.place)
    site.clock.tick(days=10)
    send_text(site, phone_of(site, case), "still broken!!")
    assert kept(site) == [("answer", False)]
    judge_answers.fn([case.case_id], site.clock.now)
    assert concerns(site)[0].repeats == 1


def test_thanks_while_the_concern_is_open_wait_for_a_person(site: Site):
    case = seed.escalated(site.place)
    send_text(site, phone_of(site, case), "Tom is here now")
    assert kept(site) == [("unclear", True)]


def test_while_the_resolution_is_asked_about_a_reply_is_about_that(site: Site):
    case = seed.recovering(site.place)
    site.clock.now = seed.RECOVERING_AT
    send_text(site, phone_of(site, case), "5 all good")
    judge_answers.fn([case.case_id], site.clock.now)
    assert case_row(site, case).disposition == Disposition.RECOVERED


def test_the_newest_case_that_waits_is_the_one(site: Site):
    number = "+493055512345"
    old = seed.asked(site.place, phone=number)
    new = seed.planned(site.place, phone="+49 30 555 12345", at=seed.RECEIVED_AT)  # in its cooldown
    send_text(site, number, "5")
    assert case_row(site, old).rating == 5
    assert case_row(site, new).rating is None


def test_help_is_answered_without_a_word_of_marketing(site: Site):
    case = seed.asked(site.place)
    text = words_in(send_text(site, phone_of(site, case), "HELP").text)
    assert "Example Home Services" in text
    assert "+49 30 23125 000" in text
    assert kept(site) == [("help", False)]
    assert suppressed(site) == set()


def test_pictures_are_counted_not_taken(site: Site):
    case = seed.asked(site.place)
    send_text(site, phone_of(site, case), "5", NumMedia="2", MediaUrl0="https://example.com/1")
    assert rows(site, replies)[0].attachments == 2


@pytest.mark.parametrize(
    "changes",
    [{"MessageSid": "SM1"}, {"MessageSid": "CA" + "0" * 32}, {"MessageSid": "SM" + "G" * 32}, {"From": " "}],
)
def test_what_twilio_never_sends_is_refused(site: Site, changes: dict[str, str]):
    case = seed.asked(site.place)
    before = dump(site.store)
    sender = changes.get("From", phone_of(site, case))
    others = {name: value for name, value in changes.items() if name != "From"}
    assert send_text(site, sender, "STOP", **others).status_code == 400
    assert dump(site.store) == before


def test_nobody_else_is_believed(site: Site):
    case = seed.asked(site.place)
    fields = {"MessageSid": sid(), "From": phone_of(site, case), "Body": "STOP"}
    before = dump(site.store)
    elsewhere = twilio_signature("https://elsewhere.example" + SMS_PATH, fields)
    for headers in (
        {},
        {"x-twilio-signature": "x" * 28},
        {"x-twilio-signature": elsewhere, "host": "elsewhere.example"},
    ):
        answer = site.client.post(SMS_PATH, data=fields, headers=headers)
        assert (answer.status_code, answer.content) == (401, b"")
    assert dump(site.store) == before
