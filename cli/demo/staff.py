"""Invented staff: they make calls, take concerns and resolve them, through the same functions as the commands."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from models.calls import CallReport, record_call
from models.due import open_calls
from models.escalations import acknowledge, listed, resolve
from models.records import sign_unreachable
from models.store import Store
from models.tables import cases, escalations
from policy.rules import Rules
from vocabulary import CallOutcome, Disposition, Stage

_OUTCOMES = ((CallOutcome.ANSWERED, 56), (CallOutcome.NO_ANSWER, 24), (CallOutcome.BUSY, 6), (CallOutcome.SOLVED, 5),
             (CallOutcome.CONCERN, 4), (CallOutcome.WRONG_NUMBER, 3), (CallOutcome.REFUSED, 2))  # fmt: skip
_ACTIONS = ("Visited again, replaced the valve and tested it with the customer.",
            "Corrected the invoice and refunded the difference.",
            "Called back, apologised and agreed a new appointment, which was kept.",
            "Replaced the damaged part free of charge.")  # fmt: skip


class Staff:
    def __init__(self, seed: int, store: Store, rules: Rules) -> None:
        self._seed = seed
        self._store = store
        self._rules = rules

    def work(self, now: datetime) -> None:
        """Everything that somebody would have done by now, at the time at which it would have been done."""
        with self._store.write() as db:
            self._make_calls(db, now)
            for concern in listed(db):
                self._handle(db, concern, now)
            self._sign(db, now)

    def _make_calls(self, db: Connection, now: datetime) -> None:
        for call in open_calls(db, now):
            chance = self._chance("call", call.id)
            at = call.due_from + timedelta(minutes=chance.uniform(5, 150))
            if at > now:
                continue
            outcome = chance.choices([name for name, _ in _OUTCOMES], [weight for _, weight in _OUTCOMES])[0]
            rating = chance.choice((3, 4, 5, 5)) if outcome in (CallOutcome.ANSWERED, CallOutcome.SOLVED) else None
            comment = "The customer wants to be called about the invoice." if outcome is CallOutcome.CONCERN else None
            report = CallReport(outcome=outcome, by="Service team", rating=rating, comment=comment)
            record_call(db, call.id, report, at=at, change_for=timedelta(hours=self._rules.survey.change_hours))

    def _handle(self, db: Connection, concern: Row[Any], now: datetime) -> None:
        chance = self._chance("concern", concern.id, concern.reopened)
        hours = chance.choices((chance.uniform(0.3, 3), chance.uniform(4, 16), chance.uniform(25, 31)), (80, 14, 6))[0]
        taken_at = max(concern.opened_at, concern.received_at) + timedelta(hours=hours)
        if concern.acknowledged_at is None and taken_at <= now:
            acknowledge(db, concern.id, by=concern.owner, at=taken_at)
        resolved_at = taken_at + timedelta(hours=chance.uniform(5, 110))
        if concern.resolved_at is None and resolved_at <= now and self._is_open(db, concern):
            cause = chance.choice(self._rules.escalation.root_causes[:6])
            resolve(db, concern.id, by=concern.owner, root_cause=cause, action=chance.choice(_ACTIONS),
                    known_causes=self._rules.escalation.root_causes, at=resolved_at,
                    ask_after=timedelta(hours=self._rules.escalation.recovery_hours))  # fmt: skip

    def _is_open(self, db: Connection, concern: Row[Any]) -> bool:
        stage = select(cases.c.stage).join_from(cases, escalations, escalations.c.case_id == cases.c.id)
        return bool(db.execute(stage.where(escalations.c.id == concern.id)).scalar_one() == Stage.ESCALATED)

    def _sign(self, db: Connection, now: datetime) -> None:
        """The supervisor confirms cases in which everything was tried."""
        waiting = select(cases.c.id).where(
            cases.c.stage == Stage.ENDED, cases.c.disposition == Disposition.UNREACHABLE, cases.c.missing.is_not(None)
        )
        for case_id in db.execute(waiting).scalars().all():
            sign_unreachable(db, case_id, by="Joan Whitfield", at=now)

    def _chance(self, *of: object) -> random.Random:
        return random.Random(f"{self._seed}:{of}")  # noqa: S311 - invented people, not secrets
