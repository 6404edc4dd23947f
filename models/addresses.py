"""Addresses that cannot be reached on a channel, by their hash: mailboxes that are not there, landlines for SMS."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models.log import NewEntry, append
from models.store import insert_new
from models.tables import columns, invalid_addresses
from vocabulary import Channel, Clause, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """An address by its key, and the case from which we know; the code is the provider's."""

    address_key: str
    channel: Channel
    code: str
    case_id: int | None = None


def mark_invalid(db: Connection, found: Sequence[Unreachable], *, at: datetime) -> None:
    """Remember these addresses; those that are new are logged, without the address."""
    by_key = {(one.address_key, one.channel.value): one for one in found}
    rows = [{"address_key": key, "channel": channel, "since": at, "code": one.code}
            for (key, channel), one in sorted(by_key.items())]  # fmt: skip
    unique = ["address_key", "channel"]
    new = {(row.address_key, row.channel)
           for row in insert_new(db, invalid_addresses, rows, unique=unique, returning=unique)}  # fmt: skip
    append(db, [NewEntry(event=Event.ADDRESS_INVALID, at=at, clause=Clause.CHANNEL, case_id=one.case_id,
                         detail={"channel": one.channel, "code": one.code})
                for pair, one in by_key.items() if pair in new])  # fmt: skip


def invalid_channels(db: Connection, keys: Collection[str]) -> dict[str, frozenset[Channel]]:
    """The channels on which addresses cannot be reached, by key."""
    statement = select(*columns(invalid_addresses, "address_key", "channel"))
    found: dict[str, frozenset[Channel]] = {}
    for key, channel in db.execute(statement.where(invalid_addresses.c.address_key.in_(keys))).tuples():
        found[key] = found.get(key, frozenset()) | {Channel(channel)}
    return found
