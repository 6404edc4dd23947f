"""One case with its whole record: the service, what was done, and every entry from its closing to now."""

from typing import Any

from sqlalchemy import select

from casework.rules import rules_of
from models.concern_list import concerns_of
from models.notes import comment
from models.tables import cases, columns, services
from vocabulary import Permission, Stage
from web.console.cases import PATH
from web.console.concern_forms import author
from web.console.concern_page import state_of
from web.console.contacts import reach
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.opt_outs import refused_now, undo_of
from web.console.runs import case_runs
from web.console.scope import sees_concern
from web.console.story import moments
from web.console.times import moment, zone_text


class CasePage:
    def __init__(self, desk: Desk) -> None:
        self._prefect_ui = desk.prefect_ui

    def doors(self) -> tuple[Door, ...]:
        one, needs = f"{PATH}/{{number}}", Permission.CASES
        return (
            Door(path=one, needs=needs, of="case", handler=self.show),
            Door(path=f"{one}/comment", method="POST", needs=needs, of="case", handler=self.comment, again=self.show),
        )

    def show(self, visit: Visit) -> Page:
        row, refused = _found(visit), refused_now(visit)
        return Page(template="case", values={
            "case": _facts(row, visit),
            "contact": reach(visit, row, row.id),
            "concerns": [_concern(one, visit) for one in concerns_of(visit.db, visit.number)],
            "moments": moments(visit, visit.number),
            "runs": self._runs(visit),
            "zone": zone_text(visit.now, visit.person.zone),
            "clauses": {"c4_5": rules_of(visit.db, row.policy_version).clauses["4.5"]},
            "said": {"comment": visit.form.get("comment", "") if visit.fault else ""},
            "opt_outs": refused,
            "undo": undo_of(visit, visit.number) if refused else None,
            "lift_path": f"{PATH}/{visit.number}/opt-outs" if visit.may(Permission.OPT_OUTS) else None,
            "sealed": row.stage == Stage.CLOSED,
        })  # fmt: skip

    def _runs(self, visit: Visit) -> list[dict[str, Any]]:
        """Links only for those who watch over runs: Prefect has a login of its own, or none."""
        ran = case_runs(visit.db, visit.number, now=visit.now, zone=visit.person.zone, prefect_ui=self._prefect_ui)
        return ran if visit.may(Permission.RUNS) else [{**run, "link": None} for run in ran]

    def comment(self, visit: Visit) -> Done:
        comment(visit.db, visit.number, visit.form.get("comment", ""), by=author(visit), at=visit.now)
        return Done(to=f"{PATH}/{visit.number}", note="commented")


def _found(visit: Visit) -> Any:
    names = ("source", "external_id", "customer_name", "email", "phone", "language", "agent", "customer_ref")
    of = select(cases, *columns(services, *(name for name in names if name != "agent")))
    joined = of.join_from(cases, services, services.c.id == cases.c.service_id)
    return visit.db.execute(joined.where(cases.c.id == visit.number)).one()


def _facts(row: Any, visit: Visit) -> dict[str, Any]:
    names = ("id", "stage", "disposition", "reason", "clause", "kind", "department", "branch", "agent", "rating",
             "source", "external_id", "customer_name", "customer_ref", "missing", "policy_version")  # fmt: skip
    dates = ("closed_at", "contact_due_at", "contacted_at", "answered_at", "ended_at", "sealed_at", "next_at")
    zone = visit.person.zone
    shown = {name: moment(at, visit.now, zone) if (at := row._mapping[name]) else None for name in dates}
    return {name: row._mapping[name] for name in names} | shown | {"path": f"{PATH}/{row.id}"}


def _concern(row: Any, visit: Visit) -> dict[str, Any]:
    path = None
    if visit.may(Permission.CONCERNS) and sees_concern(visit, row.id):
        path = f"/console/concerns/{row.id}"
    elif visit.may(Permission.ROOT_CAUSE):
        path = f"/console/concerns/{row.id}/cause"
    return {"id": row.id, "severity": row.severity, "department": row.department, "owner": row.owner, "path": path,
            "state": state_of(row)}  # fmt: skip
