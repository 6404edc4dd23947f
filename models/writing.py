"""What stands against writing to a customer about a concern: `policy.answering` says what it means."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, or_, select

from models.cases import keys_of
from models.tables import cases, columns, invalid_addresses, messages, suppressions
from models.tables.contact import ANY_CHANNEL
from vocabulary import Channel

SPAM_REPORT = "spam report"
"""The source of a suppression by a customer who called a mail spam."""

FORBIDS_ANSWERING = (
    select(suppressions.c.address_key)
    .where(
        suppressions.c.address_key.in_([cases.c.email_key, cases.c.phone_key]),
        or_(suppressions.c.until.is_(None), suppressions.c.until > bindparam("at_now")),
        or_(
            suppressions.c.channel == messages.c.channel,
            and_(suppressions.c.channel == ANY_CHANNEL, messages.c.channel == Channel.SMS,
                 suppressions.c.until.is_(None)),
            and_(suppressions.c.channel == ANY_CHANNEL, messages.c.channel == Channel.EMAIL,
                 suppressions.c.source == SPAM_REPORT),
        ),
    )
    .correlate(cases, messages)
    .exists()
)  # fmt: skip
"""The same as `policy.answering.objection`, asked of the rows directly before a message goes out."""


def suppressions_of(db: Connection, case: Row[Any], now: datetime) -> Sequence[Row[Any]]:
    """Those in force of the addresses of a case: channel, until, source."""
    in_force = or_(suppressions.c.until.is_(None), suppressions.c.until > now)
    wanted = select(*columns(suppressions, "channel", "until", "source"))
    return db.execute(wanted.where(suppressions.c.address_key.in_(keys_of(case)), in_force)).all()


def fault_of_address(db: Connection, key: str, channel: Channel) -> str | None:
    """The provider's word for why an address is known not to work there; None when it may."""
    known = select(invalid_addresses.c.code)
    of = invalid_addresses.c.address_key == key, invalid_addresses.c.channel == channel
    return db.execute(known.where(*of)).scalar_one_or_none()
