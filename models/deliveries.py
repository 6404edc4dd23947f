"""The outbox: which messages may go out, and which are taken back, refused, or sent once more."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, or_, select

from models.log import NewEntry, append
from models.store import insert_new
from models.tables import cases, channel_states, columns, invalid_addresses, messages, services, suppressions
from models.tables.contact import ANY_CHANNEL
from models.unread import is_held
from models.writing import FORBIDS_ANSWERING
from vocabulary import Channel, Clause, Delivery, Event, Purpose, Stage

TO_CUSTOMERS = (
    Purpose.SURVEY, Purpose.REMINDER, Purpose.RECOVERY_SURVEY, Purpose.THANK_YOU, Purpose.CONCERN_UPDATE,
    Purpose.ANSWER_TO_REPLY, Purpose.SAFETY_ADVICE,
)  # fmt: skip
_BY_PEOPLE = (Purpose.CONCERN_UPDATE, Purpose.ANSWER_TO_REPLY, Purpose.SAFETY_ADVICE)
"""What answers a customer: an opt-out from surveys does not forbid it, a channel that they refused does."""
_ASKING = (Purpose.SURVEY, Purpose.REMINDER, Purpose.RECOVERY_SURVEY)
_SUPPRESSED = (
    select(suppressions.c.address_key)
    .where(
        suppressions.c.address_key.in_([cases.c.email_key, cases.c.phone_key]),
        suppressions.c.channel.in_([ANY_CHANNEL, messages.c.channel]),
        or_(suppressions.c.until.is_(None), suppressions.c.until > bindparam("at_now")),
    )
    .correlate(cases, messages)
    .exists()
)
_BY_ITSELF = (Purpose.SURVEY, Purpose.REMINDER, Purpose.RECOVERY_SURVEY, Purpose.THANK_YOU)
"""What goes to customers without a person having written it."""
WAITS_FOR_A_READER = and_(
    messages.c.purpose.in_(_BY_ITSELF),
    select(cases.c.id).where(cases.c.id == messages.c.case_id, is_held()).correlate(messages).exists(),
)
"""A reply of the customer waits for a person: nothing more goes out until they have read it."""
_WANTED = or_(
    messages.c.purpose.not_in(TO_CUSTOMERS),
    and_(messages.c.purpose == Purpose.THANK_YOU, ~_SUPPRESSED),
    and_(messages.c.purpose.in_(_BY_PEOPLE), ~FORBIDS_ANSWERING),
    and_(messages.c.purpose == Purpose.RECOVERY_SURVEY, cases.c.stage == Stage.RECOVERING, ~_SUPPRESSED),
    and_(
        messages.c.purpose.in_((Purpose.SURVEY, Purpose.REMINDER)),
        cases.c.stage == Stage.ASKED,
        services.c.reopened_at.is_(None),
        ~_SUPPRESSED,
    ),
)
"""A message that may still go out: its case waits for it, its service is closed, its customer has not opted out
of its channel or asked for a pause."""


def unwanted(db: Connection, now: datetime, *, size: int) -> list[int]:
    """Due messages that must not go out any more."""
    due = and_(messages.c.state == Delivery.DUE, messages.c.due_at <= now)
    wanted = _judged(due).where(~_WANTED).order_by(messages.c.id).limit(size)
    return list(db.execute(wanted, {"at_now": now}).scalars())


def _judged(condition: ColumnElement[bool]) -> Any:
    return (
        select(messages.c.id)
        .outerjoin_from(messages, cases, cases.c.id == messages.c.case_id)
        .outerjoin(services, services.c.id == cases.c.service_id)
        .where(condition)
    )


def still_wanted(db: Connection, refs: Sequence[str], now: datetime) -> Sequence[int]:
    """Of these messages the ids of those that may go out. Asked directly before they are handed to the provider."""
    return db.execute(_STILL_WANTED, {"of_refs": list(refs), "at_now": now}).scalars().all()


_STILL_WANTED = _judged(messages.c.ref.in_(bindparam("of_refs", expanding=True))).where(_WANTED, ~WAITS_FOR_A_READER)
"""Put together once: it is asked for every message, and putting it together takes longer than the answer."""


def withdraw(db: Connection, case_ids: Collection[int], *, at: datetime, reason: str) -> int:
    """Take back what asks the customers of these cases and has not gone out; how many."""
    of_cases = and_(messages.c.case_id.in_(case_ids), messages.c.purpose.in_(_ASKING))
    return _withdraw(db, of_cases, at, reason) if case_ids else 0


def withdraw_messages(db: Connection, ids: Sequence[int], *, at: datetime, reason: str) -> int:
    return _withdraw(db, messages.c.id.in_(ids), at, reason) if ids else 0


def withdraw_keys(db: Connection, keys: Collection[str], *, at: datetime, reason: str) -> int:
    """Take back messages with these keys that have not gone out, to whomever; how many."""
    return _withdraw(db, messages.c.key.in_(keys), at, reason, Clause.ESCALATE) if keys else 0


def _withdraw(
    db: Connection, which: ColumnElement[bool], at: datetime, reason: str, clause: Clause = Clause.ASK
) -> int:
    swap = messages.update().where(which, messages.c.state == Delivery.DUE)
    gone = db.execute(
        swap.values(state=Delivery.WITHDRAWN, settled_at=at).returning(*columns(messages, "id", "case_id"))
    ).all()
    append(db, [_entry(Event.MESSAGE_WITHDRAWN, row, at, clause, reason=reason) for row in gone])
    return len(gone)


def refuse_unused(db: Connection, used: Collection[Channel], now: datetime) -> list[int]:
    """Due messages on channels that are not in use here, or no longer, are refused; the cases that waited for them."""
    return _refuse(db, messages.c.channel.not_in(used), "channel off", now)


def refuse_dead(db: Connection, now: datetime, *, after: datetime) -> list[int]:
    """The same for questions to addresses that do not work, as has shown since `after`, perhaps a minute ago."""
    known = (
        select(invalid_addresses.c.address_key)
        .join(cases, invalid_addresses.c.address_key.in_([cases.c.email_key, cases.c.phone_key]))
        .where(cases.c.id == messages.c.case_id, invalid_addresses.c.channel == messages.c.channel)
        .where(invalid_addresses.c.since > after)
        .correlate(messages)
        .exists()
    )
    return _refuse(db, and_(messages.c.purpose.in_(_ASKING), known), "address known not to work", now)


def _refuse(db: Connection, which: ColumnElement[bool], code: str, now: datetime) -> list[int]:
    due = and_(messages.c.state == Delivery.DUE, messages.c.due_at <= now, which)
    swap = messages.update().where(due).values(state=Delivery.REJECTED, code=code, settled_at=now)
    rows = db.execute(swap.returning(*columns(messages, "id", "case_id"))).all()
    append(db, [_entry(Event.MESSAGE_REJECTED, row, now, Clause.CHANNEL, code=code) for row in rows])
    return [row.case_id for row in rows if row.case_id is not None]


def late(db: Connection, now: datetime, *, size: int) -> Sequence[Any]:
    """Due messages whose contact window has closed before they went out, with their cases."""
    return db.execute(
        select(messages.c.id.label("message_id"), *cases.c)
        .join_from(messages, cases, cases.c.id == messages.c.case_id)
        .where(messages.c.state == Delivery.DUE, messages.c.due_at <= now, messages.c.not_after <= now)
        .order_by(messages.c.id)
        .limit(size)
    ).all()


def replan(db: Connection, times: Mapping[int, tuple[datetime, datetime]]) -> None:
    """Give messages a new time and a new end of window, if they are still due."""
    if times:
        statement = messages.update().where(messages.c.id == bindparam("of"), messages.c.state == Delivery.DUE)
        rows = [{"of": id, "at": at, "until": until} for id, (at, until) in times.items()]
        db.execute(statement.values(due_at=bindparam("at"), not_after=bindparam("until")), rows)


def undecided(db: Connection, before: datetime, *, size: int) -> Sequence[Any]:
    """Unknown outcomes since `before` of what may be sent once more, mails to staff first: their copies harm nobody.

    The others are first surveys to customers who were not contacted otherwise.
    """
    to_staff = messages.c.to_address.is_not(None)
    first_survey = and_(
        messages.c.purpose == Purpose.SURVEY, cases.c.contacted_at.is_(None), cases.c.stage == Stage.ASKED
    )
    return db.execute(
        select(*columns(messages, "id", "case_id", "settled_at"), to_staff.label("to_staff"), cases.c.policy_version)
        .outerjoin_from(messages, cases, cases.c.id == messages.c.case_id)
        .where(
            messages.c.state == Delivery.UNKNOWN,
            messages.c.settled_at <= before,
            messages.c.possible_duplicate.is_(False),
            or_(to_staff, first_survey),
        )
        .order_by(to_staff.desc(), messages.c.id)
        .limit(size)
    ).all()


def send_again(db: Connection, ids: Sequence[int], now: datetime) -> int:
    """Make unknown messages due once more, marked as possible second copies."""
    swap = messages.update().where(messages.c.id.in_(ids), messages.c.state == Delivery.UNKNOWN)
    values = {"state": Delivery.DUE, "due_at": now, "begun_at": None, "possible_duplicate": True, "sought": 0}
    rows = db.execute(swap.values(values).returning(*columns(messages, "id", "case_id"))).all()
    reason = "the outcome stayed unknown; sent again, possibly a second copy"
    append(db, [_entry(Event.MESSAGE_OWED, row, now, Clause.CONTACT, reason=reason) for row in rows])
    return len(rows)


def stopped_until(db: Connection, channel: Channel) -> datetime | None:
    found = select(channel_states.c.try_again_at).where(channel_states.c.channel == channel)
    return db.execute(found).scalar_one_or_none()


def stop_channel(db: Connection, channel: Channel, code: str, now: datetime, *, pause: timedelta) -> None:
    row = {"channel": channel, "stopped_at": now, "try_again_at": now + pause, "code": code}
    if not insert_new(db, channel_states, [row], unique=["channel"], returning=["channel"]):
        db.execute(channel_states.update().where(channel_states.c.channel == channel).values(row))


def resume_channel(db: Connection, channel: Channel) -> None:
    db.execute(channel_states.delete().where(channel_states.c.channel == channel))


def _entry(event: Event, row: Row[Any], at: datetime, clause: Clause, **detail: str) -> NewEntry:
    return NewEntry(event=event, at=at, clause=clause, case_id=row.case_id, ref_id=row.id, detail=detail)
