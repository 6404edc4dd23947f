"""New answers are judged: fine ones end their case, concerns are opened, attached or opened again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row

from casework.contact import Contact, contact_of
from casework.notices import notice, thanks
from casework.standing_in import with_stand_ins
from casework.words import keep_words_said
from models.cases import take_unjudged
from models.doubts import UNCONFIRMED
from models.escalations import Outcome, open_escalations, reasons_text, set_values, unjudged_answers
from models.log import NewEntry, append
from models.moves import Move, advance, ending
from models.owed import OwedMessage, owe_messages
from models.people import stand_ins
from models.tables import escalations, judgements
from policy.concern import Calmer, Concern, Fine, Repeat, Spoken, Verdict, judge, route
from policy.recovery import Recovered, Undecided, after_recovery
from tasks.new_concern import new_escalation, times_of
from tasks.place import place
from tasks.tally import Tally
from tasks.unconfirmed import owe_confirming
from vocabulary import Clause, Disposition, Event, Stage


@task(cache_policy=NO_CACHE)
def judge_answers(case_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: every answer of these cases that has not been judged, oldest first."""
    with place().store.write() as db:
        taken = {case.id: case for case in take_unjudged(db, case_ids)}
        said, concerns = unjudged_answers(db, list(taken)), open_escalations(db, list(taken))
        bench = _Bench(db, now)
        for case_id, case in taken.items():
            sitting = _Sitting(contact_of(db, case), Stage(case.stage), concerns.get(case_id))
            for answer in said.get(case_id, []):
                bench.hear(sitting, answer)
        bench.write()
        keep_words_said(db, [(case_id, answer.comment) for case_id in taken for answer in said.get(case_id, [])])
        bench.tally["calls to confirm"] += owe_confirming(db, bench.doubted, now)
    return bench.tally


@dataclass
class _Sitting:
    """A case while its answers are judged one after the other."""

    contact: Contact
    stage: Stage
    concern: Row[Any] | None

    @property
    def case_id(self) -> int:
        return int(self.contact.case.id)


