"""The on-call calendar: who is told of a danger, and when (clause 4.4)."""

from collections.abc import Iterator
from typing import Any

from casework.duty import shift_of, shifts_in
from models.duty import DutyError, add_shifts, coming_shifts, remove_shift, replace_shifts
from vocabulary import Channel, Permission
from web import findings
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.times import moment, zone_text
from web.findings import Finding

PATH = "/console/on-call"
_OTHERS = "All others"
_FIELDS = ("department", "name", "email", "phone", "starts", "ends")


def _shown(department: str) -> str:
    return _OTHERS if department == "*" else department


class OnCallCalendar:
    def __init__(self, desk: Desk) -> None:
        self._rules = desk.rules
        self._sent_on = desk.writes_on

    def doors(self) -> tuple[Door, ...]:
        see, change = Permission.CONCERNS, Permission.REASSIGN
        return (
            Door(path=PATH, handler=self.show, needs=see),
            Door(path=PATH, method="POST", handler=self.add, needs=change, again=self.show),
            Door(path=f"{PATH}/import", method="POST", handler=self.read, needs=change, again=self.show),
            Door(path=f"{PATH}/remove", method="POST", handler=self.remove, needs=change, again=self.show),
        )

    def show(self, visit: Visit) -> Page:
        return Page(
            template="on_call",
            values={
                "to_do": [text for fine, text in self._found(visit) if not fine],
                "rows": [self._line(row, visit) for row in coming_shifts(visit.db, visit.now)],
                "departments": [_shown(one.department) for one in self._rules.escalation.routes],
                "may_change": visit.may(Permission.REASSIGN),
                "zone": zone_text(visit.now, visit.person.zone),
                "clause": self._rules.clauses["4.4"],
            },
        )

    def add(self, visit: Visit) -> Done:
        said = {name: visit.form.get(name, "") for name in _FIELDS}
        said["department"] = self._known(said["department"])
        add_shifts(visit.db, [shift_of(**said, zone=visit.person.zone)], by=visit.person.name)
        return Done(to=PATH, note="shift-added")

    def read(self, visit: Visit) -> Done:
        department, text = self._known(visit.form.get("for", "")), visit.form.get("calendar", "")
        shifts = shifts_in(text, department=department, zone=visit.person.zone, now=visit.now)
        replace_shifts(visit.db, department, shifts, by=visit.person.name)
        return Done(to=PATH, note="shifts-read")

    def remove(self, visit: Visit) -> Done:
        number = visit.form.get("shift", "")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise DutyError("choose the shift that is to be removed")
        remove_shift(visit.db, int(number))
        return Done(to=PATH, note="shift-removed")

    def _found(self, visit: Visit) -> Iterator[Finding]:
        return findings.on_call(visit.db, self._rules, visit.now, texts=Channel.SMS in self._sent_on)

    def _known(self, shown: str) -> str:
        known = {_shown(one.department): one.department for one in self._rules.escalation.routes}
        if shown not in known:
            raise DutyError("choose a department of the policy's routes")
        return known[shown]

    def _line(self, row: Any, visit: Visit) -> dict[str, Any]:
        zone = visit.person.zone
        return {
            "number": row.id, "department": _shown(row.department), "name": row.name,
            "email": row.email, "phone": row.phone or "no number: mail only",
            "starts": moment(row.starts_at, visit.now, zone), "ends": moment(row.ends_at, visit.now, zone),
            "now": row.starts_at <= visit.now < row.ends_at,
        }  # fmt: skip
