"""Addresses that cannot be reached on a channel, by their hash: mailboxes that are not there, landlines for SMS.

Nothing is for ever: mailboxes are made again and numbers change hands. So what is known ends after the policy's
`contact.invalid_days`, or when a person says so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from models.log import NewEntry, append
from models.store import insert_new
from models.tables import cases, columns, invalid_addresses
from vocabulary import Channel, Clause, Event

_SAME_TROUBLE = timedelta(days=1)
"""A provider may tell of one failure in several ways: what comes within this time is not heard as a new one."""


class AddressError(Exception):
    """Nothing can be cleared. The text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """An address by its key, and the case from which we know; the code is the provider's."""

    address_key: str
    channel: Channel
    code: str
    case_id: int | None = None


def mark_invalid(db: Connection, found: Sequence[Unreachable], *, at: datetime) -> None:
    """Remember these addresses; what is new, or has shown again, is logged, without the address."""
    by_key = {(one.address_key, one.channel.value): one for one in found}
    rows = [{"address_key": key, "channel": channel, "since": at, "code": one.code}
            for (key, channel), one in sorted(by_key.items())]  # fmt: skip
    unique = ["address_key", "channel"]
    new = {(row.address_key, row.channel)
           for row in insert_new(db, invalid_addresses, rows, unique=unique, returning=unique)}  # fmt: skip
    shown = new | {pair for pair in sorted(by_key.keys() - new) if _renewed(db, by_key[pair], at)}
    append(db, [NewEntry(event=Event.ADDRESS_INVALID, at=at, clause=Clause.CHANNEL, case_id=one.case_id,
                         detail={"channel": one.channel, "code": one.code})
                for pair, one in by_key.items() if pair in shown])  # fmt: skip


def _renewed(db: Connection, one: Unreachable, at: datetime) -> bool:
    """An address of which this was known has failed again."""
    old = invalid_addresses.c
    same = old.address_key == one.address_key, old.channel == one.channel, old.since < at - _SAME_TROUBLE
    return db.execute(invalid_addresses.update().where(*same).values(since=at, code=one.code)).rowcount > 0


def invalid_channels(db: Connection, keys: Collection[str], *, after: datetime) -> dict[str, frozenset[Channel]]:
    """The channels on which addresses cannot be reached, by key; what was known before `after` has ended."""
    statement = select(*columns(invalid_addresses, "address_key", "channel")).where(invalid_addresses.c.since > after)
    found: dict[str, frozenset[Channel]] = {}
    for key, channel in db.execute(statement.where(invalid_addresses.c.address_key.in_(keys))).tuples():
        found[key] = found.get(key, frozenset()) | {Channel(channel)}
    return found


_HAS_IT = or_(
    cases.c.email_key == invalid_addresses.c.address_key, cases.c.phone_key == invalid_addresses.c.address_key
)


def listed(db: Connection) -> Sequence[Row[Any]]:
    """What is known, the newest first, with how many cases have the address, and the newest of them."""
    known = columns(invalid_addresses, "address_key", "channel", "since", "code")
    return db.execute(
        select(*known, func.count(cases.c.id).label("cases"), func.max(cases.c.id).label("newest"))
        .outerjoin_from(invalid_addresses, cases, _HAS_IT)
        .group_by(*known)
        .order_by(invalid_addresses.c.since.desc(), invalid_addresses.c.address_key, invalid_addresses.c.channel)
    ).all()


def of_case(db: Connection, case_id: int) -> Sequence[Row[Any]]:
    """What is known of a case's addresses, by channel."""
    known = select(*columns(invalid_addresses, "channel", "since", "code")).join_from(
        cases, invalid_addresses, and_(_HAS_IT, cases.c.id == case_id)
    )
    return db.execute(known.order_by(invalid_addresses.c.channel)).all()


def clear(db: Connection, case_id: int, *, channel: Channel | None, by: str, at: datetime) -> list[Channel]:
    """Forget that a case's addresses do not work, on one channel or on all; the channels. Raises AddressError."""
    case = db.execute(
        select(*columns(cases, "id", "email_key", "phone_key")).where(cases.c.id == case_id)
    ).one_or_none()
    if case is None:
        raise AddressError(f"there is no case {case_id}; `./aftercare cases` shows them")
    keys = [key for key in (case.email_key, case.phone_key) if key]
    which: list[Any] = [invalid_addresses.c.address_key.in_(keys)]
    which += [] if channel is None else [invalid_addresses.c.channel == channel]
    gone = sorted(db.execute(invalid_addresses.delete().where(*which).returning(invalid_addresses.c.channel)).scalars())
    if not gone:
        on = f" for {channel}" if channel else ""
        raise AddressError(
            f"no address of case {case_id} is known not to work{on}; `./aftercare addresses list` has all"
        )
    append(db, [NewEntry(event=Event.ADDRESS_CLEARED, at=at, clause=Clause.CHANNEL, case_id=case_id, actor=by,
                         detail={"channel": name}) for name in gone])  # fmt: skip
    return [Channel(name) for name in gone]
