"""The dates of open concerns: warnings, breach to the next rung, recovery asked, silence accepted."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row, select

from casework.contact import LOOK_AGAIN, Contact, Owed, contact_of
from casework.notices import not_taken_again, overdue, warning
from casework.standing_in import with_stand_ins
from models.escalations import Outcome, set_values, take_due
from models.log import NewEntry, append
from models.moves import Move, advance, ending
from models.owed import OwedMessage
from models.pauses import PauseEnd, end_pause, open_pauses
from models.people import stand_ins
from models.tables import cases, escalations
from models.unread import unread_since
from policy.deadlines import due_rung
from policy.handing import next_after, resolution_is_late
from policy.recovery import AskByCall, AskOn, Unconfirmed, WaitOn, ask_on
from tasks.place import place
from tasks.recovery import asking_of, call_to_ask, survey_on
from tasks.tally import Tally
from vocabulary import Clause, Disposition, Event, Stage


@task(cache_policy=NO_CACHE)
def work_ladder(escalation_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: what the dates of these escalations ask for now."""
    with place().store.write() as db:
        of_case = {case.id: case for case in _cases(db, escalation_ids)}
        taken = take_due(db, escalation_ids, now, lease=LOOK_AGAIN)
        round_ = _Round(db, now, list(of_case), paused=open_pauses(db, [concern.id for concern in taken]))
        for concern in taken:
            round_.visit(contact_of(db, of_case[concern.case_id]), concern)
        round_.write()
    return round_.tally


