"""What replies mean, in tables: ratings, comments, questions, and what only a person can understand."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import policy
from policy.file import read_policy
from policy.replies import Heard, Meaning, Understood, understand
from vocabulary import Channel

SHIPPED = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
SMS, EMAIL = Channel.SMS, Channel.EMAIL


def heard(text: str, channel: Channel = SMS, **more: object) -> Understood:
    return understand(Heard(channel=channel, text=text, **more), SHIPPED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "rating", "comment"),
    [
        ("5", 5, None),
        (" 5. ", 5, None),
        ("(4)", 4, None),
        ("\uff15", 5, None),  # full width
        ("٤", 4, None),  # Arabic digits
        ("5\ufe0f\u20e3", 5, None),  # the emoji of a key
        ("④", 4, None),
        ("4 great job", 4, "great job"),
        ("4, great job", 4, "great job"),
        ("4 - great job", 4, "great job"),
        ("5!!! Thank you", 5, None),
        ("Thanks, 4", 4, None),
        ("Danke, 4", 4, None),
        ("five", 5, None),
        ("Five.", 5, None),
        ("five! great work", 5, "great work"),
        ("fünf", 5, None),
        ("FÜNF", 5, None),
        ("fu\u0308nf", 5, None),  # typed with a separate accent
        ("Vier, alles gut", 4, "alles gut"),
        ("cinq", 5, None),
        ("quatre !", 4, None),
        ("cinco", 5, None),
        ("Tres.", 3, None),
        ("vijf", 5, None),
        ("één", 1, None),
        ("⭐⭐⭐⭐", 4, None),
        ("★★★☆☆", 3, None),
        ("⭐ ⭐ ⭐ ok", 3, "ok"),
        ("3/5", 3, None),
        ("3 / 5 could be better", 3, "could be better"),
        ("4 out of 5", 4, None),
        ("4 out of 5 stars", 4, None),
        ("four out of five", 4, None),
        ("4 von 5", 4, None),
        ("vier von fünf Sternen", 4, None),
        ("4 sur 5", 4, None),
        ("4 de 5", 4, None),
        ("4 van de 5", 4, None),
        ("I'd give 4/5", 4, "I'd give"),
        ("5 stars", 5, None),
        ("Great work, five stars!", 5, "Great work,"),
        ("5 Sterne, gern wieder", 5, "gern wieder"),
        ("5 étoiles", 5, None),
        ("5 estrellas", 5, None),
        ("5 sterren", 5, None),
        ("Rating: 4", 4, None),
        ("Bewertung 4", 4, None),
        ("Great job!\n5", 5, "Great job!"),
        ("5 \U0001f44d", 5, None),
    ],
)
def test_a_rating_is_understood_however_it_is_written(text: str, rating: int, comment: str | None):
    assert heard(text) == Understood(meaning=Meaning.ANSWER, text=text.strip(), rating=rating, comment=comment)


@pytest.mark.parametrize(
    "text",
    [
        "Tom was friendly and quick.",
        "Alles bestens, gerne wieder",
        "Tout s'est bien passé",
        "Todo perfecto",
        "Prima geholpen",
        "One of the best companies",  # begins with a number that is none
        "Un technicien très aimable",
        "He came at 5:30 as agreed",
        "The visit on 3/5 was good, and the price fair",  # a date
        "End of story: great",
        "I will stop by tomorrow with cake",
        "The noise has stopped",
        "We cancelled our holiday for this, and it was worth it",
        "Ende gut, alles gut",
        "No more cold showers, great",
    ],
)
def test_a_bare_comment_is_an_answer(text: str):
    assert heard(text) == Understood(meaning=Meaning.ANSWER, text=text, comment=text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10", "a number beyond 1 to 5"),
        ("0", "a number beyond 1 to 5"),
        ("-5", "a number beyond 1 to 5"),
        ("0/5", "a number beyond 1 to 5"),
        ("4.5", "a number beyond 1 to 5"),
        ("⭐" * 6, "a number beyond 1 to 5"),
        ("8/10", "a rating on another scale"),
        ("9 von 10", "a rating on another scale"),
        ("4-5", "a number that may be no rating"),
        ("4 or 5", "a number that may be no rating"),
        ("2 hours late", "a number that may be no rating"),
        ("5 minutes early", "a number that may be no rating"),
        ("2 Stunden zu spät", "a number that may be no rating"),
        ("1 technicien est venu", "a number that may be no rating"),
        ("5€", "a number that may be no rating"),
        ("1. on time\n2. clean", "a number that may be no rating"),  # a list
        ("5 stars for Tom, 2 stars for the office", "more than one rating"),
        ("", "no text"),
        (" \n\t ", "no text"),
        ("???", "asks a question"),
        ("👍", "no words"),
        ("…", "no words"),
        ("When do you come back?", "asks a question"),
        ("who is this", "asks a question"),
        ("Wann kommt der Techniker", "asks a question"),
        ("¿Quién es?", "asks a question"),
        ("wrong number", "somebody else may have this address"),
        ("Falsche Nummer!", "somebody else may have this address"),
        ("My husband passed away in May", "somebody else may have this address"),
        ("> How did we do?\n> Thank you", "nothing but quoted text"),
    ],
)
def test_what_cannot_be_understood_goes_to_a_person_with_its_text(text: str, reason: str):
    understood = heard(text)
    assert (understood.meaning, understood.to_person) == (Meaning.UNCLEAR, reason)
    assert not understood.is_said
    assert understood.text == text.strip()


@pytest.mark.parametrize(
    ("text", "rating", "reason"),
    [
        ("5 but when do you send the invoice?", 5, "asks a question"),
        ("4, please send the invoice", 4, "asks for something"),
        ("please cancel my appointment", None, "asks for something"),
        ("Bitte um eine Kopie der Rechnung", None, "asks for something"),
    ],
)
def test_who_asks_for_something_is_heard_twice_by_the_survey_and_by_a_person(text: str, rating: int, reason: str):
    understood = heard(text)
    assert (understood.meaning, understood.rating, understood.to_person) == (Meaning.ANSWER, rating, reason)
    assert understood.comment


@pytest.mark.parametrize(
    "text",
    [
        "STOPPED working again",
        "Stop sign fell down, still broken",
        "2 hours late and rude",
        "why does it leak again?",
        "I smell gas",
        "you will hear from my lawyer",
        "1. rude 2. late",
    ],
)
def test_words_of_concern_are_recorded_at_once_whatever_else_is_unclear(text: str):
    understood = heard(text)
    assert (understood.meaning, understood.rating, understood.comment) == (Meaning.ANSWER, None, text)
    assert understood.to_person is None  # the owner of the concern is that person


def test_a_long_reply_is_cut_and_a_person_is_told():
    understood = heard("good " * 1000)
    assert len(understood.comment or "") == 4000
    assert understood.to_person == "longer than a comment can be"
    assert len(understood.text) > 4000


PIECES = st.sampled_from(
    ["5", "4/5", "stop", "five", "fünf", "⭐", "?", "\n", "> ", "On Mon, 5 Oct 2026, a@b.c wrote:\n", "From: x\n",
     "-- \n", "please", "or", " ", "1.", "2)", "\0", "\ud800", "hours", "von", "not", "broken", "İ", "ß", "\u0301"]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=12).map("".join))
@example("İ5\u0301")
@example("1" * 5000)
@example("a " * 5000)
@example(": " * 3000)
def test_nothing_raises_and_nothing_is_lost(text: str):
    for channel in (SMS, EMAIL):
        understood = understand(Heard(channel=channel, text=text, subject=text, headers={"from": text}), SHIPPED)
        assert understood.rating in (None, 1, 2, 3, 4, 5)
        if understood.meaning is Meaning.ANSWER:
            assert understood.is_said
        if understood.meaning is Meaning.UNCLEAR:
            assert understood.to_person
        if text.replace("\0", "").strip():
            assert understood.text


@given(st.integers(1, 5), st.sampled_from(["", " ", "!", ".", " \n", " 👍"]))
def test_a_plain_number_is_always_that_rating(rating: int, after: str):
    assert heard(f"{rating}{after}").rating == rating


def test_who_writes_start_wants_to_hear_from_us_again():
    """What it lifts, if anything, is a matter of where the opt-out came from."""
    understood = heard("START")
    assert (understood.meaning, understood.to_person) == (Meaning.START, "wants to hear from us again")
    assert not understood.is_said
