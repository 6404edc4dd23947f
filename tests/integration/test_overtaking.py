"""Two transactions at once, in threads: whichever is second sees what the first one did."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from pathlib import Path
from threading import Barrier
from threading import Event as Signal

import pytest
from sqlalchemy import Connection

from models.answers import Said, record
from models.deliveries import stop_channel, stopped_until
from models.tables import cases
from tasks.ladder import work_ladder
from tasks.open_cases import open_cases
from tasks.place import Place
from tasks.records import check_records
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import use_policy
from vocabulary import Channel, Disposition, Event, Stage


@pytest.fixture
def days(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    """Monday, 14:00 in Berlin."""
    use_policy(monkeypatch, tmp_path)
    return Days(berlin("2026-10-05 14:00"))


def report(days: Days, services: int) -> None:
    for number in range(services):
        days.report(f"J-{number}", closed=days.now - timedelta(hours=4), email=f"c{number}@example.com")


def test_two_workers_whose_channel_is_stopped_at_once_both_write_it_down(days: Days):
    start, pause = Barrier(3), timedelta(minutes=15)

    def stop(_: int) -> None:
        start.wait()
        with days.here.store.write() as db:
            stop_channel(db, Channel.EMAIL, "401", days.now, pause=pause)

    for _ in range(5):
        days.now += pause
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(stop, range(3)))
        with days.here.store.read() as db:
            assert stopped_until(db, Channel.EMAIL) == days.now + pause


def test_of_two_services_of_one_person_opened_at_once_one_is_asked_about(days: Days):
    persons = range(12)
    for person, number in product(persons, range(2)):
        days.report(f"J-{number}-{person}", closed=days.now - timedelta(hours=4), email=f"c{person}@example.com")
    start = Barrier(2)

    def open_one_by_one(number: int) -> None:
        for person in persons:
            start.wait()
            open_cases.fn([1 + 2 * person + number], days.now)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(open_one_by_one, range(2)))
    assert Counter(case.disposition for case in days.rows(cases)) == {None: 12, Disposition.SUPPRESSED: 12}


def overtaken(days: Days, first: Callable[[Connection], object], second: Callable[[], object]) -> None:
    """`second` begins while the transaction of `first` has written but is not committed."""
    begun = Signal()

    def follow() -> None:
        begun.set()
        second()

    with ThreadPoolExecutor(1) as threads:
        with days.here.store.write() as db:
            first(db)
            after: Future[None] = threads.submit(follow)
            begun.wait()
            time.sleep(0.3)  # it runs into what the first one holds
        after.result(timeout=60)


def says(days: Days, rating: int, escalation_id: int | None = None) -> Callable[[Connection], object]:
    said = Said(nonce="n", channel=Channel.EMAIL, rating=rating, comment=None, contact_me=False)
    kept = timedelta(hours=72)
    return lambda db: record(db, 1, said, at=days.now, change_for=kept, escalation_id=escalation_id)


def test_an_answer_that_comes_while_the_wait_for_it_ends_is_heard(days: Days):
    report(days, 1)
    days.live(hours=1)
    days.answer(days.letters()[0], rating=1)
    days.live(hours=1)
    days.resolve()
    days.live(hours=50)
    days.now = days.escalation().recovery_until
    overtaken(days, says(days, rating=1, escalation_id=1), lambda: work_ladder.fn([1], days.now))
    days.live(minutes=1)
    assert days.case().stage == Stage.ESCALATED


def test_an_answer_that_comes_while_the_record_is_sealed_keeps_it_open(days: Days):
    report(days, 1)
    days.live(hours=1)
    days.answer(days.letters()[0], rating=5)
    days.sweep()
    days.now = days.case().next_at
    overtaken(days, says(days, rating=1), lambda: check_records.fn([1], days.now))
    assert (days.case().stage, days.case().seal) == (Stage.ANSWERED, None)
    days.live(minutes=1)
    assert days.case().stage == Stage.ESCALATED


def test_two_answers_at_once_are_two_versions(days: Days):
    report(days, 1)
    days.live(hours=1)
    start = Barrier(6)

    def say(number: int) -> int:
        said = Said(nonce=f"n{number // 2}", channel=Channel.EMAIL, rating=5, comment=None, contact_me=False)
        start.wait()
        with days.here.store.write() as db:
            return record(db, 1, said, at=days.now, change_for=timedelta(hours=72)).version

    with ThreadPoolExecutor(6) as threads:
        versions = sorted(threads.map(say, range(6)))
    assert versions == [1, 1, 2, 2, 3, 3]  # every page was sent twice
    assert len(days.entries(Event.ANSWER_RECEIVED)) == 3
