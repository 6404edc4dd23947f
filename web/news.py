"""What a provider tells is taken in: written down, merged with what was told before, and drawn the conclusions from.

All of it in the caller's transaction: a suppression is committed before the provider hears that we have the report.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from channels.report import Report
from models.addresses import Unreachable, mark_invalid
from models.deliveries import TO_CUSTOMERS
from models.log import NewEntry, append
from models.optouts import opt_out, suppress_address
from models.outcomes import count_contacts_again, look_at_asked, look_now
from models.provider_events import NewEvent, Reported, keep, write_standings
from models.report import address_key
from models.tables import cases, columns
from policy.delivery import SPAM_REPORT, Standing, Told, standing
from vocabulary import Channel, Clause, Delivery, Event, News

_TAKEN = frozenset({Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.FAILED})
"""The states of a message of which we know that the provider took it."""

_OF_ONE_LIST = frozenset({"group_unsubscribe"})
"""Who leaves a list of which we know nothing may still want to be asked how a service went."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    new: int
    failed: int
    """Messages that turned out not to arrive."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A message before and after what is new. `provider_id` is what the provider calls it."""

    message: Row[Any]
    provider_id: str | None
    before: Standing | None
    after: Standing

    @property
    def was_taken(self) -> bool:
        return self.message.state in _TAKEN

    @property
    def of_customer(self) -> bool:
        return self.message.case_id is not None and self.message.purpose in TO_CUSTOMERS

    @property
    def failed(self) -> bool:
        return self.after.state is Delivery.FAILED and self.message.state != Delivery.FAILED

    @property
    def concerns_contact(self) -> bool:
        """Whether the case's first contact may be another one now."""
        was = self.was_taken and (self.before is None or self.before.reached)
        return self.of_customer and (self.after.reached != was or self._moved_back)

    @property
    def _moved_back(self) -> bool:
        return self.message.settled_at is None or self.after.taken_at < self.message.settled_at


def take_in(db: Connection, provider: str, reports: Sequence[Report], channel: Channel, *, at: datetime) -> TakenIn:
    """One transaction's work for one post; what was told before changes nothing."""
    kept = keep(db, [_event(provider, report, channel) for report in reports], at=at)
    changes = [_change(reported) for reported in kept.reported]
    write_standings(db, [_row(change) for change in changes])
    append(db, [entry for change in changes for entry in _entries(change, at)])
    touched = sorted({change.message.case_id for change in changes if change.concerns_contact})
    if touched:
        count_contacts_again(db, touched, arrived=SPAM_REPORT)
    look_now(db, [change.message.case_id for change in changes if change.failed and change.of_customer], at)
    telling = [(report, kept.new[report.event_id]) for report in reports if report.event_id in kept.new]
    _mark_invalid(db, [one for one in telling if one[0].invalid], channel, at)
    for report, message in telling:
        if report.objects:
            _object(db, report, message, channel, at)
    return TakenIn(new=len(kept.new), failed=sum(change.failed for change in changes))


def _event(provider: str, report: Report, channel: Channel) -> NewEvent:
    lost = report.news is News.LOST
    return NewEvent(
        provider=provider,
        event_id=report.event_id,
        kind=report.kind,
        news=report.news,
        ref=report.ref,
        provider_id=report.provider_id,
        happened_at=report.happened_at,
        code=report.code,
        lost_at=(channel, address_key(report.address)) if lost and report.address else None,
    )


def _change(reported: Reported) -> _Change:
    before = [_told(row) for row in reported.before]
    after = standing([*before, *(_told(row) for row in reported.new)])
    assert after is not None  # noqa: S101 - something new was told
    told: list[Row[Any] | NewEvent] = [*reported.before, *reported.new]
    numbers = {one.provider_id for one in told if one.provider_id}
    number = reported.message.provider_id or min(numbers, default=None)
    return _Change(reported.message, number, standing(before), after)


def _told(event: Row[Any] | NewEvent) -> Told:
    news = News(event.news) if event.news else None
    return Told(news=news, at=event.happened_at, word=f"{event.kind} {event.code}" if event.code else event.kind)


def _row(change: _Change) -> dict[str, Any]:
    """The earliest instant at which the provider had it counts: also for what was parked, or never settled."""
    message, after = change.message, change.after
    taken_at = max(after.taken_at, message.owed_at)
    code = message.code if change.was_taken else "reported"
    return {
        "of": message.id,
        "was": message.state,
        "new_state": after.state,
        "new_code": code if after.state is Delivery.ACCEPTED else after.word,
        "new_cause": after.cause,
        "new_settled_at": min(message.settled_at or taken_at, taken_at),
        "new_provider_id": change.provider_id,
        "new_reported_at": max(message.reported_at or after.newest_at, after.newest_at),
    }


def _entries(change: _Change, at: datetime) -> list[NewEntry]:
    before, after = change.before, change.after
    entries = [] if change.was_taken else [_entry(change, Event.MESSAGE_ACCEPTED, at, Clause.RECORD, code="reported")]
    if after.arrived_at and not (before and before.arrived_at):
        happened = after.arrived_at.isoformat()
        entries.append(_entry(change, Event.MESSAGE_DELIVERED, at, Clause.RECORD, happened=happened))
    if after.failed_at and not (before and before.failed_at):
        happened = after.failed_at.isoformat()
        entries.append(_entry(change, Event.MESSAGE_FAILED, at, Clause.CHANNEL, code=after.word, happened=happened))
    return entries


def _entry(change: _Change, event: Event, at: datetime, clause: Clause, **more: str | None) -> NewEntry:
    message = change.message
    detail = {"purpose": message.purpose, "channel": message.channel, **more}
    return NewEntry(event=event, at=at, clause=clause, case_id=message.case_id, ref_id=message.id, detail=detail)


def _mark_invalid(
    db: Connection, telling: Sequence[tuple[Report, Row[Any] | None]], channel: Channel, at: datetime
) -> None:
    """By the address on the case; by the one in the report when it says nothing that tells the message."""
    if not telling:
        return
    of_cases = [message.case_id for _, message in telling if message is not None and message.case_id]
    wanted = select(*columns(cases, "id", "email_key", "phone_key")).where(cases.c.id.in_(of_cases))
    keys = {row.id: row.email_key if channel is Channel.EMAIL else row.phone_key for row in db.execute(wanted)}
    found = []
    for report, message in telling:
        of_case = message.case_id if message is not None and message.to_address is None else None
        key = keys.get(of_case) or (address_key(report.address) if report.address else None)
        if key:
            code = f"{report.kind} {report.code}" if report.code else report.kind
            found.append(Unreachable(address_key=key, channel=channel, code=code, case_id=of_case))
    mark_invalid(db, found, at=at)
    look_at_asked(db, [one.address_key for one in found], at)


def _object(db: Connection, report: Report, message: Row[Any] | None, channel: Channel, at: datetime) -> None:
    """The customer told the provider that it is enough: suppressed like an opt-out that came to us."""
    source = report.kind.replace("_", " ")
    key = address_key(report.address) if report.address else None
    said_by = key if channel is Channel.SMS else None
    if message is not None and message.case_id is not None and message.to_address is None:
        opt_out(db, message.case_id, at=at, source=source, said_by=said_by)
    elif message is None and key and report.kind not in _OF_ONE_LIST:
        suppress_address(db, key, at=at, source=source, said_by=said_by)
