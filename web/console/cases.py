"""Cases: looked for by words and by what they are, in an address that can be kept."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from casework.words import looked_for
from models.finding import PAGE, Wanted, find_cases, to_choose_from
from policy.permissions import EVERYWHERE
from vocabulary import Disposition, Permission, Stage
from web.console.contacts import contacts_in
from web.console.days_asked import day_in, midnight
from web.console.doors import Desk, Door, Page, Visit
from web.console.page_ends import end_at, end_in

PATH = "/console/cases"
_FILTERS = ("text", "department", "branch", "stage", "disposition", "from", "until")


class Cases:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        return (Door(path=PATH, needs=Permission.CASES, handler=self.listed),)

    def listed(self, visit: Visit) -> Page:
        asked = {name: visit.query.get(name, "")[:200] for name in _FILTERS}
        wanted, faults = _wanted(visit, asked)
        found = [] if faults else list(find_cases(visit.db, wanted))
        departments, branches = to_choose_from(visit.db)
        return Page(template="cases", values={
            "asked": asked,
            "faults": faults,
            "rows": [_row(row, visit.person.zone) for row in found[:PAGE]],
            "next": _next(asked, found),
            "first": not visit.query.get("after"),
            "departments": departments if wanted.departments is None else sorted(wanted.departments),
            "branches": branches,
            "stages": list(Stage),
            "dispositions": list(Disposition),
        })  # fmt: skip


def _wanted(visit: Visit, asked: Mapping[str, str]) -> tuple[Wanted, list[str]]:
    """What the address asks for, and what of it cannot be read."""
    faults: list[str] = []
    zone, seen = visit.person.zone, visit.departments(Permission.CASES)
    first, last = (day_in(asked[name], name, faults) for name in ("from", "until"))
    for name, known in (("stage", Stage), ("disposition", Disposition)):
        if asked[name] and asked[name] not in set(known):
            faults.append(f"there is no {name} “{asked[name]}”")
    words = looked_for(asked["text"])
    if asked["text"] and not words:
        faults.append("look for a word, a name, an address or a number")
    return Wanted(
        words=words,
        contacts_in=contacts_in(visit),
        departments=None if seen >= EVERYWHERE else seen,
        department=asked["department"], branch=asked["branch"],
        stage=asked["stage"], disposition=asked["disposition"],
        closed_from=midnight(first, zone) if first else None,
        closed_before=midnight(last + timedelta(days=1), zone) if last else None,
        after=end_in(visit.query.get("after", ""), faults),
    ), faults  # fmt: skip


def _next(asked: Mapping[str, str], found: list[Row[Any]]) -> str | None:
    """The address of the next page."""
    if len(found) <= PAGE:
        return None
    last = found[PAGE - 1]
    given = {name: value for name, value in asked.items() if value}
    return f"{PATH}?{urlencode({**given, 'after': end_at(last.closed_at, last.id)})}"


def _row(row: Row[Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": row.id,
        "path": f"{PATH}/{row.id}",
        "customer": row.customer_name or "no name",
        "service": f"{row.source} {row.external_id}",
        "kind": row.kind,
        "department": row.department,
        "branch": row.branch,
        "closed": f"{row.closed_at.astimezone(zone):%d %b %Y}",
        "stage": row.stage,
        "outcome": row.disposition,
        "reason": row.reason,
        "rating": row.rating,
    }
