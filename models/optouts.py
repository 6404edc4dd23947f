"""Opt-outs: an address that must not be asked again, by its hash, from the moment of the commit."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select
from sqlalchemy import case as when
from sqlalchemy.dialects import postgresql, sqlite

from models.cases import keys_of, opted_out, refusals, set_values
from models.log import SYSTEM, NewEntry, append
from models.moves import Move, advance, ending
from models.outcomes import look_now
from models.spellings import keys_of_number
from models.tables import cases, services, suppressions
from models.tables.contact import ANY_CHANNEL
from vocabulary import Channel, Clause, Disposition, Event, Stage

_NOT_YET_ANSWERED = (Stage.PLANNED, Stage.ASKED)
_CUSTOMER = "customer"
_KEY = ("address_key", "channel", "by_person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a customer does not want: one channel or all of them, for good or until a day."""

    channel: Channel | None = None
    until: datetime | None = None


EVERYTHING = Refusal()


@dataclass(frozen=True, slots=True)
class Standing:
    """A refusal that counts now, and how it came about."""

    channel: str
    since: datetime
    until: datetime | None
    source: str
    recorded_by: str | None
    """The person who wrote it down; None when the customer said it alone."""


ON_THE_PHONE = "told us on the phone"
"""The source of an opt-out that a colleague wrote down."""


def opt_out(
    db: Connection, case_id: int, *, at: datetime, source: str, refusal: Refusal = EVERYTHING,
    said_by: str | None = None, recorded_by: str | None = None,
) -> bool:  # fmt: skip
    """The customer of this case wants no more surveys, or none there, or none for now: suppress, and end every case
    that still waits for an answer and has no other way to ask.

    Said twice it changes nothing, and False is returned. An open concern stays open: an opt-out never closes it
    (clause 2.4). `said_by`: the key of the number, when it was a text message. `recorded_by`: the person who says that
    the customer wants it; None when the customer did it alone.
    """
    case = db.execute(select(cases).where(cases.c.id == case_id)).one()
    actor = recorded_by or _CUSTOMER
    if not suppress(db, case, at=at, source=source, actor=actor, refusal=refusal, said_by=said_by,
                    recorded_by=recorded_by):  # fmt: skip
        return False
    keys = keys_of_person(db, case)
    out = refusals(opted_out(db, keys, at), keys)
    reason = "the customer has opted out" if refusal.until is None else "the customer asked for a pause"
    values = ending(Disposition.OPTED_OUT, at=at, next_at=at, reason=reason, clause=Clause.OPT_OUT)
    same_person = or_(cases.c.email_key.in_(keys), cases.c.phone_key.in_(keys))
    for stage in _NOT_YET_ANSWERED:
        found = select(cases).where(same_person, cases.c.stage == stage).order_by(cases.c.id).with_for_update()
        waiting = {row.id: _ladder_left(row, out) for row in db.execute(found).all()}
        silenced = [id for id, left in waiting.items() if left is None]
        moves = [Move(case_id=id, clause=Clause.OPT_OUT, reason=reason, values=values) for id in silenced]
        advance(db, stage, Stage.ENDED, moves, at=at, actor=actor)
        others = {id: left for id, left in waiting.items() if left is not None}
        set_values(
            db, [{"case_id": id, "ladder": ladder, "preferred": named} for id, (ladder, named) in others.items()]
        )
        look_now(db, list(others), at)
    return True


def suppress(
    db: Connection, case: Row[Any], *, at: datetime, source: str, actor: str = SYSTEM, refusal: Refusal = EVERYTHING,
    said_by: str | None = None, recorded_by: str | None = None,
) -> bool:  # fmt: skip
    """Suppress the addresses of a case; False when they were suppressed at least as much before."""
    rows = [
        {"address_key": key, "channel": refusal.channel or ANY_CHANNEL, "since": at, "until": refusal.until,
         "source": source, "case_id": case.id, "said_by": said_by, "recorded_by": recorded_by}
        for key in keys_of_person(db, case)
    ]  # fmt: skip
    if not suppress_rows(db, rows):
        return False
    append(db, [_entry(refusal, source, actor, at, case_id=case.id, policy_version=case.policy_version)])
    return True


def suppress_address(
    db: Connection, key: str | Sequence[str], *, at: datetime, source: str, actor: str = _CUSTOMER,
    refusal: Refusal = EVERYTHING, said_by: str | None = None, recorded_by: str | None = None,
) -> bool:  # fmt: skip
    """Suppress an address that belongs to no case of ours (yet), in all its spellings; False when it was before."""
    rows = [
        {"address_key": one, "channel": refusal.channel or ANY_CHANNEL, "since": at, "until": refusal.until,
         "source": source, "case_id": None, "said_by": said_by, "recorded_by": recorded_by}
        for one in ([key] if isinstance(key, str) else key)
    ]  # fmt: skip
    if not suppress_rows(db, rows):
        return False
    append(db, [_entry(refusal, source, actor, at)])
    return True


