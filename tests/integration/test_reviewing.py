"""What follows from each thing that a person can make of a reply."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.replying import settle_reply
from models.answers import Said, record
from models.optouts import Refusal, opt_out
from models.replies import ReplyError, Settlement
from models.tables import answers, cases, entries, escalations, replies, suppressions
from models.unreachable import last_word
from tasks.concerns import judge_answers
from tasks.place import Place
from tests import seed
from tests.review_queue import reply_row, to_review
from vocabulary import Channel, Disposition, Event, Stage

LATER = seed.ANSWERED_AT + timedelta(hours=5)
SENDER = "k" * 64


def settled(place: Place, number: int, how: Settlement, *, at: Any = LATER, **said: Any) -> None:
    with place.store.write() as db:
        settle_reply(db, number, how, by="Petra", at=at, **said)


def rows(place: Place, table: Any) -> list[Any]:
    with place.store.read() as db:
        return list(db.execute(select(table).order_by(*table.primary_key.columns)))


def logged(place: Place, event: Event = Event.REPLY_SETTLED) -> dict[str, Any]:
    [entry] = [row for row in rows(place, entries) if row.event == event]
    assert entry.actor == "Petra"
    return dict(json.loads(entry.detail))


def page_comment(place: Place, case: seed.Seeded, rating: int | None) -> int:
    """A comment of the survey page that a person is to read as well; the number of its reply."""
    seed.say(place, case.case_id, at=seed.ANSWERED_AT, rating=rating, comment="Fine, but it leaks.")
    return to_review(place, case.case_id, "Fine, but it leaks.", channel="page", answer_id=rows(place, answers)[-1].id)


@pytest.mark.parametrize("rating", [5, None])
def test_a_concern_opens_one_whatever_its_rating(place: Place, rating: int | None):
    case = seed.asked(place)
    settled(place, to_review(place, case.case_id, "Keiner gekommen."), Settlement.CONCERN, rating=rating)
    judge_answers.fn([case.case_id], LATER)
    [concern], [answer] = rows(place, escalations), rows(place, answers)
    assert rows(place, cases)[0].stage == Stage.ESCALATED
    assert (answer.rating, answer.concern, answer.comment) == (rating, True, "Keiner gekommen.")
    assert concern.received_at == seed.ANSWERED_AT, "the 24 hours run from when the customer wrote"


def test_a_concern_beside_an_open_one_repeats_it(place: Place):
    case = seed.escalated(place)
    settled(place, to_review(place, case.case_id, "Still nobody here."), Settlement.CONCERN)
    judge_answers.fn([case.case_id], LATER)
    assert [(row.repeats, row.closed_at) for row in rows(place, escalations)] == [(1, None)]
    assert [row.rating for row in rows(place, answers)] == [1, 1], "what was rated is rated still"


@pytest.mark.parametrize("rating", [4, None])
def test_a_comment_of_the_page_that_is_a_concern_keeps_its_rating(place: Place, rating: int | None):
    case = seed.asked(place)
    number = page_comment(place, case, rating)
    settled(place, number, Settlement.CONCERN)
    judge_answers.fn([case.case_id], LATER)
    first, second = rows(place, answers)
    assert (second.version, second.rating, second.concern, second.channel) == (2, rating, True, "email")
    assert (second.comment, second.received_at) == ("Fine, but it leaks.", first.received_at)
    assert rows(place, cases)[0].stage == Stage.ESCALATED
    assert reply_row(place, number).answer_id == second.id


def test_a_comment_of_the_page_that_is_what_it_seems_is_not_recorded_twice(place: Place):
    case = seed.asked(place)
    settled(place, page_comment(place, case, 4), Settlement.ANSWER)
    assert len(rows(place, answers)) == 1


def test_a_comment_of_the_page_that_a_program_may_have_sent_is_confirmed(place: Place):
    case = seed.asked(place)
    said = Said(nonce="x" * 20, channel=Channel.EMAIL, rating=4, comment="ok", contact_me=False, suspicion=("fast",))
    with place.store.write() as db:
        kept = record(db, case.case_id, said, at=seed.ANSWERED_AT, change_for=timedelta(hours=72))
    settled(place, to_review(place, case.case_id, "ok", channel="page", answer_id=kept.answer_id), Settlement.ANSWER)
    assert [(row.rating, row.suspicion is None) for row in rows(place, answers)] == [(4, False), (4, True)]


def test_words_after_a_rating_leave_the_rating(place: Place):
    case = seed.answered(place, rating=5)
    settled(place, to_review(place, case.case_id, "And thanks to Tom!"), Settlement.ANSWER)
    assert [row.rating for row in rows(place, answers)] == [5, 5]
    assert rows(place, cases)[0].rating == 5


@pytest.mark.parametrize(
    ("how", "said"),
    [(Settlement.CONFIRMED, (None, True, False)), (Settlement.NOT_CONFIRMED, (None, False, True))],
)
def test_yes_and_no_belong_to_the_question_about_the_solution(place: Place, how: Settlement, said: tuple[Any, ...]):
    case = seed.recovering(place)
    settled(place, to_review(place, case.case_id, "Well, so so."), how, at=seed.RECOVERING_AT + timedelta(hours=1))
    answer = rows(place, answers)[-1]
    assert (answer.rating, answer.solved, answer.concern) == said
    assert (answer.escalation_id, answer.entered_by) == (case.escalation_id, "Petra")


def test_no_opens_the_concern_again(place: Place):
    case = seed.recovering(place)
    later = seed.RECOVERING_AT + timedelta(hours=1)
    settled(place, to_review(place, case.case_id, "No.", at=later), Settlement.NOT_CONFIRMED, at=later)
    judge_answers.fn([case.case_id], later)
    assert rows(place, cases)[0].stage == Stage.ESCALATED
    assert rows(place, escalations)[0].reopened == 1


@pytest.mark.parametrize("rating", [None, 3])
def test_an_answer_to_that_question_is_yes_or_no(place: Place, rating: int | None):
    case = seed.recovering(place)
    number = to_review(place, case.case_id, "Hm.")
    with pytest.raises(ReplyError, match="neither yes nor no to whether it was put right"):
        settled(place, number, Settlement.ANSWER, rating=rating)
    assert reply_row(place, number).settled_at is None


@pytest.mark.parametrize(
    ("rating", "solved", "stage"), [(5, True, Stage.ENDED), (4, True, Stage.ENDED), (1, False, Stage.ESCALATED)]
)
def test_a_rating_that_a_person_read_out_of_words_counts(place: Place, rating: int, solved: bool, stage: Stage):
    """Whatever words stand beside it: a person has read them."""
    case = seed.recovering(place)
    later = seed.RECOVERING_AT + timedelta(hours=1)
    settled(place, to_review(place, case.case_id, "It does not leak any more", at=later), Settlement.ANSWER,
            rating=rating, at=later)  # fmt: skip
    judge_answers.fn([case.case_id], later)
    answer = rows(place, answers)[-1]
    assert (answer.escalation_id, answer.rating, answer.solved) == (case.escalation_id, rating, solved)
    assert rows(place, cases)[0].stage == stage


def test_a_rating_of_the_page_that_words_cast_doubt_on_counts_once_a_person_read_them(place: Place):
    case = seed.recovering(place)
    later = seed.RECOVERING_AT + timedelta(hours=1)
    seed.say(place, case.case_id, at=later, rating=5, comment="No leak!", escalation_id=case.escalation_id)
    number = to_review(place, case.case_id, "No leak!", channel="page", answer_id=rows(place, answers)[-1].id, at=later)
    settled(place, number, Settlement.ANSWER, at=later)
    assert [(row.rating, row.solved) for row in rows(place, answers)[-2:]] == [(5, False), (5, True)]


@pytest.mark.parametrize(
    ("refusal", "kept", "disposition"),
    [
        (Refusal(), ("*", None), Disposition.OPTED_OUT),
        (Refusal(channel=Channel.EMAIL), ("email", None), None),
        (Refusal(channel=Channel.PHONE), ("phone", None), None),
        (Refusal(until=LATER + timedelta(days=30)), ("*", LATER + timedelta(days=30)), Disposition.OPTED_OUT),
    ],
)
def test_an_opt_out_is_of_what_the_customer_refuses(place: Place, refusal: Refusal, kept: Any, disposition: Any):
    case = seed.asked(place, channels=["email"])
    settled(place, to_review(place, case.case_id, "No more calls."), Settlement.OPT_OUT, refusal=refusal)
    found = rows(place, suppressions)
    assert {(row.channel, row.until) for row in found} == {kept}
    assert {row.recorded_by for row in found} == {"Petra"}
    assert rows(place, cases)[0].disposition == disposition
    assert logged(place).get("refused") == refusal.channel


def test_an_opt_out_of_a_sender_without_a_case_may_be_narrowed_too(place: Place):
    settled(place, to_review(place), Settlement.OPT_OUT, refusal=Refusal(channel=Channel.EMAIL))
    [row] = rows(place, suppressions)
    assert (row.address_key, row.channel, row.recorded_by) == (SENDER, "email", "Petra")


def test_what_the_customer_says_alone_stands_beside_a_persons_word(place: Place):
    case = seed.asked(place)
    settled(place, to_review(place, case.case_id), Settlement.OPT_OUT)
    with place.store.write() as db:
        assert opt_out(db, case.case_id, at=LATER, source="unsubscribe link")
        assert not opt_out(db, case.case_id, at=LATER, source="x", recorded_by="Petra")
    said = {row.recorded_by: row.source for row in rows(place, suppressions)}
    assert said == {None: "unsubscribe link", "Petra": "reply by email, read by Petra"}


def test_stop_by_text_stays_the_customers_own_when_a_person_records_it_too(place: Place):
    case = seed.asked(place)
    with place.store.write() as db:
        opt_out(db, case.case_id, at=LATER, source="reply by sms", said_by="n" * 64)
    settled(place, to_review(place, case.case_id), Settlement.OPT_OUT)
    assert {row.recorded_by: row.said_by for row in rows(place, suppressions)} == {None: "n" * 64, "Petra": None}


def test_a_machines_mail_is_not_the_customers_word(place: Place):
    case = seed.escalated(place)
    number = to_review(place, case.case_id, "I am away.", at=LATER)
    with place.store.read() as db:
        before = last_word(db, rows(place, escalations)[0])
    settled(place, number, Settlement.AUTOMATIC, at=LATER)
    with place.store.read() as db:
        after = last_word(db, rows(place, escalations)[0])
    assert (before, after) == (LATER, seed.ANSWERED_AT)
    assert len(rows(place, answers)) == 1


@pytest.mark.parametrize("how", [Settlement.AUTOMATIC, Settlement.NOTED])
def test_what_needs_nothing_recorded_lets_the_case_go_on(place: Place, how: Settlement):
    case = seed.asked(place)
    settled(place, to_review(place, case.case_id), how)
    assert rows(place, answers) == []
    assert rows(place, cases)[0].next_at == LATER


def test_a_reply_of_no_case_lets_those_of_its_sender_go_on(place: Place):
    """A mail to the bare address holds up whoever has the sender's address, until a person has read it."""
    seed.asked(place, email="anna@example.com")
    other = rows(place, cases)[0]
    seed.asked(place)
    settled(place, to_review(place, from_key=other.email_key), Settlement.NOTED)
    assert [row.next_at == LATER for row in rows(place, cases)] == [True, False]