class _Round:
    """Works through a batch; most visits end in one message and one new date."""

    def __init__(
        self, db: Connection, now: datetime, case_ids: Collection[int], *, paused: dict[int, Row[Any]]
    ) -> None:
        self.db = db
        self.now = now
        self._paused = paused
        self._unread = unread_since(db, case_ids)
        self.tally = Tally()
        self._owed = Owed.nothing()
        self._dates: list[dict[str, Any]] = []
        self._entries: list[NewEntry] = []

    def visit(self, contact: Contact, concern: Row[Any]) -> None:
        if concern.closed_at is not None:
            self._next(concern, None)
        elif concern.resolved_at is not None:
            self._recovery(contact, concern)
        elif concern.acknowledged_at is None and concern.retake_by is not None:
            self._handed_over(contact, concern)
        elif concern.acknowledged_at is None:  # whatever else: the way into a person's hands is never paused
            self._deadline(contact, concern)
        elif concern.id in self._paused:
            self._end_pause(contact, concern, self._paused[concern.id])
        else:
            self._overdue(contact, concern)

    def write(self) -> None:
        set_values(self.db, self._dates)
        append(self.db, self._entries)
        self._owed.messages = with_stand_ins(self._owed.messages, stand_ins(self.db, self.now))
        self._owed.write(self.db, self.now)

    def _deadline(self, contact: Contact, concern: Row[Any]) -> None:
        rung, next_at = due_rung(concern.received_at, concern.warned, self.now, contact.rules.escalation)
        if rung is None:
            return self._next(concern, next_at)
        self._owed.messages += [warning(contact, concern, role, rung, self.now) for role in rung.tell]
        event = Event.ESCALATION_BREACHED if rung.percent == _ALL else Event.ESCALATION_WARNED
        self._log(event, contact, concern, {"percent": rung.percent, "told": list(rung.tell)})
        self._next(concern, next_at, warned=rung.number)
        self.tally["deadlines passed" if rung.percent == _ALL else "deadlines warned"] += 1
        return None

    def _end_pause(self, contact: Contact, concern: Row[Any], pause: Row[Any]) -> None:
        """At its latest date, however late we are to see it: being down makes no pause longer."""
        if pause.ends_by > self.now:
            return self._next(concern, pause.ends_by)
        end_pause(self.db, concern, at=pause.ends_by, because=PauseEnd.LATEST_DATE, now=self.now)
        self.tally["pauses over"] += 1
        concern = self.db.execute(select(escalations).where(escalations.c.id == concern.id)).one()
        if concern.resolve_by <= self.now:
            return self._overdue(contact, concern)
        return self._next(concern, concern.resolve_by)

    def _overdue(self, contact: Contact, concern: Row[Any]) -> None:
        """The resolution target has passed: owner and supervisor hear of it, once."""
        messages: list[OwedMessage] = [overdue(contact, concern, role, self.now) for role in ("owner", "supervisor")]
        self._owed.messages += messages
        self._log(Event.ESCALATION_WARNED, contact, concern, {"what": "resolution", "told": ["owner", "supervisor"]})
        self._next(concern, None)
        self.tally["resolutions overdue"] += 1

    def _handed_over(self, contact: Contact, concern: Row[Any]) -> None:
        """It was taken once; the owner that it was handed to has not taken it in time."""
        if resolution_is_late(concern.retake_by, concern.resolve_by, self.now):
            return self._overdue(contact, concern)
        if concern.retake_by <= self.now:
            told = ("owner", "supervisor")
            self._owed.messages += [not_taken_again(contact, concern, role, self.now) for role in told]
            detail = {"what": "acknowledgement", "told": list(told)}
            self._log(Event.ESCALATION_WARNED, contact, concern, detail)
            self.tally["handed over, not taken"] += 1
        return self._next(concern, next_after(concern.retake_by, concern.resolve_by, self.now))

    def _recovery(self, contact: Contact, concern: Row[Any]) -> None:
        if concern.recovery_until is None:
            self._ask_recovery(contact, concern)
        elif contact.case.judge_at is not None or contact.case.id in self._unread:  # what the customer said decides
            self._next(concern, self.now + LOOK_AGAIN)
        else:
            self._ask_on(contact, concern)

    def _ask_on(self, contact: Contact, concern: Row[Any]) -> None:
        match ask_on(asking_of(self.db, contact, concern, self.now), self.now, contact.rules.escalation):
            case AskOn(channel, reason):
                self._log(Event.FAILURE_FOLLOWED, contact, concern, {"what": reason, "asked on": channel})
                self._owed.messages.append(survey_on(contact, concern, channel, self.now, again=True))
                self._wait(contact, concern, self._owed.messages[-1].due_at)
                self.tally["asked on another channel"] += 1
            case AskByCall(reason):
                self._call(contact, concern, reason)
            case WaitOn(until):
                self._wait_until(concern, until)
            case Unconfirmed(reason):
                self._close(contact, concern, reason)

    def _close(self, contact: Contact, concern: Row[Any], reason: str) -> None:
        values = ending(Disposition.UNRESOLVED, at=self.now, next_at=self.now, reason=reason, clause=Clause.ESCALATE)
        move = Move(case_id=concern.case_id, clause=Clause.ESCALATE, reason=reason, values=values)
        if advance(self.db, Stage.RECOVERING, Stage.ENDED, [move], at=self.now):
            closed = {"closed_at": self.now, "outcome": Outcome.UNCONFIRMED}
            set_values(self.db, [{"escalation_id": concern.id} | closed])
            self._log(Event.ESCALATION_CLOSED, contact, concern, {"outcome": Outcome.UNCONFIRMED})
            self.tally["closed unconfirmed"] += 1
        self._next(concern, None)

    def _ask_recovery(self, contact: Contact, concern: Row[Any]) -> None:
        if contact.written is None:
            return self._call(contact, concern, "ask whether the resolution helped")
        self._owed.messages.append(survey_on(contact, concern, contact.written, self.now, again=False))
        self._wait(contact, concern, self._owed.messages[-1].due_at)
        self.tally["asked whether it helped"] += 1
        return None

    def _call(self, contact: Contact, concern: Row[Any], reason: str) -> None:
        self._owed.calls.append(call_to_ask(self.db, contact, concern, reason, self.now))
        self._wait(contact, concern, self._owed.calls[-1].due_to)
        self.tally["asked whether it helped"] += 1

    def _wait(self, contact: Contact, concern: Row[Any], asked_at: datetime) -> None:
        self._wait_until(concern, asked_at + timedelta(days=contact.rules.escalation.recovery_wait_days))

    def _wait_until(self, concern: Row[Any], until: datetime) -> None:
        set_values(self.db, [{"escalation_id": concern.id, "recovery_until": until}])
        self._next(concern, until)

    def _next(self, concern: Row[Any], at: datetime | None, *, warned: int | None = None) -> None:
        self._dates.append({"escalation_id": concern.id, "next_at": at,
                            "warned": concern.warned if warned is None else warned})  # fmt: skip

    def _log(self, event: Event, contact: Contact, concern: Row[Any], detail: dict[str, Any]) -> None:
        version = contact.case.policy_version
        self._entries.append(NewEntry(event=event, at=self.now, clause=Clause.ESCALATE, case_id=concern.case_id,
                                      ref_id=concern.id, policy_version=version, detail=detail))  # fmt: skip


_ALL = 100


def _cases(db: Connection, escalation_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Locked, and before their escalations, as everybody does it who needs both."""
    of = select(escalations.c.case_id).where(escalations.c.id.in_(escalation_ids))
    return db.execute(select(cases).where(cases.c.id.in_(of)).order_by(cases.c.id).with_for_update()).all()
