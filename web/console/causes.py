"""Root causes: those of concerns that are closed, for QA to look over, and the form to correct one."""

from typing import Any

from sqlalchemy import Row

from casework.rules import rules_of
from models.concern_list import Place, State, Wanted, concerns_page
from models.root_causes import correct_root_cause
from policy.concern_rules import causes_of
from vocabulary import Permission
from web.console.concern_forms import author
from web.console.concern_page import facts, found
from web.console.concerns import PATH as CONCERNS
from web.console.concerns import address_of, place_in
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.story import moments
from web.console.times import moment, zone_text

PATH = "/console/causes"
_SIZE = 50


class Causes:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        one, needs = f"{CONCERNS}/{{number}}/cause", Permission.ROOT_CAUSE
        return (
            Door(path=PATH, needs=needs, handler=self.listed),
            Door(path=one, needs=needs, of="concern", handler=self.show),
            Door(path=one, method="POST", needs=needs, of="concern", handler=self.correct, again=self.show),
        )

    def listed(self, visit: Visit) -> Page:
        after: Place | None = place_in(visit.query.get("after", ""), [])
        rows, following = concerns_page(visit.db, Wanted(state=State.CLOSED), visit.now, size=_SIZE, after=after)
        return Page(template="causes", values={
            "rows": [_row(row, visit) for row in rows],
            "next": address_of(PATH, {}, following),
            "zone": zone_text(visit.now, visit.person.zone),
        })  # fmt: skip

    def show(self, visit: Visit) -> Page:
        row = found(visit)
        rules = rules_of(visit.db, row.policy_version)
        return Page(template="cause", values={
            "concern": facts(row, visit),
            "causes": list(causes_of(row.kind, rules.escalation.root_causes, rules.escalation.kind_causes)),
            "zone": zone_text(visit.now, visit.person.zone),
            "clauses": {"c4_6": rules.clauses["4.6"]},
            "said": {name: visit.form.get(name, "") if visit.fault else "" for name in ("root_cause", "reason")},
            "moments": moments(visit, row.case_id),
        })  # fmt: skip

    def correct(self, visit: Visit) -> Done:
        row, form = found(visit), visit.form
        rules = rules_of(visit.db, row.policy_version).escalation
        correct_root_cause(
            visit.db, visit.number, was=form.get("was", ""), root_cause=form.get("root_cause", ""),
            reason=form.get("reason", ""), known_causes=causes_of(row.kind, rules.root_causes, rules.kind_causes),
            by=author(visit), at=visit.now,
        )  # fmt: skip
        return Done(to=f"{CONCERNS}/{visit.number}/cause", note="corrected")


def _row(row: Row[Any], visit: Visit) -> dict[str, Any]:
    names = ("id", "kind", "department", "severity", "outcome", "root_cause")
    return {name: row._mapping[name] for name in names} | {
        "path": f"{CONCERNS}/{row.id}/cause", "closed": moment(row.closed_at, visit.now, visit.person.zone),
    }  # fmt: skip
