"""Clauses 4.3 and 4.4: what is sent by the survey page is an answer; does a person have to read it as well."""

from dataclasses import dataclass

from policy.concern import Concern, Spoken, judge
from policy.leaving import may_leave
from policy.machines import Question
from policy.recovery import Undecided, after_recovery
from policy.replies import Proposal
from policy.rules import Rules
from policy.trouble import sounds_like_trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What was sent by the survey page."""

    rating: int | None
    comment: str | None
    contact_me: bool
    question: Question = Question.SURVEY


def remark_on(remark: Remark, rules: Rules) -> tuple[str, Proposal] | None:
    """Why a person is to read it, and our best reading; None when it is certain, or a concern anyway."""
    spoken = Spoken(
        rating=remark.rating,
        comment=remark.comment,
        contact_me=remark.contact_me,
        solved=False,
        concern=False,
        concern_open=False,
    )
    verdict = judge(spoken, rules.survey, rules.escalation)
    if remark.comment and may_leave(remark.comment):
        return "may be an opt-out", Proposal("opt-out")
    if isinstance(verdict, Concern):
        return None
    if remark.question is Question.RECOVERY:
        undecided = isinstance(after_recovery(verdict, spoken, rules.survey), Undecided)
        return ("neither yes nor no", Proposal("answer", remark.rating)) if undecided else None
    if remark.comment and remark.rating is None:
        return "a comment without a rating", Proposal("concern" if sounds_like_trouble(remark.comment) else "noted")
    if remark.comment and sounds_like_trouble(remark.comment):
        return "a comment that may be a concern", Proposal("concern", remark.rating)
    return None
