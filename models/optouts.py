"""Opt-outs: an address that must not be asked again, by its hash, from the moment of the commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select
from sqlalchemy import case as when
from sqlalchemy.dialects import postgresql, sqlite

from models.cases import keys_of, opted_out, refusals, set_values
from models.log import SYSTEM, NewEntry, append
from models.moves import Move, advance, ending
from models.outcomes import look_now
from models.spellings import keys_of_number
from models.tables import cases, columns, services, suppressions
from models.tables.contact import ANY_CHANNEL
from vocabulary import Channel, Clause, Disposition, Event, Stage

_NOT_YET_ANSWERED = (Stage.PLANNED, Stage.ASKED)
_CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a customer does not want: one channel or all of them, for good or until a day."""

    channel: Channel | None = None
    until: datetime | None = None


EVERYTHING = Refusal()
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


def in_force(db: Connection, case_id: int, now: datetime) -> Sequence[Row[Any]]:
    """What the customer of a case refuses now, each once: channel, since, until, source and recorded_by."""
    case = db.execute(select(cases).where(cases.c.id == case_id)).one()
    wanted = select(*columns(suppressions, "channel", "since", "until", "source", "recorded_by")).distinct()
    of_person = suppressions.c.address_key.in_(keys_of_person(db, case)), still_counts(now)
    return db.execute(wanted.where(*of_person).order_by(suppressions.c.since, suppressions.c.channel)).all()


def still_counts(now: datetime) -> ColumnElement[bool]:
    """That a suppression is no pause that is over."""
    return or_(suppressions.c.until.is_(None), suppressions.c.until > now)


def lift_recorded(db: Connection, case: Row[Any], now: datetime) -> Sequence[str]:
    """Take back what a person recorded for the customer of a case; the channels."""
    recorded = suppressions.c.address_key.in_(keys_of_person(db, case)), suppressions.c.recorded_by.is_not(None)
    gone = suppressions.delete().where(*recorded, still_counts(now)).returning(suppressions.c.channel)
    return sorted(set(db.execute(gone).scalars()))


def _entry(refusal: Refusal, source: str, actor: str, at: datetime, **of_case: Any) -> NewEntry:
    whole = refusal == EVERYTHING
    detail = {"source": source, "channel": refusal.channel or "all",
              "until": f"{refusal.until:%Y-%m-%d}" if refusal.until else None}  # fmt: skip
    return NewEntry(event=Event.OPTED_OUT if whole else Event.PREFERENCE_SET, at=at, clause=Clause.OPT_OUT,
                    actor=actor, detail={"source": source} if whole else detail, **of_case)  # fmt: skip


def suppress_rows(db: Connection, rows: Sequence[dict[str, Any]]) -> bool:
    """One statement: new ones go in, a pause may become longer or for good, and nothing ever becomes shorter.

    What was said by text message and is now said otherwise too cannot be taken back by text message any more; and what
    a person had written down and the customer now says alone, not by a person.
    """
    if not rows:
        return False
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(suppressions)
    new, old = insert.excluded, suppressions.c
    longer = and_(old.until.is_not(None), or_(new.until.is_(None), new.until > old.until))
    otherwise = and_(old.said_by.is_not(None), new.said_by.is_distinct_from(old.said_by), new.until.is_(None))
    alone = and_(old.recorded_by.is_not(None), new.recorded_by.is_(None), new.until.is_(None))
    said_alone = and_(old.recorded_by.is_(None), old.until.is_(None))
    statement = insert.on_conflict_do_update(
        index_elements=["address_key", "channel"],
        set_={
            **{name: new[name] for name in ("since", "until", "source", "case_id")},
            "said_by": None,
            "recorded_by": when((said_alone, None), else_=new.recorded_by),
        },
        where=or_(longer, otherwise, alone),
    ).returning(old.address_key)
    changed = 0
    for row in sorted(rows, key=lambda row: str(row["address_key"])):
        changed += len(db.execute(statement, [row]).all())
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
