"""Posts that queue share a transaction, each is answered once, and one that fails does not take others along."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest

from channels.report import Report
from vocabulary import Channel
from web import turns
from web.news import TakenIn

NOW = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
POSTS = 60


class Transactions:
    """In place of a store: counts transactions. The first waits until it is let go, so that others queue behind it."""

    def __init__(self) -> None:
        self.begun, self.go = 0, Event()

    @contextmanager
    def write(self) -> Iterator[None]:
        self.begun += 1
        self.go.wait(60)
        yield


def report(name: str) -> Report:
    return Report(event_id=name, kind="processed", news=None, happened_at=NOW)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was taken in, by transaction. A report named "bad" is more than the store can bear."""
    found: list[list[str]] = []

    def take(_db: Any, _provider: str, reports: Any, _channel: Channel, *, at: datetime) -> TakenIn:
        names = [one.event_id for one in reports]
        if "bad" in names:
            raise RuntimeError("bad")
        found.append(names)
        return TakenIn(new=len(names), failed=0)

    monkeypatch.setattr(turns, "take_in", take)
    return found


def test_posts_that_wait_go_together_and_each_is_taken_once(taken: list[list[str]]):
    store = Transactions()
    queue = turns.Turns(store, "sendgrid", Channel.EMAIL)  # type: ignore[arg-type]
    with ThreadPoolExecutor(POSTS) as pool:
        first = pool.submit(queue.take_in, [report("first")], NOW)
        while not store.begun:
            pass
        posts = [pool.submit(queue.take_in, [report(f"e{number}")], NOW) for number in range(POSTS - 1)]
        while len(queue._waiting) < POSTS - 1:
            pass
        store.go.set()
        assert all(post.result(10) for post in [first, *posts])
    assert sorted(name for names in taken for name in names) == sorted(["first", *(f"e{n}" for n in range(POSTS - 1))])
    assert store.begun == 1 + (POSTS - 1 + 19) // 20


def test_one_that_fails_fails_alone(taken: list[list[str]]):
    store = Transactions()
    queue = turns.Turns(store, "sendgrid", Channel.EMAIL)  # type: ignore[arg-type]
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(queue.take_in, [report("first")], NOW)
        while not store.begun:
            pass
        others = [pool.submit(queue.take_in, [report(name)], NOW) for name in ("a", "bad", "b")]
        while len(queue._waiting) < 3:
            pass
        store.go.set()
        assert first.result(10).new == 1
        assert [others[0].result(10).new, others[2].result(10).new] == [1, 1]
        with pytest.raises(RuntimeError):
            others[1].result(10)
    assert sorted(name for names in taken for name in names) == ["a", "b", "first"]
