"""Clause 4.4: does an answer hold an unresolved concern, how grave is it, and who takes it."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from policy.danger import dangers
from policy.escalation_rules import EscalationRules, Route
from policy.law import speaks_of_law
from policy.rules import SurveyRules
from policy.trouble import tells_of_trouble
from vocabulary import Disposition
from vocabulary.comparing import compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An answer as it is judged."""

    rating: int | None
    comment: str | None
    contact_me: bool
    solved: bool
    concern: bool
    concern_open: bool
    """A concern of this case is open already."""


@dataclass(frozen=True, slots=True)
class Fine:
    disposition: Disposition
    reason: str


@dataclass(frozen=True, slots=True)
class Concern:
    severity: str
    """"safety", "legal", "dissatisfied" or "concern", gravest first."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The customer says it again (or says more): it belongs to the concern that is open."""

    severity: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calmer:
    """A better answer while a concern is open: noted, but it closes nothing."""

    reasons: tuple[str, ...] = ("a later answer without a concern; the concern stays open",)


Verdict = Fine | Concern | Repeat | Calmer


def judge(spoken: Spoken, survey: SurveyRules, rules: EscalationRules) -> Verdict:
    """Not only a low score is a concern: a request for contact, and words of concern, safety or law are too."""
    if spoken.solved:
        return Calmer((_SOLVED,)) if spoken.concern_open else Fine(_by_rating(spoken.rating, survey), _SOLVED)
    reasons = _reasons(spoken, survey, rules)
    if not reasons:
        return Calmer() if spoken.concern_open else Fine(_by_rating(spoken.rating, survey), _fine_reason(spoken))
    severity = min((severity for severity, _ in reasons), key=SEVERITIES.index)
    texts = tuple(text for _, text in reasons)
    return Repeat(severity, texts) if spoken.concern_open else Concern(severity, texts)


def route(department: str, rules: EscalationRules) -> Route:
    """The first route for the department; the policy's last route takes everything."""
    wanted = compared(department)
    return next(route for route in rules.routes if compared(route.department) in (wanted, "*"))


def route_of(handled_by: str, department: str, rules: EscalationRules) -> Route:
    """The route of a concern that is with `handled_by`, which may have got it from the one for the service's
    `department`. When the policy does not know it, that one.
    """
    own = route(department, rules)
    if own.handled_by == handled_by:
        return own
    return next((route for route in rules.routes if route.handled_by == handled_by), own)


def route_to_read(handled_by: str | None, department: str | None, rules: EscalationRules) -> Route:
    """The route of a reply: of the department that it was handed over to, else of its case's `department`; the policy's
    last one for a reply of no case, and where no route knows the department.
    """
    own = route(department or "*", rules)
    if handled_by is None:
        return own
    return next((route for route in rules.routes if handled_by in (route.handled_by, route.department)), own)


_SOLVED = "raised and solved on the phone"
SEVERITIES = ("safety", "legal", "dissatisfied", "concern")
"""Gravest first."""


def _reasons(spoken: Spoken, survey: SurveyRules, rules: EscalationRules) -> list[tuple[str, str]]:
    found = []
    if spoken.rating is not None and spoken.rating <= survey.low_max:
        found.append(("dissatisfied", f"rating {spoken.rating} of 5"))
    if spoken.contact_me:
        found.append(("concern", "asks to be contacted"))
    if spoken.concern:
        found.append(("concern", "raised a concern on the phone"))
    comment = unicodedata.normalize("NFC", spoken.comment or "")
    for severity, words in (
        ("safety", rules.safety_words),
        ("legal", rules.legal_words),
        ("concern", rules.concern_words),
    ):
        # The words of the policy are named, never the customer's own text: reasons go into the log.
        if words and _any_of(words).search(comment):
            hits = [word for word in words if _pattern(word).search(comment)]
            found.append((severity, f"{severity} words in the comment: {', '.join(hits)}"))
    return [*found, *_heard_beyond_words({severity for severity, _ in found}, comment)]


def _heard_beyond_words(found: Collection[str], comment: str) -> Iterator[tuple[str, str]]:
    """What the words in policy/words say, where the company's own have not: the kind, never the customer's text."""
    if "safety" not in found and (heard := dangers(comment)):
        yield "safety", f"reports a danger: {', '.join(heard)}"
    if "legal" not in found and speaks_of_law(comment):
        yield "legal", "speaks of lawyers, courts or authorities"
    if "concern" not in found and tells_of_trouble(comment):
        yield "concern", "tells of something wrong"


_APOSTROPHE = "['\u2019\u02bc\u00b4`]"
"""Straight, curly, and the accents that people type instead."""


@lru_cache(maxsize=100)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Most comments hold none of the words, and one search says so."""
    words_of_all = "|".join(_pattern(word).pattern for word in words)
    return re.compile(rf"(?<!\w)(?:{words_of_all})", re.IGNORECASE)


@lru_cache(maxsize=1000)
def _pattern(word: str) -> re.Pattern[str]:
    ending = r"\w*" if word.strip().endswith("*") else ""
    text = re.escape(unicodedata.normalize("NFC", word.strip().rstrip("*"))).replace(r"\ ", r"\s+")
    text = re.sub(_APOSTROPHE, _APOSTROPHE, text)
    return re.compile(rf"(?<!\w){text}{ending}(?!\w)", re.IGNORECASE)


def _by_rating(rating: int | None, survey: SurveyRules) -> Disposition:
    return Disposition.SATISFIED if rating is not None and rating >= survey.satisfied_min else Disposition.NEUTRAL


def _fine_reason(spoken: Spoken) -> str:
    return "a comment without a rating" if spoken.rating is None else f"rating {spoken.rating} of 5"
