"""Clause 4.4 in tables: which answers hold an unresolved concern, how grave it is, and who takes it."""

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.concern import Calmer, Concern, Fine, Repeat, Spoken, Verdict, judge, route
from policy.file import read_policy
from vocabulary import Disposition

RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
SURVEY = replace(RULES.survey, low_max=2, satisfied_min=4)
ESCALATION = replace(
    RULES.escalation,
    concern_words=("complain*", "leak*", "still not", "doesn't work", "stopped working", "call me"),
    safety_words=("fire", "smell of gas", "injur*"),
    legal_words=("lawyer", "sue"),
)
SOLVED = ("raised and solved on the phone",)
SILENT = Spoken(rating=None, comment=None, contact_me=False, solved=False, concern=False, concern_open=False)


def judged(**spoken: Any) -> Verdict:
    return judge(replace(SILENT, **spoken), SURVEY, ESCALATION)


@pytest.mark.parametrize(
    ("rating", "verdict"),
    [
        (1, Concern("dissatisfied", ("rating 1 of 5",))),
        (2, Concern("dissatisfied", ("rating 2 of 5",))),
        (3, Fine(Disposition.NEUTRAL, "rating 3 of 5")),
        (4, Fine(Disposition.SATISFIED, "rating 4 of 5")),
        (5, Fine(Disposition.SATISFIED, "rating 5 of 5")),
        (None, Fine(Disposition.NEUTRAL, "a comment without a rating")),
    ],
)
def test_a_score_is_low_neutral_or_satisfied(rating: int | None, verdict: Verdict):
    assert judged(rating=rating, comment="thanks") == verdict


@pytest.mark.parametrize(
    ("low_max", "satisfied_min", "dispositions"),
    [
        (1, 5, ["concern", "neutral", "neutral", "neutral", "satisfied"]),
        (4, 5, ["concern", "concern", "concern", "concern", "satisfied"]),
        (1, 2, ["concern", "satisfied", "satisfied", "satisfied", "satisfied"]),
    ],
)
def test_the_policy_draws_the_lines(low_max: int, satisfied_min: int, dispositions: list[str]):
    survey = replace(SURVEY, low_max=low_max, satisfied_min=satisfied_min)
    verdicts = [judge(replace(SILENT, rating=rating), survey, ESCALATION) for rating in range(1, 6)]
    assert ["concern" if isinstance(v, Concern) else v.disposition for v in verdicts] == dispositions  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("comment", "word"),
    [
        ("I want to complain", "complain*"),
        ("A COMPLAINT, please", "complain*"),  # any case, any ending
        ("the boiler stopped working again", "stopped working"),
        ("It stopped\n  working.", "stopped working"),  # over the end of a line
        ("it stopped\u00a0working", "stopped working"),  # a space that does not break
        ("it doesn't work", "doesn't work"),
        ("it doesn\u2019t work", "doesn't work"),  # as telephones write it
        ("it doesn\u00b4t work", "doesn't work"),  # as hasty typists write it
        ("there was a fire!", "fire"),
        ("(fire)", "fire"),
        ("fire-damage", "fire"),
        ("my fireplace is lovely", None),  # another word
        ("we fired it up", None),
        ("a bonfire", None),
        ("a smell of gas", "smell of gas"),
        ("a smell of gasoline", None),
        ("your pursuer", None),
        ("I could not be happier", None),
        ("stillness, not noise", None),
        ("recall me", None),
        ("", None),
        (None, None),
    ],
)
def test_words_of_concern_are_whole_words_however_they_are_written(comment: str | None, word: str | None):
    verdict = judged(rating=5, comment=comment)
    if word is None:
        assert isinstance(verdict, Fine)
    else:
        assert isinstance(verdict, Concern)
        assert verdict.reasons[0].endswith(f"words in the comment: {word}")


@pytest.mark.parametrize(
    ("word", "comment"),
    [
        ("doesn\u2019t work", "it doesn't work"),  # the policy was written in a word processor
        ("fuite*", "Il y a des FUITES d'eau"),
        ("beschädig*", unicodedata.normalize("NFD", "völlig beschädigt")),  # a and its dots as two characters
        (unicodedata.normalize("NFD", "beschädig*"), "völlig beschädigt"),
        ("c++", "the c++ unit"),  # a word may hold what means something to regular expressions
        ("(leak)", "see (leak)"),
    ],
)
def test_the_words_may_be_of_any_language_and_spelling(word: str, comment: str):
    verdict = judge(replace(SILENT, comment=comment), SURVEY, replace(ESCALATION, concern_words=(word,)))
    assert isinstance(verdict, Concern)


