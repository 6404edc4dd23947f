"""Replies that a person is to review, with what the program had made of them."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from models.replies import Settlement
from models.tables import replies
from tasks.place import Place
from tests import seed

DUE = timedelta(hours=24)


def to_review(place: Place, case_id: int | None = None, text: str = "What did this cost?", *,
              proposal: Settlement | None = None, rating: int | None = None, at: Any = seed.ANSWERED_AT,
              **columns: Any) -> int:  # fmt: skip
    """The number of one that came at `at`, with a day to read it. `columns`: further ones of its row."""
    number = seed.reply(place, case_id, text, at=at)
    told = {"proposal": json.dumps({"as": proposal, "rating": rating})} if proposal else {}
    with place.store.write() as db:
        values = {"read_by": at + DUE, **told, **columns}
        db.execute(replies.update().where(replies.c.id == number).values(values))
    return number


def reply_row(place: Place, number: int) -> Row[Any]:
    with place.store.read() as db:
        return db.execute(select(replies).where(replies.c.id == number)).one()
