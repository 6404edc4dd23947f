"""Answers to customers' replies that did not arrive: shown in the queue of replies until a person has seen to it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, true

from models.log import NewEntry, append
from models.replies import ReplyError
from models.tables import cases, columns, messages, services
from models.tables.contact import ANSWERS_UNSEEN
from vocabulary import Clause, Delivery, Event, FollowUp

_LOST = (Delivery.FAILED, Delivery.REJECTED, Delivery.UNKNOWN, Delivery.WITHDRAWN)


def lost_answers(db: Connection, departments: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """Those about cases of these departments ("*": all), oldest first."""
    mine = true() if "*" in departments else cases.c.department.in_(departments)
    wanted = select(
        *columns(messages, "id", "case_id", "channel", "state", "code", "owed_at"), services.c.customer_name
    )
    found = wanted.join_from(messages, cases, cases.c.id == messages.c.case_id)
    found = found.join(services, services.c.id == cases.c.service_id)
    unseen = found.where(ANSWERS_UNSEEN, messages.c.state.in_(_LOST), mine)
    return db.execute(unseen.order_by(messages.c.id).limit(most)).all()


def see_to(db: Connection, message_id: int, departments: Collection[str], *, by: str, at: datetime) -> None:
    """A person has seen that it did not arrive, and does what is to be done. Raises ReplyError when there is none."""
    mine = true() if "*" in departments else cases.c.department.in_(departments)
    of_mine = messages.c.case_id.in_(select(cases.c.id).where(mine))
    lost = messages.c.id == message_id, ANSWERS_UNSEEN, messages.c.state.in_(_LOST), of_mine
    swap = messages.update().where(*lost).values(follow_up=FollowUp.TOLD)
    seen = db.execute(swap.returning(*columns(messages, "case_id", "purpose", "code"))).one_or_none()
    if seen is None:
        raise ReplyError("somebody has seen to that message already, or it has arrived meanwhile")
    detail = {"purpose": seen.purpose, "code": seen.code, "what": "a person has seen to it"}
    append(db, [NewEntry(event=Event.FAILURE_FOLLOWED, at=at, clause=Clause.RECORD, case_id=seen.case_id,
                         ref_id=message_id, actor=by, detail=detail)])  # fmt: skip
