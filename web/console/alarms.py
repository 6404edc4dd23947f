"""Alarms: dangers that customers reported, above every page until somebody has dealt with them (clause 4.4)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from casework.alarms import end_alarm, take_alarm
from models.alarms import AlarmError, advised_by, ended_lately, entries_of, find, listed, open_in
from vocabulary import Permission
from web.console.contacts import sees_contacts
from web.console.day_items import Item, item
from web.console.doors import Desk, Done, Door, Notice, Page, Visit
from web.console.story import told
from web.console.times import left, length, moment, zone_text

PATH = "/console/alarms"
_ONE = f"{PATH}/{{number}}"
_SHOWN = 50
_LONGEST = 4000
_WAYS = {"email": "e-mail", "sms": "text message"}
_TOLD = (Permission.CONCERNS, Permission.CALLS, Permission.RUNS)
"""Whoever has one of these sees the banner, for the departments that they have it for."""


class Dangers:
    """The banner: each alarm that is open, for everybody who may see concerns, calls or runs."""

    def __call__(self, visit: Visit) -> list[Notice]:
        if not any(visit.may(one) for one in _TOLD):
            return []
        rows = open_in(visit.db, frozenset().union(*(visit.departments(one) for one in _TOLD)))
        if not rows:
            return []
        reach = visit.departments(Permission.CONCERNS) | {"*"}
        opens = len(rows) == 1 and (reach >= {rows[0].department} or "*" in visit.departments(Permission.CONCERNS))
        path = f"{PATH}/{rows[0].id}" if opens else PATH
        return [Notice(_sentence(rows), path if visit.may(Permission.CONCERNS) else None, grave=True)]


def _sentence(rows: Any) -> str:
    waiting = sum(row.taken_by is None for row in rows)
    if len(rows) == 1:
        [row] = rows
        state = f"taken by {row.taken_by}" if row.taken_by else "nobody has taken it"
        return f"DANGER: {_words(row)}, {_department(row)} ({state})"
    return f"DANGER: {len(rows)} alarms are open, {waiting} of them not taken"


def _words(row: Row[Any]) -> str:
    return str(row.dangers).replace(",", ", ")


def _department(row: Row[Any]) -> str:
    return "customer not known" if row.department == "*" else str(row.department)


def to_call(visit: Visit) -> list[Item]:
    """The customers whom this person is to call before anything else: nobody has taken their alarm, or this person."""
    if not visit.may(Permission.CONCERNS):
        return []
    rows = [row for row in _seen(visit, listed(visit.db)) if row.taken_by in (None, visit.person.name)]
    return [
        item(
            f"{PATH}/{row.id}",
            f"Call {row.customer_name or row.sender or 'the customer'}: {_words(row)}, {_department(row)}",
            "you have taken it" if row.taken_by else f"nobody has taken it; alerted last: {row.told}",
            due=moment(row.received_at, visit.now, visit.person.zone),
            time_left=None if row.taken_by else left(row.next_at, visit.now),
        )
        for row in rows
    ]


def _seen(visit: Visit, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those of this person's departments, and those of which nobody knows whose they are."""
    seen = visit.departments(Permission.CONCERNS)
    return [row for row in rows if "*" in seen or row.department in {*seen, "*"}]


class Alarms:
    def __init__(self, desk: Desk) -> None:
        self._rules = desk.rules

    def doors(self) -> tuple[Door, ...]:
        needs = Permission.CONCERNS
        return (
            Door(path=PATH, handler=self.show_list, needs=needs),
            Door(path=_ONE, handler=self.show, needs=needs, of="alarm"),
            Door(path=f"{_ONE}/take", method="POST", handler=self.take, needs=needs, of="alarm", again=self.show),
            Door(path=f"{_ONE}/end", method="POST", handler=self.end, needs=needs, of="alarm", again=self.show),
        )

    def show_list(self, visit: Visit) -> Page:
        shown = _seen(visit, [*listed(visit.db), *ended_lately(visit.db, most=_SHOWN)])
        return Page(
            template="alarms",
            values={
                "rows": [_line(row, visit) for row in shown],
                "zone": zone_text(visit.now, visit.person.zone),
                "clause": self._rules.clauses["4.4"],
            },
        )

    def show(self, visit: Visit) -> Page:
        row = find(visit.db, visit.number)
        reach = (row.phone, row.email, row.sender) if sees_contacts(visit, row.case_id) else ()
        return Page(
            template="alarm",
            values={
                "alarm": _line(row, visit),
                "said": row.said,
                "moments": told(visit, entries_of(visit.db, row.id), row.case_id),
                "advised_by": _WAYS.get(advised_by(visit.db, row.id) or ""),
                "customer": row.customer_name or "Name not known",
                "reach": [part for part in reach if part],
                "case": {"number": row.case_id, "path": f"/console/cases/{row.case_id}"} if row.case_id else None,
                "zone": zone_text(visit.now, visit.person.zone),
                "clause": self._rules.clauses["4.4"],
            },
        )

    def take(self, visit: Visit) -> Done:
        take_alarm(visit.db, visit.number, by=visit.person.name, at=visit.now)
        return Done(to=f"{PATH}/{visit.number}", note="alarm-taken")

    def end(self, visit: Visit) -> Done:
        outcome = visit.form.get("outcome", "").strip()
        if not outcome:
            raise AlarmError("say what was done")
        if len(outcome) > _LONGEST:
            raise AlarmError(f"what was done has at most {_LONGEST} characters, and this {len(outcome)}: shorten it")
        end_alarm(visit.db, visit.number, outcome, by=visit.person.name, at=visit.now)
        return Done(to=PATH, note="alarm-ended")


def _line(row: Row[Any], visit: Visit) -> dict[str, Any]:
    zone = visit.person.zone
    state = "open"
    if row.ended_at is not None:
        state = f"ended by {row.ended_by}"
    elif row.taken_at is not None:
        state = f"taken by {row.taken_by}"
    return {
        "number": row.id,
        "path": f"{PATH}/{row.id}",
        "danger": _words(row),
        "department": _department(row),
        "received": moment(row.received_at, visit.now, zone),
        "waits": length(visit.now - row.received_at),
        "told": row.told,
        "next": moment(row.next_at, visit.now, zone) if row.next_at else None,
        "state": state,
        "outcome": row.outcome,
        "may_take": row.taken_at is None and row.ended_at is None,
        "may_end": row.ended_at is None,
    }
