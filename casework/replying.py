"""A person says what a reply means: it becomes an answer or an opt-out, or is noted as dealt with."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from casework.rules import rules_of
from models.replies import ReplyError, Settlement, policy_version_of, settle
from policy.rules import Rules

_RATINGS = range(1, 6)


def settle_reply(
    db: Connection, reply_id: int, how: Settlement, *, by: str, at: datetime, in_force: Rules,
    rating: int | None = None, comment: str | None = None,
) -> None:  # fmt: skip
    """In the caller's transaction. `in_force`: the rules for a reply that belongs to no case. Raises ReplyError."""
    if how is not Settlement.ANSWER and (rating is not None or comment):
        raise ReplyError("a rating and a comment belong to an answer: settle it as one, or leave them out")
    if rating is not None and rating not in _RATINGS:
        raise ReplyError("a rating is a number from 1 to 5")
    version = policy_version_of(db, reply_id)
    rules = rules_of(db, version) if version else in_force
    change_for = timedelta(hours=rules.survey.change_hours)
    settle(db, reply_id, how, by=by, at=at, change_for=change_for, rating=rating, comment=comment)
