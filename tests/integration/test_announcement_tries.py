"""Announcements that are not taken: tried again with the same number, rested, given up; nothing is lost."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from channels.pinned import AT_ONCE
from models.announcements import resume
from models.tables import target_states
from tasks.announcements import claim_announcements, send_announcements, tidy_announcements
from tasks.place import Place
from tests import seed
from tests.integration.channels.faulty_server import Answer, Ending
from tests.outbound import BROKEN, BUSY, GONE, NOW, WHO, YES, Serve, deliver, ids, receiver, rows, told
from vocabulary import Delivery

__all__ = ["receiver"]

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("status", [BROKEN, "302 Found", "400 Bad Request"])
def test_what_is_not_taken_is_tried_again_with_the_same_number_and_given_up_after_three_days(
    place: Place, receiver: Serve, status: str
):
    server = receiver(status)
    seed.escalated(place)
    now, waits = NOW, []
    while True:
        deliver(now)
        [row] = rows()
        if row.state != Delivery.DUE:
            break
        waits.append(round((row.due_at - now) / MINUTE))
        now = row.due_at
    assert waits == [1, 5, 30, 120, 300, 600, 840, 1200, 1440]
    assert (row.state, row.settled_at) == (Delivery.REJECTED, now)
    assert len(set(ids(server))) == 1
    assert len({json.dumps(each) for each in told(server)}) == 1
    assert len(server.quiet().requests) == row.attempts == 10
    assert rows(target_states) == []


def test_a_second_try_is_the_same_webhook(place: Place, receiver: Serve):
    server = receiver(BROKEN, YES)
    seed.escalated(place)
    assert deliver() == {"announcements delayed": 1}
    assert deliver(NOW + MINUTE) == {"announced": 1}
    assert ids(server) == [rows()[0].ref] * 2


def test_a_target_that_is_gone_gets_nothing_more_until_it_is_tested(place: Place, receiver: Serve):
    server = receiver(GONE, YES)
    seed.escalated(place)
    assert deliver() == {"announcements given up": 1}
    [state] = rows(target_states)
    assert (state.target, state.code, state.try_again_at) == ("crm", "410", None)
    seed.escalated(place)
    assert deliver(NOW + timedelta(days=30)) == {"announcements withdrawn": 1}
    assert [(row.state, row.code) for row in rows()] == [(Delivery.REJECTED, "410"), (Delivery.WITHDRAWN, "gone")]
    assert len(server.quiet().requests) == 1
    with place.store.write() as db:
        resume(db, "crm")
    seed.escalated(place)
    assert deliver(NOW + timedelta(days=31)) == {"announced": 1}


def test_a_target_that_does_not_know_us_rests_and_spends_no_attempt(place: Place, receiver: Serve):
    server = receiver(WHO)
    for _ in range(6):
        seed.escalated(place)
    deliver()
    first = len(server.quiet().requests)
    assert first <= AT_ONCE  # those under way; the others were not begun
    assert {(row.state, row.attempts) for row in rows()} == {(Delivery.DUE, 0)}
    assert deliver(NOW + timedelta(minutes=14)) == {}
    assert len(server.quiet().requests) == first
    server.script = [Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    assert deliver(NOW + timedelta(minutes=15)) == {"announced": 6}  # one tries, and the others follow
    assert len(server.quiet().requests) == first + 6
    assert rows(target_states) == []


def test_a_stopped_target_is_tried_with_one_announcement_each_quarter_of_an_hour(place: Place, receiver: Serve):
    server = receiver(WHO)
    for _ in range(3):
        seed.escalated(place)
    deliver()
    first = len(server.quiet().requests)
    for quarter in range(1, 5):
        deliver(NOW + timedelta(minutes=15 * quarter))
        assert len(server.quiet().requests) == first + quarter
    [state] = rows(target_states)
    assert (state.stopped_at, state.try_again_at) == (NOW, NOW + timedelta(minutes=75))
    deliver(NOW + timedelta(hours=77))
    assert {(row.state, row.code) for row in rows()} == {(Delivery.REJECTED, "given up")}


def test_a_target_that_breaks_while_it_is_tried_rests_on(place: Place, receiver: Serve):
    server = receiver(*[WHO] * 4, BROKEN)
    for _ in range(6):
        seed.escalated(place)
    deliver()
    before = len(server.quiet().requests)
    deliver(NOW + timedelta(minutes=15))
    assert len(server.quiet().requests) == before + 1


def test_the_time_that_a_busy_target_names_is_kept(place: Place, receiver: Serve):
    server = receiver(BUSY, YES, header="Retry-After: 300")
    seed.escalated(place)
    deliver()
    assert (rows()[0].due_at, rows()[0].attempts) == (NOW + timedelta(minutes=5), 0)
    assert deliver(NOW + timedelta(minutes=4)) == {}
    assert deliver(NOW + timedelta(minutes=5)) == {"announced": 1}
    assert len(server.quiet().requests) == 2


def test_one_target_that_is_down_holds_up_none_of_the_others(place: Place, receiver: Serve):
    down, well = receiver(WHO, name="A_DOWN"), receiver(YES, name="WELL")
    for _ in range(3):
        seed.escalated(place)
    deliver()
    assert len(told(well)) == 3
    assert 1 <= len(down.quiet().requests) <= 3


def test_what_a_lost_worker_held_is_sent_by_the_next_one(place: Place, receiver: Serve):
    server = receiver(YES)
    seed.escalated(place)
    lost = claim_announcements.fn(NOW)
    assert lost is not None
    assert claim_announcements.fn(NOW) is None
    later = NOW + timedelta(minutes=3)
    assert deliver(later) == {"announced": 1}
    assert send_announcements.fn(lost, later) == {}  # it comes back too late
    assert len(server.quiet().requests) == 1


def test_a_worker_that_comes_back_in_the_middle_writes_nothing(place: Place, receiver: Serve):
    receiver(BROKEN, YES)
    seed.escalated(place)
    lost = claim_announcements.fn(NOW) or ""
    tidy_announcements.fn(NOW + timedelta(minutes=3))
    owner = claim_announcements.fn(NOW + timedelta(minutes=3)) or ""
    assert send_announcements.fn(lost, NOW + timedelta(minutes=3)) == {}
    assert send_announcements.fn(owner, NOW + timedelta(minutes=3)) == {"announcements delayed": 1}


def test_a_target_that_left_the_settings_is_owed_nothing(
    place: Place, receiver: Serve, monkeypatch: pytest.MonkeyPatch
):
    server = receiver(YES)
    seed.escalated(place)
    with without_targets(monkeypatch):
        assert deliver() == {"announcements withdrawn": 1}
    assert deliver() == {}
    assert (rows()[0].state, rows()[0].code) == (Delivery.WITHDRAWN, "no such target")
    assert server.quiet().requests == []


@contextmanager
def without_targets(patch: pytest.MonkeyPatch) -> Iterator[None]:
    with patch.context() as inner:
        for part in ("URL", "SECRET"):
            inner.delenv(f"AFTERCARE_WEBHOOKS__CRM__{part}")
        yield


def test_an_answer_that_nobody_understands_spends_an_attempt(place: Place, receiver: Serve):
    server = receiver(YES)
    server.script = [Answer(b"no HTTP\r\n\r\n", Ending.CLOSE)]
    seed.escalated(place)
    assert deliver() == {"announcements delayed": 1}
    assert (rows()[0].code, rows()[0].attempts) == ("lost", 1)
