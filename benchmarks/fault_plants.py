"""Bugs that are planted to see that the account turns red: each takes one safety of the outbox away."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from channels.protocol import Outcome
from models import in_hand
from models.tables import messages
from vocabulary import Delivery

_EVERY = 5
"""Of the receipts, one in so many is dropped."""


def _lease_not_renewed() -> None:
    in_hand.renew = lambda *_: None


def _receipt_dropped() -> None:
    real, seen = in_hand.settle, [0]

    def settle(db: Connection, owner: str, rows: Sequence[Any]) -> set[int]:
        kept = []
        for row in rows:
            seen[0] += 1
            if seen[0] % _EVERY:
                kept.append(row)
        return real(db, owner, kept)

    in_hand.settle = settle


def _begun_not_marked() -> None:
    real = in_hand.begin

    def begin(db: Connection, owner: str, refs: Sequence[str], now: datetime, *, at: datetime) -> set[str]:
        begun = real(db, owner, refs, now, at=at)
        db.execute(messages.update().where(messages.c.ref.in_(begun)).values(begun_at=None))
        return begun

    in_hand.begin = begin


def _blind_retry() -> None:
    import tasks.in_hand  # here, so that the program which only names the bugs does not load Prefect

    tasks.in_hand._STATES = tasks.in_hand._STATES | {Outcome.UNKNOWN: Delivery.DUE}


PLANTS: dict[str, Callable[[], None]] = {
    "lease-not-renewed": _lease_not_renewed,
    "receipt-dropped": _receipt_dropped,
    "begun-not-marked": _begun_not_marked,
    "blind-retry": _blind_retry,
}
