"""Where the clocks of concerns stand, with pauses and with who was told when: plain values for pages and lists."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from casework.contact import contact_of
from models.pauses import paused_for, pauses_of
from models.tables import cases, columns, entries, messages
from policy.concern_clock import Clocks, Dated, clocks, next_rung
from policy.deadlines import Rung
from policy.escalation_rules import EscalationRules
from vocabulary import Event, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A rung of the ladder that was worked, or the resolution target that passed: once each, as the log has it."""

    at: datetime
    percent: int
    """100: the deadline has passed."""
    what: str
    """"deadline" or "resolution"."""
    roles: tuple[str, ...]
    names: tuple[str, ...]
    """To whom the mails went; empty once they are forgotten."""
    earlier: bool
    """Before the concern was opened again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    code: str
    words: str
    """Of the policy; the code when the policy does not list it any more."""
    note: str
    begun_at: datetime
    begun_by: str
    ends_by: datetime
    ended_at: datetime | None
    ended_by: str | None
    ended_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernClock:
    clocks: Clocks
    coming: Rung | None
    """Who is told next if nobody acknowledges it; None when it is acknowledged, or everybody has been told."""
    pauses: tuple[Paused, ...]
    told: tuple[Told, ...]
    """Oldest first."""

    @property
    def paused(self) -> Paused | None:
        """The pause that is open."""
        return next((pause for pause in self.pauses if pause.ended_at is None), None)


def clock_of(db: Connection, concern: Row[Any], now: datetime) -> ConcernClock:
    """All there is to say about the time of one concern."""
    contact = contact_of(db, db.execute(select(cases).where(cases.c.id == concern.case_id)).one())
    rules = contact.rules.escalation
    pauses = pauses_of(db, [concern.id])[concern.id]
    waiting = concern.taken_at is None and concern.closed_at is None
    return ConcernClock(
        clocks=clocks(_dated(concern, pauses), now, contact.calendar, rules),
        coming=next_rung(concern.received_at, concern.warned, rules) if waiting else None,
        pauses=tuple(_paused(row, rules) for row in pauses),
        told=_told(db, concern),
    )


def clocks_of(db: Connection, concerns: Sequence[Row[Any]], now: datetime) -> dict[int, Clocks]:
    """The clocks of many concerns, by their ids, for a list: two statements however many there are."""
    of_cases = select(cases).where(cases.c.id.in_([concern.case_id for concern in concerns]))
    contacts = {case.id: contact_of(db, case) for case in db.execute(of_cases)}
    pauses = pauses_of(db, [concern.id for concern in concerns])
    found = {}
    for concern in concerns:
        contact, dated = contacts[concern.case_id], _dated(concern, pauses[concern.id])
        found[concern.id] = clocks(dated, now, contact.calendar, contact.rules.escalation)
    return found


def _dated(concern: Row[Any], pauses: Sequence[Row[Any]]) -> Dated:
    """While a pause is open the target is taken without it: it says how much was left when the clock was stopped."""
    paused = next((pause for pause in pauses if pause.ended_at is None), None)
    ahead = timedelta() if paused is None else paused.ends_by - paused.begun_at
    return Dated(
        received_at=concern.received_at,
        acknowledge_by=concern.acknowledge_by,
        deadline_at=concern.deadline_at,
        resolve_by=concern.resolve_by - ahead,
        acknowledged_at=concern.acknowledged_at,
        resolved_at=concern.resolved_at,
        closed_at=concern.closed_at,
        taken_at=concern.taken_at,
        retake_by=concern.retake_by,
        paused_at=None if paused is None else paused.begun_at,
        paused_for=paused_for(concern, pauses),
    )


def _paused(row: Row[Any], rules: EscalationRules) -> Paused:
    words = {rule.code: rule.words for rule in rules.pauses}
    names = ("code", "note", "begun_at", "begun_by", "ends_by", "ended_at", "ended_by", "ended_because")
    return Paused(words=words.get(row.code, row.code), **{name: getattr(row, name) for name in names})


def _told(db: Connection, concern: Row[Any]) -> tuple[Told, ...]:
    events = (Event.ESCALATION_WARNED, Event.ESCALATION_BREACHED)
    of_concern = entries.c.case_id == concern.case_id, entries.c.ref_id == concern.id, entries.c.event.in_(events)
    logged = db.execute(select(*columns(entries, "at", "detail")).where(*of_concern).order_by(entries.c.id)).all()
    names = _names(db, concern)
    found = []
    for entry in logged:
        detail = json.loads(entry.detail)
        what, percent = detail.get("what", "deadline"), detail.get("percent", 100)
        found.append(Told(at=entry.at, percent=percent, what=what, roles=tuple(detail["told"]),
                          names=tuple(names.get((entry.at, what, percent), ())),
                          earlier=entry.at < concern.received_at))  # fmt: skip
    return tuple(found)


def _names(db: Connection, concern: Row[Any]) -> dict[tuple[datetime, str, int], list[str]]:
    """Who was written to, by when it was owed, about what, and at how many percent."""
    found: dict[tuple[datetime, str, int], list[str]] = {}
    warnings = (messages.c.case_id == concern.case_id, messages.c.escalation_id == concern.id,
                messages.c.purpose == Purpose.DEADLINE_WARNING, messages.c.to_name.is_not(None))  # fmt: skip
    for row in db.execute(select(*columns(messages, "owed_at", "note", "to_name")).where(*warnings)):
        note = json.loads(row.note)
        found.setdefault((row.owed_at, note["what"], note["percent"]), []).append(row.to_name)
    return found
