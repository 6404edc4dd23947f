"""Customers and staff of the last days: they do what the table of `last_days` says, at its hours."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from cli.demo.clock import StoryClock
from cli.demo.company import Company
from cli.demo.customers import Customers, Intent
from cli.demo.deeds import Work
from cli.demo.habits import Deed, Opinion
from cli.demo.last_days import BRANCHES, CUSTOMERS, Called, Customer
from cli.demo.postbox import Letter, Postbox
from cli.demo.staff import make_call, take_call
from models.calls import CallReport
from models.due import open_calls
from models.escalations import listed
from models.report import ClosedService
from models.store import Store
from models.tables import cases, services
from policy.rules import Rules
from vocabulary import Channel, ContactBasis

_WEDNESDAY = 3
_ENDS_AT = time(14, 10)
"""Of the story (UTC): afternoon in Europe, morning in Boston, and in San Diego nobody is up yet."""
_LASTS = timedelta(days=9)
_STEPS_AT = (time(8, 20), time(11, 20), time(14, 20), time(17, 20))
_HOURLY = timedelta(hours=30)


def story_ends(after: datetime) -> datetime:
    """The first Wednesday that leaves room for the last days."""
    first = after + _LASTS
    day = first.date() + timedelta(days=(_WEDNESDAY - first.isoweekday()) % 7 or 7)
    return datetime.combine(day, _ENDS_AT, after.tzinfo)


def steps(ends: datetime) -> Iterator[datetime]:
    """When the stages run: four times a day, in the last hours every hour, as deadlines need it."""
    day = (ends - _LASTS).date()
    while day <= ends.date():
        for at in (datetime.combine(day, hour, ends.tzinfo) for hour in _STEPS_AT):
            if at < ends - _HOURLY:
                yield at
        day += timedelta(days=1)
    yield from (ends - timedelta(hours=hours) for hours in range(int(_HOURLY.total_seconds() // 3600), -1, -1))


def closed_services(ends: datetime) -> list[ClosedService]:
    """The services of the table, as a source reports them."""
    return [_service(number, customer, ends) for number, customer in enumerate(CUSTOMERS, start=1)]


def _service(number: int, customer: Customer, ends: datetime) -> ClosedService:
    region, zone = BRANCHES[customer.branch]
    how, reach = _channel(customer)
    email, phone = (reach, None) if how is Channel.EMAIL else (None, reach)
    return ClosedService(
        source="field-service", external_id=f"WO-27{number:05}", kind=customer.kind, department=customer.department,
        closed_at=ends - timedelta(hours=customer.closed_h), branch=customer.branch, region=region, timezone=zone,
        agent=customer.agent, customer_ref=f"C9{number:04}", customer_name=customer.name, language="en",
        channels=(how,), contact_basis=ContactBasis.EXISTING_CUSTOMER, email=email, phone=phone,
    )  # fmt: skip


def _channel(customer: Customer) -> tuple[Channel, str]:
    if "@" in customer.reach:
        return Channel.EMAIL, customer.reach
    kind, _, number = customer.reach.rpartition(":")
    return (Channel.SMS if kind else Channel.PHONE), number


class Cast(Customers):
    """The table's customers. Everybody else has said what they had to say."""

    def __init__(self, clock: StoryClock, postbox: Postbox, ends: datetime) -> None:
        super().__init__(0, clock, postbox, {})
        self._ends = ends
        self._to_say = {_channel(one)[1].replace(" ", ""): list(one.says) for one in CUSTOMERS if one.says}

    def decide(self, letter: Letter) -> Intent | None:
        waiting = self._to_say.get(letter.to)
        if not waiting or self._clock() < self._ends - timedelta(hours=waiting[0].letter_h):
            return None
        says = waiting.pop(0)
        deed = Deed.QUESTION if says.reply else Deed.PAGE
        opinion = Opinion(says.rating, says.comment, contact_me=says.contact_me)
        return Intent(max(self._ends - says.before, self._clock()), letter, deed, opinion, says.reply)


class CastStaff:
    """Works like `staff.Staff`, by the table."""

    def __init__(self, store: Store, rules: Rules, company: Company, ends: datetime) -> None:
        self._store = store
        self._rules = rules
        self._company = company
        self._ends = ends
        self._deeds = {one.name: list(one.deeds) for one in CUSTOMERS}
        self._calls = {one.name: list(one.calls) for one in CUSTOMERS}

    def work(self, now: datetime) -> None:
        with self._store.write() as db:
            names = self._names(db)
            for call in open_calls(db, now):
                self._call(db, call.id, call.customer_name, now)
            for concern in listed(db):
                self._handle(db, concern, names.get(concern.case_id, ""), now)

    def _names(self, db: Connection) -> dict[int, str]:
        of_cases = select(cases.c.id, services.c.customer_name).join(services, services.c.id == cases.c.service_id)
        return {row.id: row.customer_name for row in db.execute(of_cases)}

    def _handle(self, db: Connection, concern: Row[Any], name: str, now: datetime) -> None:
        waiting = self._deeds.get(name, [])
        while waiting and (at := self._ends - timedelta(hours=waiting[0][0])) <= now:
            _, deed = waiting.pop(0)
            [row] = [one for one in listed(db) if one.id == concern.id]  # as the deed before has left it
            deed(Work(db=db, concern=row, company=self._company, rules=self._rules, at=at))

    def _call(self, db: Connection, call_id: int, name: str | None, now: datetime) -> None:
        waiting = self._calls.get(name or "", [])
        if not waiting or (at := self._ends - timedelta(hours=waiting[0].before_h)) > now:
            return
        called, caller = waiting.pop(0), self._company.callers[call_id % 2]
        if called.outcome is None:
            take_call(db, call_id, self._company.callers[0], self._rules, at=at)
        else:
            make_call(db, call_id, self._report(called), caller, self._rules, at=at)

    def _report(self, called: Called) -> CallReport:
        assert called.outcome is not None  # noqa: S101 - asked before
        back = None if called.back_h is None else self._ends + timedelta(hours=called.back_h)
        return CallReport(outcome=called.outcome, by="", rating=called.rating, comment=called.comment,
                          call_back_at=back)  # fmt: skip
