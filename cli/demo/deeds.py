"""What the invented staff do with a concern: the console's own functions, in their names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from casework.handing import Handing, hand_over
from casework.pauses import pause
from casework.subtasks import Asking, ask, finish
from casework.writing import Writing, log_contact, obstacles, write_to_customer
from cli.demo.company import Company, author
from models.escalations import acknowledge, open_subtasks, resolve
from models.notes import Author, NoteKind, comment
from models.tables import cases, services, subtasks
from policy.concern_rules import causes_of
from policy.rules import Rules
from vocabulary import Channel

_IN_USE = (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Somebody at a concern (a row of `models.escalations.listed`), at some time."""

    db: Connection
    concern: Row[Any]
    company: Company
    rules: Rules
    at: datetime

    @property
    def owner(self) -> Author:
        return author(self.company.at(self.concern.owner_email))


Deed = Callable[[Work], object]


def take(work: Work) -> None:
    acknowledge(work.db, work.concern.id, by=work.owner.name, at=work.at)


def commenting(text: str) -> Deed:
    return lambda work: comment(work.db, work.concern.case_id, text, by=work.owner, at=work.at,
                                escalation_id=work.concern.id)  # fmt: skip


def having_called(text: str) -> Deed:
    return lambda work: log_contact(work.db, work.concern.id, NoteKind.CALLED, text, by=work.owner, at=work.at)


def writing(text: str) -> Deed:
    """By mail or SMS, whichever nothing stands against; not at all when something stands against both."""

    def write(work: Work) -> None:
        case = work.db.execute(select(cases).where(cases.c.id == work.concern.case_id)).one()
        service = work.db.execute(select(services).where(services.c.id == case.service_id)).one()
        ways = obstacles(work.db, case, service, in_use=_IN_USE, at=work.at)
        open_ways = [channel for channel, obstacle in ways.items() if obstacle is None]
        if open_ways:
            how = Writing(channel=open_ways[0], text=text, several=True)
            write_to_customer(work.db, work.concern.id, how, rules=work.rules, in_use=_IN_USE, by=work.owner,
                              at=work.at)  # fmt: skip

    return write


def asking(department: str, what: str, *, within_h: float) -> Deed:
    return lambda work: ask(
        work.db, work.concern.id,
        Asking(department=department, what=what, due_at=work.at + timedelta(hours=within_h)),
        by=work.owner, at=work.at,
    )  # fmt: skip


def handing_to(address: str, why: str) -> Deed:
    """By the supervisor."""

    def hand(work: Work) -> None:
        to, by = work.company.at(address), author(work.company.at(work.concern.supervisor_email))
        handing = Handing(name=to.name, email=to.email, reason=why)
        hand_over(work.db, work.concern.id, handing, by=by, at=work.at)

    return hand


def pausing(code: str, note: str) -> Deed:
    """By the supervisor, for as long as the policy allows."""
    return lambda work: pause(work.db, work.concern.id, code=code, note=note, by=work.concern.supervisor, at=work.at)


def resolving(cause: str, action: str) -> Deed:
    """After the sub-tasks are done, if there are any."""

    def settle(work: Work) -> None:
        for number in open_subtasks(work.db, work.concern.id):
            owner = work.db.execute(select(subtasks.c.owner_email).where(subtasks.c.id == number)).scalar_one()
            finish(work.db, number, "Done, and the customer knows.", by=author(work.company.at(owner)), at=work.at)
        rules = work.rules.escalation
        resolve(work.db, work.concern.id, by=work.owner.name, root_cause=cause, action=action,
                known_causes=causes_of(work.concern.kind, rules.root_causes, rules.kind_causes), at=work.at,
                ask_after=timedelta(hours=rules.recovery_hours))  # fmt: skip

    return settle
