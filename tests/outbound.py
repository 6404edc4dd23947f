"""Targets of announcements on this machine, and the outbox that tells them."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

import channels.pinned
from models.escalations import resolve
from models.tables import announcements
from tasks.announcements import claim_announcements, send_announcements, tidy_announcements
from tasks.place import Place
from tasks.place import place as here
from tasks.tally import Tally
from tests import seed
from tests.integration.channels.faulty_server import PATIENCE_S, Answer, FaultyServer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
YES, GONE, WHO, BUSY, BROKEN = "200 OK", "410 Gone", "401 Unauthorized", "429 Too Many Requests", "500 Broken"
NOW = seed.ANSWERED_AT
Serve = Callable[..., FaultyServer]


@pytest.fixture
def receiver(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """`receiver(BUSY, YES)`: a target "crm" of webhooks with these answers to the first request and to the others.

    Its answers are waited for however busy the machine is: one that came too late would be another test.
    """
    unhurried(monkeypatch)
    servers: list[FaultyServer] = []

    def start(*statuses: str, header: str = "X-Of: test", name: str = "CRM", **settings: str) -> FaultyServer:
        script = [Answer(f"HTTP/1.1 {status}\r\n{header}\r\nContent-Length: 0\r\n\r\n".encode()) for status in statuses]
        servers.append(FaultyServer(script))
        target(monkeypatch, name, servers[-1].url, **settings)
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def unhurried(patch: pytest.MonkeyPatch) -> None:
    for limit in ("REQUEST_S", "LOOK_UP_S"):
        patch.setattr(channels.pinned, limit, PATIENCE_S)


def target(patch: pytest.MonkeyPatch, name: str, url: str, **settings: str) -> None:
    given = {"URL": url, "SECRET": SECRET} | settings
    patch.setenv("AFTERCARE_OUTBOUND_LOOPBACK", "true")
    for part, value in given.items():
        patch.setenv(f"AFTERCARE_WEBHOOKS__{name}__{part}", value)


def rows(table: Any = announcements) -> list[Any]:
    with here().store.read() as db:
        return list(db.execute(select(table).order_by(*table.primary_key.columns)))


def deliver(now: datetime = NOW) -> Tally:
    tally = tidy_announcements.fn(now)
    while (owner := claim_announcements.fn(now)) is not None:
        tally += send_announcements.fn(owner, now)
    return +tally


def told(server: FaultyServer) -> list[dict[str, Any]]:
    return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.quiet().requests]


def ids(server: FaultyServer) -> list[str]:
    found = []
    for request in server.quiet().requests:
        found += [
            line.partition(b": ")[2].decode() for line in request.split(b"\r\n") if line.startswith(b"webhook-id")
        ]
    return found


def resolved(seeded: seed.Seeded) -> None:
    with here().store.write() as db:
        resolve(db, seeded.escalation_id or 0, by="Petra Lindqvist", root_cause="workmanship",
                action="The gas valve was replaced and checked.", known_causes=["workmanship"],
                ask_after=timedelta(hours=48), at=seed.RESOLVED_AT)  # fmt: skip
