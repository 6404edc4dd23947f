"""Clause 4.4: whether a resolution helped. How the customer is asked, and what the answer means for the concern."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from policy.concern import Calmer, Concern, Fine, Repeat, Spoken, Verdict
from policy.escalation_rules import EscalationRules
from policy.rules import SurveyRules
from policy.trouble import sounds_like_trouble
from policy.yes_no import yes_or_no
from vocabulary import Channel, Delivery


@dataclass(frozen=True, slots=True)
class Recovered:
    reason: str


@dataclass(frozen=True, slots=True)
class NotRecovered:
    severity: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither yes nor no: a person reads it, and until then the resolution is not confirmed."""

    reason: str = "neither yes nor no to whether it was put right"


def after_recovery(verdict: Verdict, said: Spoken, survey: SurveyRules) -> Recovered | NotRecovered | Undecided:
    """A low score, an explicit no, a wish for contact or a concern open it again. Only a good score or an explicit yes
    confirms; a person's reading of the answer (`solved`, `concern`) counts as explicit.
    """
    match verdict:
        case Concern(severity, reasons) | Repeat(severity, reasons):
            return NotRecovered(severity, reasons)
        case Fine() | Calmer():
            return _without_concern(said, survey)


def _without_concern(said: Spoken, survey: SurveyRules) -> Recovered | NotRecovered | Undecided:
    explicit = True if said.solved else yes_or_no(said.comment or "")
    if said.rating is not None and said.rating >= survey.satisfied_min:
        contradicted = said.comment is not None and explicit is not True and sounds_like_trouble(said.comment)
        return Undecided("a good score beside words that may be a concern") if contradicted else Recovered(_SATISFIED)
    if said.rating is not None:
        return Undecided()
    if explicit is None:
        return Undecided()
    return Recovered(_ACCEPTED) if explicit else NotRecovered("dissatisfied", ("says that it was not put right",))


_SATISFIED = "the customer is satisfied with the resolution"
_ACCEPTED = "the customer accepts the resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A customer who was asked whether the resolution helped and has not answered."""

    ladder: tuple[Channel, ...]
    tried: frozenset[Channel]
    """Where a survey was owed since the resolution."""
    closed: frozenset[Channel] = frozenset()
    """Channels that the customer does not want, or on which the address is known not to work."""
    wants_nothing: bool = False
    """The customer has opted out, or asked for a pause."""
    called: bool = False
    """A call about it was made, or is to be made."""
    delivery: Delivery | None
    """Of the newest survey; None on the phone."""
    code: str | None = None
    """What the provider said of it, such as "bounce 5.1.1"."""
    until: datetime
    """The end of the wait."""


@dataclass(frozen=True, slots=True)
class AskOn:
    """By a survey on another channel."""

    channel: Channel
    reason: str


@dataclass(frozen=True, slots=True)
class AskByCall:
    reason: str


@dataclass(frozen=True, slots=True)
class WaitOn:
    until: datetime


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    reason: str


_LOST = frozenset({Delivery.REJECTED, Delivery.FAILED, Delivery.WITHDRAWN, Delivery.UNKNOWN})
_UNDER_WAY = frozenset({Delivery.DUE, Delivery.CLAIMED})


def ask_on(asking: Asking, now: datetime, rules: EscalationRules) -> AskOn | AskByCall | WaitOn | Unconfirmed:
    """The next step. A resolution is not taken for unconfirmed while nobody has really been asked.

    `asking.delivery` UNKNOWN means that the wait for news of it is over, too.
    """
    if asking.delivery in _LOST and not (asking.called or asking.wants_nothing):
        step = _elsewhere(asking)
        if step is not None:
            return step
    if now < asking.until:
        return WaitOn(asking.until)
    if asking.delivery in _UNDER_WAY:  # it could not go out yet: the customer gets the whole time all the same
        return WaitOn(now + timedelta(days=rules.recovery_wait_days))
    return Unconfirmed("resolved by staff, not confirmed by the customer")


def _elsewhere(asking: Asking) -> AskOn | AskByCall | None:
    """The first channel of the ladder that was not tried; after the last a person finds a way."""
    lost = f"the survey that asked whether it helped did not arrive ({asking.code or asking.delivery})"
    left = [channel for channel in asking.ladder if channel not in asking.tried | asking.closed]
    if left and left[0] is not Channel.PHONE:
        return AskOn(left[0], lost)
    if Channel.PHONE in asking.closed:
        return None
    return AskByCall(lost if left else f"{lost}; no channel is left, a person is to find a way")
