"""Services from the inbox become cases: each with a slot, a deadline and a ladder, or with a reasoned disposition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row

from casework.calendars import calendar_for
from casework.words import keep_words_of_services
from models.addresses import invalid_channels
from models.cases import asked_where, keys_of, last_asked, open_alone, opted_out, refusals, reopened
from models.deliveries import withdraw
from models.log import NewEntry, append
from models.moves import Move, advance, begin, ending
from models.phones import is_landline
from models.policies import keep_policy
from models.tables import services
from models.tables.contact import ANY_CHANNEL
from policy.asking_rules import Limit
from policy.checks import Check
from policy.eligibility import ClosedServiceFacts, FollowUp, NoFollowUp, decide, falls_under
from policy.file import Policy
from policy.own_names import as_in_policy
from policy.rules import Rules
from policy.slots import NoSlot, Slot, find_slot
from tasks.channels import in_use
from tasks.place import place
from tasks.tally import Tally
from vocabulary import Channel, Clause, ContactBasis, Disposition, Event, Stage

_CANCELLABLE = (Stage.PLANNED, Stage.ASKED)
"""What the customer has said is heard, and a concern that is open stays open, also when the service is."""


@task(cache_policy=NO_CACHE)
def open_cases(service_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: a case for each of these services that has none."""
    here = place()
    with here.store.write() as db:
        open_alone(db)
        taken = _take(db, service_ids, now)
        if not taken:
            return Tally()
        keep_policy(db, here.policy.version, here.policy.text, now)
        known = _known(db, taken, here.policy, now)
        rows, entries = [], []
        for service in taken:
            row, checks = _case(service, known, here.policy, now)
            rows.append(row)
            entries.append((service.id, row, checks))
            if row["asked_at"] is not None:
                known.note(service, row["asked_at"], here.policy)
        opened = begin(db, rows)
        append(db, [_entry(opened[id], row, checks, now) for id, row, checks in entries if id in opened])
        keep_words_of_services(db, {opened[service.id]: service for service in taken if service.id in opened})
        return Tally.of(row["disposition"] or "opened" for id, row, _ in entries if id in opened)


@task(cache_policy=NO_CACHE)
def cancel_reopened(now: datetime) -> Tally:
    """One transaction: the cases of services that are open again end as cancelled."""
    reason = "the service was reopened"
    ended = ending(Disposition.CANCELLED, at=now, next_at=now, reason=reason, clause=Clause.REOPENED)
    with place().store.write() as db:
        found = reopened(db, _CANCELLABLE)
        moved: set[int] = set()
        for stage in _CANCELLABLE:
            moves = [
                Move(case_id=row.id, clause=Clause.REOPENED, reason=reason, values=ended | {"asked_at": row.asked_at})
                for row in found
                if row.stage == stage
            ]
            moved |= advance(db, stage, Stage.ENDED, moves, at=now)
        withdraw(db, moved, at=now, reason=reason)
    return Tally(cancelled=len(moved)) if moved else Tally()


def _take(db: Connection, ids: Sequence[int], now: datetime) -> list[Row[Any]]:
    """These services, if nobody else has taken them, in the order in which they were closed."""
    claim = services.update().where(services.c.id.in_(ids), services.c.taken_at.is_(None)).values(taken_at=now)
    return sorted(db.execute(claim.returning(*services.c)).all(), key=lambda row: (row.closed_at, row.id))


@dataclass(frozen=True, slots=True)
class _Known:
    """What decides besides the service itself; kept up to date while a batch is worked through."""

    asked: dict[str, datetime]
    """When people were asked last, by key."""
    out: dict[str, dict[str, datetime]]
    """Since when addresses must not be used, by key and channel."""
    invalid: dict[str, frozenset[Channel]]
    """Channels on which addresses are known not to work, by key."""
    of_limits: list[int]
    """How many customers each of the policy's limits counts."""

    def note(self, service: Row[Any], at: datetime, policy: Policy) -> None:
        """This customer will be asked, too."""
        self.asked.update(dict.fromkeys(keys_of(service), at))
        facts = _facts(service, self)
        for number, limit in enumerate(policy.rules.survey.limits):
            self.of_limits[number] += falls_under(facts, limit)


def _known(db: Connection, taken: Sequence[Row[Any]], policy: Policy, now: datetime) -> _Known:
    keys, survey = {key for service in taken for key in keys_of(service)}, policy.rules.survey
    horizon = now - timedelta(days=survey.cooldown_days)
    of_limits = [_asked(db, limit, policy.rules, now) for limit in survey.limits]
    ended = now - timedelta(days=policy.rules.contact.invalid_days)
    invalid = invalid_channels(db, keys, after=ended)
    return _Known(last_asked(db, keys, horizon), opted_out(db, keys, now), invalid, of_limits)