class _Bench:
    """Judges a batch. Fine answers, by far the most, are gathered; a concern is written at once."""

    def __init__(self, db: Connection, now: datetime) -> None:
        self.db = db
        self.now = now
        self.tally = Tally()
        self.doubted: dict[int, Contact] = {}
        self._stand_ins = stand_ins(db, now)
        self._judged: list[dict[str, Any]] = []
        self._entries: list[NewEntry] = []
        self._ended: dict[Stage, dict[int, Move]] = {}
        self._owed: list[OwedMessage] = []

    def hear(self, sitting: _Sitting, answer: Row[Any]) -> None:
        if answer.suspicion is not None:
            self._doubt(sitting, answer)
            return
        rules = sitting.contact.rules
        recovery = answer.escalation_id is not None
        spoken = Spoken(
            rating=answer.rating,
            comment=answer.comment,
            contact_me=answer.contact_me,
            solved=answer.solved,
            concern=answer.concern,
            concern_open=sitting.concern is not None and not recovery,
        )
        verdict = judge(spoken, rules.survey, rules.escalation)
        if recovery:
            self._after_recovery(sitting, answer, verdict, spoken)
            return
        match verdict:
            case Fine():
                self._fine(sitting, answer, verdict)
            case Concern():
                self._open(sitting, answer, verdict)
            case Repeat():
                self._repeat(sitting, answer, verdict)
            case Calmer():
                self._note(sitting, answer, "calmer", None, verdict.reasons, sitting.concern)
                self.tally["calmer answers noted"] += 1

    def write(self) -> None:
        """Write what was gathered."""
        if self._judged:
            self.db.execute(judgements.insert(), self._judged)
        append(self.db, self._entries)
        for stage, moves in self._ended.items():
            advance(self.db, stage, Stage.ENDED, list(moves.values()), at=self.now)
        owe_messages(self.db, with_stand_ins(self._owed, self._stand_ins), at=self.now)

    def _doubt(self, sitting: _Sitting, answer: Row[Any]) -> None:
        self._note(sitting, answer, UNCONFIRMED, None, json.loads(answer.suspicion), None)
        self.doubted[sitting.case_id] = sitting.contact
        self.tally["answers not confirmed"] += 1

    def _fine(self, sitting: _Sitting, answer: Row[Any], verdict: Fine) -> None:
        until = sitting.contact.case.change_until or self.now
        self._note(sitting, answer, verdict.disposition, None, (verdict.reason,), None)
        self._end(sitting, verdict.disposition, verdict.reason, Clause.ASK, next_at=max(until, self.now))
        if sitting.contact.rules.survey.thank_you == "everybody":
            self._owed += thanks(sitting.contact, self.now)
        self.tally[verdict.disposition] += 1

    def _open(self, sitting: _Sitting, answer: Row[Any], verdict: Concern) -> None:
        contact = sitting.contact
        row = new_escalation(contact, answer, verdict, self.now, self._stand_ins)
        new = escalations.insert().returning(*escalations.c)
        sitting.concern = self.db.execute(new, row).one()
        self._note(sitting, answer, "concern", verdict.severity, verdict.reasons, sitting.concern)
        routed = route(contact.case.department, contact.rules.escalation).owner.email
        for_absent = "the owner of the route is away" if row["owner_email"] != routed else None
        self._log(Event.ESCALATION_OPENED, sitting, verdict.severity, stand_in=for_absent)
        reason = f"concern: {verdict.severity}"
        self._advance(sitting, Stage.ESCALATED, Move(case_id=sitting.case_id, clause=Clause.ESCALATE, reason=reason,
                                                     values={"next_at": row["deadline_at"]}))  # fmt: skip
        self._owed.append(notice(contact, sitting.concern, "owner", self.now))
        if verdict.severity != "concern":  # clause 6: the supervisor is told of everybody who is not satisfied
            self._owed.append(notice(contact, sitting.concern, "supervisor", self.now))
        if contact.rules.survey.thank_you != "nobody":
            self._owed += thanks(contact, self.now, concern=sitting.concern)
        self.tally["concerns opened"] += 1

    def _repeat(self, sitting: _Sitting, answer: Row[Any], verdict: Repeat) -> None:
        concern = sitting.concern
        assert concern is not None  # noqa: S101 - judge() calls it a repeat only when a concern is open
        if sitting.stage is Stage.RECOVERING or concern.attached_to is not None:
            self._reopen(sitting, answer, verdict.severity, verdict.reasons)
            return
        if sitting.stage is Stage.ANSWERED:
            move = Move(case_id=sitting.case_id, clause=Clause.ESCALATE, reason="the concern is still open",
                        values={"next_at": concern.deadline_at})  # fmt: skip
            self._advance(sitting, Stage.ESCALATED, move)
        more = escalations.update().where(escalations.c.id == concern.id).values(repeats=escalations.c.repeats + 1)
        sitting.concern = concern = self.db.execute(more.returning(*escalations.c)).one()
        self._note(sitting, answer, "repeat", verdict.severity, verdict.reasons, concern)
        self._log(Event.ESCALATION_REPEATED, sitting, verdict.severity)
        for role in ("owner", "supervisor"):
            self._owed.append(notice(sitting.contact, concern, role, self.now, repeat=answer.id))
        self.tally["concerns repeated"] += 1

    def _after_recovery(self, sitting: _Sitting, answer: Row[Any], verdict: Verdict, spoken: Spoken) -> None:
        outcome = after_recovery(verdict, spoken, sitting.contact.rules.survey)
        concern = sitting.concern
        if concern is None or sitting.stage is not Stage.RECOVERING:
            self._note(sitting, answer, "too late", None, ("the concern was closed or opened again before",), None)
        elif isinstance(outcome, Recovered):
            closed = {"closed_at": self.now, "outcome": Outcome.RECOVERED, "next_at": None}
            set_values(self.db, [{"escalation_id": concern.id} | closed])
            self._note(sitting, answer, Disposition.RECOVERED, None, (outcome.reason,), concern)
            self._log(Event.ESCALATION_CLOSED, sitting, Outcome.RECOVERED)
            self._end(sitting, Disposition.RECOVERED, outcome.reason, Clause.ESCALATE, next_at=self.now)
            self.tally[Disposition.RECOVERED] += 1
        elif isinstance(outcome, Undecided):
            self._note(sitting, answer, "undecided", None, (outcome.reason,), concern)
            self.tally["recoveries to be read"] += 1
        else:
            self._reopen(sitting, answer, outcome.severity, outcome.reasons)

    def _reopen(self, sitting: _Sitting, answer: Row[Any], severity: str, reasons: Sequence[str]) -> None:
        """To the same owner and the supervisor, with the clock running again from this answer.

        A concern that was attached to another one stands by itself again: its customer has more to say about it.
        """
        contact, concern = sitting.contact, sitting.concern
        assert concern is not None  # noqa: S101 - only an open concern is opened again
        times = times_of(contact, answer.received_at)
        values = times | {
            "escalation_id": concern.id, "received_at": answer.received_at, "acknowledged_at": None,
            "acknowledged_by": None, "resolved_at": None, "resolved_by": None, "recovery_at": None,
            "recovery_until": None, "closed_at": None, "outcome": None, "warned": 0, "reopened": concern.reopened + 1,
            "taken_at": None, "retake_by": None, "attached_to": None,
        }  # fmt: skip
        set_values(self.db, [values])
        if sitting.stage is not Stage.ESCALATED:
            move = Move(case_id=sitting.case_id, clause=Clause.ESCALATE, reason="the resolution did not help",
                        values={"next_at": times["deadline_at"]})  # fmt: skip
            self._advance(sitting, Stage.ESCALATED, move)
        self._note(sitting, answer, "reopened", severity, reasons, concern)
        self._log(Event.ESCALATION_REOPENED, sitting, severity)
        for role in ("owner", "supervisor"):
            self._owed.append(notice(contact, concern, role, self.now, repeat=answer.id))
        self.tally["concerns reopened"] += 1

    def _advance(self, sitting: _Sitting, target: Stage, move: Move) -> None:
        self._ended.get(sitting.stage, {}).pop(sitting.case_id, None)  # an earlier answer of the batch had ended it
        advance(self.db, sitting.stage, target, [move], at=self.now)
        sitting.stage = target

    def _end(
        self, sitting: _Sitting, disposition: Disposition, reason: str, clause: Clause, *, next_at: datetime
    ) -> None:
        values = ending(disposition, at=self.now, next_at=next_at, reason=reason, clause=clause)
        move = Move(case_id=sitting.case_id, clause=clause, reason=reason, values=values)
        self._ended.setdefault(sitting.stage, {})[sitting.case_id] = move

    def _note(self, sitting: _Sitting, answer: Row[Any], verdict: str, severity: str | None, reasons: Sequence[str],
              concern: Row[Any] | None) -> None:  # fmt: skip
        self._judged.append({
            "answer_id": answer.id, "case_id": sitting.case_id, "judged_at": self.now, "verdict": verdict,
            "severity": severity, "reasons": reasons_text(reasons), "escalation_id": concern.id if concern else None,
        })  # fmt: skip
        self._entries.append(
            NewEntry(event=Event.ANSWER_JUDGED, at=self.now, clause=Clause.ESCALATE, case_id=sitting.case_id,
                     ref_id=answer.id, policy_version=sitting.contact.case.policy_version,
                     detail={"verdict": verdict, "severity": severity, "reasons": list(reasons)})
        )  # fmt: skip

    def _log(self, event: Event, sitting: _Sitting, word: str, *, stand_in: str | None = None) -> None:
        concern = sitting.concern
        detail = {"severity": word, "department": concern.department if concern else None}
        self._entries.append(
            NewEntry(event=event, at=self.now, clause=Clause.ESCALATE, case_id=sitting.case_id,
                     ref_id=concern.id if concern else None, policy_version=sitting.contact.case.policy_version,
                     detail=detail | ({"with a stand-in": stand_in} if stand_in else {}))
        )  # fmt: skip
