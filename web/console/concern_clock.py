"""The clock of one concern: its deadlines, its pauses, and the way to close it when its customer cannot be reached."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from casework.closing import ask_for_unreachable, decline, is_same, log_call, sign_unreachable, tried_so_far
from casework.concern_clock import clock_of
from casework.pauses import pause, resume
from casework.rules import rules_of_case
from models.calls import CallError
from models.escalations import EscalationError, case_of, known
from models.unreachable import requests_of
from policy.concern_clock import State
from policy.concern_rules import causes_of
from policy.escalation_rules import EscalationRules
from vocabulary import CallOutcome, Clause, Permission
from web.console.clock_values import At, clock_values, times_for, tried_values
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.times import zone_text

PATH = "/console/concerns/{number}/clock"
_OUTCOMES = (CallOutcome.NO_ANSWER, CallOutcome.BUSY, CallOutcome.WRONG_NUMBER, CallOutcome.ANSWERED)
_FORMS = ("pause", "resume", "called", "unreachable", "sign", "decline")


class ConcernClocks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        forms = (
            ("pause", Permission.PAUSE, self.pause),
            ("resume", Permission.PAUSE, self.resume),
            ("called", Permission.CONCERNS, self.called),
            ("unreachable", Permission.CONCERNS, self.unreachable),
            ("sign", Permission.SIGN, self.sign),
            ("decline", Permission.SIGN, self.decline),
        )
        return (
            Door(path=PATH, needs=Permission.CONCERNS, of="concern", handler=self.show),
            *(Door(path=f"{PATH}/{name}", method="POST", needs=needs, of="concern", handler=handler, again=self.show)
              for name, needs, handler in forms),
        )  # fmt: skip

    def show(self, visit: Visit) -> Page:
        db, at, number = visit.db, times_for(visit), visit.number
        concern = known(db, number)
        clock = clock_of(db, concern, visit.now)
        asked = requests_of(db, number)
        waiting = next((one for one in asked if one.decided_at is None), None)
        open_ = concern.closed_at is None and concern.resolved_at is None
        taken = open_ and concern.acknowledged_at is not None
        return Page(template="concern_clock", values={
            "concern": _concern(concern, at),
            "zone": zone_text(visit.now, visit.person.zone),
            "clauses": self._clauses(),
            "paths": {name: f"{PATH.format(number=number)}/{name}" for name in _FORMS},
            **clock_values(clock, at),
            "tried": tried_values(tried_so_far(db, concern, visit.now), at),
            "requests": [_request(one, at) for one in asked],
            "request": waiting is not None,
            "own_request": waiting is not None and is_same(waiting.asked_by, visit.person.name),
            "may_work": taken,
            "may_pause": clock.clocks.resolution.state is State.RUNNING and taken and visit.may(Permission.PAUSE),
            "may_resume": taken and clock.paused is not None and visit.may(Permission.PAUSE),
            "may_sign": visit.may(Permission.SIGN),
            **_choices(visit, rules_of_case(db, concern.case_id).escalation, case_of(db, number).kind),
        })  # fmt: skip

    def _clauses(self) -> dict[str, str]:
        texts = self._desk.rules.clauses
        return {"escalate": texts[Clause.ESCALATE], "supervisor": texts[Clause.SUPERVISOR]}

    def pause(self, visit: Visit) -> Done:
        form = visit.form
        pause(visit.db, visit.number, code=form.get("code", ""), note=form.get("note", ""), by=visit.person.name,
              at=visit.now, until=_instant(form.get("until", ""), visit.person.zone))  # fmt: skip
        return self._done(visit, "paused")

    def resume(self, visit: Visit) -> Done:
        resume(visit.db, visit.number, by=visit.person.name, at=visit.now)
        return self._done(visit, "resumed")

    def called(self, visit: Visit) -> Done:
        outcome = visit.form.get("outcome", "")
        if outcome not in _OUTCOMES:
            raise CallError("say what came of the call")
        log_call(visit.db, visit.number, CallOutcome(outcome), by=visit.person.name, at=visit.now)
        return self._done(visit, "called")

    def unreachable(self, visit: Visit) -> Done:
        ask_for_unreachable(visit.db, visit.number, root_cause=visit.form.get("root_cause", ""),
                            action=visit.form.get("action", ""), by=visit.person.name, at=visit.now)  # fmt: skip
        return self._done(visit, "asked")

    def sign(self, visit: Visit) -> Done:
        sign_unreachable(visit.db, visit.number, by=visit.person.name, at=visit.now)
        return self._done(visit, "signed")

    def decline(self, visit: Visit) -> Done:
        decline(visit.db, visit.number, reason=visit.form.get("reason", ""), by=visit.person.name, at=visit.now)
        return self._done(visit, "declined")

    def _done(self, visit: Visit, note: str) -> Done:
        return Done(to=PATH.format(number=visit.number), note=note)


def _choices(visit: Visit, rules: EscalationRules, kind: str) -> dict[str, Any]:
    """What can be chosen in the forms, and what was written into one that was refused."""
    wrote = visit.form
    codes = {rule.code: f"{rule.words} (at most {rule.longest_days} days)" for rule in rules.pauses}
    causes = causes_of(kind, rules.root_causes, rules.kind_causes)
    given = {name: wrote.get(name, "") for name in ("until", "note", "action", "reason")}
    return given | {
        "codes": _options(codes, wrote.get("code")),
        "outcomes": _options({outcome.value: outcome.value for outcome in _OUTCOMES}, wrote.get("outcome")),
        "causes": _options({cause: cause for cause in causes}, wrote.get("root_cause")),
    }


def _concern(concern: Row[Any], at: At) -> dict[str, Any]:
    return {"id": concern.id, "path": f"/console/concerns/{concern.id}", "department": concern.department,
            "severity": concern.severity, "owner": concern.owner,
            "outcome": concern.outcome,
            "closed": at(concern.closed_at) if concern.closed_at else None}  # fmt: skip


def _request(request: Row[Any], at: At) -> dict[str, Any]:
    return {
        "by": request.asked_by, "at": at(request.asked_at), "attempts": request.attempts,
        "channels": request.channels.replace(",", ", "), "first": at(request.first_at),
        "root_cause": request.root_cause, "action": request.action, "note": request.note,
        "decided": at(request.decided_at) if request.decided_at else None,
        "decided_by": request.decided_by, "decision": "signed" if request.signed else "not signed",
    }  # fmt: skip


def _options(labels: dict[str, str], chosen: str | None) -> list[dict[str, Any]]:
    return [{"value": value, "label": label, "chosen": value == chosen} for value, label in labels.items()]


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    """As a browser writes a date with a time: by the clock of the person."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise EscalationError("that is no date with a time; write it as 2026-11-30T15:00") from None
