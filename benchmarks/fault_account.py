"""The account of the faults: what was injected, what became of every case and message, and what nothing explains.

Three witnesses are compared: the provider's ledger, the journals of the processes that were ended, and the store. The
store is believed in nothing that the other two can tell.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from benchmarks.fault_crew import Crew, Ended
from benchmarks.fault_customers import Customers
from benchmarks.fault_provider import UNREPORTED, Fault, Provider, Tried
from benchmarks.fault_story import DEADLINE_S, LEASE_S
from channels.protocol import Outcome
from models.store import Store
from models.tables import answers, calls, cases, entries, links, messages, services
from vocabulary import Delivery, Event

_WAITED_S = 0.5 * DEADLINE_S
"""Of a request that came to nothing by its deadline at least so much was after its first byte."""
_STALLED_S = 0.7 * LEASE_S
"""A process that was silent for so long was kept from working by the machine, and may have lost its lease."""
_AT_ONCE_S = 1.0
"""Between what was acknowledged and a request that was begun before that."""
_ENOUGH_FOR_ALL = 1000
"""So many sends meet every fault."""
_UPSET_S = 15.0
"""So long after a restart of the database, or a stop, sweeps may fall over."""

Journal = Sequence[tuple[float, str, str]]


@dataclass
class Explained:
    """By ref, how often something happened after which nobody could know what became of the message."""

    reports_lost: Counter[str] = field(default_factory=Counter)
    waited: Counter[str] = field(default_factory=Counter)
    in_flight: Counter[str] = field(default_factory=Counter)
    stalled: Counter[str] = field(default_factory=Counter)

    def times(self, ref: str) -> int:
        return self.reports_lost[ref] + self.waited[ref] + self.disturbed(ref)

    def disturbed(self, ref: str) -> int:
        return self.in_flight[ref] + self.stalled[ref]

    @classmethod
    def by(cls, tried: Sequence[Tried], journals: Mapping[int, Journal], ended: Sequence[Ended]) -> "Explained":
        explained = cls(Counter(one.ref for one in tried if one.fault in UNREPORTED))
        for end in ended:
            explained.in_flight.update(_under_way(journals.get(end.pid, ()), end.at_s))
        for journal in journals.values():
            explained.waited.update(_waited(journal))
            for (before, *_), (after, *_) in pairwise(journal):
                if after - before > _STALLED_S:
                    explained.stalled.update(_under_way(journal, before))
        explained.waited -= explained.reports_lost  # they are the same
        return explained


def read_journals(folder: Path) -> dict[int, Journal]:
    return {int(file.name.partition("-")[2]): [tuple(json.loads(line)) for line in file.read_text().splitlines()]
            for file in folder.glob("journal-*")}  # fmt: skip


def _under_way(journal: Journal, at_s: float) -> set[str]:
    refs: set[str] = set()
    for when, ref, what in journal:
        if when <= at_s:
            refs = refs | {ref} if what == "asked" else refs - {ref}
    return refs


def _waited(journal: Journal) -> Iterator[str]:
    asked: dict[str, float] = {}
    for when, ref, what in journal:
        if what == "asked":
            asked[ref] = when
        elif what == Outcome.UNKNOWN.name and when - asked.get(ref, when) >= _WAITED_S:
            yield ref


@dataclass(frozen=True, kw_only=True)
class Account:
    """What the bars are held against; `faults` has what is missed."""

    database: str
    cases: int
    answers: int
    mails: int
    repeated: int
    injected: Mapping[str, int]
    kills: Mapping[str, int]
    by_kind: Mapping[str, int]
    kills_asked: int
    states: Mapping[str, int]
    unknown: int
    in_flight: int
    reports_lost: int
    copies: int
    unexplained_unknown: Sequence[str]
    unexplained_copies: Sequence[str]
    lost: Sequence[str]
    late: Sequence[str]
    fell: Sequence[str]
    unsound: str
    seconds: float

    def faults(self) -> list[str]:
        """One line each."""
        listed = {"lost": self.lost, "second copy that nothing explains": self.unexplained_copies,
                  "unknown that nothing explains": self.unexplained_unknown, "late": self.late,
                  "fell over by itself": self.fell}  # fmt: skip
        lines = [f"{name}: {one}" for name, found in listed.items() for one in found]
        if sum(self.kills.values()) < self.kills_asked:
            lines.append(f"{sum(self.kills.values())} of {self.kills_asked} kills were carried out")
        if self.unknown > self.in_flight + self.reports_lost:
            lines.append(f"{self.unknown} unknown, more than was in flight and lost")
        if self.mails >= _ENOUGH_FOR_ALL:
            lines += [f"never injected: {name}" for name, count in self.injected.items() if not count]
        return lines + ([f"the database is damaged: {self.unsound}"] if self.unsound else [])


def account(store: Store, provider: Provider, customers: Customers, crew: Crew, now: datetime, **known: Any) -> Account:
    explained = Explained.by(provider.tried, read_journals(crew.setup.folder), crew.ended)
    with store.read() as db:
        rows = db.execute(select(messages)).all()
        unknown, owed = _entries(db, Event.MESSAGE_UNKNOWN), _entries(db, Event.MESSAGE_OWED)
        lost = [*_lost_reports(db, customers.reported), *_lost_answers(db, customers.answered, now),
                *_lost_messages(rows, provider.tried, now), *_lost_cases(db)]  # fmt: skip
        late, unsound = [*_late(db, now)], _damage(db)
    ref_of = {row.id: row.ref for row in rows}
    taken = Counter(one.ref for one in provider.tried if one.taken)
    return Account(
        cases=len(customers.reported), answers=len(customers.answered), mails=len(provider.tried),
        repeated=customers.repeated, injected=provider.counts(),
        kills=_counted(order.point for order in crew.hits.elements()),
        by_kind=_counted(order.kind.value for order in crew.hits.elements()),
        states=_counted(row.state for row in rows), unknown=unknown.total(),
        in_flight=explained.in_flight.total() + explained.stalled.total(),
        reports_lost=explained.reports_lost.total() + explained.waited.total(),
        copies=sum(count - 1 for count in taken.values()),
        unexplained_unknown=[f"message {id}: {count} times" for id, count in unknown.items()
                             if count > explained.times(ref_of[id])],
        unexplained_copies=[*_unexplained_copies(rows, provider.tried, customers.told, explained, owed)],
        lost=lost, late=late, unsound=unsound,
        fell=[words for at_s, words in crew.fell if not any(0 <= at_s - upset <= _UPSET_S for upset in crew.upset)],
        **known,
    )  # fmt: skip


def _counted(words: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _entries(db: Connection, event: Event) -> Counter[int]:
    """How often it is in the log of each message."""
    return Counter(db.execute(select(entries.c.ref_id).where(entries.c.event == event)).scalars())


def _unexplained_copies(
    rows: Sequence[Row[Any]],
    tried: Sequence[Tried],
    told: Mapping[str, float],
    explained: Explained,
    owed: Mapping[int, int],
) -> Iterator[str]:
    """A copy is explained when nobody could know of the first one, and it was owed anew after the wait.

    `owed`: how often, by the log. Whatever is handed over more often, but for a 429, was tried again blindly.
    """
    takes, tries = defaultdict[str, list[float]](list), Counter[str]()
    for one in tried:
        tries[one.ref] += one.fault is not Fault.LIMITED
        if one.taken:
            takes[one.ref].append(one.at_s)
    for row in rows:
        copies = takes[row.ref][1:]
        if tries[row.ref] > owed[row.id]:
            yield f"message {row.id} ({row.purpose}): handed over {tries[row.ref]} times, owed {owed[row.id]} times"
        elif len(copies) > explained.times(row.ref):
            yield f"message {row.id} ({row.purpose}): its first copy was reported"
        elif copies and not explained.disturbed(row.ref) and told.get(row.ref, copies[-1]) < copies[-1] - _AT_ONCE_S:
            yield f"message {row.id} ({row.purpose}): an event had told of the first"


def _lost_reports(db: Connection, reported: Sequence[str]) -> Iterator[str]:
    joined = select(services.c.external_id).join_from(services, cases, cases.c.service_id == services.c.id)
    there = Counter(db.execute(joined).scalars())
    yield from (f"service {one}: {there[one]} cases" for one in reported if there[one] != 1)


def _lost_answers(db: Connection, answered: Mapping[str, int], now: datetime) -> Iterator[str]:
    case_of = dict(db.execute(select(links.c.token_sha256, links.c.case_id)).tuples().all())
    said = set(db.execute(select(answers.c.case_id, answers.c.rating)).tuples())
    for token, rating in answered.items():
        case = case_of.get(hashlib.sha256(token.encode()).hexdigest())
        if case is None or (case, rating) not in said:
            yield f"the answer {rating} in case {case}"
    unheard = select(cases.c.id).where(cases.c.judge_at <= now)
    yield from (f"case {id}: its answer was never judged" for id in db.execute(unheard).scalars())


def _lost_messages(rows: Sequence[Row[Any]], tried: Sequence[Tried], now: datetime) -> Iterator[str]:
    taken = {one.ref for one in tried if one.taken}
    for row in rows:
        if row.state in (Delivery.ACCEPTED, Delivery.DELIVERED) and row.ref not in taken:
            yield f"message {row.id} ({row.purpose}): {row.state}, but the provider never took it"
        if row.state == Delivery.CLAIMED or (row.state == Delivery.DUE and row.due_at < now and not row.not_after):
            yield f"message {row.id} ({row.purpose}): still {row.state}"


def _lost_cases(db: Connection) -> Iterator[str]:
    """Neither contacted, nor ended with a reason, nor given to a person."""
    called = select(calls.c.id).where(calls.c.case_id == cases.c.id).exists()
    alone = select(cases.c.id).where(cases.c.contacted_at.is_(None), cases.c.disposition.is_(None), ~called)
    yield from (f"case {id}: nobody turns to its customer" for id in db.execute(alone).scalars())


def _late(db: Connection, now: datetime) -> Iterator[str]:
    """Neither contacted nor given to callers when the contact was due."""
    owed = select(func.min(calls.c.owed_at)).where(calls.c.case_id == cases.c.id).scalar_subquery()
    due = select(cases.c.id, cases.c.contact_due_at, cases.c.contacted_at, owed.label("owed"))
    for row in db.execute(due.where(cases.c.contact_due_at <= now)):
        first = min((at for at in (row.contacted_at, row.owed) if at is not None), default=None)
        if first is None or first > row.contact_due_at:
            yield f"case {row.id}: due {row.contact_due_at:%d %b %H:%M}, reached {first or 'never'}"


def _damage(db: Connection) -> str:
    if db.dialect.name != "sqlite":
        return ""
    found = str(db.execute(text("PRAGMA integrity_check")).scalar_one())
    return "" if found == "ok" else found
