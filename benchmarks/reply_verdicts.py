"""Whether what became of a reply is right by itself, right by a person, or silently wrong."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from benchmarks.reply_cases import ReplyCase
from benchmarks.reply_outcomes import Outcome

_ACTS = ("rating:", "opt_out", "confirm", "reopen", "bounce")
"""What a program does about a customer: each is wrong wherever nobody meant it."""
_WORD = re.compile(r"[^\W_]+")
# What may be missing from a comment because it is the rating itself: scale, satisfaction, stress; in five languages.
_SCALE = re.compile(
    r"\d+|stars?|points?|rat\w+|scor\w+|number|out|sterne?n?|punkte?n?|note|étoiles?|sur|estrellas?|puntos?|sterren|ster"
    r"|punten|one|two|three|four|five|eins?|zwei|drei|vier|fünf|une?|deux|trois|quatre|cinq|uno|dos|tres|cuatro|cinco|een"
    r"|twee|drie|vijf|very|sehr|très|muy|zeer|heel|satisf\w+|zufrieden|tevreden|nicht|pas|not|niet|of|von|van|de|eine|una"
    r"|straight|solid|definitely|absolutely|glatte|klare|dikke"
)
_STRESS = re.compile(r"\b(for sure|all day)\b")
_GREETING = re.compile(
    r"(hi|hello|dear|good (morning|day|evening)|hallo|guten|liebe|sehr geehrte|moin|bonjour|bonsoir|salut|madame|hola"
    r"|buen[oa]s|estimad[oa]s?|beste|dag|goede\w+)\b.*"
)
_SIGN_OFF = re.compile(
    r"(--|(kind |best |many )?regards|(best )?wishes|sincerely|cheers|thanks|thank you|mit freundlichen"
    r"|viele grüße|lg|mfg|danke|cordialement|bien à vous|merci|saludos|gracias|un saludo|met vriendelijke|groet\w*"
    r"|bedankt|sent from|von mein\w+ \w+ gesendet|envoyé de|enviado desde|verstuurd vanaf)\b.*|--"
)
_LEGAL = frozenset(["stop", "stopall", "unsubscribe", "cancel", "end", "quit"])
_COURTESY = frozenset(
    ["please", "pls", "thanks", "thank", "you", "bitte", "danke", "svp", "merci", "por", "favor", "gracias", "aub"]
)


class Right(StrEnum):
    BY_ITSELF = "right by itself"
    PERSON = "to a person"
    WRONG = "silently wrong"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`why` says what happened instead, where it is wrong. `only_waits`: held because it waits for a person."""

    case: ReplyCase
    outcome: Outcome
    right: Right
    why: str = ""
    only_waits: bool = False
    otherwise: bool = False
    """Than the same text without the quotation below it."""


def judge(case: ReplyCase, outcome: Outcome) -> Verdict:
    """One of the accepted sets of outcomes holds, nothing was done that nobody meant, and no word was lost."""
    met = [wanted for wanted in case.accept if wanted <= outcome.happened]
    unmeant = sorted(act for act in outcome.happened if act.startswith(_ACTS) and act not in case.listed)
    if unmeant or not met:
        return Verdict(case, outcome, Right.WRONG, "; ".join(outcome.told) or "nothing happened")
    if any(act.startswith("rating:") for act in outcome.happened):
        fault = comment_fault(case, outcome.comment)
        if fault:
            return Verdict(case, outcome, Right.WRONG, f"{fault}; {'; '.join(outcome.told)}")
    by_person = "person" in outcome.happened and "danger" not in outcome.happened
    only_waits = "hold" in outcome.happened and "hold" in case.listed and not outcome.held_as_opt_out
    return Verdict(case, outcome, Right.PERSON if by_person else Right.BY_ITSELF, only_waits=only_waits)


def compare(verdict: Verdict, alone: Outcome) -> Verdict:
    """Above a quotation, it is wrong to act otherwise than on the text alone, and to keep less than that from a person.

    A person who reads more than the text is not misled: that is only marked as understood otherwise.
    """
    outcome = verdict.outcome
    if verdict.right is Right.WRONG or outcome.understood == alone.understood:
        return verdict
    if verdict.right is Right.PERSON and outcome.text.startswith(alone.text):
        return replace(verdict, otherwise=True)
    why = f"understood as {outcome.understood}, but alone as {alone.understood}"
    return replace(verdict, right=Right.WRONG, why=why, otherwise=True)


def comment_fault(case: ReplyCase, comment: str | None) -> str:
    """What is wrong with the comment beside a rating; empty when nothing is."""
    if case.comments is not None:
        exact = {_squeezed(wanted) for wanted in case.comments}
        return "" if _squeezed(comment) in exact else f"comment {comment!r} is not what the customer wrote"
    written, kept = _words(case.text.replace("{our_text}", "")), _words(comment or "")
    if not _runs_through(kept, written):
        return f"comment {comment!r} holds what the customer did not write"
    lost = [] if case.clear else [word for word in _telling_words(case.said or case.text) if word not in kept]
    return f"lost from the comment: {', '.join(lost)}" if lost else ""


def is_legal_word(case: ReplyCase) -> bool:
    """An opt-out by the words that the law names, alone, repeated, beside a number or with courtesy."""
    words = [word for word in _words(case.text or case.subject or "") if not word.isdigit()]
    return case.kind == "opt-out" and bool(_LEGAL & set(words)) and set(words) <= _LEGAL | _COURTESY


def _telling_words(text: str) -> list[str]:
    """The words that say more than the rating, a greeting and a signature do."""
    told: list[str] = []
    for line in text.replace("{our_text}", "").splitlines():
        if _SIGN_OFF.fullmatch(line.strip().casefold()):
            break
        if not _GREETING.fullmatch(line.strip().casefold()):
            told += [word for word in _words(_STRESS.sub(" ", line)) if len(word) > 1 and not _SCALE.fullmatch(word)]
    return told


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _runs_through(part: Sequence[str], whole: Sequence[str]) -> bool:
    rest = iter(whole)
    return all(word in rest for word in part)


def _squeezed(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None
