"""The ways back that customers have themselves: START by text message, and the page behind the link in our mails.

START lets a number that opted out by text message be texted again, and nothing else: an opt-out that was said in any
other way too, on a page, by mail, on the phone, as a report of spam, stays. The page takes back everything but STOP by
text message, which the carriers keep to until START comes.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from models.log import NewEntry, append
from models.optouts import rows_to_change, suppress_rows, take_back
from models.tables import cases, columns, suppressions
from models.tables.contact import ANY_CHANNEL
from vocabulary import Channel, Clause, Event

_KEPT = ("address_key", "since", "source", "case_id", "recorded_by")
_STILL_REFUSED = tuple(channel for channel in Channel if channel is not Channel.SMS)


def can_lift(db: Connection, number_key: str | Collection[str], keys: Collection[str], now: datetime) -> bool:
    """Whether START from this number lets us text the person with these keys: nothing else may stand against it.

    `number_key`: of the number in each of its spellings.
    """
    numbers = _listed(number_key)
    if db.execute(select(suppressions.c.address_key).where(_said_by(numbers))).first() is None:
        return False
    in_force = or_(suppressions.c.until.is_(None), suppressions.c.until > now)
    no_sms = suppressions.c.channel.in_([ANY_CHANNEL, Channel.SMS])
    others = select(suppressions.c.address_key).where(suppressions.c.address_key.in_({*numbers, *keys}))
    return db.execute(others.where(in_force, no_sms, ~_said_by(numbers))).first() is None


def lift(
    db: Connection, number_key: str | Collection[str], *, at: datetime, case_id: int | None, policy_version: str | None
) -> bool:
    """The opt-out that this number sent by text now stands for the other channels; False when there is none."""
    swap = suppressions.delete().where(_said_by(_listed(number_key)))
    gone = db.execute(swap.returning(*columns(suppressions, *_KEPT, "channel"))).all()
    suppress_rows(db, [
        {**{name: row._mapping[name] for name in _KEPT}, "channel": channel, "until": None, "said_by": None}
        for row in gone if row.channel == ANY_CHANNEL for channel in _STILL_REFUSED
    ])  # fmt: skip
    if gone:
        detail = {"channel": Channel.SMS, "source": "START by sms"}
        append(db, [NewEntry(event=Event.CONSENT_RENEWED, at=at, clause=Clause.OPT_OUT, case_id=case_id,
                             actor="customer", policy_version=policy_version, detail=detail)])  # fmt: skip
    return bool(gone)


def come_back(db: Connection, case_id: int, *, at: datetime) -> bool:
    """The customer of a case takes back on our page what they refused. True when STOP by text message still counts."""
    case = db.execute(select(cases).where(cases.c.id == case_id)).one()
    gone = rows_to_change(db, case, at)
    take_back(db, gone)
    by_text = [row for row in gone if row.said_by is not None and not row.by_person]
    suppress_rows(db, [{**row._asdict(), "channel": Channel.SMS, "until": None} for row in by_text])
    if len(gone) > sum(row.channel == Channel.SMS for row in by_text):  # otherwise nothing has changed
        detail = {"channel": "all but SMS" if by_text else "all", "source": "page"}
        append(db, [NewEntry(event=Event.CONSENT_RENEWED, at=at, clause=Clause.OPT_OUT, case_id=case_id,
                             actor="customer", policy_version=case.policy_version, detail=detail)])  # fmt: skip
    return bool(by_text)


def _listed(number_key: str | Collection[str]) -> Collection[str]:
    return [number_key] if isinstance(number_key, str) else number_key


def _said_by(number_keys: Collection[str]) -> ColumnElement[bool]:
    """Never NULL, so that it can be turned round."""
    by_text = and_(suppressions.c.channel.in_((ANY_CHANNEL, Channel.SMS)), suppressions.c.until.is_(None))
    of_number = func.coalesce(suppressions.c.said_by, "").in_(number_keys)
    return and_(by_text, of_number)
