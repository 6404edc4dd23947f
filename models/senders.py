"""Who has sent something, by the address that it came from: which case is meant, and whose address else it is.

Nobody's time is too late for that: a case keeps the keys of its addresses for as long as its record is kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from models.tables import cases, columns, escalations, links, messages, services
from vocabulary import Channel, Stage

_REMEMBERED = timedelta(days=30)
"""For this long what comes from an address is rather about its newest case than about any before."""
_WAITING = (Stage.ASKED, Stage.ANSWERED, Stage.ESCALATED, Stage.RECOVERING)
_OVER = (Stage.ENDED, Stage.CLOSED)
_LOOKED_AT = 200
"""Cases of one address, the newest first: more than any customer has."""


@dataclass(frozen=True, slots=True)
class Meant:
    """`case`: the one that is most likely meant, locked, with the columns of `of_case`; None for an unknown address.

    `others`: the newest case of each other customer who could be meant just as well. Unless it is empty, nobody but a
    person can say whose words these are.
    """

    case: Row[Any] | None
    others: tuple[int, ...] = ()

    @property
    def case_ids(self) -> tuple[int, ...]:
        """Of all customers who may have written: an opt-out or a danger counts for each of them."""
        return (self.case.case_id, *self.others) if self.case is not None else self.others


def whose(db: Connection, channel: Channel, keys: Collection[str], now: datetime) -> Meant:
    """Whose words came from an address; `keys` are those of all its spellings (`models.spellings.keys_of_number`)."""
    by_mail = channel is Channel.EMAIL
    key, other = (cases.c.email_key, cases.c.phone_key) if by_mail else (cases.c.phone_key, cases.c.email_key)
    known = (
        select(*columns(cases, "id", "stage", "opened_at"), other.label("else_key"))
        .add_columns(*columns(services, "customer_name", "customer_ref"))
        .join_from(cases, services, services.c.id == cases.c.service_id)
        .where(key.in_(keys))
        .order_by(cases.c.id.desc())
        .limit(_LOOKED_AT)
    )
    found = sorted(db.execute(known).all(), key=lambda row: (_rank(row, now), -row.id))
    if not found:
        return Meant(None)
    first = found[0]
    alike = [row for row in found if _rank(row, now) == _rank(first, now)]
    return Meant(_held(db, first.id), _newest_of_others(first, alike))


def of_case() -> Any:
    """A case, with the concern whose resolution the customer is being asked about."""
    asked_about = (
        (escalations.c.case_id == cases.c.id)
        & escalations.c.closed_at.is_(None)
        & escalations.c.recovery_until.is_not(None)
        & (cases.c.stage == Stage.RECOVERING)
    )
    return (
        select(
            cases.c.id.label("case_id"),
            *columns(cases, "stage", "disposition", "answered_at", "change_until", "policy_version"),
            *columns(cases, "email_key", "phone_key"),
            escalations.c.id.label("escalation_id"),
            escalations.c.closed_at,
            services.c.language,
        )
        .join_from(cases, services, services.c.id == cases.c.service_id)
        .outerjoin(escalations, asked_about)
    )


def _held(db: Connection, case_id: int) -> Row[Any]:
    db.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update())
    return db.execute(of_case().where(cases.c.id == case_id)).one()


def _rank(case: Row[Any], now: datetime) -> int:
    """What was asked comes before what will be, and that before what is over."""
    if case.stage in _WAITING:
        return 0
    if case.stage not in _OVER:
        return 1
    return 2 if case.opened_at >= now - _REMEMBERED else 3


def _newest_of_others(first: Row[Any], alike: Sequence[Row[Any]]) -> tuple[int, ...]:
    people = [first]
    for row in alike:
        if not any(_are_one(row, person) for person in people):
            people.append(row)
    return tuple(person.id for person in people[1:])


def _are_one(one: Row[Any], other: Row[Any]) -> bool:
    """Whether two cases of one address are of one customer, as far as the reports tell."""
    told = {_agree(one.customer_ref, other.customer_ref), _agree(_folded(one), _folded(other))}
    if told == {None}:
        return _agree(one.else_key, other.else_key) is not False
    return True in told


def _agree(one: str | None, other: str | None) -> bool | None:
    return one == other if one and other else None


def _folded(row: Row[Any]) -> str:
    return " ".join((row.customer_name or "").casefold().split())


def answered_message(db: Connection, token_sha256: str) -> str | None:
    """Our reference of the message to whose reply address the token with this hash belongs."""
    sent = select(messages.c.ref).join(links, links.c.message_id == messages.c.id)
    return db.execute(sent.where(links.c.token_sha256 == token_sha256)).scalar_one_or_none()