def _asked(db: Connection, limit: Limit, rules: Rules, now: datetime) -> int:
    """How many customers a limit counts before this batch."""
    field, value = limit.field, limit.value
    if field == "kind" or field == "department":
        value = as_in_policy(value, field, rules)
    return asked_where(db, field, value, now - timedelta(days=limit.days))


def _case(service: Row[Any], known: _Known, policy: Policy, now: datetime) -> tuple[dict[str, Any], tuple[Check, ...]]:
    rules = policy.rules
    zone = service.customer_timezone or service.timezone
    calendar = calendar_for(service.region, service.timezone, rules.calendar)
    decision = decide(_facts(service, known), now, rules, available=_available())
    slot = find_slot(service.closed_at, now, calendar, ZoneInfo(zone), rules.contact)
    row = {
        "service_id": service.id,
        "opened_at": now,
        "policy_version": policy.version,
        "recipient_timezone": zone,
        "closed_at": service.closed_at,
        "contact_not_before_at": slot.not_before_at,
        "contact_due_at": slot.due_at,
        **{name: getattr(service, name) for name in _FROZEN},
        **_attribution(service, rules),
    }
    if isinstance(decision, NoFollowUp):
        return row | _ended(decision, now), decision.checks
    return row | _planned(decision, slot, now), decision.checks + slot.checks


def _attribution(service: Row[Any], rules: Rules) -> dict[str, str]:
    """Kind and department as the policy spells them. The service keeps what was reported, so that it is known again."""
    return {
        "kind": as_in_policy(service.kind, "kind", rules),
        "department": as_in_policy(service.department, "department", rules),
    }


_FROZEN = ("branch", "region", "timezone", "agent", "email_key", "phone_key")
"""Attribution and addresses as they were when the case was opened."""


def _ended(decision: NoFollowUp, now: datetime) -> dict[str, Any]:
    result = ending(decision.disposition, at=now, next_at=now, reason=decision.reason, clause=decision.clause)
    return result | {"stage": Stage.ENDED, "ladder": "", "preferred": 0, "rung": 0, "asked_at": None, "to_person": None}


def _planned(decision: FollowUp, slot: Slot | NoSlot, now: datetime) -> dict[str, Any]:
    if isinstance(slot, NoSlot):
        decision, at, to_person = decision.phone_first(), now, slot.reason
    else:
        at, to_person = slot.at, None
    return {
        "stage": Stage.PLANNED,
        "next_at": at,
        "asked_at": at,
        "ladder": ",".join(decision.ladder),
        "preferred": decision.preferred,
        "rung": 0,
        "to_person": to_person,
        "disposition": None,
        "reason": None,
        "clause": None,
        "ended_at": None,
    }


def _available() -> frozenset[Channel]:
    """The channels that can be used here: others in a ladder are passed over."""
    return frozenset({*in_use(place().settings), Channel.PHONE})


def _facts(service: Row[Any], known: _Known) -> ClosedServiceFacts:
    keys, asked = keys_of(service), known.asked
    refused = refusals(known.out, keys)
    return ClosedServiceFacts(
        kind=service.kind,
        source=service.source,
        department=service.department,
        branch=service.branch,
        customer_ref=service.customer_ref,
        tags=tuple(filter(None, service.tags.split(","))),
        email=service.email,
        has_phone=service.phone is not None,
        is_landline=is_landline(service.phone),
        prefers=tuple(Channel(name) for name in service.channels.split(",") if name),
        closed_at=service.closed_at,
        reopened=service.reopened_at is not None,
        closed_again=service.closing > 1,
        asked_before=max((asked[key] for key in keys if key in asked), default=None),
        opted_out_at=refused.get(ANY_CHANNEL),
        refuses=frozenset(Channel(name) for name in refused if name != ANY_CHANNEL),
        region=service.region,
        invalid=frozenset[Channel]().union(*(known.invalid.get(key, ()) for key in keys)),
        contact_basis=ContactBasis(service.contact_basis) if service.contact_basis else None,
        asked_of_limits=tuple(known.of_limits),
    )


def _entry(case_id: int, row: dict[str, Any], checks: tuple[Check, ...], now: datetime) -> NewEntry:
    return NewEntry(
        event=Event.CASE_OPENED,
        at=now,
        clause=row["clause"] or Clause.CONTACT,
        case_id=case_id,
        policy_version=row["policy_version"],
        detail={"stage": row["stage"], "disposition": row["disposition"], "reason": row["reason"] or row["to_person"],
                "checks": [(check.rule, check.clause, check.input, check.verdict) for check in checks]},
    )  # fmt: skip
