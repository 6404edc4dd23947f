"""Clause 4.4 in a table: what the answer to the recovery survey means for the concern."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.concern import Calmer, Concern, Fine, Repeat, Spoken, Verdict, judge
from policy.file import read_policy
from policy.recovery import NotRecovered, Recovered, after_recovery
from vocabulary import Disposition

RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
SURVEY = replace(RULES.survey, low_max=2, satisfied_min=4)
SATISFIED = Recovered("the customer is satisfied with the resolution")
ACCEPTED = Recovered("the customer accepts the resolution")


@pytest.mark.parametrize(
    ("verdict", "rating", "outcome"),
    [
        (Fine(Disposition.SATISFIED, "rating 5 of 5"), 5, SATISFIED),
        (Fine(Disposition.SATISFIED, "rating 4 of 5"), 4, SATISFIED),
        (Fine(Disposition.NEUTRAL, "rating 3 of 5"), 3, ACCEPTED),
        (Fine(Disposition.NEUTRAL, "a comment without a rating"), None, ACCEPTED),  # said something, and no concern
        (Calmer(), 5, SATISFIED),
        (Concern("dissatisfied", ("rating 1 of 5",)), 1, NotRecovered("dissatisfied", ("rating 1 of 5",))),
        (Concern("concern", ("asks to be contacted",)), 5, NotRecovered("concern", ("asks to be contacted",))),
        (Repeat("safety", ("rating 2 of 5",)), 2, NotRecovered("safety", ("rating 2 of 5",))),
    ],
)
def test_a_low_score_or_a_concern_opens_it_again_and_all_else_confirms_it(
    verdict: Verdict, rating: int | None, outcome: Recovered | NotRecovered
):
    assert after_recovery(verdict, rating, SURVEY) == outcome


@given(
    rating=st.none() | st.integers(1, 5),
    comment=st.none() | st.sampled_from(["thank you", "it still leaks", "I smell gas", "a solicitor will write"]),
    contact_me=st.booleans(),
)
def test_only_an_answer_that_would_not_be_a_concern_confirms_a_resolution(
    rating: int | None, comment: str | None, contact_me: bool
):
    spoken = Spoken(
        rating=rating, comment=comment, contact_me=contact_me, solved=False, concern=False, concern_open=False
    )
    verdict = judge(spoken, SURVEY, RULES.escalation)
    outcome = after_recovery(verdict, rating, SURVEY)
    assert isinstance(outcome, NotRecovered) is isinstance(verdict, Concern)
    if isinstance(outcome, NotRecovered):
        assert isinstance(verdict, Concern)
        assert (outcome.severity, outcome.reasons) == (verdict.severity, verdict.reasons)
