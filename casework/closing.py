"""A concern whose customer cannot be reached: one person asks to close it, another one signs (clauses 4.4 and 6)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from casework.contact import Contact, contact_of
from casework.notices import signature
from casework.standing_in import with_stand_ins
from models.calls import CallError
from models.cases import calls_of, next_number
from models.escalations import EscalationError, Outcome, check_evidence, held, set_values
from models.going_on import go_on
from models.log import NewEntry, append
from models.moves import Move, advance, ending
from models.owed import OwedMessage, owe_messages
from models.pauses import PauseEnd
from models.people import stand_ins
from models.tables import calls, cases
from models.unreachable import add_request, attempts_since, decide, last_word, open_request
from policy.concern_rules import causes_of
from policy.unreachable import Attempt, Tried, tried
from vocabulary import CallOutcome, Clause, Disposition, Event, Stage

_SHORTEST_REASON = 10
_REASON = "the customer could not be reached; a supervisor has signed that everything was tried"


def tried_so_far(db: Connection, concern: Row[Any], now: datetime) -> Tried:
    """What was done to reach the customer since they last said something, and what the policy still asks for."""
    contact = _contact(db, concern)
    attempts = [Attempt(*one) for one in attempts_since(db, concern.case_id, last_word(db, concern))]
    usable = len(set(contact.ladder))
    return tried(attempts, usable, now, contact.calendar, contact.rules.escalation.unreachable)


def log_call(db: Connection, escalation_id: int, outcome: CallOutcome, *, by: str, at: datetime) -> int:
    """The owner has called the customer about an open concern; the number of the call.

    `outcome`: no answer, busy, wrong number, or answered. What the customer said is a comment on the concern.
    """
    concern = held(db, escalation_id)
    if outcome not in _ABOUT_A_CONCERN:
        raise CallError(
            f"{outcome!r} is no outcome of a call about a concern; use one of: {', '.join(_ABOUT_A_CONCERN)}"
        )
    made = calls_of(db, [concern.case_id], of_survey=False).get(concern.case_id, [])
    row = {"case_id": concern.case_id, "escalation_id": escalation_id, "attempt": next_number(made), "owed_at": at,
           "due_from": at, "due_to": at, "done_at": at, "done_by": by, "outcome": outcome,
           "reason": "about the concern"}  # fmt: skip
    call_id = int(db.execute(calls.insert().returning(calls.c.id), row).scalar_one())
    detail = {"outcome": outcome, "attempt": row["attempt"], "escalation": escalation_id}
    append(db, [NewEntry(event=Event.CALL_RECORDED, at=at, clause=Clause.ESCALATE, case_id=concern.case_id,
                         ref_id=call_id, actor=by, detail=detail)])  # fmt: skip
    return call_id


_ABOUT_A_CONCERN = (CallOutcome.NO_ANSWER, CallOutcome.BUSY, CallOutcome.WRONG_NUMBER, CallOutcome.ANSWERED)


def ask_for_unreachable(
    db: Connection, escalation_id: int, *, root_cause: str, action: str, by: str, at: datetime
) -> int:
    """Ask for the signature of another person; the number of the request.

    `action` says what was done about the concern all the same. Raises EscalationError.
    """
    concern = held(db, escalation_id)
    contact = _contact(db, concern)
    rules = contact.rules.escalation
    check_evidence(root_cause, action, causes_of(contact.case.kind, rules.root_causes, rules.kind_causes))
    if concern.acknowledged_at is None:
        raise EscalationError(f"nobody has acknowledged escalation {escalation_id}: acknowledge it first")
    if concern.resolved_at is not None:
        raise EscalationError(f"escalation {escalation_id} is resolved: the customer is being asked whether it helped")
    waiting = open_request(db, escalation_id)
    if waiting is not None:
        raise EscalationError(f"{waiting.asked_by} has asked for that already: it waits for a signature")
    found = _enough(db, concern, at)
    values = {"root_cause": root_cause, "action": action.strip(), "attempts": found.attempts,
              "channels": ",".join(found.channels), "first_at": found.first_at}  # fmt: skip
    request_id = add_request(db, concern, values, by=by, at=at)
    role = "head" if is_same(by, concern.supervisor) else "supervisor"  # who asks cannot sign
    _tell(db, signature(contact, concern, request_id, role, at), by=by, at=at)
    return request_id


def sign_unreachable(db: Connection, escalation_id: int, *, by: str, at: datetime) -> None:
    """A supervisor signs that everything was tried: the concern is closed, and its case ends as unreachable.

    Raises EscalationError: also to the person who asked, and to the second of two who sign at once.
    """
    concern = held(db, escalation_id)
    request = _waiting(db, escalation_id)
    if is_same(by, request.asked_by):
        raise EscalationError(f"{request.asked_by} asked for it: somebody else has to sign")
    _enough(db, concern, at)
    values = ending(Disposition.UNREACHABLE, at=at, next_at=at, reason=_REASON, clause=Clause.SUPERVISOR)
    move = Move(case_id=concern.case_id, clause=Clause.SUPERVISOR, reason=_REASON, values=values)
    if not advance(db, Stage.ESCALATED, Stage.ENDED, [move], at=at, actor=by):
        raise EscalationError(f"escalation {escalation_id} is not open: it was resolved or closed before")
    decide(db, concern, request, signed=True, by=by, at=at, note=None)
    go_on(db, concern, at=at, by=by, because=PauseEnd.CLOSED)
    closed = {"closed_at": at, "outcome": Outcome.UNREACHABLE, "root_cause": request.root_cause,
              "action": request.action, "next_at": None}  # fmt: skip
    set_values(db, [{"escalation_id": escalation_id} | closed])
    append(db, [NewEntry(event=Event.ESCALATION_CLOSED, at=at, clause=Clause.SUPERVISOR, case_id=concern.case_id,
                         ref_id=escalation_id, actor=by,
                         detail={"outcome": Outcome.UNREACHABLE, "root cause": request.root_cause})])  # fmt: skip


def decline(db: Connection, escalation_id: int, *, reason: str, by: str, at: datetime) -> None:
    """It is not signed, and the concern stays open. Who asked may take it back the same way. Raises EscalationError."""
    concern = held(db, escalation_id)
    request = _waiting(db, escalation_id)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise EscalationError(f"say why, in at least {_SHORTEST_REASON} characters: the owner has to go on with it")
    decide(db, concern, request, signed=False, by=by, at=at, note=reason.strip())
    if not is_same(by, concern.owner):
        _tell(db, signature(_contact(db, concern), concern, request.id, "owner", at), by=by, at=at)


def _contact(db: Connection, concern: Row[Any]) -> Contact:
    return contact_of(db, db.execute(select(cases).where(cases.c.id == concern.case_id)).one())


def _tell(db: Connection, message: OwedMessage, *, by: str, at: datetime) -> None:
    owe_messages(db, with_stand_ins([message], stand_ins(db, at)), at=at, actor=by)


def _waiting(db: Connection, escalation_id: int) -> Row[Any]:
    request = open_request(db, escalation_id)
    if request is None:
        raise EscalationError(f"nothing about escalation {escalation_id} waits for a signature")
    return request


def _enough(db: Connection, concern: Row[Any], at: datetime) -> Tried:
    found = tried_so_far(db, concern, at)
    if found.lacks:
        raise EscalationError("the customer does not count as unreachable yet: " + "; ".join(found.lacks))
    return found


def is_same(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are typed."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
