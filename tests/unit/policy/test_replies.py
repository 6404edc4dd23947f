"""What replies mean, in tables: ratings, comments, questions, and what only a person can understand."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import policy
from policy.file import read_policy
from policy.machines import Heard, Question
from policy.ours import Letters
from policy.remarks import Remark, remark_on
from policy.replies import Meaning, Proposal, Understood, understand
from vocabulary import Channel, Danger

SHIPPED = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
SMS, EMAIL = Channel.SMS, Channel.EMAIL


def heard(text: str, channel: Channel = SMS, **more: object) -> Understood:
    return understand(Heard(channel=channel, text=text, **more), SHIPPED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "rating", "comment"),
    [
        ("5", 5, None),
        ("4 great job", 4, "great job"),
        ("5\n\nTom was great, very friendly", 5, "Tom was great, very friendly"),
        ("1\nNobody came", 1, "Nobody came"),  # a low rating opens a concern anyway
    ],
)
def test_a_certain_rating_is_recorded_at_once(text: str, rating: int, comment: str | None):
    assert heard(text) == Understood(meaning=Meaning.ANSWER, text=text, rating=rating, comment=comment)


@pytest.mark.parametrize("text", ["5\nBut it leaks again", "4\nNobody called me back", "5\nAber es tropft noch"])
def test_a_high_rating_beside_what_may_be_a_concern_is_recorded_and_read(text: str):
    understood = heard(text)
    assert (understood.meaning, understood.to_person) == (Meaning.ANSWER, "a comment that may be a concern")
    assert understood.proposal == Proposal("concern", understood.rating)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Tom was friendly and quick.", "no rating for certain"),
        ("Nobody came", "no rating for certain"),
        ("10", "no rating for certain"),
        ("2 hours late", "no rating for certain"),
        ("5 stars for Tom, 2 stars for the office", "no rating for certain"),
        ("", "no text"),
        (" \n\t ", "no text"),
        ("\U0001f44d", "no rating for certain"),
        ("When do you come back?", "contains a question"),
        ("5 but when do you send the invoice?", "contains a question"),
        ("wrong number", "no rating for certain"),
        ("> How did we do?\n> Thank you", "nothing but quoted text"),
    ],
)
def test_what_is_not_certain_goes_to_a_person_with_its_text(text: str, reason: str):
    understood = heard(text)
    assert (understood.meaning, understood.to_person) == (Meaning.UNCLEAR, reason)
    assert not understood.is_said
    assert understood.text == text.strip()
    assert understood.proposal is not None


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("2 still cold, not good", Proposal("concern", 2)),
        ("4, with thanks to Tom", Proposal("answer", 4)),
        ("Tom was friendly", Proposal("answer")),
        ("I am away from my desk", Proposal("automatic")),
    ],
)
def test_a_person_gets_our_best_reading(text: str, proposal: Proposal):
    assert heard(text).proposal == proposal


def test_a_danger_is_recorded_at_once_and_named():
    understood = heard("smells like gas in the cellar")
    assert (understood.meaning, understood.dangers) == (Meaning.ANSWER, (Danger.GAS,))
    assert heard("5 but there is a smell of gas").dangers == (Danger.GAS,)
    assert heard("STOP texting me, there is a smell of gas").dangers == (Danger.GAS,)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Yes", Meaning.CONFIRMED),
        ("Ja", Meaning.CONFIRMED),
        ("5", Meaning.ANSWER),
        ("1", Meaning.ANSWER),
        ("No", Meaning.NOT_CONFIRMED),
        ("Nein", Meaning.NOT_CONFIRMED),
        ("No, it is worse than before", Meaning.NOT_CONFIRMED),
        ("3", Meaning.UNCLEAR),
        ("ok", Meaning.UNCLEAR),
        ("thanks", Meaning.UNCLEAR),
        ("Who is this?", Meaning.UNCLEAR),
        ("STOP STOP STOP", Meaning.OPT_OUT),
    ],
)
def test_only_an_explicit_yes_confirms_and_only_an_explicit_no_opens_again(text: str, meaning: Meaning):
    assert heard(text, question=Question.RECOVERY).meaning is meaning


@pytest.mark.parametrize(
    ("reaction", "meaning"),
    [
        ("Loved “{}”", Meaning.AUTOMATIC),
        ("Removed a like from “{}”", Meaning.AUTOMATIC),
        ("\U0001f44d to “ {} ”", Meaning.AUTOMATIC),
        ("A adoré « {} »", Meaning.AUTOMATIC),
        ("Questioned “{}”", Meaning.UNCLEAR),
        ("Disliked “{}”", Meaning.UNCLEAR),
    ],
)
def test_a_telephones_reaction_repeats_our_words_and_says_none_of_them(reaction: str, meaning: Meaning):
    text = "Example Home Services: how satisfied are you with our service? https://x.example/s/1 STOP to opt out"
    letters = Letters.of([text], names=["Example Home Services"])
    understood = understand(Heard(channel=SMS, text=reaction.format(text)), SHIPPED, letters)
    assert understood.meaning is meaning


@pytest.mark.parametrize(
    ("subject", "meaning", "rating"),
    [("STOP", Meaning.OPT_OUT, None), ("Re: unsubscribe", Meaning.OPT_OUT, None), ("5", Meaning.ANSWER, 5),
     ("Re: How did we do?", Meaning.UNCLEAR, None)],
)  # fmt: skip
def test_a_mail_without_text_may_have_its_word_in_the_subject(subject: str, meaning: Meaning, rating: int | None):
    understood = heard("", EMAIL, subject=subject)
    assert (understood.meaning, understood.rating) == (meaning, rating)


@pytest.mark.parametrize(
    ("remark", "reading"),
    [
        (Remark(rating=5, comment=None, contact_me=False), None),
        (Remark(rating=5, comment="Great job, thank you", contact_me=False), None),
        (Remark(rating=1, comment="Nobody came", contact_me=False), None),  # a concern by its rating
        (Remark(rating=None, comment="please call me", contact_me=True), None),  # a concern by its wish
        (Remark(rating=None, comment="fine", contact_me=False), ("a comment without a rating", Proposal("noted"))),
        (Remark(rating=5, comment="please take me off your list", contact_me=False),
         ("may be an opt-out", Proposal("opt-out"))),
        (Remark(rating=3, comment="no", contact_me=False, question=Question.RECOVERY),
         ("neither yes nor no", Proposal("answer", 3))),
        (Remark(rating=None, comment="Yes", contact_me=False, question=Question.RECOVERY), None),
    ],
)  # fmt: skip
def test_a_comment_of_the_page_is_read_when_it_is_not_certain(remark: Remark, reading: tuple[str, Proposal] | None):
    assert remark_on(remark, SHIPPED) == reading


def test_a_long_comment_is_cut_and_a_person_is_told():
    understood = heard("5\n\n" + "Good " * 1000)
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


def test_who_writes_start_wants_to_hear_from_us_again():
    """What it lifts, if anything, is a matter of where the opt-out came from."""
    understood = heard("START")
    assert (understood.meaning, understood.to_person) == (Meaning.START, "wants to hear from us again")
    assert not understood.is_said


@pytest.mark.parametrize(
    "text",
    [
        "Delivery failure: the part never came", "Not read: your letter was too long, and the tap leaks",
        "Out of hours: nobody came", "Returned mail: you sent it to my old house",
    ],
)  # fmt: skip
def test_what_only_begins_like_a_programs_subject_is_a_persons_text(text: str):
    assert heard(text).to_person is not None


@pytest.mark.parametrize(
    "text", ["Automatic reply: away until 5.", "Automatische Antwort: Praxis geschlossen, Notfall 112"]
)
def test_a_text_that_calls_itself_automatic_is_a_machines(text: str):
    assert heard(text).meaning is Meaning.AUTOMATIC


@pytest.mark.parametrize(
    ("subject", "automatic"),
    [
        ("[Auto-Reply] How did we do?", True),
        ("(Out of office) How did we do?", True),
        ("[Read this] it leaks again", False),
        ("(Accepted) your offer, but it leaks", False),
        ("[Delivery] nobody came", False),
    ],
)
def test_a_word_in_brackets_is_a_machines_only_when_it_names_nothing_else(subject: str, automatic: bool):
    understood = heard("We are closed.", EMAIL, subject=subject)
    assert (understood.meaning is Meaning.AUTOMATIC) is automatic


@pytest.mark.parametrize(
    "line",
    [
        "Von meinem Bad tropft es",
        "Envoyé de mauvaises pièces",
        "Sent via the leaking pipe",
        "Von meinem Herd riecht es nach Gas",
    ],
)
def test_what_begins_like_a_telephones_line_and_tells_of_trouble_is_kept_and_looked_at(line: str):
    understood = heard(f"5\n\n{line}", EMAIL)
    assert line in understood.text
    assert understood.to_person is not None or understood.dangers


@pytest.mark.parametrize(
    "line", ["Sent from my iPhone", "Von meinem Samsung Galaxy gesendet", "Envoyé de Yahoo Mail pour Android"]
)
def test_a_telephones_own_line_is_no_comment(line: str):
    assert heard(f"5\n\n{line}", EMAIL).comment is None
