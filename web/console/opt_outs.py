"""What a customer has opted out of, and lifting what a colleague recorded by mistake (clause 2.4)."""

from typing import Any

from casework.lifting import CUSTOMER_ONLY, lift, undo, undo_until
from casework.rules import rules_of_case
from models.optouts import Standing, as_seen, in_force
from models.tables.contact import ANY_CHANNEL
from vocabulary import Channel, Permission
from web.console.cases import PATH
from web.console.concern_forms import author
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.times import moment, zone_text

_WORDS = {
    ANY_CHANNEL: "everything",
    Channel.EMAIL: "e-mails",
    Channel.SMS: "text messages",
    Channel.PHONE: "calls",
}


class OptOuts:
    """Two steps: the page of the case leads here, and here the reason is asked for."""

    def __init__(self, _desk: Desk) -> None:
        """Everything is read from the store."""

    def doors(self) -> tuple[Door, ...]:
        path, needs = f"{PATH}/{{number}}/opt-outs", Permission.OPT_OUTS
        return (
            Door(path=path, needs=needs, of="case", handler=self.show),
            Door(path=path, method="POST", needs=needs, of="case", handler=self.lift, again=self.show),
            Door(path=f"{path}/undo", method="POST", needs=Permission.CASES, of="case", handler=self.undo),
        )

    def show(self, visit: Visit) -> Page:
        refusals = in_force(visit.db, visit.number, visit.now)
        may_lift = any(one.recorded_by for one in refusals)
        return Page(template="opt_outs", values={
            "number": visit.number,
            "path": f"{PATH}/{visit.number}",
            "rows": [_told(one, visit) for one in refusals],
            "may_lift": may_lift,
            "customer_only": f"{CUSTOMER_ONLY[0].upper()}{CUSTOMER_ONLY[1:]}.",
            "some_stay": not all(one.recorded_by for one in refusals),
            "seen": as_seen(refusals),
            "said": {"reason": visit.form.get("reason", "") if visit.fault else ""},
            "clause": rules_of_case(visit.db, visit.number).clauses["2.4"],
            "zone": zone_text(visit.now, visit.person.zone),
        })  # fmt: skip

    def lift(self, visit: Visit) -> Done:
        done = lift(visit.db, visit.number, seen=visit.form.get("seen", ""), by=author(visit),
                    reason=visit.form.get("reason", ""), at=visit.now)  # fmt: skip
        return Done(to=f"{PATH}/{visit.number}", note="lifted-some" if done.some_stay else "lifted")

    def undo(self, visit: Visit) -> Done:
        """In one step, for who recorded it and only for minutes."""
        undo(visit.db, visit.number, by=author(visit), at=visit.now)
        return Done(to=f"{PATH}/{visit.number}", note="undone")


def undo_of(visit: Visit, case_id: int) -> dict[str, Any] | None:
    """Where this person can undo the opt-out that they have just recorded, and until when; None when they cannot."""
    until = undo_until(visit.db, case_id, by=visit.person.name, now=visit.now)
    if until is None:
        return None
    return {"path": f"{PATH}/{case_id}/opt-outs/undo", "until": moment(until, visit.now, visit.person.zone)}


def refused_now(visit: Visit) -> list[dict[str, Any]]:
    """What the customer of a case refuses; `by`: who recorded it, None when the customer did it alone."""
    return [_told(one, visit) for one in in_force(visit.db, visit.number, visit.now)]


def _told(one: Standing, visit: Visit) -> dict[str, Any]:
    return {
        "what": _WORDS.get(one.channel, one.channel),
        "since": moment(one.since, visit.now, visit.person.zone),
        "until": moment(one.until, visit.now, visit.person.zone) if one.until else None,
        "by": one.recorded_by,
    }
