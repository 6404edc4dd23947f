"""SMS as their readers have them: what lies in the outbox folder, and a Twilio that answers as a test says."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select

from models.tables import messages
from tests.acceptance.days import Days, Letter
from tests.integration.channels.faulty_server import Answer, FaultyServer

MOBILE, LANDLINE = "+491701234567", "+493023125417"
YES = ("201 Created", {"sid": "SM" + "0c" * 16, "status": "queued"})
NOT_A_MOBILE = ("400 Bad Request", {"code": 21614, "message": "'To' number is not a valid mobile number"})
STOPPED_BEFORE = ("400 Bad Request", {"code": 21610, "message": "Attempt to send to unsubscribed recipient"})
BAD_TOKEN = ("401 Unauthorized", {"code": 20003, "message": "Authenticate"})

StartTwilio = Callable[..., FaultyServer]


def texts(days: Days) -> list[Letter]:
    """The SMS in the outbox folder, oldest first."""
    with days.here.store.read() as db:
        rows = {row.ref: row for row in db.execute(select(messages))}
    found = []
    for path in sorted(days.here.settings.outbox.glob("*.txt")):
        head, _, body = path.read_text("utf-8").partition("\n\n")
        stamp, _, ref = path.stem.partition("-")
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
        found.append(Letter(rows[ref], at, head.splitlines()[0].removeprefix("To: "), body))
    return sorted(found, key=lambda text: (text.at, text.row.id))


def forms(server: FaultyServer) -> list[dict[str, str]]:
    """What Twilio was asked for."""
    bodies = (request.partition(b"\r\n\r\n")[2].decode() for request in server.requests)
    return [{name: values[0] for name, values in parse_qs(body).items()} for body in bodies]


@pytest.fixture
def start_twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[StartTwilio]:
    """`start_twilio(NOT_A_MOBILE, YES)`: its answers to the first request and to all that follow."""
    servers: list[FaultyServer] = []

    def start(*answers: tuple[str, object]) -> FaultyServer:
        script = []
        for status, told in answers:
            body = json.dumps(told).encode()
            script.append(Answer(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body))
        servers.append(FaultyServer(script))
        monkeypatch.setenv("AFTERCARE_SMS", "twilio")
        monkeypatch.setenv("AFTERCARE_TWILIO_URL", servers[-1].url)
        monkeypatch.setenv("AFTERCARE_TWILIO_ACCOUNT_SID", "AC" + "0a" * 16)
        monkeypatch.setenv("AFTERCARE_TWILIO_AUTH_TOKEN", "only-a-test")
        monkeypatch.setenv("AFTERCARE_TWILIO_FROM", "+493023125000")
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
