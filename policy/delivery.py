"""Clause 4.1: what has become of a message, from everything that its provider told, in whatever order that came.

"Contacted" means the first attempt that was not refused, bounced or dropped: the provider's receipt is not enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from vocabulary import Cause, Delivery, News

_RANK = {news: rank for rank, news in enumerate(News)}
"""The order of the words in `News` is the order in which they outrank each other."""
_STATES = {
    News.TAKEN: Delivery.ACCEPTED,
    News.DELAYED: Delivery.ACCEPTED,
    News.BLOCKED: Delivery.FAILED,
    News.ARRIVED: Delivery.DELIVERED,
    News.SPAM: Delivery.FAILED,
    News.AWAY: Delivery.FAILED,
    News.BARRED: Delivery.FAILED,
    News.LOST: Delivery.FAILED,
}
_CAUSES = {News.AWAY: Cause.AWAY, News.BARRED: Cause.SENDER}
_FAILURES = frozenset(news for news, state in _STATES.items() if state is Delivery.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that a provider told of a message. `news` is None for hints and words that we do not know."""

    news: News | None
    at: datetime
    word: str
    """What it was and its code, such as "bounce 5.1.1"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a message stands by what was told. The same for every order, repetition and division of the same facts."""

    state: Delivery
    word: str | None
    """Of the fact that decided; None when there are only hints."""
    cause: Cause | None
    """Why it did not arrive, where that is told and matters."""
    taken_at: datetime
    """The earliest instant at which the provider certainly had it."""
    arrived_at: datetime | None
    """Remembered also when it bounced or was called spam later."""
    failed_at: datetime | None
    newest_at: datetime

    @property
    def reached(self) -> bool:
        """Whether this counts as an attempt that was not refused, bounced or dropped."""
        return self.state is not Delivery.FAILED or self.is_spam

    @property
    def is_spam(self) -> bool:
        return self.word == SPAM_REPORT


SPAM_REPORT = "spam report"
"""The word of a message that arrived and was not liked. It has no code."""


def presumed(state: Delivery, settled_at: datetime | None, now: datetime, wait: timedelta) -> Delivery:
    """What to take a message for: one with an unknown outcome counts as under way until its wait is over."""
    if state is Delivery.UNKNOWN and settled_at is not None and now < settled_at + wait:
        return Delivery.CLAIMED
    return state


def standing(told: Iterable[Told]) -> Standing | None:
    """None when nothing was told. Of facts of the same rank the earliest decides."""
    facts = tuple(told)
    if not facts:
        return None
    times = [fact.at for fact in facts]
    deciding = min(facts, key=_order)
    return Standing(
        state=_STATES[deciding.news] if deciding.news else Delivery.ACCEPTED,
        word=_word(deciding),
        cause=_CAUSES.get(deciding.news) if deciding.news else None,
        taken_at=min(times),
        arrived_at=min((fact.at for fact in facts if fact.news is News.ARRIVED), default=None),
        failed_at=min((fact.at for fact in facts if fact.news in _FAILURES), default=None),
        newest_at=max(times),
    )


def _order(fact: Told) -> tuple[int, datetime, str]:
    return (-_RANK[fact.news] if fact.news else 1, fact.at, fact.word)


def _word(fact: Told) -> str | None:
    if fact.news is None:
        return None
    return SPAM_REPORT if fact.news is News.SPAM else fact.word
