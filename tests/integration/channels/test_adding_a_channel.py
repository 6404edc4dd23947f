"""The page on adding a channel tells the truth: its adapter runs, and what it names is there."""

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

import policy
from channels.claims import Unguarded
from channels.protocol import Outcome
from channels.twilio_account import Credentials
from tests.integration.channels.faulty_server import Answer, Ending, FaultyServer
from tests.unit.channels.test_twilio_form import described, faults

ROOT = Path(policy.__file__).parent.parent
PAGE = (ROOT / "docs" / "adding-a-channel.md").read_text("utf-8")
ACCOUNT, TEMPLATE = "AC" + "0a" * 16, "HX" + "0b" * 16
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TAKEN = b'{"sid": "SM' + b"0c" * 16 + b'", "status": "queued"}'
NOT_OPTED_IN = b'{"code": 63016, "message": "no"}'
YES = Answer(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(TAKEN) + TAKEN)
NO = Answer(b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n" % len(NOT_OPTED_IN) + NOT_OPTED_IN)


@pytest.fixture
def adapter() -> Any:
    """The module of the page."""
    [code] = [block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if block.startswith("# channels/")]
    module = ModuleType("whatsapp_of_the_page")
    sys.modules[module.__name__] = module  # dataclasses look themselves up
    exec(compile(code, "docs/adding-a-channel.md", "exec"), vars(module))
    yield module
    del sys.modules[module.__name__]


def test_the_adapter_of_the_page_sends(adapter: Any, serve: Callable[..., FaultyServer]) -> None:
    server = serve(YES, NO, Answer(b"", Ending.CLOSE))
    provider = adapter.WhatsApp(
        server.url, Credentials(ACCOUNT, ACCOUNT, SecretStr("a-token")), sender="+493023125000",
        status_url="https://care.example.org/hooks/twilio/status", timeout_s=5, now=lambda: NOW,
    )  # fmt: skip
    values = {"1": "Ann", "2": "https://care.example.org/s/abc"}
    good = {"to": "+491701234567", "template": TEMPLATE, "values": values, "try_for_s": 3600}
    messages = [adapter.TemplateMessage(ref=f"m{number}", **good) for number in range(4)]
    messages.append(adapter.TemplateMessage(ref="m4", **good | {"to": "0170"}))
    receipts = provider.send(messages, claim=Unguarded(lambda ref: ref != "m3"), in_flight=1)
    assert [(receipt.outcome, receipt.code) for receipt in receipts] == [
        (Outcome.ACCEPTED, "201"),
        (Outcome.REJECTED, "63016"),
        (Outcome.UNKNOWN, "lost"),
        (Outcome.WITHHELD, "withheld"),
        (Outcome.REJECTED, "number"),
    ]
    form = {name: value[0] for name, value in parse_qs(server.requests[0].partition(b"\r\n\r\n")[2].decode()).items()}
    assert form["To"] == "whatsapp:+491701234567"
    assert form["StatusCallback"].endswith("/m0")
    described("urn:twilio#")
    assert faults(form) == []


def test_what_the_page_names_is_there() -> None:
    for name in set(re.findall(r"`((?:channels|tasks|config|policy|models|tests)/[\w/]+\.py)`", PAGE)):
        assert (ROOT / name).exists(), name
    for file, name in (
        ("channels/protocol.py", "class Provider"),
        ("tasks/letter.py", "def _to_customer"),
        ("tasks/letter.py", "def _try_for_s"),
        ("tasks/channels.py", "spare=timedelta(minutes=3)"),
        ("policy/eligibility.py", "def _ladder"),
        ("models/report.py", "Channels ="),
    ):
        assert name in (ROOT / file).read_text("utf-8"), (file, name)
