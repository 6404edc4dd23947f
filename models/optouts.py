"""Opt-outs: an address that must not be asked again, by its hash, from the moment of the commit."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from models.cases import keys_of
from models.log import SYSTEM, NewEntry, append
from models.moves import Move, advance, ending
from models.store import insert_new
from models.tables import cases, suppressions
from models.tables.contact import ANY_CHANNEL
from vocabulary import Clause, Disposition, Event, Stage

_NOT_YET_ANSWERED = (Stage.PLANNED, Stage.ASKED)


def opt_out(db: Connection, case_id: int, *, at: datetime, source: str) -> None:
    """The customer of this case wants no more surveys: suppress, and end every case that still waits for an answer.

    Said twice it changes nothing. An open concern stays open: an opt-out never closes it (clause 2.4).
    """
    case = db.execute(select(cases).where(cases.c.id == case_id)).one()
    if not suppress(db, case, at=at, source=source, actor="customer"):
        return
    keys = keys_of(case)
    same_person = or_(cases.c.email_key.in_(keys), cases.c.phone_key.in_(keys))
    for stage in _NOT_YET_ANSWERED:
        waiting = db.execute(select(cases.c.id).where(same_person, cases.c.stage == stage).order_by(cases.c.id))
        reason = "the customer has opted out"
        values = ending(Disposition.OPTED_OUT, at=at, next_at=at, reason=reason, clause=Clause.OPT_OUT)
        moves = [Move(case_id=id, clause=Clause.OPT_OUT, reason=reason, values=values) for id in waiting.scalars()]
        advance(db, stage, Stage.ENDED, moves, at=at, actor="customer")


def suppress(db: Connection, case: Row[Any], *, at: datetime, source: str, actor: str = SYSTEM) -> bool:
    """Suppress the addresses of a case; False when they were suppressed before."""
    rows = [
        {"address_key": key, "channel": ANY_CHANNEL, "since": at, "source": source, "case_id": case.id}
        for key in keys_of(case)
    ]
    new = insert_new(db, suppressions, rows, unique=["address_key", "channel"], returning=["address_key"])
    if new:
        append(db, [NewEntry(event=Event.OPTED_OUT, at=at, clause=Clause.OPT_OUT, case_id=case.id, actor=actor,
                             policy_version=case.policy_version, detail={"source": source})])  # fmt: skip
    return bool(new)


def suppress_address(db: Connection, key: str, *, at: datetime, source: str) -> bool:
    """Suppress an address of which we know no case; False when it was suppressed before."""
    row = {"address_key": key, "channel": ANY_CHANNEL, "since": at, "source": source, "case_id": None}
    new = insert_new(db, suppressions, [row], unique=["address_key", "channel"], returning=["address_key"])
    if new:
        append(db, [NewEntry(event=Event.OPTED_OUT, at=at, clause=Clause.OPT_OUT, actor="customer",
                             detail={"source": source})])  # fmt: skip
    return bool(new)
