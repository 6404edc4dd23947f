"""Clause 4.4 in a table: what the answer to the recovery survey means for the concern."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.concern import Spoken, judge
from policy.file import read_policy
from policy.recovery import NotRecovered, Recovered, Undecided, after_recovery
from policy.yes_no import yes_or_no

RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
SURVEY = replace(RULES.survey, low_max=2, satisfied_min=4)
SATISFIED = Recovered("the customer is satisfied with the resolution")
ACCEPTED = Recovered("the customer accepts the resolution")


def said(rating: int | None = None, comment: str | None = None, **more: bool) -> Spoken:
    flags = {"contact_me": False, "solved": False, "concern": False, "concern_open": False} | more
    return Spoken(rating=rating, comment=comment, **flags)


DISSATISFIED = NotRecovered("dissatisfied", ("says that it was not put right",))


@pytest.mark.parametrize(
    ("spoken", "outcome"),
    [
        (said(5), SATISFIED),
        (said(4, "Thank you"), SATISFIED),
        (said(5, "but late"), Undecided("a good score beside words that may be a concern")),
        (said(5, "but nobody came"), NotRecovered("concern", ("tells of something wrong",))),
        (said(3), Undecided()),
        (said(3, "no"), Undecided()),
        (said(None, "Yes"), ACCEPTED),
        (said(None, "Ja"), ACCEPTED),
        (said(None, "No"), DISSATISFIED),
        (said(None, "Nein"), DISSATISFIED),
        (said(None, "thanks"), Undecided()),
        (said(None, "Who is this?"), Undecided()),
        (said(None, "I am away until Friday"), Undecided()),  # a machine's, perhaps
        (said(None, "hm", solved=True), ACCEPTED),  # a person read it as a yes
        (said(1), NotRecovered("dissatisfied", ("rating 1 of 5",))),
        (said(5, contact_me=True), NotRecovered("concern", ("asks to be contacted",))),
        (said(None, "hm", concern=True), NotRecovered("concern", ("raised a concern on the phone",))),
    ],
)
def test_only_an_explicit_yes_or_a_good_score_confirms(spoken: Spoken, outcome: Recovered | NotRecovered | Undecided):
    assert after_recovery(judge(spoken, SURVEY, RULES.escalation), spoken, SURVEY) == outcome


@given(
    rating=st.none() | st.integers(1, 5),
    comment=st.none()
    | st.text(max_size=30)
    | st.sampled_from(["thank you", "it still leaks", "I smell gas", "No", "Nein"]),
    contact_me=st.booleans(),
)
def test_nothing_else_confirms_a_resolution(rating: int | None, comment: str | None, contact_me: bool):
    spoken = said(rating, comment, contact_me=contact_me)
    outcome = after_recovery(judge(spoken, SURVEY, RULES.escalation), spoken, SURVEY)
    if isinstance(outcome, Recovered):
        assert rating is None or rating >= SURVEY.satisfied_min
        assert rating is not None or yes_or_no(comment or "") is True
