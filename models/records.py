"""The record of a case that ended: what is in it, its seal, and the supervisor's signature under it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from models.log import NewEntry, append
from models.tables import answers, calls, cases, columns, entries, escalations, judgements
from vocabulary import Clause, Disposition, Event, Stage

_ATTEMPTS = frozenset({Event.MESSAGE_ACCEPTED, Event.MESSAGE_REJECTED, Event.MESSAGE_UNKNOWN, Event.CALL_RECORDED})


class SignatureError(Exception):
    """The case cannot be signed as unreachable. The text says why."""


@dataclass
class Evidence:
    """Counts of what the store has of a case."""

    attempts: int = 0
    answers: int = 0
    judged: int = 0
    escalations: int = 0
    closed: int = 0
    complete: int = 0
    signed: bool = False
    lines: list[str] = field(default_factory=list)
    """The entries of the case as they are sealed."""


def evidence(db: Connection, case_ids: Sequence[int]) -> dict[int, Evidence]:
    found = {case_id: Evidence() for case_id in case_ids}
    logged = select(entries).where(entries.c.case_id.in_(case_ids)).order_by(entries.c.case_id, entries.c.id)
    for entry in db.execute(logged):
        of = found[entry.case_id]
        of.attempts += entry.event in _ATTEMPTS
        of.signed |= entry.event == Event.UNREACHABLE_SIGNED
        of.lines.append(f"{entry.id}|{entry.at.isoformat()}|{entry.event}|{entry.actor}|{entry.clause}|{entry.detail}")
    for table, name in ((answers, "answers"), (judgements, "judged")):
        counted = select(table.c.case_id, func.count()).where(table.c.case_id.in_(case_ids)).group_by(table.c.case_id)
        for case_id, count in db.execute(counted):
            setattr(found[case_id], name, count)
    of_cases = escalations.c.case_id.in_(case_ids)
    for row in db.execute(
        select(*columns(escalations, "case_id", "closed_at", "root_cause", "action")).where(of_cases)
    ):
        of = found[row.case_id]
        of.escalations += 1
        of.closed += row.closed_at is not None
        of.complete += bool(row.root_cause and row.action)
    return found


def seal(case: Any, found: Evidence) -> str:
    """SHA-256 (hex) over the outcome and every entry so far: a later change of either shows."""
    outcome = (
        f"{case.id}|{case.service_id}|{case.disposition}|{case.reason}|{case.clause}|{case.rating}|{case.contacted_at}"
    )
    return hashlib.sha256("\n".join([outcome, *found.lines]).encode()).hexdigest()


def sign_unreachable(db: Connection, case_id: int, *, by: str, at: datetime) -> None:
    """A supervisor confirms that everything was tried (product definition: unreachable)."""
    case = db.execute(select(cases).where(cases.c.id == case_id).with_for_update()).one_or_none()
    if case is None:
        raise SignatureError(f"there is no case {case_id}; `./aftercare cases` shows them")
    if case.stage != Stage.ENDED or case.disposition != Disposition.UNREACHABLE:
        raise SignatureError(f"case {case_id} does not wait for a signature as unreachable")
    db.execute(cases.update().where(cases.c.id == case_id).values(next_at=at))
    made = db.execute(select(func.count()).select_from(calls).where(calls.c.case_id == case_id)).scalar_one()
    append(db, [NewEntry(event=Event.UNREACHABLE_SIGNED, at=at, clause=Clause.SUPERVISOR, case_id=case_id, actor=by,
                         policy_version=case.policy_version, detail={"calls": made})])  # fmt: skip
