"""What stands on "My day": one thing to be done, or one figure."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from web.console.doors import Visit
from web.console.times import Left, Moment, left, moment

LONGEST = 90
"""So many characters of a text are shown."""
SHORT = 5
"""Of what is not one person's alone only the most urgent few are shown, and the list is one step away."""

Section = dict[str, Any]
Item = dict[str, Any]


def section(
    title: str, items: list[Item], *, nothing: str, facts: list[dict[str, Any]] | None = None,
    more: str = "", path: str | None = None, label: str = "",
) -> Section:  # fmt: skip
    """`nothing`: what happens next, said when there are no items. `path`: where there is more of it."""
    return {"title": title, "items": items, "nothing": nothing, "facts": facts or [], "more": more, "path": path,
            "label": label}  # fmt: skip


def item(
    path: str | None, title: str, note: str = "", *, due: Moment | None = None, time_left: Left | None = None
) -> Item:
    return {"path": path, "title": title, "note": note, "due": due, "left": time_left}


def concern(row: Row[Any], visit: Visit, *, warned_from: datetime | None, whose: str = "") -> Item:
    """`warned_from`: the first warning of its ladder, from which on it is near."""
    until, what = runs_for(row, visit.now)
    title = f"Concern {row.id} ({row.severity}): {row.customer_name or 'name not known'}, {row.kind}, {row.department}"
    due = moment(until, visit.now, visit.person.zone)
    near = warned_from if row.taken_at is None else None
    return item(f"/console/concerns/{row.id}", title, f"{what}{whose}", due=due,
                time_left=left(until, visit.now, soon_from=near))  # fmt: skip


def runs_for(row: Row[Any], now: datetime) -> tuple[datetime, str]:
    """The date that an open concern runs for now, and what is to be done until then."""
    if row.acknowledged_at is not None:
        return row.resolve_by, f"taken by {row.acknowledged_by}, to be resolved"
    if row.taken_at is not None:
        return row.retake_by or row.resolve_by, "handed over, not taken again yet: to be acknowledged"
    if now <= row.acknowledge_by:
        return row.acknowledge_by, "not taken yet: to be acknowledged"
    return row.deadline_at, "not taken yet, and the time to acknowledge it is over: the 24 hours run"


def subtask(row: Row[Any], visit: Visit) -> Item:
    what = " ".join(row.what.split())
    shown = what if len(what) <= LONGEST else what[: LONGEST - 1] + "…"
    note = f"{row.department}, asked by {row.asked_by} for concern {row.escalation_id}"
    return item(
        f"/console/subtasks/{row.id}",
        f"Sub-task {row.id}: {shown}",
        note,
        due=moment(row.due_at, visit.now, visit.person.zone),
        time_left=left(row.due_at, visit.now),
    )


def call(row: Row[Any], visit: Visit) -> Item:
    until = moment(row.due_to, visit.now, visit.person.zone)
    title = f"Call {row.customer_name or 'name not known'}: {row.kind}, {row.department}"
    return item(f"/console/calls/{row.id}", title, row.reason, due=until, time_left=left(row.due_to, visit.now))


def case(row: Row[Any], note: str) -> Item:
    return item(f"/console/cases/{row.id}", f"Case {row.id}: {row.kind}, {row.department}, {row.branch}", note)
