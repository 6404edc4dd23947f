"""The inbox: each closing of a service is kept once, however often, and in whatever order it is reported."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Row, select

from models.inbox import Fault, Received, UnknownService, receive, reopen
from models.report import ClosedService, ReopenedService, address_key
from models.store import Store
from models.tables import services

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def report(external_id: str = "J-1", **changes: Any) -> ClosedService:
    told: dict[str, Any] = {
        "source": "crm", "external_id": external_id, "closed_at": NOW - 3 * HOUR, "kind": "job completed",
        "department": "Heating", "branch": "Berlin", "region": "DE-BE", "timezone": "Europe/Berlin",
    }  # fmt: skip
    return ClosedService(**(told | changes))


def received(store: Store, *reports: ClosedService, at: datetime = NOW, partly: bool = False) -> Received:
    with store.write() as db:
        return receive(db, reports, at=at, partly=partly)


def reopened(store: Store, external_id: str = "J-1", at: datetime = NOW, source: str = "crm") -> bool:
    with store.write() as db:
        return reopen(db, ReopenedService(source=source, external_id=external_id, reopened_at=at))


def kept(store: Store) -> Sequence[Row[Any]]:
    with store.read() as db:
        return db.execute(select(services).order_by(services.c.id)).all()


CONFLICT = "this service was reported before with other content; report it as reopened first"


def test_a_report_is_kept_as_it_was_told(store: Store):
    told = report(closed_at=datetime.fromisoformat("2026-10-05T11:00:00+02:00"), email=" Ann@EXAMPLE.com ",
                  phone="030 123456", channels="sms; email", tags=["VIP", "staff"])  # fmt: skip
    assert received(store, told) == Received(new=1, known=0)
    [row] = kept(store)
    assert row.closed_at == datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
    assert (row.received_at, row.taken_at, row.closing) == (NOW, None, 1)
    assert (row.email, row.phone, row.channels, row.tags) == (
        "Ann@example.com",
        "+4930123456",
        "sms,email",
        "VIP,staff",
    )
    assert row.email_key == address_key("ann@example.com")
    assert row.phone_key == address_key("+4930123456")


def test_the_same_report_again_changes_nothing(store: Store):
    received(store, report(), report("J-2"))
    same = report(closed_at=(NOW - 3 * HOUR).astimezone(), phone=None, channels=[], customer_name="  ")
    assert received(store, same, report("J-3"), at=NOW + HOUR) == Received(new=1, known=1)
    assert [row.external_id for row in kept(store)] == ["J-1", "J-2", "J-3"]
    assert kept(store)[0].received_at == NOW


def test_one_source_s_number_is_not_another_s(store: Store):
    assert received(store, report(source="crm"), report(source="helpdesk")) == Received(new=2, known=0)


def test_the_same_number_with_other_content_is_a_fault_and_nothing_is_taken(store: Store):
    received(store, report())
    told = received(store, report("J-2"), report(department="Plumbing"), report("J-1"))
    assert told == Received(new=0, known=1, faults=(Fault(1, "external_id", CONFLICT),))
    assert [row.department for row in kept(store)] == ["Heating"]


def test_partly_means_that_what_is_faultless_is_taken(store: Store):
    received(store, report())
    late = report("J-9", closed_at=NOW + HOUR)
    told = received(store, report("J-2"), report(department="Plumbing"), late, report("J-3"), partly=True)
    assert told == Received(new=2, known=0, faults=(
        Fault(1, "external_id", CONFLICT),
        Fault(2, "closed_at", "lies in the future; report a service after it was closed"),
    ))  # fmt: skip
    assert [row.external_id for row in kept(store)] == ["J-1", "J-2", "J-3"]


def test_a_list_may_name_a_service_twice_but_not_with_two_contents(store: Store):
    assert received(store, report(), report("J-2"), report()) == Received(new=2, known=1)
    told = received(store, report("J-3"), report("J-3", kind="ticket resolved"))
    assert told.faults == (Fault(1, "external_id", CONFLICT),)
    assert len(kept(store)) == 2


def test_a_source_s_clock_may_be_five_minutes_ahead_of_ours_and_no_more(store: Store):
    assert received(store, report("J-1", closed_at=NOW + timedelta(minutes=5))).new == 1
    assert received(store, report("J-2", closed_at=NOW + timedelta(minutes=5, microseconds=1))).faults


def test_a_service_that_was_reopened_may_be_closed_again_with_other_content(store: Store):
    first, again = report(), report(closed_at=NOW, department="Plumbing")
    received(store, first)
    assert reopened(store, at=NOW - HOUR)
    too_early = received(store, report(closed_at=NOW - 2 * HOUR))
    assert too_early.faults == (Fault(0, "closed_at", "is earlier than the time at which the service was reopened"),)
    assert received(store, first) == Received(new=0, known=1), "the old report once more says nothing new"
    assert received(store, again) == Received(new=1, known=0)
    assert received(store, again, first) == Received(new=0, known=2)
    assert [(row.closing, row.department) for row in kept(store)] == [(1, "Heating"), (2, "Plumbing")]


def test_opening_again_is_noted_once_and_only_of_the_last_closing(store: Store):
    received(store, report())
    assert not reopened(store, at=NOW - 4 * HOUR), "it had not been closed by then"
    assert reopened(store, at=NOW - 2 * HOUR)
    assert not reopened(store, at=NOW - HOUR)
    received(store, report(closed_at=NOW - timedelta(minutes=30)))
    assert reopened(store, at=NOW)
    assert [row.reopened_at for row in kept(store)] == [NOW - 2 * HOUR, NOW]


@pytest.mark.parametrize(("external_id", "source"), [("J-2", "crm"), ("J-1", "helpdesk")])
def test_a_service_that_was_never_closed_cannot_be_reopened(store: Store, external_id: str, source: str):
    received(store, report())
    with pytest.raises(UnknownService):
        reopened(store, external_id, source=source)


def test_more_reports_than_one_query_takes(store: Store):
    many = [report(f"J-{number}") for number in range(1200)]
    assert received(store, *many) == Received(new=1200, known=0)
    assert received(store, *reversed(many), report("J-new")) == Received(new=1, known=1200)


def test_an_empty_list_is_nothing(store: Store):
    assert received(store) == Received(new=0, known=0)


def test_an_inbox_that_fails_on_the_way_keeps_nothing(store: Store):
    def fails() -> None:
        with store.write() as db:
            receive(db, [report()], at=NOW)
            raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        fails()
    assert kept(store) == []


def at_once(store: Store, lists: Sequence[Sequence[ClosedService]], *, partly: bool = False) -> list[Received]:
    start = Barrier(len(lists))

    def send(reports: Sequence[ClosedService]) -> Received:
        start.wait()
        return received(store, *reports, partly=partly)

    with ThreadPoolExecutor(len(lists)) as threads:
        return list(threads.map(send, lists))


def test_the_same_services_sent_by_several_at_once_in_any_order_are_kept_once(store: Store):
    many = [report(f"J-{number:04}") for number in range(1200)]
    told = at_once(store, [many, many[::-1], many[500:] + many[:500], many])
    assert sum(one.new for one in told) == len(kept(store)) == 1200
    assert sum(one.known for one in told) == 3600
    assert [one.faults for one in told] == [()] * 4


def test_of_two_contents_sent_at_once_one_is_kept_and_the_other_is_told_as_a_fault(store: Store):
    told = at_once(store, [[report(f"J-{n}", department=name) for n in range(20)] for name in ("Heating", "Plumbing")],
                   partly=True)  # fmt: skip
    assert sum(one.new for one in told) == len(kept(store)) == 20
    assert sum(len(one.faults) for one in told) == 20
    assert Counter(row.department for row in kept(store)).total() == 20


def test_of_two_who_report_a_reopening_at_once_one_is_first(store: Store):
    received(store, report())
    start = Barrier(2)

    def tell(_: int) -> bool:
        start.wait()
        return reopened(store)

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(tell, range(2))) == [False, True]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("closed_at", "2026-10-25T02:30:00"),  # Berlin has that time twice
        ("region", "Bavaria"),
        ("timezone", "Berlin"),
        ("email", "ann@"),
        ("phone", "call her mobile"),
        ("customer_name", "Ann\nBcc: x@example.com"),
        ("channels", "fax"),
        ("colour", "red"),  # a misspelt field must not be silently without effect
        ("external_id", " "),
    ],
)
def test_a_report_that_cannot_be_meant_is_refused(field: str, value: str):
    with pytest.raises(ValidationError) as refused:
        report(**{field: value})
    assert {detail["loc"][0] for detail in refused.value.errors()} == {field}
