"""Concerns: the list, filtered by whose and how late they are, and one of them with its whole story."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row

from models.concern_list import Place, State, Wanted, concerns_page
from policy.concern import SEVERITIES
from policy.permissions import EVERYWHERE
from vocabulary import Permission
from web.console.concern_page import departments, page_values, state_of
from web.console.doors import Desk, Door, Page, Visit
from web.console.scope import addresses_of
from web.console.times import kept, left, moment, zone_text

PATH = "/console/concerns"
_FILTERS = ("state", "mine", "department", "severity")
_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"([0-9]{1,16})_([0-9]{1,9})")


class Concerns:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        return (
            Door(path=PATH, needs=Permission.CONCERNS, handler=self.listed),
            Door(path=f"{PATH}/{{number}}", needs=Permission.CONCERNS, of="concern", handler=self.show),
        )

    def listed(self, visit: Visit) -> Page:
        faults: list[str] = []
        asked = {name: visit.query.get(name, "")[:200] for name in _FILTERS}
        wanted, after = _wanted(visit, asked, faults), place_in(visit.query.get("after", ""), faults)
        rows, following = concerns_page(visit.db, wanted, visit.now, size=_SIZE, after=after)
        return Page(template="concerns", values={
            "asked": asked | {"state": wanted.state},
            "faults": faults,
            "rows": [_row(row, visit) for row in rows],
            "next": address_of(PATH, asked, following),
            "zone": zone_text(visit.now, visit.person.zone),
            "departments": departments(self._desk.rules.escalation),
            "severities": list(SEVERITIES),
            "states": list(State),
        })  # fmt: skip

    def show(self, visit: Visit) -> Page:
        return Page(template="concern", values=page_values(self._desk, visit))


def _wanted(visit: Visit, asked: Mapping[str, str], faults: list[str]) -> Wanted:
    state, severity = asked["state"] or State.OPEN, asked["severity"] or None
    if state not in set(State):
        faults.append(f"there is no state “{state}”; these are the open ones")
        state = State.OPEN
    if severity is not None and severity not in SEVERITIES:
        faults.append(f"there is no severity “{severity}”")
    seen, own = visit.departments(Permission.CONCERNS), addresses_of(visit)
    return Wanted(
        state=State(state),
        departments=None if seen >= EVERYWHERE else seen,
        addresses=own,
        owners=own if asked["mine"] else None,
        department=asked["department"] or None,
        severity=severity,
    )


def place_in(text: str, faults: list[str]) -> Place | None:
    """Where the page before ended, as `address_of` wrote it."""
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        faults.append("this address was cut off; begin again")
        return None
    return Place(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))


def address_of(path: str, asked: Mapping[str, str], place: Place | None) -> str | None:
    """The address of the next page; None when there is none."""
    if place is None:
        return None
    given = {name: value for name, value in asked.items() if value}
    return f"{path}?{urlencode({**given, 'after': f'{(place.at - _EPOCH) // timedelta(microseconds=1)}_{place.id}'})}"


def _row(row: Row[Any], visit: Visit) -> dict[str, Any]:
    due, what = _due(row)
    done = row.resolved_at or row.closed_at
    names = ("id", "case_id", "severity", "department", "owner", "kind", "branch", "repeats", "reopened")
    return {name: row._mapping[name] for name in names} | {
        "path": f"{PATH}/{row.id}",
        "customer": row.customer_name or "no name",
        "state": state_of(row),
        "what": what,
        "due": moment(due, visit.now, visit.person.zone),
        "left": kept(due, done) if done else left(due, visit.now),
    }


def _due(row: Row[Any]) -> tuple[datetime, str]:
    """The deadline that runs now, and for what."""
    if row.acknowledged_at is not None or row.resolved_at is not None or row.closed_at is not None:
        return row.resolve_by, "to be resolved"
    if row.taken_at is not None and row.retake_by is not None:
        return row.retake_by, "to be acknowledged again"
    return row.acknowledge_by, "to be acknowledged"
