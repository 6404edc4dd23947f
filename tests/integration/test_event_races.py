"""Posts about the same messages at the same time, from several processes: none overlooks what another one tells."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from channels.sendgrid_events import read_events
from models.store import Store
from models.tables import entries, messages, provider_events
from tests import seed
from tests.event_storm import Storm
from tests.providers import event
from tests.signing import events_body
from vocabulary import Channel, Delivery, Event
from web.news import take_in

MAILS, WORKERS = 24, 6
NOW = seed.ASKED_AT + timedelta(hours=1)


def test_what_is_told_at_the_same_time_is_merged(store: Store):
    storm = Storm(MAILS)
    storm.fill(store)
    with store.read() as db:
        rows = list(db.execute(select(messages)))
    told = [event(kind, seed.ASKED_AT, row) for row in rows for kind in ("processed", "delivered", "bounce")]
    posts = [post for turn in range(3) for post in _posts(told, Random(turn))]

    def post(events: list[dict[str, Any]]) -> int:
        with store.write() as db:
            return take_in(db, "sendgrid", read_events(events_body(events), NOW), Channel.EMAIL, at=NOW).new

    with ThreadPoolExecutor(WORKERS) as pool:
        new = sum(pool.map(post, posts))
    with store.read() as db:
        states = [row.state for row in db.execute(select(messages))]
        failed = db.execute(select(entries).where(entries.c.event == Event.MESSAGE_FAILED)).all()
        kept = db.execute(select(provider_events)).all()
    assert states == [Delivery.FAILED] * MAILS
    assert len(failed) == MAILS, "told once each"
    assert new == len(kept) == len(told)


def _posts(told: list[dict[str, Any]], random: Random) -> list[list[dict[str, Any]]]:
    shuffled = random.sample(told, len(told))
    return [shuffled[start : start + 7] for start in range(0, len(shuffled), 7)]
