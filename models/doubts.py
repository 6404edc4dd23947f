"""Unconfirmed answers: what their links saw before, taking back what was believed too soon, and counting them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from models.log import NewEntry, append
from models.moves import Move, advance
from models.tables import answers, columns, judgements, messages, provider_events
from vocabulary import Clause, Event, Stage

_DELIVERED = "delivered"
"""As the providers' reports of delivery are kept."""
_WHOLE_SECONDS = timedelta(seconds=1)
"""Providers cut fractions of a second off."""


UNCONFIRMED = "unconfirmed"
"""The verdict on such an answer. One that was doubted afterwards has only this: answers are never edited."""


def is_unconfirmed(of: Any = answers) -> ColumnElement[bool]:
    """The condition that an answer (of the table, or an alias of it) is not confirmed to be a person's."""
    doubted = judgements.c.answer_id == of.c.id, judgements.c.verdict == UNCONFIRMED
    return or_(of.c.suspicion.is_not(None), select(judgements.c.answer_id).where(*doubted).correlate(of).exists())


def arrived_at(db: Connection, link: Row[Any]) -> datetime:
    """When the message with this link (of `open_link`) was delivered; when it was made if nobody reported that."""
    found = db.execute(
        select(func.min(provider_events.c.happened_at))
        .join_from(provider_events, messages, messages.c.id == provider_events.c.message_id)
        .where(
            messages.c.case_id == link.case_id,
            provider_events.c.kind == _DELIVERED,
            provider_events.c.happened_at >= link.created_at - _WHOLE_SECONDS,
        )
    ).scalar()
    return found or link.created_at  # type: ignore[no-any-return]


def sent_since(db: Connection, case_id: int, escalation_id: int | None, since: datetime) -> Sequence[Row[Any]]:
    """What was submitted on pages since then about the same thing, oldest first. Not what staff wrote down."""
    return db.execute(
        select(*columns(answers, "id", "nonce", "received_at", "rating"))
        .where(
            answers.c.case_id == case_id,
            answers.c.escalation_id.is_not_distinct_from(escalation_id),
            answers.c.received_at >= since,
            answers.c.entered_by.is_(None),
        )
        .order_by(answers.c.version)
    ).all()


def doubt(db: Connection, case_id: int, escalation_id: int | None, signs: Mapping[str, str], *, at: datetime) -> int:
    """Make answers (by nonce, each with the sign against it) unconfirmed as well; how many.

    The caller holds the case. An answer that was judged stays, and so do all when an earlier one of the case counts:
    what that one has set in motion is not taken back.
    """
    if not signs:
        return 0
    same = answers.c.case_id == case_id, answers.c.escalation_id.is_not_distinct_from(escalation_id)
    valid = db.execute(
        select(*columns(answers, "id", "nonce"), judgements.c.answer_id.label("judged"))
        .outerjoin_from(answers, judgements, judgements.c.answer_id == answers.c.id)
        .where(*same, ~is_unconfirmed())
        .order_by(answers.c.version)
    ).all()
    if any(row.judged is not None or row.nonce not in signs for row in valid):
        return 0
    if valid:
        db.execute(judgements.insert(), [
            {"answer_id": row.id, "case_id": case_id, "judged_at": at, "verdict": UNCONFIRMED,
             "reasons": json.dumps([signs[row.nonce]], ensure_ascii=False)} for row in valid
        ])  # fmt: skip
    append(db, [NewEntry(event=Event.ANSWER_DOUBTED, at=at, clause=Clause.ASK, case_id=case_id, ref_id=row.id,
                         detail={"unconfirmed": [signs[row.nonce]]}) for row in valid])  # fmt: skip
    if valid and escalation_id is None:
        _ask_again(db, case_id, at)
    return len(valid)


def _ask_again(db: Connection, case_id: int, at: datetime) -> None:
    """The customer has not answered, as far as anybody knows."""
    nothing: dict[str, Any] = dict.fromkeys(("answered_at", "change_until", "rating"))
    reason = "the only answer is not confirmed"
    move = Move(case_id=case_id, clause=Clause.ASK, reason=reason, values=nothing | {"next_at": at})
    advance(db, Stage.ANSWERED, Stage.ASKED, [move], at=at)


def unconfirmed_of(db: Connection, case_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """The unconfirmed answers of each case that has any, oldest first."""
    found: dict[int, list[Row[Any]]] = {}
    wanted = select(answers).where(answers.c.case_id.in_(case_ids), is_unconfirmed())
    for row in db.execute(wanted.order_by(answers.c.case_id, answers.c.version)):
        found.setdefault(row.case_id, []).append(row)
    return found
