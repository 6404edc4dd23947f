"""Messages that carriers did not take because of who sends them: that is ours to put right, not the customer's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.tables import messages
from vocabulary import Cause, Channel


@dataclass(frozen=True, slots=True)
class Barred:
    """How many messages of a channel failed with the same word of its provider, and when the newest of them did."""

    channel: Channel
    code: str
    count: int
    newest_at: datetime


def barred(db: Connection, since: datetime) -> Sequence[Barred]:
    """What has failed since then because of our sender, by channel and the provider's word; the most first."""
    failed_at = func.coalesce(messages.c.reported_at, messages.c.settled_at)
    count = func.count()
    found = (
        select(messages.c.channel, messages.c.code, count, func.max(failed_at, type_=messages.c.settled_at.type))
        .where(messages.c.cause == Cause.SENDER, failed_at >= since)
        .group_by(messages.c.channel, messages.c.code)
        .order_by(count.desc(), messages.c.channel, messages.c.code)
    )
    return [Barred(Channel(channel), code, number, at) for channel, code, number, at in db.execute(found)]
