"""Asking whether a resolution helped: what is known of it, and the rows of asking."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from casework.contact import Contact
from models.addresses import invalid_channels
from models.cases import calls_of, keys_of, next_number, opted_out, refusals
from models.failures import surveys_since
from models.owed import OwedCall, OwedMessage
from models.tables.contact import ANY_CHANNEL
from policy.delivery import presumed
from policy.recovery import Asking
from vocabulary import Channel, Delivery, Purpose


def asking_of(db: Connection, contact: Contact, concern: Row[Any], now: datetime) -> Asking:
    """How it stands, of a concern whose customer was asked."""
    surveys, keys = surveys_since(db, concern), keys_of(contact.case)
    made = calls_of(db, [concern.case_id], of_survey=False).get(concern.case_id, [])
    refused = refusals(opted_out(db, keys, now), keys)
    ended = now - timedelta(days=contact.rules.contact.invalid_days)
    invalid = frozenset[Channel]().union(*invalid_channels(db, keys, after=ended).values())
    newest = surveys[-1] if surveys else None
    wait = timedelta(minutes=contact.rules.batches.unknown_minutes)
    return Asking(
        ladder=contact.ladder,
        tried=frozenset(Channel(survey.channel) for survey in surveys),
        closed=invalid | {Channel(name) for name in refused if name != ANY_CHANNEL},
        wants_nothing=ANY_CHANNEL in refused,
        called=any(call.escalation_id == concern.id and call.owed_at >= concern.resolved_at
                   and call.withdrawn_at is None for call in made),
        delivery=presumed(Delivery(newest.state), newest.settled_at, now, wait) if newest else None,
        code=newest.code if newest else None,
        until=concern.recovery_until,
    )  # fmt: skip


def survey_on(contact: Contact, concern: Row[Any], channel: Channel, now: datetime, *, again: bool) -> OwedMessage:
    """The survey. `again`: on another channel, because it did not arrive on the one before."""
    key = f"recovery:{concern.id}:{concern.reopened}" + (f":{channel}" if again else "")
    return contact.message(Purpose.RECOVERY_SURVEY, key, now, channel=channel, escalation_id=concern.id)


def call_to_ask(db: Connection, contact: Contact, concern: Row[Any], reason: str, now: datetime) -> OwedCall:
    made = calls_of(db, [concern.case_id], of_survey=False).get(concern.case_id, [])
    return contact.call(next_number(made), reason, (), now, escalation_id=concern.id)
