"""Messages whose outcome is unknown are asked for at their provider, before they would be sent once more."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row

from channels.protocol import Finder, Outcome, Receipt, Sought
from config.settings import SettingsError
from models.answers import token_sha256
from models.log import NewEntry, append
from models.outcomes import count_contacts_again, look_now
from models.unknown import settle_found, take_unknown, tokens_of
from policy.delivery import SPAM_REPORT
from tasks.channels import WAYS, in_use
from tasks.place import Place, place
from tasks.refusals import heed
from tasks.tally import Tally
from vocabulary import Channel, Clause, Delivery, Event

_LAST_LOOK = 0.8
"""Of the time that a message stays parked: so much later it is looked for the second time, and the last."""
_TOKEN = re.compile(r"/s/([a-z2-7]{32})(?![a-z0-9])")
_ADDRESS = {Channel.EMAIL: "email", Channel.SMS: "phone"}


@task(cache_policy=NO_CACHE)
def look_up_unknown(now: datetime) -> Tally:
    """Bursts of questions to each provider that can be asked, and one transaction with what each burst found.

    What was not found changes nothing: the rule for sending again goes on.
    """
    here, tally = place(), Tally()
    for channel in in_use(here.settings):
        provider = _finder(here, channel, now)
        while provider is not None and (asked := _ask(here, channel, provider, now)) is not None:
            tally += asked
    return tally


def _finder(here: Place, channel: Channel, now: datetime) -> Finder | None:
    """The channel's provider, if it can be asked; also while the channel is stopped, because the wait goes on."""
    try:
        provider = WAYS[channel].provider(here.settings, now)
    except SettingsError:  # `doctor` says which
        return None
    return provider if isinstance(provider, Finder) else None


def _ask(here: Place, channel: Channel, provider: Finder, now: datetime) -> Tally | None:
    """One burst. None when nothing is left to ask for, or nobody answers."""
    batches = here.policy.rules.batches
    parked_before = now - _LAST_LOOK * timedelta(minutes=batches.unknown_minutes)
    with here.store.write() as db:
        rows = {row.ref: row for row in take_unknown(db, channel, parked_before=parked_before, size=batches.size)}
        tokens = tokens_of(db, [row.id for row in rows.values()])
    sought = [_sought(row, channel, tokens[row.id]) for row in rows.values() if getattr(row, _ADDRESS[channel])]
    receipts = provider.find(sought, in_flight=batches.in_flight) if sought else []
    found = [receipt for receipt in receipts if receipt.outcome is not Outcome.UNKNOWN]
    if found:
        with here.store.write() as db:
            _settle(db, channel, rows, found, now)
    answered = found or any(receipt.code == "absent" for receipt in receipts)
    return Tally({"found at the provider": len(found)}) if answered else None


def _sought(row: Row[Any], channel: Channel, tokens: frozenset[str]) -> Sought:
    return Sought(ref=row.ref, to=getattr(row, _ADDRESS[channel]), since=row.since, is_it=partial(_holds, tokens))


def _holds(tokens: frozenset[str], text: str) -> bool:
    return any(token_sha256(token) in tokens for token in _TOKEN.findall(text))


def _settle(
    db: Connection, channel: Channel, rows: Mapping[str, Row[Any]], found: Sequence[Receipt], now: datetime
) -> None:
    written = settle_found(db, [_row(rows[receipt.ref], receipt) for receipt in found])
    held = [receipt for receipt in found if rows[receipt.ref].id in written]
    append(db, [entry for receipt in held for entry in _entries(rows[receipt.ref], receipt, now)])
    arrived = [rows[receipt.ref].case_id for receipt in held if receipt.outcome is Outcome.ACCEPTED]
    count_contacts_again(db, sorted(arrived), arrived=SPAM_REPORT)
    look_now(db, [rows[receipt.ref].case_id for receipt in held if receipt.outcome is Outcome.REJECTED], now)
    heed(db, channel, rows, held, now)


def _row(message: Row[Any], receipt: Receipt) -> dict[str, Any]:
    return {"message_id": message.id, "state": _STATES[receipt.outcome], "code": _code(receipt),
            "cause": receipt.cause, "provider_id": receipt.provider_id}  # fmt: skip


_STATES = {Outcome.ACCEPTED: Delivery.ACCEPTED, Outcome.REJECTED: Delivery.FAILED}
"""A provider that lists a message has taken it, also if it did not arrive."""


def _code(receipt: Receipt) -> str:
    return "found" if receipt.outcome is Outcome.ACCEPTED else receipt.code


def _entries(message: Row[Any], receipt: Receipt, now: datetime) -> list[NewEntry]:
    detail = {"purpose": message.purpose, "channel": message.channel, "attempt": message.attempts}
    events = [(Event.MESSAGE_ACCEPTED, Clause.RECORD, "found")]
    if receipt.outcome is Outcome.REJECTED:
        events.append((Event.MESSAGE_FAILED, Clause.CHANNEL, receipt.code))
    return [NewEntry(event=event, at=now, clause=clause, case_id=message.case_id, ref_id=message.id,
                     detail=detail | {"code": code}) for event, clause, code in events]  # fmt: skip
