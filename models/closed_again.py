"""A service that was reopened and closed again has a case for each closing: earlier links lead to the newest case.

They do so for the address that they were sent to: a link in a mail, while the newest report names the same mailbox.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from models.tables import cases, columns, escalations, links, services
from vocabulary import Channel, Disposition, LinkPurpose, Stage

_SPOKEN = (Stage.ANSWERED, Stage.ESCALATED, Stage.RECOVERING)
"""Something that the customer said is being worked on."""
_OVER = (Stage.ENDED, Stage.CLOSED)


@dataclass(frozen=True, slots=True)
class Again:
    """Why a link asks nothing for the moment, although its customer may want to answer."""

    case_id: int
    """The newest case that there is."""
    policy_version: str
    channel: Channel
    language: str | None
    closed: bool
    """The service is closed again, and its customer will be asked; else it is being worked on."""


def opened(db: Connection, digest: str, purposes: Any, *, hold: bool) -> Row[Any] | None:
    """The link with its case and service, or with the case of the newest closing of its service."""
    found = db.execute(_linked(digest, purposes, cases.c.id == links.c.case_id, hold=hold)).one_or_none()
    if found is None or found.reopened_at is None:
        return found
    newest = _newest(db, found)
    if newest is None or not _leads(found, newest):
        return found
    return db.execute(_linked(digest, purposes, cases.c.id == newest.case_id, hold=hold)).one()


def case_of(db: Connection, digest: str, purposes: Any) -> int | None:
    """The case of a link, also of one that cannot be used any more."""
    found = opened(db, digest, purposes, hold=False)
    return found.case_id if found else None


def again(db: Connection, digest: str) -> Again | None:
    """Whether this survey's service is being worked on again, or its customer will be asked about it again."""
    own = cases.c.id == links.c.case_id
    found = db.execute(_linked(digest, (LinkPurpose.SURVEY,), own, hold=False)).one_or_none()
    if found is None or found.reopened_at is None or found.disposition == Disposition.OPTED_OUT:
        return None
    newest = _newest(db, found)
    channel = Channel(found.channel or Channel.EMAIL)
    if newest is None or newest.case_id is None:
        closed = newest is not None and newest.reopened_at is None
        return Again(found.case_id, found.policy_version, channel, found.language, closed)
    waits = newest.stage == Stage.PLANNED or newest.reopened_at is not None
    closed = newest.reopened_at is None
    return Again(newest.case_id, newest.policy_version, channel, newest.language, closed) if waits else None


def _linked(digest: str, purposes: Any, of: ColumnElement[bool], *, hold: bool) -> Any:
    about = (escalations.c.id == links.c.escalation_id) & (escalations.c.case_id == cases.c.id)
    wanted = (
        select(
            *columns(links, "purpose", "channel", "created_at", "expires_at"),
            links.c.case_id.label("sent_for"),
            cases.c.id.label("case_id"),
            escalations.c.id.label("escalation_id"),
            *columns(cases, "stage", "disposition", "rating", "answered_at", "change_until", "policy_version"),
            *columns(cases, "recipient_timezone", "email_key", "phone_key"),
            *columns(cases, "kind", "department", "branch", "timezone"),
            *columns(services, "customer_name", "language"),
            *columns(services, "source", "external_id", "closing", "reopened_at"),
            services.c.closed_at.label("service_closed_at"),
            *columns(escalations, "resolved_at", "recovery_until", "closed_at"),
        )
        .select_from(links)
        .join(cases, of)
        .join(services, services.c.id == cases.c.service_id)
        .outerjoin(escalations, about)
        .where(links.c.token_sha256 == digest, links.c.purpose.in_(purposes))
    )
    return wanted.with_for_update(of=cases) if hold else wanted


def _newest(db: Connection, link: Row[Any]) -> Row[Any] | None:
    """The newest closing after the link's own, with its case if it has one; None where its address is another's."""
    same = services.c.source == link.source, services.c.external_id == link.external_id
    newest = db.execute(
        select(
            cases.c.id.label("case_id"),
            *columns(cases, "stage", "answered_at", "policy_version"),
            *columns(services, "email_key", "phone_key", "language", "reopened_at"),
        )
        .outerjoin_from(services, cases, cases.c.service_id == services.c.id)
        .where(*same, services.c.closing > link.closing)
        .order_by(services.c.closing.desc())
        .limit(1)
    ).one_or_none()
    return newest if newest is not None and _is_of(link, newest) else None


def _is_of(link: Row[Any], newest: Row[Any]) -> bool:
    mail = link.channel != Channel.SMS and link.email_key is not None and link.email_key == newest.email_key
    text = link.channel != Channel.EMAIL and link.phone_key is not None and link.phone_key == newest.phone_key
    return mail or text


def _leads(link: Row[Any], newest: Row[Any]) -> bool:
    """Whether the newest case is what the customer means. One whose concern is open goes on with that concern."""
    if newest.case_id is None or link.purpose == LinkPurpose.RECOVERY:
        return False
    asked = newest.stage in (Stage.ASKED, *_SPOKEN) or newest.answered_at is not None
    if link.escalation_id is not None:
        return link.stage in _OVER
    if link.purpose == LinkPurpose.REPLY:
        return asked or link.stage in _OVER  # not asked yet: a person reads it, beside the newest case
    return asked
