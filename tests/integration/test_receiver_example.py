"""The receiver in docs/operating.md, as somebody would copy it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

import policy
from tasks.ladder import work_ladder
from tasks.place import Place
from tests import seed
from tests.integration.channels.faulty_server import FaultyServer
from tests.outbound import SECRET, YES, Serve, deliver, receiver

__all__ = ["receiver"]

GUIDE = Path(policy.__file__).parent.parent / "docs" / "operating.md"


def example(folder: Path) -> Any:
    """Its function `take`, with a secret and a place for its file."""
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert "whsec_…" in code
    names: dict[str, Any] = {}
    exec(code.replace("whsec_…", SECRET).replace("seen.db", str(folder / "seen.db")), names)
    return names["take"], names["seen"]


def posts(server: FaultyServer) -> list[tuple[dict[str, str], bytes]]:
    found = []
    for request in server.quiet().requests:
        head, _, body = request.partition(b"\r\n\r\n")
        pairs = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
        found.append(({name.lower(): value for name, _, value in pairs}, body))
    return found


def test_it_takes_what_we_send_heeds_each_once_and_refuses_what_was_changed(
    place: Place, receiver: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    server = receiver(YES)
    seeded = seed.escalated(place)
    work_ladder.fn([seeded.escalation_id], seed.ANSWERED_AT + timedelta(hours=24))
    deliver(datetime.now(UTC))
    take, seen = example(tmp_path)
    for headers, body in posts(server) * 2:
        take(headers, body)
        with pytest.raises(WebhookVerificationError):
            take(headers, body.replace(b"Heating", b"Plumbing"))
    seen.close()
    assert capsys.readouterr().out.splitlines() == [
        f"late: http://127.0.0.1:8000/console/concerns/{seeded.escalation_id}"
    ]
