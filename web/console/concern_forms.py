"""What people do to a concern: one form, one call of what the command line calls too."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.attaching import attach
from casework.handing import Handing, hand_over
from casework.rules import rules_of
from casework.subtasks import Asking, ask
from casework.writing import log_contact, write_to_customer
from models.escalations import EscalationError, acknowledge, resolve
from models.notes import Author, NoteKind, comment
from policy.concern_rules import causes_of
from vocabulary import Permission
from web.console.concern_page import found, owners, page_values
from web.console.concerns import PATH
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.scope import sees_concern
from web.console.writing import writing_in


class ConcernForms:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        needs = {"reassign": Permission.REASSIGN}
        work: dict[str, Callable[[Visit], Done]] = {
            "acknowledge": self.acknowledge, "comment": self.comment, "write": self.write, "contact": self.contact,
            "reassign": self.reassign, "subtask": self.subtask, "attach": self.attach, "resolve": self.resolve,
        }  # fmt: skip
        return tuple(
            Door(path=f"{PATH}/{{number}}/{name}", method="POST", needs=needs.get(name, Permission.CONCERNS),
                 of="concern", handler=handler, again=self.again)
            for name, handler in work.items()
        )  # fmt: skip

    def again(self, visit: Visit) -> Page:
        return Page(template="concern", values=page_values(self._desk, visit))

    def acknowledge(self, visit: Visit) -> Done:
        acknowledge(visit.db, visit.number, by=visit.person.name, at=visit.now)
        return _done(visit, "acknowledged")

    def comment(self, visit: Visit) -> Done:
        case_id, text = found(visit).case_id, visit.form.get("comment", "")
        comment(visit.db, case_id, text, by=author(visit), at=visit.now, escalation_id=visit.number)
        return _done(visit, "commented")

    def write(self, visit: Visit) -> Done:
        desk, writing = self._desk, writing_in(visit.form)
        write_to_customer(visit.db, visit.number, writing, rules=desk.rules, in_use=desk.writes_on, by=author(visit),
                          at=visit.now)  # fmt: skip
        return _done(visit, "written")

    def contact(self, visit: Visit) -> Done:
        how = visit.form.get("how", "")
        kind = NoteKind(how) if how in set(NoteKind) else NoteKind.COMMENT  # which is refused: it is no contact
        log_contact(visit.db, visit.number, kind, visit.form.get("contact", ""), by=author(visit), at=visit.now)
        return _done(visit, "contact_noted")

    def reassign(self, visit: Visit) -> Done:
        form, rules = visit.form, rules_of(visit.db, found(visit).policy_version).escalation
        email = form.get("owner", "").lower()
        name = owners(visit, rules).get(email)
        if name is None:
            raise EscalationError("choose to whom the concern goes")
        to = Handing(name=name.removesuffix(" (away)"), email=email, reason=form.get("why", ""),
                     department=form.get("department") or None, seen_email=form.get("seen") or None)  # fmt: skip
        hand_over(visit.db, visit.number, to, by=author(visit), at=visit.now)
        # Whoever gives it to another department may not see it there.
        return _done(visit, "handed_over") if sees_concern(visit, visit.number) else Done(to=PATH, note="handed_over")

    def subtask(self, visit: Visit) -> Done:
        form = visit.form
        due_at = read_moment(form.get("due", ""), visit.person.zone)
        asking = Asking(department=form.get("subtask_department", ""), what=form.get("what", ""), due_at=due_at)
        ask(visit.db, visit.number, asking, by=author(visit), at=visit.now)
        return _done(visit, "subtask_asked")

    def attach(self, visit: Visit) -> Done:
        """The other concern of the customer is attached to this one."""
        other = visit.form.get("other", "")
        number = int(other) if other.isascii() and other.isdigit() and len(other) < 10 else 0
        if not sees_concern(visit, number):
            raise EscalationError("choose the concern that is to be attached")
        attach(visit.db, number, visit.number, visit.form.get("attach_why", ""), by=author(visit), at=visit.now)
        return _done(visit, "attached")

    def resolve(self, visit: Visit) -> Done:
        row = found(visit)
        rules = rules_of(visit.db, row.policy_version).escalation
        resolve(
            visit.db, visit.number, by=visit.person.name, root_cause=visit.form.get("root_cause", ""),
            action=visit.form.get("action", ""), known_causes=causes_of(row.kind, rules.root_causes, rules.kind_causes),
            ask_after=timedelta(hours=rules.recovery_hours), at=visit.now,
        )  # fmt: skip
        return _done(visit, "resolved")


def _done(visit: Visit, note: str) -> Done:
    return Done(to=f"{PATH}/{visit.number}", note=note)


def author(visit: Visit) -> Author:
    return Author(name=visit.person.name, email=visit.person.email)


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """A day and time as a form's field gives it, by the person's clock."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise EscalationError("say by when, as day and time: 2026-11-30T12:00") from None
