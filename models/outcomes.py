"""What deliveries and calls mean for the cases they belong to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, literal, or_, select, union_all

from models.cases import set_values
from models.tables import calls, cases, columns, messages
from vocabulary import CallOutcome, Channel, Delivery, Disposition, Purpose, Stage

_NOT_REACHED_AFTER_ALL = (Disposition.OPTED_OUT, Disposition.CANCELLED)
"""Endings that need no contact. Of others that are known, the contact that they rest on stays as it was."""


def first_contacts(db: Connection, case_ids: Sequence[int]) -> list[int]:
    """Those of the cases whose customer had not been contacted before."""
    wanted = select(cases.c.id).where(cases.c.id.in_(case_ids), cases.c.contacted_at.is_(None)).order_by(cases.c.id)
    return list(db.execute(wanted.with_for_update()).scalars())


def count_contacts_again(db: Connection, case_ids: Sequence[int], *, arrived: str) -> None:
    """Write the first contact of these cases as it follows from their messages and calls; None when there is none.

    `arrived`: the code of failed messages that reached their reader all the same. Whoever has answered was contacted,
    and what a sealed record rests on does not change any more.
    """
    held = select(*columns(cases, "id", "stage", "disposition", "contacted_at", "contact_channel"))
    unanswered = cases.c.answered_at.is_(None), cases.c.stage.in_((Stage.ASKED, Stage.ENDED))
    found = db.execute(held.where(cases.c.id.in_(case_ids), *unanswered).order_by(cases.c.id).with_for_update()).all()
    first = _first_attempts(db, [row.id for row in found], arrived) if found else {}
    rows = [{"case_id": row.id, "contacted_at": first[row.id][0], "contact_channel": first[row.id][1]}
            for row in found if row.id in first]  # fmt: skip
    none = {"contacted_at": None, "contact_channel": None}
    rows += [{"case_id": row.id, **none} for row in found if row.id not in first and _may_lose_contact(row)]
    set_values(db, rows)


def _may_lose_contact(case: Row[Any]) -> bool:
    return bool(case.stage == Stage.ASKED or case.disposition in _NOT_REACHED_AFTER_ALL)


def _first_attempts(db: Connection, case_ids: Sequence[int], arrived: str) -> dict[int, tuple[datetime, str]]:
    """The earliest attempt of each case that was not refused, bounced or dropped: when and on which channel."""
    stands = messages.c.state.in_((Delivery.ACCEPTED, Delivery.DELIVERED))
    reached = or_(stands, and_(messages.c.state == Delivery.FAILED, messages.c.code == arrived))
    written = select(messages.c.case_id, messages.c.settled_at.label("at"), messages.c.channel)
    spoken = select(calls.c.case_id, calls.c.done_at.label("at"), literal(Channel.PHONE.value).label("channel"))
    attempts = union_all(
        written.where(messages.c.case_id.in_(case_ids), messages.c.to_address.is_(None), reached,
                      messages.c.purpose != Purpose.SAFETY_ADVICE, messages.c.settled_at.is_not(None)),
        spoken.where(calls.c.case_id.in_(case_ids), calls.c.done_at.is_not(None),
                     calls.c.outcome != CallOutcome.WRONG_NUMBER),
    )  # fmt: skip
    first: dict[int, tuple[datetime, str]] = {}
    for case_id, at, channel in db.execute(attempts).tuples():
        first[case_id] = min((at, channel), first.get(case_id, (at, channel)))
    return first


def look_now(db: Connection, case_ids: Sequence[int], now: datetime) -> None:
    """Let `await_response` look at these cases at its next sweep: what they waited for has failed."""
    if case_ids:
        asked = cases.update().where(cases.c.id.in_(case_ids), cases.c.stage == Stage.ASKED)
        db.execute(asked.values(next_at=now))


def look_at_asked(db: Connection, keys: Sequence[str], now: datetime) -> None:
    """The same for every case that asks somebody at one of these addresses, which have turned out not to work."""
    theirs = or_(cases.c.email_key.in_(keys), cases.c.phone_key.in_(keys))
    asked = select(cases.c.id).where(theirs, cases.c.stage == Stage.ASKED).order_by(cases.c.id).with_for_update()
    look_now(db, db.execute(asked).scalars().all() if keys else (), now)
