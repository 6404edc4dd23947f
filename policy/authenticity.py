"""Clause 4.3: did a person press the button, or a program that tries out what a mail holds?

Mail filters follow links, run pages, and press buttons. One sign alone proves nothing: people are quick, write no
comment, use old browsers, and sit behind filters of their own. So signs have points: a full sign has two, a half sign
one, and what no person's browser does has three or four. An answer is unconfirmed from the points of two full signs on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from policy.rules import MachineRules


class Sign(StrEnum):
    """As the log, `explain` and the call list name it."""

    SOON = "sent seconds after the mail arrived"
    TRAP = "followed the link that people do not see"
    FIELD = "filled in the field that people do not see"
    TWO_AT_ONCE = "opened two ratings at once"
    ALL_AT_ONCE = "opened all ratings at once"
    OTHERS_NOW = "another program opened the links just before"
    OTHERS = "another program opened the links before"
    PROGRAM = "came from a program known to check links"
    NO_LANGUAGE = "asked for no language"
    NO_GESTURE = "came without a key or a click"
    NO_SIGNALS = "without the signals of a current browser"
    NO_COMMENT = "no comment"
    CONTRADICTION = "another rating within seconds"
    SPREE = "one rating after the other"
    SAME_VISITOR = "came from where an unconfirmed answer came from"


POINTS: Mapping[Sign, int] = {
    Sign.SOON: 2,
    Sign.TRAP: 3,
    Sign.FIELD: 2,  # browsers fill in forms by themselves
    Sign.TWO_AT_ONCE: 2,  # a thumb that missed does so, too
    Sign.ALL_AT_ONCE: 3,
    Sign.OTHERS_NOW: 2,
    Sign.OTHERS: 1,  # the filter of the customer's own company, as a rule
    Sign.PROGRAM: 4,  # it says itself what it is
    Sign.NO_LANGUAGE: 2,
    Sign.NO_GESTURE: 2,
    Sign.NO_SIGNALS: 1,  # also old browsers and text browsers
    Sign.NO_COMMENT: 1,  # also most people
    Sign.CONTRADICTION: 4,
    Sign.SPREE: 4,
    Sign.SAME_VISITOR: 4,
}
FULL = 2
_UNCONFIRMED = 2 * FULL


class Deed(StrEnum):
    """What a visitor did behind a link."""

    OPENED = "opened"
    TRAP = "trap"
    FIELD = "field"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Visit:
    """`visitor` tells visitors apart as far as their programs differ; it names nobody."""

    at: datetime
    visitor: str
    deed: Deed
    rating: int | None = None
    """That the link opened was to fill in."""
    nonce: str | None = None
    """Of the answer sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What a browser says of itself with every request."""

    agent: str
    language: bool
    """It names languages."""
    fetch: bool
    """It says how the request came about (Sec-Fetch-Mode), as browsers do since about 2020, over https."""
    gesture: bool
    """It says that a person caused it (Sec-Fetch-User)."""

    @property
    def tells_gestures(self) -> bool:
        """Chromium does, in all its guises. Safari does not; of the others we do not know it."""
        return self.fetch and "Chrome/" in self.agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    at: datetime
    arrived_at: datetime
    """When the mail with the link was delivered, or sent when nothing was reported."""
    rating: int | None
    comment: bool
    visitor: str
    signals: Signals


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer through the same link, or another one of the same survey."""

    nonce: str
    at: datetime
    rating: int | None


@dataclass(frozen=True, slots=True)
class Confirmed:
    judge_at: datetime
    """With a sign against it, an answer waits for what may still come: programs that press one button press others."""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    signs: tuple[Sign, ...]


def weigh(
    sent: Submission, visits: Sequence[Visit], earlier: Sequence[Earlier], rules: MachineRules
) -> Confirmed | Unconfirmed:
    """Whether a submission counts. `visits` are those of its link: one that was forgotten only speaks for it."""
    signs = (*_of_time(sent, rules), *_of_visits(sent, visits, rules), *_of_signals(sent, rules))
    signs += _of_ratings(sent, visits, earlier, rules)
    points = sum(POINTS[sign] for sign in signs)
    if points >= _UNCONFIRMED:
        return Unconfirmed(signs)
    if points >= FULL:
        return Confirmed(sent.at + around(rules))
    return Confirmed(sent.at + timedelta(seconds=rules.wait_seconds) if points else sent.at)


def doubted(
    sent: Submission,
    verdict: Confirmed | Unconfirmed,
    visits: Sequence[Visit],
    earlier: Sequence[Earlier],
    rules: MachineRules,
) -> dict[str, Sign]:
    """The earlier answers that this submission makes unconfirmed as well, by nonce, each with the sign against it."""
    if isinstance(verdict, Confirmed):
        return {}
    sign = Sign.SPREE if Sign.SPREE in verdict.signs else Sign.SAME_VISITOR
    found = {one.nonce: sign for one in _of_the_visitor(sent, visits, earlier, rules)}
    return found | {one.nonce: Sign.CONTRADICTION for one in earlier if _contradicts(sent, one, rules)}


