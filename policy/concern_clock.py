"""Clauses 4.4 and 6: where the clocks of a concern stand, in words: what is late says so, without any colour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from policy.calendar import BranchCalendar
from policy.deadlines import Rung, ladder
from policy.escalation_rules import EscalationRules

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_WHOLE = 100
"""Percent."""


class State(StrEnum):
    """Of one of a concern's clocks."""

    RUNNING = "running"
    LATE = "late"
    """Over, and not met yet."""
    PAUSED = "paused"
    MET = "met"
    MISSED = "met too late"
    ENDED = "ended"
    """The concern was closed before it was met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One deadline of a concern."""

    name: str
    """"in a person's hands", "acknowledged" or "resolved"."""
    due_at: datetime
    state: State
    words: str
    """"5 h 20 min left", "late by 2 h 10 min", "met, 3 h 05 min before", …"""
    percent: int
    """Of the time that is gone, 0 to 100. Of business hours where those count, and without pauses."""
    met_at: datetime | None

    @property
    def late(self) -> bool:
        return self.state in (State.LATE, State.MISSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A concern's dates, as they are stored."""

    received_at: datetime
    acknowledge_by: datetime
    deadline_at: datetime
    resolve_by: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    taken_at: datetime | None = None
    """When it was acknowledged first: from then on the 24 hours are met, whoever has it later."""
    retake_by: datetime | None = None
    """By when the owner whom it was handed to is to acknowledge it again."""
    paused_at: datetime | None = None
    """Since when an open pause lasts."""
    paused_for: timedelta = timedelta()
    """How long the pauses that are over took; `resolve_by` has moved by that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The three clocks of a concern. Side by side for whoever has not acknowledged it: the first two."""

    hands: Clock
    """24 elapsed hours from receipt, whatever the clocks on the wall do. Never paused."""
    acknowledgement: Clock
    """The target in business hours."""
    resolution: Clock

    @property
    def next(self) -> Clock:
        """The one that the concern's owner has to beat now."""
        return self.acknowledgement if self.acknowledgement.state is State.RUNNING else self._after

    @property
    def _after(self) -> Clock:
        return self.hands if self.hands.state in (State.RUNNING, State.LATE) else self.resolution


def clocks(of: Dated, now: datetime, calendar: BranchCalendar, rules: EscalationRules) -> Clocks:
    """`calendar`: that of the branch; it counts the business hours."""

    def elapsed(until: datetime, due_at: datetime) -> float:
        return (until - of.received_at) / (due_at - of.received_at)

    def without_pauses(until: datetime, due_at: datetime) -> float:
        return (until - of.received_at - of.paused_for) / (due_at - of.received_at - of.paused_for)

    def in_business_hours(until: datetime, due_at: datetime) -> float:
        needed = rules.acknowledge_business_hours * _HOUR
        if of.retake_by is None and due_at >= of.deadline_at:  # the hard limit comes first: there are fewer before it
            return elapsed(until, due_at)
        return 1 - calendar.open_between(until, due_at) / needed

    taken, again = of.acknowledged_at, of.retake_by or of.acknowledge_by
    return Clocks(
        hands=_clock("in a person's hands", of.deadline_at, of.taken_at or taken, None, of.closed_at, now, elapsed),
        acknowledgement=_clock("acknowledged", again, taken, None, of.closed_at, now, in_business_hours),
        resolution=_clock("resolved", of.resolve_by, of.resolved_at, of.paused_at, of.closed_at, now, without_pauses),
    )


def next_rung(received_at: datetime, worked: int, rules: EscalationRules) -> Rung | None:
    """Who is told next, and when, if nobody acknowledges the concern before."""
    rungs = ladder(received_at, rules)
    return rungs[worked] if worked < len(rungs) else None


def time_left(until: datetime, now: datetime) -> str:
    """ "5 h 20 min left" or "late by 2 h 10 min"; to the minute, and never "0 min left" while there is time."""
    return f"{length(until - now)} left" if until > now else f"late by {length(now - until)}"


def length(time: timedelta) -> str:
    """ "3 d 4 h", "5 h 20 min", "20 min", "under a minute"."""
    if time < _MINUTE:
        return "under a minute"
    if time >= 2 * _DAY:
        return f"{time // _DAY} d {time % _DAY // _HOUR} h"
    minutes = time % _HOUR // _MINUTE
    return f"{time // _HOUR} h {minutes:02d} min" if time >= _HOUR else f"{minutes} min"


def _clock(
    name: str, due_at: datetime, met_at: datetime | None, paused_at: datetime | None, closed_at: datetime | None,
    now: datetime, share: Callable[[datetime, datetime], float],
) -> Clock:  # fmt: skip
    stopped_at = met_at or closed_at or paused_at or now
    state = _state(due_at, met_at, paused_at, closed_at, now)
    gone = 1.0 if stopped_at >= due_at else share(stopped_at, due_at)
    percent = max(0, min(_WHOLE, int(gone * _WHOLE)))
    return Clock(name=name, due_at=due_at, state=state, words=_words(state, due_at, stopped_at), percent=percent,
                 met_at=met_at)  # fmt: skip


def _state(
    due_at: datetime, met_at: datetime | None, paused_at: datetime | None, closed_at: datetime | None, now: datetime
) -> State:
    if met_at is not None:
        return State.MET if met_at <= due_at else State.MISSED
    if closed_at is not None:
        return State.ENDED
    if paused_at is not None:
        return State.PAUSED
    return State.RUNNING if now < due_at else State.LATE


def _words(state: State, due_at: datetime, stopped_at: datetime) -> str:
    match state:
        case State.MET:
            return f"met, {length(due_at - stopped_at)} before"
        case State.MISSED:
            return f"met late, by {length(stopped_at - due_at)}"
        case State.PAUSED:
            return f"paused, {length(due_at - stopped_at)} left"
        case State.ENDED:
            return "closed before"
        case State.RUNNING | State.LATE:
            return time_left(due_at, stopped_at)