@pytest.mark.parametrize(
    ("proposal", "how", "said", "followed"),
    [
        ((Settlement.ANSWER, 4), Settlement.ANSWER, {"rating": 4}, True),
        ((Settlement.ANSWER, 4), Settlement.ANSWER, {"rating": 2}, False),
        ((Settlement.CONCERN, None), Settlement.NOTED, {}, False),
        ((Settlement.OPT_OUT, None), Settlement.OPT_OUT, {}, True),
        ((Settlement.OPT_OUT, None), Settlement.OPT_OUT, {"refusal": Refusal(channel=Channel.SMS)}, False),
        ((Settlement.OPT_OUT, None), Settlement.NOTED, {"reason": "until Friday only"}, False),
    ],
)
def test_the_log_keeps_the_proposal_and_whether_it_was_followed(
    place: Place, proposal: tuple[Settlement, int | None], how: Settlement, said: Any, followed: bool
):
    number = to_review(place, seed.asked(place).case_id, proposal=proposal[0], rating=proposal[1])
    settled(place, number, how, **said)
    detail = logged(place)
    assert (detail["as"], detail["proposed"], detail["proposed rating"]) == (how, *proposal)
    assert (detail["followed"], detail["reason given"]) == (followed, "reason" in said)
    assert "Friday" not in json.dumps(detail), "what people write may name anybody"
    assert reply_row(place, number).reason == said.get("reason")


