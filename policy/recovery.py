"""Clause 4.4: what the customer's answer to the recovery survey means for the concern."""

from dataclasses import dataclass

from policy.concern import Calmer, Concern, Fine, Repeat, Verdict
from policy.rules import SurveyRules


@dataclass(frozen=True, slots=True)
class Recovered:
    reason: str


@dataclass(frozen=True, slots=True)
class NotRecovered:
    severity: str
    reasons: tuple[str, ...]


def after_recovery(verdict: Verdict, rating: int | None, survey: SurveyRules) -> Recovered | NotRecovered:
    """A low score, a wish for contact or words of concern open it again; everything else confirms the resolution."""
    match verdict:
        case Concern(severity, reasons) | Repeat(severity, reasons):
            return NotRecovered(severity, reasons)
        case Fine() | Calmer():
            confirmed = rating is not None and rating >= survey.satisfied_min
            return Recovered(
                "the customer is satisfied with the resolution" if confirmed else "the customer accepts the resolution"
            )