def keys_of_person(db: Connection, case: Row[Any]) -> list[str]:
    """The keys of a case's addresses, that of its number in every spelling."""
    of_service = select(services.c.phone).join_from(cases, services, services.c.id == cases.c.service_id)
    phone = db.execute(of_service.where(cases.c.id == case.id)).scalar()
    return list(dict.fromkeys((*keys_of(case), *(keys_of_number(phone) if phone else ()))))


def in_force(db: Connection, case_id: int, now: datetime) -> Sequence[Standing]:
    """What the customer of a case refuses now, each once, the oldest first."""
    case = db.execute(select(cases).where(cases.c.id == case_id)).one()
    return standing(db.execute(_of_person(db, case, now)).all())


def person_rows(db: Connection, case: Row[Any], now: datetime) -> Sequence[Row[Any]]:
    """The suppressions in force of a case's customer, to be looked at."""
    return db.execute(_of_person(db, case, now)).all()


def rows_to_change(db: Connection, case: Row[Any], now: datetime) -> Sequence[Row[Any]]:
    """The suppressions in force of a case's customer: nobody else changes these rows before the end of the
    transaction. Locked in the order in which `suppress_rows` writes them, so that the two never wait for each other."""
    return db.execute(_of_person(db, case, now).with_for_update()).all()


def standing(rows: Sequence[Row[Any]]) -> Sequence[Standing]:
    """Rows of one person, which are one for each address, as what was said."""
    said = {Standing(row.channel, row.since, row.until, row.source, row.recorded_by) for row in rows}
    return sorted(said, key=lambda one: (one.since, one.channel, one.source))


def as_seen(refusals: Sequence[Standing]) -> str:
    """The same word for the same refusals, and another one as soon as anything about them is another."""
    return hashlib.sha256(repr(list(refusals)).encode()).hexdigest()


def take_back(db: Connection, rows: Sequence[Row[Any]]) -> None:
    """Delete these rows of `rows_to_change`, and no younger ones."""
    for row in rows:
        db.execute(suppressions.delete().where(*(suppressions.c[name] == row._mapping[name] for name in _KEY)))


def _of_person(db: Connection, case: Row[Any], now: datetime) -> Select[Any]:
    still_counts = or_(suppressions.c.until.is_(None), suppressions.c.until > now)
    of_person = suppressions.c.address_key.in_(keys_of_person(db, case)), still_counts
    return select(suppressions).where(*of_person).order_by(*(suppressions.c[name] for name in _KEY))


def _entry(refusal: Refusal, source: str, actor: str, at: datetime, **of_case: Any) -> NewEntry:
    whole = refusal == EVERYTHING
    detail = {"source": source, "channel": refusal.channel or "all",
              "until": f"{refusal.until:%Y-%m-%d}" if refusal.until else None}  # fmt: skip
    return NewEntry(event=Event.OPTED_OUT if whole else Event.PREFERENCE_SET, at=at, clause=Clause.OPT_OUT,
                    actor=actor, detail={"source": source} if whole else detail, **of_case)  # fmt: skip


def suppress_rows(db: Connection, rows: Sequence[dict[str, Any]]) -> bool:
    """New ones go in, a pause may become longer or for good, and nothing ever becomes shorter.

    What was said by text message and is now said otherwise too cannot be taken back by text message any more. What a
    person recorded and a person records again is as young as the last time: who lifts it sees that.
    """
    if not rows:
        return False
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(suppressions)
    new, old = insert.excluded, suppressions.c
    longer = and_(old.until.is_not(None), or_(new.until.is_(None), new.until > old.until))
    otherwise = and_(old.said_by.is_not(None), new.said_by.is_distinct_from(old.said_by), new.until.is_(None))
    again = and_(old.by_person, new.since > old.since)
    statement = insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            **{name: new[name] for name in ("since", "source", "case_id", "recorded_by")},
            "until": when((or_(longer, new.until.is_(None)), new.until), else_=old.until),
            "said_by": when((new.said_by == old.said_by, old.said_by), else_=None),
            "renewed": old.by_person,
        },
        where=or_(longer, otherwise, again),
    ).returning(old.address_key)
    changed = 0
    for row in sorted(rows, key=lambda row: (row["address_key"], row["channel"])):
        changed += len(db.execute(statement, [{**row, "by_person": row["recorded_by"] is not None}]).all())
    return changed > 0


def _ladder_left(case: Row[Any], out: dict[str, datetime]) -> tuple[str, int] | None:
    """The ladder without the rungs to come that are refused, and how many the customer named; None when none is left.

    Rungs that were tried stay: they are the record of what was done.
    """
    ladder = [name for name in case.ladder.split(",") if name]
    if ANY_CHANNEL in out or all(name in out for name in ladder[case.rung :]):
        return None
    tried = case.rung + (case.stage == Stage.ASKED)
    kept = [(name, at < case.preferred) for at, name in enumerate(ladder) if at < tried or name not in out]
    return ",".join(name for name, _ in kept), sum(named for _, named in kept)
