"""The queue of replies to review: which comes next, and taking one out of it, so that two people never both do."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from models.replies import BY_DEADLINE, ReplyError, find, seen_by
from models.tables import answers, cases, columns, replies
from vocabulary import Stage


def next_to_read(db: Connection, departments: Collection[str], *, after: Row[Any] | None = None) -> int | None:
    """The number of the reply that these departments ("*": all) are to read next; after the last one, the first.

    `after`: the one that was read or left out just now, which is not given again.
    """
    others = _others(departments, after)
    if after is not None and after.read_by is not None:
        # Said first as a range of the index, which an "or" alone would hide from it.
        later = and_(
            replies.c.read_by >= after.read_by, or_(replies.c.read_by > after.read_by, replies.c.id > after.id)
        )
        found = db.execute(others.where(later)).scalar_one_or_none()
        if found is not None:
            return int(found)
    return db.execute(others).scalar_one_or_none()


def _others(departments: Collection[str], after: Row[Any] | None) -> Any:
    waiting = select(replies.c.id).outerjoin_from(replies, cases, cases.c.id == replies.c.case_id)
    waiting = waiting.where(replies.c.settled_at.is_(None), seen_by(departments)).order_by(*BY_DEADLINE).limit(1)
    return waiting if after is None else waiting.where(replies.c.id != after.id)


def take(db: Connection, reply_id: int, *, how: str, by: str, at: datetime, reason: str | None) -> Row[Any]:
    """Take a reply out of the queue, as what a person made of it. Raises ReplyError when somebody else was faster."""
    values = {"settled_at": at, "settled_by": by, "settlement": how, "reason": reason}
    return _swap(db, reply_id, values)


def hold(db: Connection, reply_id: int) -> Row[Any]:
    """A reply that waits, as it stays until this transaction ends. Raises ReplyError when it waits no more."""
    return _swap(db, reply_id, {"settled_at": None})


def give(db: Connection, reply_id: int, department: str, *, why: str) -> Row[Any]:
    """Give a reply that waits to a department. Its deadline stays. Raises ReplyError when it waits no more."""
    return _swap(db, reply_id, {"handled_by": department, "handed_why": why})


def _swap(db: Connection, reply_id: int, values: dict[str, Any]) -> Row[Any]:
    swap = replies.update().where(replies.c.id == reply_id, replies.c.settled_at.is_(None))
    taken = db.execute(swap.values(values).returning(*replies.c)).one_or_none()
    if taken is None:
        known = find(db, reply_id)
        raise ReplyError(
            f"reply {reply_id} is done already: {known.settled_by} reviewed it as “{known.settlement}” on "
            f"{known.settled_at:%Y-%m-%d at %H:%M} UTC"
        )
    return taken


def answer_of(db: Connection, reply: Row[Any]) -> Row[Any] | None:
    """The answer that was recorded with a reply when it came, as that of the survey page is; None when none was."""
    if reply.answer_id is None:
        return None
    wanted = columns(answers, "rating", "comment", "contact_me", "channel", "suspicion")
    return db.execute(select(*wanted).where(answers.c.id == reply.answer_id)).one()


def cases_of_sender(db: Connection, reply: Row[Any]) -> list[int]:
    """The cases that a reply held up: its own, or where it has none those of whoever has the sender's address."""
    if reply.case_id is not None:
        return [reply.case_id]
    if not reply.from_key:
        return []
    same = or_(cases.c.email_key == reply.from_key, cases.c.phone_key == reply.from_key)
    return list(db.execute(select(cases.c.id).where(same, cases.c.stage.not_in(_OVER)).order_by(cases.c.id)).scalars())


_OVER = (Stage.ENDED, Stage.CLOSED)
