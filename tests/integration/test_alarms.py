"""Alarms in both databases: raised once, passed on once, taken by one, whoever else does the same at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from casework.alarms import Reported, end_alarm, pass_alarms_on, raise_alarm, take_alarm
from models.alarms import AlarmError, due_alarms, find, listed, on_call, open_in
from models.duty import NewShift, add_shifts
from models.senders import cases_by_id
from models.tables import alarms, messages
from tasks.place import Place
from tests import seed
from vocabulary import Channel, Danger, Delivery

AT = seed.ANSWERED_AT
QUARTER = timedelta(minutes=15)
RIVALS = 3


def at_once(deed: Callable[[int], bool]) -> int:
    """How many of the rivals did it."""
    start = Barrier(RIVALS)

    def one(number: int) -> bool:
        start.wait()
        return deed(number)

    with ThreadPoolExecutor(RIVALS) as threads:
        return sum(threads.map(one, range(RIVALS)))


def rows(place: Place, table: object) -> list:
    with place.store.read() as db:
        return list(db.execute(table.select()))  # type: ignore[attr-defined]


def due(place: Place, after: timedelta) -> list[int]:
    return [id for batch in due_alarms(place.store, AT + after, size=2) for id in batch]


def pass_on(place: Place, ids: list[int], after: timedelta) -> int:
    with place.store.write() as db:
        return pass_alarms_on(db, ids, rules=place.policy.rules, at=AT + after)


def test_what_is_reported_twice_at_once_is_raised_once(place: Place):
    case = seed.asked(place)
    reported = Reported(dangers=(Danger.GAS,), source="reply:1", received_at=AT, channel=Channel.EMAIL)

    def report(_: int) -> bool:
        with place.store.write() as db:
            [row] = cases_by_id(db, [case.case_id])
            return raise_alarm(db, reported, row, rules=place.policy.rules, at=AT) is not None

    assert at_once(report) == 1
    assert len(rows(place, alarms)) == 1
    told = [row.key for row in rows(place, messages) if row.key.startswith("alarm:")]
    assert sorted(told) == ["alarm:1:0:email", "alarm:1:advice"]


def test_it_is_due_when_its_time_has_come_and_passed_on_once_by_several_sweeps(place: Place):
    numbers = [seed.alarm(place, seed.asked(place).case_id) for _ in range(3)]
    assert due(place, QUARTER - timedelta(seconds=1)) == []
    assert due(place, QUARTER) == numbers
    assert at_once(lambda _: pass_on(place, numbers, QUARTER) == len(numbers)) == 1
    assert {(row.rung, row.next_at) for row in rows(place, alarms)} == {(1, AT + 2 * QUARTER)}
    assert due(place, QUARTER) == []


def test_what_is_taken_or_ended_is_not_passed_on(place: Place):
    taken, ended, left = (seed.alarm(place, seed.asked(place).case_id) for _ in range(3))
    with place.store.write() as db:
        take_alarm(db, taken, by="Nadia", at=AT)
        end_alarm(db, ended, "false alarm", by="Tom", at=AT)
    assert due(place, QUARTER) == [left]
    assert pass_on(place, [taken, ended, left], QUARTER) == 1


def test_one_of_several_takes_it(place: Place):
    number = seed.alarm(place, seed.asked(place).case_id)

    def take(person: int) -> bool:
        try:
            with place.store.write() as db:
                take_alarm(db, number, by=f"person {person}", at=AT)
        except AlarmError:
            return False
        return True

    assert at_once(take) == 1
    assert rows(place, alarms)[0].taken_by.startswith("person ")


def test_who_ends_an_alarm_that_nobody_has_taken_has_taken_it(place: Place):
    number = seed.alarm(place, seed.asked(place).case_id)
    with place.store.write() as db:
        end_alarm(db, number, "false alarm", by="Tom", at=AT)
    [row] = rows(place, alarms)
    assert (row.taken_by, row.ended_by, row.next_at, row.outcome) == ("Tom", "Tom", None, "false alarm")
    with place.store.write() as db, pytest.raises(AlarmError, match="is over: Tom"):
        end_alarm(db, number, "again", by="Nadia", at=AT)


def test_an_alarm_that_is_none_is_refused_with_what_to_do(place: Place):
    for deed in (lambda db: find(db, 9), lambda db: take_alarm(db, 9, by="Tom", at=AT)):
        with place.store.write() as db, pytest.raises(AlarmError, match="there is no alarm 9"):
            deed(db)


@pytest.mark.parametrize(
    ("email", "sms", "goes_on"),
    [
        (Delivery.FAILED, None, True),
        (Delivery.REJECTED, None, True),
        (Delivery.FAILED, Delivery.FAILED, True),
        (Delivery.FAILED, Delivery.ACCEPTED, False),
        (Delivery.FAILED, Delivery.DUE, False),
        (Delivery.DELIVERED, Delivery.REJECTED, False),
        (Delivery.UNKNOWN, None, False),
        (Delivery.DUE, None, False),
    ],
)
def test_it_goes_on_before_its_time_when_whoever_was_told_cannot_be_reached(
    place: Place, email: Delivery, sms: Delivery | None, *, goes_on: bool
):
    phone = "+4915112345678" if sms else None
    shift = NewShift(department="Heating", name="Nadia", email="n@staff.example.com", phone=phone, starts_at=AT,
                     ends_at=AT + timedelta(days=1))  # fmt: skip
    with place.store.write() as db:
        add_shifts(db, [shift], by="Marek")
    number = seed.alarm(place, seed.asked(place).case_id)
    with place.store.write() as db:
        for channel, state in (("email", email), ("sms", sms)):
            if state:
                db.execute(messages.update().where(messages.c.key == f"alarm:1:0:{channel}").values(state=state))
    assert due(place, timedelta(minutes=1)) == ([number] if goes_on else [])
    assert pass_on(place, [number], timedelta(minutes=1)) == goes_on


def test_people_see_the_alarms_of_their_departments_and_those_of_nobody(place: Place):
    heating = seed.alarm(place, seed.asked(place).case_id)
    windows = seed.alarm(place, seed.asked(place, department="Windows").case_id)
    reported = Reported(dangers=(Danger.FIRE,), source="reply:9", received_at=AT, channel=Channel.SMS, number="+4915")
    with place.store.write() as db:
        nobodys = raise_alarm(db, reported, None, rules=place.policy.rules, at=AT)
    with place.store.read() as db:
        assert [row.id for row in open_in(db, {"Heating"})] == [heating, nobodys]
        assert [row.id for row in open_in(db, {"*"})] == [heating, windows, nobodys]
        assert [row.id for row in open_in(db, set())] == [nobodys]
        assert [row.id for row in listed(db)] == [heating, windows, nobodys]


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("shifts", "who"),
    [
        ([], None),
        ([("Heating", -1, 1)], "0"),
        ([("*", -1, 1), ("Heating", -2, 2)], "1"),
        ([("Heating", -2, 2), ("Heating", -1, 1)], "1"),
        ([("Windows", -1, 1)], None),
        ([("Heating", -2, 0)], None),
        ([("Heating", 0, 1)], "0"),
        ([("*", -1, 1)], "0"),
    ],
)
def test_who_is_on_call(place: Place, shifts: list[tuple[str, int, int]], who: str | None):
    new = [NewShift(department=department, name=str(number), email="n@example.com", phone=None,
                    starts_at=AT + starts * HOUR, ends_at=AT + ends * HOUR)
           for number, (department, starts, ends) in enumerate(shifts)]  # fmt: skip
    with place.store.write() as db:
        add_shifts(db, new, by="Marek")
    with place.store.read() as db:
        found = on_call(db, "Heating", AT)
    assert (found and found.name) == who
