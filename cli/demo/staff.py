"""Invented staff: they make calls, take concerns and resolve them, through the same functions as the console."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from casework.alarms import end_alarm, take_alarm
from casework.calling import report_call
from casework.replying import Proposal, obstacle, proposal_of, settle_reply
from cli.demo.company import Company
from cli.demo.deeds import Deed, Work, asking, commenting, handing_to, having_called, resolving, take, writing
from models import alarms
from models.call_queue import claim
from models.calls import CallReport
from models.due import open_calls
from models.escalations import listed
from models.people import Person
from models.records import sign_unreachable
from models.replies import Settlement, case_asked, waiting
from models.store import Store
from models.tables import cases
from policy.rules import Rules
from vocabulary import CallOutcome, Disposition, Stage

_OUTCOMES = ((CallOutcome.ANSWERED, 56), (CallOutcome.NO_ANSWER, 24), (CallOutcome.BUSY, 6), (CallOutcome.SOLVED, 5),
             (CallOutcome.CONCERN, 4), (CallOutcome.WRONG_NUMBER, 3), (CallOutcome.REFUSED, 2))  # fmt: skip
_ACTIONS = ("Visited again, replaced the valve and tested it with the customer.",
            "Corrected the invoice and refunded the difference.",
            "Called back, apologised and agreed a new appointment, which was kept.",
            "Replaced the damaged part free of charge.")  # fmt: skip
_MEANWHILE: tuple[tuple[Deed, int], ...] = (
    (commenting("Asked the technician what happened on the day; he remembers it."), 34),
    (having_called("Apologised and said that we look into it today."), 26),
    (writing("Thank you for telling us. We are looking into it and will call you with a date."), 22),
    (asking("Customer Service", "Please check the invoice and send the customer a corrected one.", within_h=48), 12),
    (handing_to("sam.rivera@staff.example.com", "The owner is on the road all day; Sam can call at once."), 6),
)
"""What happens between taking a concern and resolving it, and how often."""


_SEEN_TO = "Called at once and stayed on the phone; our technician was there within the hour and made it safe."


class Staff:
    def __init__(self, seed: int, store: Store, rules: Rules, company: Company) -> None:
        self._seed = seed
        self._store = store
        self._rules = rules
        self._company = company

    def work(self, now: datetime) -> None:
        """Everything that somebody would have done by now, at the time at which it would have been done."""
        with self._store.write() as db:
            self._see_to_alarms(db, now)
            self._make_calls(db, now)
            for concern in listed(db):
                self._handle(db, concern, now)
            self._sign(db, now)
            self._settle(db, now)

    def _see_to_alarms(self, db: Connection, now: datetime) -> None:
        """Whoever is told takes it within minutes and has seen to it within two hours."""
        for alarm in alarms.listed(db):
            chance = self._chance("alarm", alarm.id)
            taken_at = alarm.raised_at + timedelta(minutes=chance.uniform(2, 12))
            ended_at = taken_at + timedelta(minutes=chance.uniform(20, 100))
            if alarm.taken_at is None and taken_at <= now:
                take_alarm(db, alarm.id, by=alarm.told, at=taken_at)
            if ended_at <= now:
                end_alarm(db, alarm.id, _SEEN_TO, by=alarm.taken_by or alarm.told, at=ended_at)

    def _make_calls(self, db: Connection, now: datetime) -> None:
        for call in open_calls(db, now):
            chance = self._chance("call", call.id)
            at = call.due_from + timedelta(minutes=chance.uniform(5, 150))
            if at > now:
                continue
            outcome = chance.choices([name for name, _ in _OUTCOMES], [weight for _, weight in _OUTCOMES])[0]
            rating = chance.choice((3, 4, 5, 5)) if outcome in (CallOutcome.ANSWERED, CallOutcome.SOLVED) else None
            comment = "The customer wants to be called about the invoice." if outcome is CallOutcome.CONCERN else None
            report = CallReport(outcome=outcome, by="", rating=rating, comment=comment)
            make_call(db, call.id, report, self._company.callers[call.id % 2], self._rules, at=at)

    def _handle(self, db: Connection, concern: Row[Any], now: datetime) -> None:
        chance = self._chance("concern", concern.id, concern.reopened)
        hours = chance.choices((chance.uniform(0.3, 3), chance.uniform(4, 16), chance.uniform(25, 31)), (80, 14, 6))[0]
        taken_at = max(concern.opened_at, concern.received_at) + timedelta(hours=hours)
        resolved_at = taken_at + timedelta(hours=chance.uniform(5, 110))
        if concern.acknowledged_at is None and taken_at <= now:
            again = concern.taken_at is not None  # it was handed over, or opened again
            self._do(take, db, concern, now if again else taken_at)
            if not again and resolved_at > now:
                deed = chance.choices([deed for deed, _ in _MEANWHILE], [weight for _, weight in _MEANWHILE])[0]
                self._do(deed, db, concern, min(now, taken_at + timedelta(minutes=40)))
                return
        if concern.resolved_at is None and resolved_at <= now and self._is_open(db, concern):
            cause = chance.choice(self._rules.escalation.root_causes[:6])
            self._do(resolving(cause, chance.choice(_ACTIONS)), db, concern, max(resolved_at, taken_at))

    def _do(self, deed: Deed, db: Connection, concern: Row[Any], at: datetime) -> None:
        deed(Work(db=db, concern=concern, company=self._company, rules=self._rules, at=at))

    def _is_open(self, db: Connection, concern: Row[Any]) -> bool:
        stage = select(cases.c.stage).where(cases.c.id == concern.case_id)
        return bool(db.execute(stage).scalar_one() == Stage.ESCALATED)

    def _sign(self, db: Connection, now: datetime) -> None:
        """The supervisor confirms cases in which everything was tried."""
        waiting = select(cases.c.id, cases.c.department).where(
            cases.c.stage == Stage.ENDED, cases.c.disposition == Disposition.UNREACHABLE, cases.c.missing.is_not(None)
        )
        for row in db.execute(waiting).all():
            sign_unreachable(db, row.id, by=supervisor_of(row.department, self._rules), at=now)

    def _settle(self, db: Connection, now: datetime) -> None:
        """Replies that are not certain, within half a day: what we proposed. Who was asked whether it was put right
        and does not say so clearly is called.
        """
        for reply in waiting(db, ["*"], most=50):
            at = reply.received_at + timedelta(hours=self._chance("reply", reply.id).uniform(1, 11))
            if at <= now:
                caller = self._company.callers[reply.id % 2].name
                proposal = proposal_of(reply) or Proposal(Settlement.NOTED)
                case = case_asked(db, reply.case_id) if reply.case_id is not None else None
                put_right = case is not None and case.escalation_id is not None
                fits = obstacle(proposal.how, reply, case) is None and not put_right
                how, rating = (proposal.how, proposal.rating) if fits else (Settlement.NOTED, None)
                settle_reply(db, reply.id, how, rating=rating, by=caller, at=at, reason="answered by telephone")

    def _chance(self, *of: object) -> random.Random:
        return random.Random(f"{self._seed}:{of}")  # noqa: S311 - invented people, not secrets


def make_call(db: Connection, call_id: int, report: CallReport, caller: Person, rules: Rules, *, at: datetime) -> None:
    """Somebody takes the call, makes it, and records what came of it some minutes later."""
    take_call(db, call_id, caller, rules, at=at - timedelta(minutes=4))
    told = CallReport(outcome=report.outcome, by=caller.name, rating=report.rating, comment=report.comment,
                      call_back_at=report.call_back_at, claimed_as=caller.email)  # fmt: skip
    report_call(db, call_id, told, in_force=rules, at=at)


def take_call(db: Connection, call_id: int, caller: Person, rules: Rules, *, at: datetime) -> None:
    lease = timedelta(minutes=rules.phone.claim_minutes)
    claim(db, call_id, by=caller.email, at=at, lease=lease, actor=caller.name)


def supervisor_of(department: str, rules: Rules) -> str:
    routes = rules.escalation.routes
    return next(route for route in routes if route.department in (department, "*")).supervisor.name
