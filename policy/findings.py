"""Clause 4.6: what a month's figures say, in plain language, and no more than they can say.

Percentages, comparisons and rankings need the counts that the policy demands; below them a finding gives counts. What
chance alone could explain is called "no detectable change", in words. Every finding cites its numbers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from policy.rules import ReviewRules
from policy.statistics import SIGNIFICANCE, Difference, Share, corrected, difference, same_share_p
from policy.texts import interval_text, of_text, percent, points, points_text, share_text
from policy.words import Words
from vocabulary import Clause


class Weight(StrEnum):
    """How a reader is to take a finding."""

    ACT = "look into this"
    GOOD = "detectable, for the better"
    BAD = "detectable, for the worse"
    SAME = "no detectable difference"
    NOT_YET = "cannot be said yet"
    TOO_FEW = "too few to say"
    COUNT = "for the record"


@dataclass(frozen=True, slots=True)
class Finding:
    topic: str
    text: str
    weight: Weight
    clause: Clause = Clause.REVIEW


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in this month and in the month before. `waited_for`: how many may still join the part of each."""

    now: Share
    before: Share
    waited_for: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the findings are drawn from. `departments` and `branches`: satisfied of rated, by name."""

    month: str
    before: str
    reported: int
    accounted: int
    still_open: int
    in_time: Rate
    answered: Rate
    satisfied: Rate
    departments: Mapping[str, Share]
    branches: Mapping[str, Share]
    concerns: int
    handed_over: Share
    root_causes: Mapping[str, int]
    words: Words = field(default_factory=lambda: Words(0, 0))


def findings(facts: Facts, rules: ReviewRules) -> tuple[Finding, ...]:
    """In the order in which the review shows them. A month without services has one finding."""
    if facts.reported == 0:
        return (Finding("Account", f"No service was reported for {facts.month}.", Weight.COUNT, Clause.RECORD),)
    found = [_account(facts)]
    found.append(_rate("First contact", "Made before the deadline", facts.in_time, facts, rules, Clause.CONTACT))
    found.append(_rate("Response", "Answered, of those contacted", facts.answered, facts, rules, Clause.ASK))
    found.append(_rate("Satisfaction", "Satisfied, of those who rated", facts.satisfied, facts, rules, Clause.ASK))
    found += _groups(facts, rules)
    found += _concerns(facts, rules)
    found += _words(facts.words, rules)
    return tuple(found)


def _account(facts: Facts) -> Finding:
    if facts.accounted != facts.reported:
        numbers = f"{facts.accounted} of {facts.reported} services of {facts.month} are accounted for"
        text = f"Only {numbers}. Find out what became of the rest before this review is signed."
        return Finding("Account", text, Weight.ACT, Clause.RECORD)
    open_now = f"; {facts.still_open} of them are still open" if facts.still_open else ""
    text = f"All {facts.reported} services of {facts.month} are accounted for{open_now}."
    return Finding("Account", text, Weight.COUNT, Clause.RECORD)


def _rate(topic: str, what: str, rate: Rate, facts: Facts, rules: ReviewRules, clause: Clause) -> Finding:
    """The share as it stands and, where both months have enough, what became of it since the month before."""
    now, before = rate.now, rate.before
    if now.whole < rules.percentages_from:
        text = f"{what}: {of_text(now)}. Percentages are given from {rules.percentages_from}."
        return Finding(topic, text, Weight.TOO_FEW, clause)
    stands = f"{what}: {of_text(now)} ({percent(now)}, interval {interval_text(now)})."
    if before.whole < rules.percentages_from:
        text = f"{stands} Not compared with {facts.before}, which has {of_text(before)}."
        return Finding(topic, text, Weight.TOO_FEW, clause)
    weight, verdict = _change(rate)
    return Finding(topic, f"{stands} {facts.before}: {share_text(before)}. {verdict}", weight, clause)


def _change(rate: Rate) -> tuple[Weight, str]:
    """Those who are still waited for are taken as joining and as not joining: a change must hold either way."""
    least = difference(rate.now, _joined(rate.before, rate.waited_for[1]))
    most = difference(_joined(rate.now, rate.waited_for[0]), rate.before)
    plain = difference(rate.now, rate.before)
    if least.interval.low > 0:
        return Weight.GOOD, f"That is a detectable rise of {points(plain.value)} ({points_text(plain)})."
    if most.interval.high < 0:
        return Weight.BAD, f"That is a detectable fall of {points(-plain.value)} ({points_text(plain)})."
    if not any(rate.waited_for) or not (plain.detectable or least.detectable or most.detectable):
        return Weight.SAME, f"No detectable change: the difference may lie anywhere from {points_text(plain)}."
    waiting = sum(rate.waited_for)
    return Weight.NOT_YET, f"Whether that is a change cannot be said yet: {waiting} customers may still answer."


def _joined(share: Share, more: int) -> Share:
    return Share(min(share.part + more, share.whole), share.whole)


@dataclass(frozen=True, slots=True)
class _Compared:
    """One group against all others of its kind."""

    kind: str
    name: str
    own: Share
    rest: Share


def _groups(facts: Facts, rules: ReviewRules) -> list[Finding]:
    """Departments and branches against the rest of theirs; corrected together, for all are looked at together."""
    kinds = {"department": facts.departments, "branch": facts.branches}
    pairs = [pair for kind, groups in kinds.items() for pair in _pairs(kind, groups, rules.rankings_from)]
    p_values = corrected([same_share_p(pair.own, pair.rest) for pair in pairs])
    found = [(pair, difference(pair.own, pair.rest), p) for pair, p in zip(pairs, p_values, strict=True)]
    clear = [(pair, by, p) for pair, by, p in found if p <= SIGNIFICANCE and by.detectable]
    told = [_differs(pair, by, p) for pair, by, p in sorted(clear, key=lambda one: one[1].value)]
    quiet = [_quiet(kind, groups, rules, sum(pair.kind == kind for pair in pairs))
             for kind, groups in kinds.items() if not any(pair.kind == kind for pair, _, _ in clear)]  # fmt: skip
    return [*told, *(finding for finding in quiet if finding)]


def _pairs(kind: str, groups: Mapping[str, Share], at_least: int) -> Iterator[_Compared]:
    total = Share(sum(share.part for share in groups.values()), sum(share.whole for share in groups.values()))
    for name, own in groups.items():
        rest = Share(total.part - own.part, total.whole - own.whole)
        if own.whole >= at_least and rest.whole >= at_least:
            yield _Compared(kind, name, own, rest)
            if len(groups) == 2:  # noqa: PLR2004 - of two, each is the other's rest: one comparison says it all
                return


def _differs(pair: _Compared, by: Difference, p: float) -> Finding:
    direction, weight = ("higher", Weight.GOOD) if by.value > 0 else ("lower", Weight.BAD)
    others, p_text = _PLURALS[pair.kind], f"below {_SMALLEST_P}" if p < _SMALLEST_P else f"{p:.3f}"
    text = (
        f"{pair.name}: detectably {direction} than the other {others}: {share_text(pair.own)} against "
        f"{share_text(pair.rest)}, a difference of {points(by.value)} ({points_text(by)}; corrected p {p_text})."
    )
    return Finding(f"Satisfaction by {pair.kind}", text, weight, Clause.REVIEW)


def _quiet(kind: str, groups: Mapping[str, Share], rules: ReviewRules, compared: int) -> Finding | None:
    topic, rated = f"Satisfaction by {kind}", [share for share in groups.values() if share.whole]
    if len(rated) < 2:  # noqa: PLR2004 - one alone has nothing to be compared with
        return None
    if not compared:
        needed = f"Not compared: that needs {rules.rankings_from} ratings in a {kind} and in the others together."
        return Finding(topic, needed, Weight.TOO_FEW)
    looked = f"{compared} comparison{'s' if compared > 1 else ''} with the rest, corrected for their number"
    return Finding(topic, f"No {kind} differs detectably from the others ({looked}).", Weight.SAME)


_PLURALS = {"department": "departments", "branch": "branches"}
_SMALLEST_P = 0.001


def _concerns(facts: Facts, rules: ReviewRules) -> Iterator[Finding]:
    if not facts.concerns:
        yield Finding("Concerns", "No concern was opened.", Weight.COUNT, Clause.ESCALATE)
        return
    taken = facts.handed_over
    text = f"Opened: {facts.concerns}. Acknowledged by a person within 24 hours: {of_text(taken)} whose time is over."
    yield Finding("Concerns", text, Weight.COUNT if taken.part == taken.whole else Weight.ACT, Clause.ESCALATE)
    known = sum(facts.root_causes.values())
    if known >= rules.rankings_from:
        most = max(facts.root_causes.values())
        names = [cause for cause, count in facts.root_causes.items() if count == most]
        each = " each" if len(names) > 1 else ""
        text = f"Named most often: {' and '.join(names)} ({most}{each} of {known} resolved concerns)."
        yield Finding("Root causes", text, Weight.COUNT)
    elif known:
        text = f"Counted, not ranked: {known} are known, and a ranking needs {rules.rankings_from}."
        yield Finding("Root causes", text, Weight.TOO_FEW)


def _words(words: Words, rules: ReviewRules) -> Iterator[Finding]:
    sides = f"{words.low_comments} comments with low and {words.high_comments} with high ratings"
    if min(words.low_comments, words.high_comments) < rules.comments_from:
        if words.low_comments or words.high_comments:
            text = f"Words not compared: {sides}, and that needs {rules.comments_from} each."
            yield Finding("Comments", text, Weight.TOO_FEW)
        return
    marks = ", ".join(f"“{word.text}” ({word.low} of {words.low_comments})" for word in words.of_low)
    text = f"Words that mark low ratings: {marks}" if marks else "No word marks low ratings"
    yield Finding("Comments", f"{text}; from {sides}.", Weight.COUNT)
