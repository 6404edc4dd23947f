"""Calls: who is to be called now, one call at a time, and what came of it (clause 4.2)."""

from datetime import timedelta
from functools import partial

from casework.call_hours import call_hours
from casework.calling import customers_time, report_call
from models.call_queue import Queue, claim, claim_next, claimed, queued, release
from models.calls import CallError, CallReport, call_of, check_report
from vocabulary import CallOutcome, Permission
from web.bell import sound_of
from web.console.alarms import to_call
from web.console.call_page import FINAL, call_values, final_values, line, named, nothing_to_call
from web.console.cases import PATH as CASES
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.times import zone_text

_PATH = "/console/calls"
_ONE = f"{_PATH}/{{number}}"
_MOST = 50
_JUDGED = frozenset({CallOutcome.ANSWERED, CallOutcome.SOLVED, CallOutcome.CONCERN})
_LONGEST = 4000


class Calls:
    def __init__(self, desk: Desk) -> None:
        self._rules = desk.rules
        self._lease = timedelta(minutes=desk.rules.phone.claim_minutes)

    def doors(self) -> tuple[Door, ...]:
        needs = Permission.CALLS
        return (
            Door(path=_PATH, handler=self.show_queue, needs=needs),
            Door(path=f"{_PATH}/next", method="POST", handler=self.take_next, needs=needs, again=self.show_queue),
            Door(path=_ONE, handler=self.show, needs=needs, of="call"),
            Door(path=_ONE, method="POST", handler=self.record, needs=needs, of="call", again=self.show),
            *(door for outcome in FINAL for door in self._final(outcome)),
            Door(path=f"{_ONE}/claim", method="POST", handler=self.take, needs=needs, of="call", again=self.show),
            Door(path=f"{_ONE}/release", method="POST", handler=self.give_back, needs=needs, of="call",
                 again=self.show),
        )  # fmt: skip

    def show_queue(self, visit: Visit) -> Page:
        hours = call_hours(visit.db, self._queue(visit), visit.now, self._rules)
        rows = [line(row, visit) for row in queued(visit.db, hours.now, visit.now, most=_MOST)]
        return Page(template="calls", values={
            "zone": zone_text(visit.now, visit.person.zone),
            "dangers": to_call(visit),
            "rows": rows,
            "more": max(0, hours.count - len(rows)),
            "asleep": hours.asleep,
            "nothing": nothing_to_call(hours, visit),
            "mine": [line(row, visit) for row in claimed(visit.db, visit.person.email, visit.now)],
            "minutes": self._rules.phone.claim_minutes,
            "clause": self._rules.clauses["4.2"],
        })  # fmt: skip

    def take_next(self, visit: Visit) -> Done:
        queue = call_hours(visit.db, self._queue(visit), visit.now, self._rules).now
        person = visit.person
        taken = claim_next(visit.db, queue, by=person.email, actor=person.name, at=visit.now, lease=self._lease)
        if taken is None:
            return Done(to=_PATH, note="no-call")
        return Done(to=f"{_PATH}/{taken.id}", note="claimed")

    def show(self, visit: Visit) -> Page:
        return Page(template="call", values=call_values(visit, self._rules))

    def take(self, visit: Visit) -> Done:
        person = visit.person
        claim(visit.db, visit.number, by=person.email, actor=person.name, at=visit.now, lease=self._lease)
        return Done(to=f"{_PATH}/{visit.number}", note="claimed")

    def give_back(self, visit: Visit) -> Done:
        release(visit.db, visit.number, by=visit.person.email, actor=visit.person.name, at=visit.now)
        return Done(to=_PATH, note="released")

    def _final(self, outcome: CallOutcome) -> tuple[Door, Door]:
        """What cannot be taken back is asked once more, on a page of its own that no key and no Enter answers."""
        path, needs = f"{_ONE}/{named(outcome)}", Permission.CALLS
        ask, do = (partial(work, outcome) for work in (self.ask, self.record_final))
        return (
            Door(path=path, handler=ask, needs=needs, of="call"),
            Door(path=path, method="POST", handler=do, needs=needs, of="call", again=ask),
        )

    def ask(self, outcome: CallOutcome, visit: Visit) -> Page:
        return Page(template="call_final", values=final_values(outcome, visit, self._rules))

    def record_final(self, outcome: CallOutcome, visit: Visit) -> Done:
        case_id = call_of(visit.db, visit.number).case_id
        person = visit.person
        report = CallReport(outcome=outcome, by=person.name, claimed_as=person.email)
        report_call(visit.db, visit.number, report, in_force=self._rules, at=visit.now)
        if outcome is CallOutcome.REFUSED:
            return Done(to=f"{CASES}/{case_id}", note="opted-out")
        return Done(to=_PATH, note="recorded")

    def record(self, visit: Visit) -> Done:
        report = self._report(visit)
        if report.outcome in FINAL:
            check_report(report, visit.now)
            return Done(to=f"{_PATH}/{visit.number}/{named(report.outcome)}")
        reported = report_call(visit.db, visit.number, report, in_force=self._rules, at=visit.now)
        ring = sound_of(recorded=report.outcome in _JUDGED, alarmed=reported.alarmed)
        note = "recorded-alarm" if reported.alarmed else "recorded-again" if reported.following else "recorded"
        return Done(to=_PATH, note=note, ring=ring)

    def _report(self, visit: Visit) -> CallReport:
        form, person = visit.form, visit.person
        back, comment = form.get("call_back_at", ""), form.get("comment", "")
        if len(comment) > _LONGEST:
            raise CallError(f"a comment has at most {_LONGEST} characters, and this one {len(comment)}: shorten it")
        return CallReport(
            outcome=_outcome(form.get("outcome", "")),
            by=person.name,
            claimed_as=person.email,
            rating=_rating(form.get("rating", "")),
            comment=comment or None,
            call_back_at=customers_time(visit.db, visit.number, back) if back else None,
        )

    def _queue(self, visit: Visit) -> Queue:
        return Queue(departments=visit.departments(Permission.CALLS))


def _outcome(text: str) -> CallOutcome:
    try:
        return CallOutcome(text)
    except ValueError:
        raise CallError("choose what came of the call") from None


def _rating(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) == 1):
        raise CallError("a rating is a number from 1 to 5")
    return int(text) if text else None
