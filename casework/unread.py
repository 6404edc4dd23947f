"""Replies that nobody reads: their deadline is warned of and escalated, as that of a concern is (clause 4.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from casework.notices import time_left
from casework.rules import rules_of
from casework.standing_in import with_stand_ins
from models.deliveries import withdraw_keys
from models.log import NewEntry, append
from models.owed import OwedMessage, owe_messages
from models.people import Person, stand_ins
from models.unread import hold_due, set_warned
from policy.concern import route_to_read
from policy.deadlines import OVER, ROLES, Rung, due_rung, person
from policy.rules import Rules
from vocabulary import Clause, Event, Purpose


@dataclass(slots=True)
class Warned:
    """What was done about a batch of replies."""

    near: int = 0
    late: int = 0
    owed: list[OwedMessage] = field(default_factory=list)
    entries: list[NewEntry] = field(default_factory=list)
    dates: list[dict[str, Any]] = field(default_factory=list)


def warn_of_unread(db: Connection, reply_ids: Sequence[int], *, in_force: Rules, at: datetime) -> Warned:
    """Warn of those of these replies that are still unread and due, in the caller's transaction.

    `in_force`: the rules for a reply of no case.
    """
    done, absent = Warned(), stand_ins(db, at)
    for reply in hold_due(db, reply_ids, at):
        _step(done, reply, rules_for(db, reply, in_force), absent, at)
    set_warned(db, done.dates)
    append(db, done.entries)
    owe_messages(db, done.owed, at=at)
    return done


def take_warnings_back(db: Connection, reply: Row[Any], at: datetime) -> None:
    """The reply was read: warnings that have not gone out yet do not go out any more."""
    keys = [_key(reply.id, rung, role) for rung in range(1, reply.warned + 1) for role in ROLES]
    withdraw_keys(db, [*keys, *(f"{key}:stand-in" for key in keys)], at=at, reason="the reply was read")


def rules_for(db: Connection, reply: Row[Any], in_force: Rules) -> Rules:
    """Those that the reply's case goes by; a reply of no case goes by those in force."""
    return in_force if reply.policy_version is None else rules_of(db, reply.policy_version)


def readers(reply: Row[Any], rules: Rules) -> dict[str, tuple[str, str]]:
    """Name and address of everybody who answers for the reading of a reply, by role."""
    route = route_to_read(reply.handled_by, reply.department, rules.escalation)
    return {role: person(role, route, rules.escalation) for role in ROLES}


def _step(done: Warned, reply: Row[Any], rules: Rules, absent: Mapping[str, Person], at: datetime) -> None:
    began = reply.read_by - timedelta(hours=rules.escalation.deadline_hours)
    rung, next_at = due_rung(began, reply.warned, at, rules.escalation)
    done.dates.append({"of": reply.id, "warned": rung.number if rung else reply.warned, "next_at": next_at})
    if rung is None:
        return
    is_late = rung.percent == OVER
    done.near, done.late = done.near + (not is_late), done.late + is_late
    people = readers(reply, rules)
    done.owed += with_stand_ins([_warning(reply, role, people[role], rung, at) for role in rung.tell], absent)
    done.entries.append(
        NewEntry(
            event=Event.REPLY_BREACHED if is_late else Event.REPLY_WARNED,
            at=at,
            clause=Clause.ESCALATE,
            case_id=reply.case_id,
            ref_id=reply.id,
            policy_version=reply.policy_version,
            detail={"percent": rung.percent, "told": list(rung.tell)},
        )
    )


def _warning(reply: Row[Any], role: str, to: tuple[str, str], rung: Rung, at: datetime) -> OwedMessage:
    """Of no case for the outbox, so that a mail that does not arrive is followed up though there is no concern."""
    name, address = to
    left = time_left(reply.read_by, at)
    return OwedMessage(
        key=_key(reply.id, rung.number, role),
        purpose=Purpose.REPLY_WAITING,
        clause=Clause.ESCALATE if role == "owner" else Clause.SUPERVISOR,
        due_at=at,
        to_name=name,
        to_address=address,
        note={"role": role, "reply_id": reply.id, "percent": rung.percent, "time_left": left},
        why={"reply": reply.id, "case": reply.case_id},
    )


def _key(reply_id: int, rung: int, role: str) -> str:
    return f"reply:{reply_id}:waiting:{rung}:{role}"
