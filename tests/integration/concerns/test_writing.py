"""A person writes to the customer: in the customer's window, and only where it is allowed."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert

from casework.writing import Writing, log_contact, write_to_customer
from models.addresses import Unreachable, mark_invalid
from models.deliveries import still_wanted, unwanted
from models.notes import NoteKind
from models.optouts import Refusal, opt_out
from models.tables import cases, messages, notes, suppressions
from models.writing import SPAM_REPORT
from policy.answering import Refusal as Refused
from policy.answering import objection
from policy.delivery import SPAM_REPORT as WORD
from tasks.place import Place
from tests import seed
from tests.integration.concerns.conftest import NOW, Desk
from vocabulary import Channel, Event, Purpose

BOTH = (Channel.EMAIL, Channel.SMS)
WORDS = "The part has arrived.\nTom comes on Friday."


def writing(desk: Desk, text: str = WORDS, channel: Channel = Channel.EMAIL, **more: Any) -> Any:
    rules = desk.place.policy.rules
    in_use = more.pop("in_use", BOTH)
    return partial(write_to_customer, rules=rules, in_use=in_use), 1, Writing(channel=channel, text=text, **more)


def written(desk: Desk) -> list[Any]:
    return [row for row in desk.rows(messages) if row.purpose == Purpose.CONCERN_UPDATE]


def test_the_words_stand_in_a_note_and_nowhere_else(desk: Desk, concern: seed.Seeded):
    done = desk.do(*writing(desk))
    [note], [message] = desk.rows(notes), written(desk)
    assert (note.id, note.kind, note.text) == (done.note_id, NoteKind.WRITTEN, WORDS)
    assert (message.key, json.loads(message.note)) == (f"case:1:update:{note.id}", {"note_id": note.id})
    assert (message.channel, message.escalation_id, message.to_address) == ("email", 1, None)
    assert "part" not in "".join(entry.detail for entry in desk.entries(Event.NOTE_ADDED))
    [owed] = [entry for entry in desk.entries(Event.MESSAGE_OWED) if entry.ref_id == message.id]
    assert (owed.actor, owed.clause) == ("Petra Lindqvist", "4.4")


def test_at_night_it_waits_for_the_customer_s_window(desk: Desk, concern: seed.Seeded):
    desk.now = seed.ANSWERED_AT + timedelta(hours=11)  # midnight in Berlin
    done = desk.do(*writing(desk))
    [message] = written(desk)
    assert done.due_at == message.due_at == desk.now + timedelta(hours=9)
    assert message.not_after == message.due_at + timedelta(hours=11)


@pytest.mark.parametrize(
    ("text", "channel", "more", "words"),
    [
        ("  ", Channel.EMAIL, {}, "write what the customer is to read"),
        ("x" * 4001, Channel.EMAIL, {}, "has 4001 characters; 4000 are the most"),
        ("See https://example.com/x", Channel.EMAIL, {}, "leave out web addresses"),
        ("See www.example.com", Channel.SMS, {}, "leave out web addresses"),
        (WORDS, Channel.SMS, {"in_use": (Channel.EMAIL,)}, "SMS is switched off here"),
        (WORDS, Channel.PHONE, {}, "a call is made by a person"),
        ("word " * 40, Channel.SMS, {}, "would go out as 2 text messages: shorten it, or say that it may be several"),
        ("word " * 200, Channel.SMS, {"several": True}, "7 text messages; 4 are the most"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(place: Place, desk: Desk, text: str, channel: Channel,
                                                        more: dict[str, Any], words: str):  # fmt: skip
    seed.escalated(place, phone="+49 1512 3456789")
    assert words in desk.refused(*writing(desk, text, channel, **more))


def test_an_sms_says_how_many_it_will_be(place: Place, desk: Desk):
    seed.escalated(place, phone="+49 1512 3456789")
    assert desk.do(*writing(desk, "We come on Friday.", Channel.SMS)).segments == 1
    assert desk.do(*writing(desk, "word " * 40, Channel.SMS, several=True)).segments == 2


@pytest.mark.parametrize(
    ("reported", "channel", "words"),
    [
        ({"email": None}, Channel.EMAIL, "no e-mail address of the customer is known"),
        ({"phone": None}, Channel.SMS, "no telephone number of the customer is known"),
        ({"phone": "+49 30 5550 1234"}, Channel.SMS, "a landline, which takes no SMS"),
    ],
)
def test_an_address_must_be_there_and_take_it(place: Place, desk: Desk, reported: dict[str, Any], channel: Channel,
                                              words: str):  # fmt: skip
    seed.escalated(place, **({"phone": "+49 1512 3456789"} | reported))
    assert words in desk.refused(*writing(desk, WORDS, channel))


def test_an_address_that_is_known_not_to_work_is_not_tried(place: Place, desk: Desk, concern: seed.Seeded):
    case = desk.row(cases, 1)
    with place.store.write() as db:
        mark_invalid(db, [Unreachable(address_key=case.email_key, channel=Channel.EMAIL, code="5.1.1", case_id=1)],
                     at=NOW)  # fmt: skip
    assert "is known not to work (5.1.1)" in desk.refused(*writing(desk))


SUPPRESSED = [
    # channel, until, source -> may mail, may text
    (None, None, "unsubscribe link", True, False),  # of surveys; of texts it means all of them
    (None, None, SPAM_REPORT, False, False),
    (None, timedelta(days=90), "unsubscribe link", True, True),  # a pause of surveys
    (None, -timedelta(days=1), "unsubscribe link", True, True),  # a pause that is over
    (Channel.EMAIL, None, "unsubscribe link", False, True),
    (Channel.SMS, None, "reply by sms", True, False),
    (Channel.SMS, timedelta(days=90), "unsubscribe link", True, False),
    (Channel.PHONE, None, "told us on the phone", True, True),
]


@pytest.mark.parametrize(("channel", "until", "source", "mail", "text"), SUPPRESSED)
def test_an_opt_out_of_surveys_does_not_forbid_an_answer_but_a_refused_channel_does(
    place: Place, desk: Desk, channel: Channel | None, until: timedelta | None, source: str, *, mail: bool, text: bool
):
    """The decision when it is written, and the question directly before it goes out, agree."""
    seed.escalated(place, phone="+49 1512 3456789")
    owed = [desk.do(*writing(desk, WORDS, on)) and written(desk)[-1] for on in BOTH]
    row = {"address_key": desk.row(cases, 1).email_key, "channel": channel or "*", "since": NOW, "source": source,
           "until": NOW + until if until else None}  # fmt: skip
    with place.store.write() as db:
        db.execute(insert(suppressions), row)
    for message, allowed in zip(owed, (mail, text), strict=True):
        with place.store.read() as db:
            assert (message.id in still_wanted(db, [message.ref], NOW)) is allowed, message.channel
        with place.store.read() as db:
            assert (message.id in unwanted(db, NOW + timedelta(days=0, hours=1), size=10)) is not allowed
        if allowed:
            desk.do(*writing(desk, WORDS, Channel(message.channel)))
        else:
            assert "use another way, or call" in desk.refused(*writing(desk, WORDS, Channel(message.channel)))


def test_the_word_for_a_spam_report_is_the_same_everywhere():
    assert SPAM_REPORT == WORD
    assert objection(Channel.EMAIL, [Refused(channel=None, for_good=True, source=WORD)])


def test_an_opt_out_on_the_page_lets_the_answer_go(place: Place, desk: Desk, concern: seed.Seeded):
    with place.store.write() as db:
        opt_out(db, 1, at=NOW, source="unsubscribe link")
    desk.do(*writing(desk))
    with place.store.write() as db:
        opt_out(db, 1, at=NOW, source="unsubscribe link", refusal=Refusal(channel=Channel.EMAIL))
    assert "does not want to be written to by e-mail" in desk.refused(*writing(desk))


def test_a_contact_made_elsewhere_is_logged(desk: Desk, concern: seed.Seeded):
    desk.do(log_contact, 1, NoteKind.CALLED, "She is at home on Friday.")
    [note], [entry] = desk.rows(notes), desk.entries(Event.NOTE_ADDED)
    assert (note.kind, note.text, entry.ref_id) == (NoteKind.CALLED, "She is at home on Friday.", note.id)
    assert json.loads(entry.detail) == {"kind": "called the customer", "concern": 1}
    assert "say how the customer was contacted" in desk.refused(log_contact, 1, NoteKind.COMMENT, "x")