def signs_of_press(press: Submission, visits: Sequence[Visit], rules: MachineRules) -> set[Sign]:
    """Those against a press of a button that sends no rating: `policy.presses` says which of them count."""
    return {*_of_time(press, rules), *_of_visits(press, visits, rules), *_of_signals(press, rules)} - {Sign.NO_COMMENT}


def _of_time(sent: Submission, rules: MachineRules) -> tuple[Sign, ...]:
    return (Sign.SOON,) if sent.at - sent.arrived_at < timedelta(seconds=rules.soon_seconds) else ()


def _of_visits(sent: Submission, visits: Sequence[Visit], rules: MachineRules) -> tuple[Sign, ...]:
    """What the visitor did before is a sign; what others did, a weaker one: filters open links before people do."""
    lately = [visit for visit in visits if visit.at <= sent.at and sent.at - visit.at <= around(rules)]
    own = [visit for visit in lately if visit.visitor == sent.visitor]
    others = [visit for visit in lately if visit.visitor != sent.visitor]
    found = [sign for deed, sign in _DEEDS.items() if any(visit.deed is deed for visit in own)]
    most = max(_at_once(own, rules).values(), default=0)
    if most >= _SEVERAL:
        found.append(Sign.ALL_AT_ONCE if most > _SEVERAL else Sign.TWO_AT_ONCE)
    tried = [at for at, ratings in _at_once(others, rules).items() if ratings >= _SEVERAL]
    tried += [visit.at for visit in others if visit.deed is Deed.TRAP]
    if tried:
        now = sent.at - max(tried) < timedelta(seconds=rules.soon_seconds)
        found.append(Sign.OTHERS_NOW if now else Sign.OTHERS)
    return tuple(found)


_DEEDS = {Deed.TRAP: Sign.TRAP, Deed.FIELD: Sign.FIELD}
_SEVERAL = 2


def _at_once(visits: Sequence[Visit], rules: MachineRules) -> dict[datetime, int]:
    """For the time of each link opened: how many different ratings were opened within seconds up to then."""
    within = timedelta(seconds=rules.burst_seconds)
    opened = [visit for visit in visits if visit.rating is not None]
    return {
        last.at: len({one.rating for one in opened if timedelta(0) <= last.at - one.at <= within}) for last in opened
    }


def _of_signals(sent: Submission, rules: MachineRules) -> tuple[Sign, ...]:
    signals = sent.signals
    signs = {
        Sign.PROGRAM: not signals.agent.strip() or bool(_known(rules.programs).search(signals.agent)),
        Sign.NO_LANGUAGE: not signals.language,
        Sign.NO_GESTURE: signals.tells_gestures and not signals.gesture,
        Sign.NO_SIGNALS: not signals.fetch,
        Sign.NO_COMMENT: not sent.comment,
    }
    return tuple(sign for sign, given in signs.items() if given)


@lru_cache(maxsize=100)
def _known(programs: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words: a telephone of the make Cubot is no bot."""
    words = "|".join(re.escape(program) for program in programs)
    return re.compile(rf"(?<![a-z])(?:{words})(?![a-z])" if words else r"(?!)", re.IGNORECASE)


def _of_ratings(
    sent: Submission, visits: Sequence[Visit], earlier: Sequence[Earlier], rules: MachineRules
) -> tuple[Sign, ...]:
    own = {one.rating for one in _of_the_visitor(sent, visits, earlier, rules)} | {sent.rating}
    signs = {
        Sign.CONTRADICTION: any(_contradicts(sent, one, rules) for one in earlier),
        Sign.SPREE: len(own - {None}) >= rules.spree_ratings,
    }
    return tuple(sign for sign, given in signs.items() if given)


def _of_the_visitor(
    sent: Submission, visits: Sequence[Visit], earlier: Sequence[Earlier], rules: MachineRules
) -> list[Earlier]:
    """What the same visitor sent in the last minutes: a person may come right after a program."""
    own = {visit.nonce for visit in visits if visit.visitor == sent.visitor and visit.deed is Deed.SENT}
    return [one for one in earlier if one.nonce in own and sent.at - one.at <= around(rules)]


def _contradicts(sent: Submission, one: Earlier, rules: MachineRules) -> bool:
    both = sent.rating is not None and one.rating is not None and sent.rating != one.rating
    return both and sent.at - one.at <= timedelta(seconds=rules.contradiction_seconds)


def around(rules: MachineRules) -> timedelta:
    """So long what was done behind a link counts."""
    return timedelta(minutes=rules.trap_minutes)
