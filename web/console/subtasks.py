"""A sub-task: what a department is asked to do for a concern, and the form to say that it is done."""

from typing import Any

from sqlalchemy import Row

from casework.rules import rules_of
from casework.subtasks import finish, withdraw
from models.concern_list import concern_of, subtask_of
from models.escalations import EscalationError
from vocabulary import Permission
from web.console.concern_forms import author
from web.console.concern_page import subtask
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.scope import sees_concern
from web.console.times import moment, zone_text

PATH = "/console/subtasks"


class Subtasks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        one, needs = f"{PATH}/{{number}}", Permission.CONCERNS
        return (
            Door(path=one, needs=needs, of="subtask", handler=self.show),
            Door(path=f"{one}/done", method="POST", needs=needs, of="subtask", handler=self.done, again=self.show),
            Door(path=f"{one}/withdraw", method="POST", needs=needs, of="subtask", handler=self.withdraw,
                 again=self.show),
        )  # fmt: skip

    def show(self, visit: Visit) -> Page:
        row = _found(visit)
        concern = concern_of(visit.db, row.escalation_id)
        assert concern is not None  # noqa: S101 - a sub-task has one
        mine = sees_concern(visit, row.escalation_id)
        rules = rules_of(visit.db, concern.policy_version)
        return Page(template="subtask", values={
            "subtask": subtask(row, visit) | {
                "concern": row.escalation_id, "severity": row.severity, "kind": row.kind, "branch": row.branch,
                "concern_owner": row.concern_owner, "asked": moment(row.asked_at, visit.now, visit.person.zone),
                "concern_path": f"/console/concerns/{row.escalation_id}" if mine else None,
            },
            "zone": zone_text(visit.now, visit.person.zone),
            "clauses": {"c4_4": rules.clauses["4.4"]},
            "said": {name: visit.form.get(name, "") if visit.fault else "" for name in ("result", "reason")},
            "may": {"done": row.ended_at is None, "withdraw": row.ended_at is None and mine},
        })  # fmt: skip

    def done(self, visit: Visit) -> Done:
        finish(visit.db, visit.number, visit.form.get("result", ""), by=author(visit), at=visit.now)
        return Done(to=f"{PATH}/{visit.number}", note="subtask_done")

    def withdraw(self, visit: Visit) -> Done:
        """Only those who have the concern take back what was asked for it."""
        row = _found(visit)
        if not sees_concern(visit, row.escalation_id):
            words = f"sub-task {row.id} is withdrawn by those who have concern {row.escalation_id}: ask them"
            raise EscalationError(words)
        withdraw(visit.db, visit.number, visit.form.get("reason", ""), by=author(visit), at=visit.now)
        return Done(to=f"{PATH}/{visit.number}", note="subtask_withdrawn")


def _found(visit: Visit) -> Row[Any]:
    row = subtask_of(visit.db, visit.number)
    assert row is not None  # noqa: S101 - the guard has looked whose it is
    return row