@pytest.mark.parametrize(
    ("spoken", "severity"),
    [
        ({"rating": 1, "comment": "there was a fire and I will sue"}, "safety"),  # the gravest of all
        ({"rating": 1, "comment": "I will sue"}, "legal"),
        ({"rating": 1, "comment": "it leaks", "contact_me": True}, "dissatisfied"),
        ({"rating": 5, "comment": "it leaks"}, "concern"),
        ({"rating": 5, "contact_me": True}, "concern"),  # a good score does not hide the wish
        ({"contact_me": True}, "concern"),
        ({"rating": 5, "concern": True}, "concern"),  # who took the call heard one
    ],
)
def test_a_concern_is_as_grave_as_the_gravest_of_its_reasons(spoken: dict[str, Any], severity: str):
    verdict = judged(**spoken)
    assert isinstance(verdict, Concern)
    assert verdict.severity == severity


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ("es riecht nach Gas", "reports a danger: gas"),
        ("mijn advocaat belt u", "speaks of lawyers, courts or authorities"),
        ("la caldera no funciona", "tells of something wrong"),
    ],
)
def test_without_words_of_its_own_a_policy_hears_concerns_in_five_languages(comment: str, reason: str):
    bare = replace(ESCALATION, concern_words=(), safety_words=(), legal_words=())
    verdict = judge(replace(SILENT, rating=5, comment=comment), SURVEY, bare)
    assert isinstance(verdict, Concern)
    assert verdict.reasons == (reason,)


def test_all_reasons_are_named():
    assert judged(rating=2, comment="it leaks, a smell of gas", contact_me=True, concern=True) == Concern(
        "safety",
        ("rating 2 of 5", "asks to be contacted", "raised a concern on the phone",
         "safety words in the comment: smell of gas", "concern words in the comment: leak*"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spoken", "disposition"),
    [
        ({"rating": 1}, Disposition.NEUTRAL),
        ({"rating": 5, "comment": "it leaks"}, Disposition.SATISFIED),
        ({"concern": True}, Disposition.NEUTRAL),
        ({"rating": 4}, Disposition.SATISFIED),
        ({}, Disposition.NEUTRAL),
    ],
)
def test_what_was_solved_on_the_phone_is_logged_and_not_escalated(spoken: dict[str, Any], disposition: Disposition):
    assert judged(solved=True, **spoken) == Fine(disposition, *SOLVED)


@pytest.mark.parametrize(
    ("spoken", "verdict"),
    [
        ({"rating": 1}, Repeat("dissatisfied", ("rating 1 of 5",))),
        ({"rating": 5, "contact_me": True}, Repeat("concern", ("asks to be contacted",))),
        ({"rating": 5}, Calmer()),  # a better second answer never closes a concern
        ({"rating": 3, "comment": "better now"}, Calmer()),
        ({"rating": 1, "solved": True}, Calmer(SOLVED)),  # nor does a friendly call: its owner resolves it
        ({"solved": True}, Calmer(SOLVED)),
    ],
)
def test_while_a_concern_is_open_an_answer_belongs_to_it(spoken: dict[str, Any], verdict: Verdict):
    assert judged(concern_open=True, **spoken) == verdict


@pytest.mark.parametrize(
    ("department", "handled_by"),
    [("Heating", "Heating"), ("Plumbing", "Plumbing"), ("Roofing", "Customer Service"), ("heating ", "Heating"),
     ("*", "Customer Service")],
)  # fmt: skip
def test_a_concern_goes_to_the_department_s_route_or_to_the_fallback(department: str, handled_by: str):
    assert route(department, RULES.escalation).handled_by == handled_by


@given(
    rating=st.none() | st.integers(1, 5),
    comment=st.none() | st.text() | st.sampled_from(["it leaks", "FIRE", "I'll sue", "call me"]),
    contact_me=st.booleans(),
    concern=st.booleans(),
    concern_open=st.booleans(),
)
def test_a_low_score_or_a_wish_for_contact_is_never_called_fine(concern_open: bool, **spoken: Any):
    verdict = judged(concern_open=concern_open, **spoken)
    alarming = (spoken["rating"] or 5) <= SURVEY.low_max or spoken["contact_me"] or spoken["concern"]
    if alarming:
        assert isinstance(verdict, Repeat if concern_open else Concern)
    if concern_open:
        assert isinstance(verdict, Repeat | Calmer)


@given(text=st.text(alphabet="abcdef ghij", min_size=1))
def test_reasons_never_repeat_what_the_customer_wrote(text: str):
    verdict = judged(comment=f"{text} secret fire {text}", rating=1)
    assert isinstance(verdict, Concern)
    assert verdict.reasons[:2] == ("rating 1 of 5", "safety words in the comment: fire")
    assert set(verdict.reasons[2:]) <= {"speaks of lawyers, courts or authorities", "tells of something wrong"}
