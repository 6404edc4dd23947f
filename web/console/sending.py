"""Holding back what goes to customers, and giving one's word for it to go on."""

from casework.holding import HoldError, hold, release, told
from models.holds import Held, in_force
from vocabulary import Channel, Permission, Scope
from web.console.concern_forms import author
from web.console.doors import Desk, Done, Door, Notice, Page, Visit
from web.console.times import moment, zone_text

PATH = "/console/sending"
_CHOICES = {
    "all messages to customers": (Scope.COMPANY, ""),
    "e-mails to customers": (Scope.CHANNEL, Channel.EMAIL.value),
    "text messages to customers": (Scope.CHANNEL, Channel.SMS.value),
    "messages to customers of one branch": (Scope.BRANCH, None),
}
"""None: the name is asked for."""


class HeldBack:
    """The banner: everybody who may release it sees on every page what is held."""

    def __call__(self, visit: Visit) -> list[Notice]:
        if not visit.may(Permission.SENDING):
            return []
        found = in_force(visit.db)
        return [Notice(f"Held: {'; '.join(told(one) for one in found)}", PATH)] if found else []


class Sending:
    def __init__(self, _desk: Desk) -> None:
        """Everything is read from the store."""

    def doors(self) -> tuple[Door, ...]:
        needs = Permission.SENDING
        return (
            Door(path=PATH, needs=needs, handler=self.show),
            Door(path=f"{PATH}/hold", method="POST", needs=needs, handler=self.hold, again=self.show),
            Door(path=f"{PATH}/release", method="POST", needs=needs, handler=self.release, again=self.show),
        )

    def show(self, visit: Visit) -> Page:
        said = visit.form if visit.fault else {}
        return Page(template="sending", values={
            "rows": [_row(one, visit) for one in in_force(visit.db)],
            "said": {name: said.get(name, "") for name in ("what", "branch", "reason")},
            "choices": [*_CHOICES],
            "path": PATH,
            "zone": zone_text(visit.now, visit.person.zone),
        })  # fmt: skip

    def hold(self, visit: Visit) -> Done:
        chosen = _CHOICES.get(visit.form.get("what", ""))
        if chosen is None:
            raise HoldError("choose what should wait")
        scope, name = chosen
        name = visit.form.get("branch", "") if name is None else name
        hold(visit.db, scope, name, reason=visit.form.get("reason", ""), by=author(visit), at=visit.now)
        return Done(to=PATH, note="sending-held")

    def release(self, visit: Visit) -> Done:
        number = visit.form.get("number", "")
        release(visit.db, int(number) if number.isdecimal() and len(number) < 10 else 0, by=author(visit), at=visit.now)
        return Done(to=PATH, note="sending-released")


def _row(one: Held, visit: Visit) -> dict[str, object]:
    return {
        "number": one.id,
        "what": told(one),
        "since": moment(one.since, visit.now, visit.person.zone),
        "by": "a fuse" if one.fuse else one.held_by,
        "reason": one.reason,
    }