@pytest.mark.parametrize("how", [how for how in Settlement if how not in (Settlement.OPT_OUT, Settlement.CONFIRMED,
                                                                         Settlement.NOT_CONFIRMED)])  # fmt: skip
def test_an_opt_out_is_not_passed_over_without_a_reason(place: Place, how: Settlement):
    number = to_review(place, seed.asked(place).case_id, proposal=Settlement.OPT_OUT)
    with pytest.raises(ReplyError, match="give the reason why it is none"):
        settled(place, number, how, reason="  ")
    assert reply_row(place, number).settled_at is None


@pytest.mark.parametrize(
    ("how", "said", "words"),
    [
        (Settlement.CONFIRMED, {}, "no longer asks whether it was put right"),
        (Settlement.NOTED, {"comment": "x"}, "a comment belongs to an answer or a concern"),
        (Settlement.OPT_OUT, {"rating": 2}, "a rating belongs to an answer or a concern"),
        (Settlement.NOTED, {"refusal": Refusal(channel=Channel.SMS)}, "belong to an opt-out"),
        (Settlement.OPT_OUT, {"refusal": Refusal(until=LATER)}, "must be in the future"),
        (Settlement.ANSWER, {"rating": 0}, "from 1 to 5"),
        (Settlement.NOTED, {"reason": "x" * 4001}, "a reason has at most 4000 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(place: Place, how: Settlement, said: Any, words: str):
    number = to_review(place, seed.asked(place).case_id)
    with pytest.raises(ReplyError, match=words):
        settled(place, number, how, **said)
    assert reply_row(place, number).settled_at is None
    assert rows(place, suppressions) == []


@pytest.mark.parametrize("how", [Settlement.ANSWER, Settlement.CONCERN])
def test_a_case_that_takes_no_answers_says_what_to_do_instead(place: Place, how: Settlement):
    number = to_review(place, seed.planned(place).case_id)
    with pytest.raises(ReplyError, match="takes no answers: it is planned. To help, call the customer, or hand"):
        settled(place, number, how)


@pytest.mark.parametrize("how", [Settlement.ANSWER, Settlement.CONCERN, Settlement.CONFIRMED, Settlement.AUTOMATIC])
def test_a_reply_of_no_case_cannot_be_that(place: Place, how: Settlement):
    number = to_review(place)
    with pytest.raises(ReplyError, match="belongs to no case of ours"):
        settled(place, number, how)


def test_two_people_at_once_do_it_once(place: Place):
    number = to_review(place, seed.asked(place).case_id)
    settled(place, number, Settlement.ANSWER, rating=4)
    with pytest.raises(ReplyError, match="Petra reviewed it as “answer” on 2026-10-06 at 16:00 UTC"):
        settled(place, number, Settlement.ANSWER, rating=4)
    assert len(rows(place, answers)) == 1
    assert [row.settlement for row in rows(place, replies)] == ["answer"]
