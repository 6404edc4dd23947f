"""The web application as tests use it: over a real store, with a clock that they set and a bell that they can read."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from models.store import Store
from tasks.place import Place
from tests import seed
from web.app import create_app
from web.bell import Sound

TWILIO_TOKEN = "a token of Twilio"
INBOUND_SECRET = "k3v7q2m5x4c6b7n3z5l2p6r4t7w3y5d4"
BROWSER = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
    "accept-language": "en-US,en;q=0.9",
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "navigate",
    "sec-fetch-user": "?1",
    "sec-fetch-dest": "document",
}
"""What Chromium sends when a person presses a button."""
SECRET = "whsec_" + base64.b64encode(b"a secret of the source system, 32").decode()


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Recorder:
    """A bell that writes down what it was rung for."""

    sounds: list[Sound] = field(default_factory=list)

    def ring(self, sound: Sound) -> None:
        self.sounds.append(sound)


@dataclass
class Site:
    place: Place
    app: FastAPI
    client: TestClient
    clock: Clock
    bell: Recorder

    @property
    def store(self) -> Store:
        return self.place.store

    def open(self, token: str, query: str = "") -> str:
        """The form behind a link, as a browser shows it; then somebody takes their time to read it."""
        answer = self.client.get(f"/s/{token}{query}")
        assert answer.status_code == 200, answer.status_code
        self.clock.tick(seconds=20)
        return answer.text

    def answer(self, token: str, **fields: Any) -> Any:
        """Open the form, fill in the fields, press the button."""
        return self.press(token, nonce_in(self.open(token)), **fields)

    def press(self, token: str, nonce: str, **fields: Any) -> Any:
        return self.client.post(f"/s/{token}", data={"nonce": nonce, **fields})

    def report(self, path: str, body: Any, **changes: Any) -> Any:
        """Post a signed body to the intake: bytes as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json", **signature(raw, self.clock.now, **changes)}
        return self.client.post(path, content=raw, headers=headers)


def make_site(place: Place, now: datetime = seed.ASKED_AT + timedelta(hours=1), **more: Any) -> Site:
    """`more`: settings that differ from those of the place."""
    settings = place.settings.model_copy(
        update={
            "intake_secrets": (SecretStr(SECRET),),
            "inbound_secret": SecretStr(INBOUND_SECRET),
            "twilio_auth_token": SecretStr(TWILIO_TOKEN),
            **more,
        }
    )
    clock, bell = Clock(now), Recorder()
    app = create_app(settings, place.store, clock, bell)
    return Site(place, app, TestClient(app, headers=BROWSER), clock, bell)


def signature(body: bytes, at: datetime, *, secret: str = SECRET, id: str = "msg_1") -> dict[str, str]:
    """The headers of a Standard Webhook, made independently of our verifier."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = base64.b64encode(hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    return {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signed}"}


def nonce_in(page: str) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page)
    assert found, "there is no form"
    return unescape(found[1])


def checked_in(page: str) -> list[str]:
    """The ids of the fields that are ticked."""
    return re.findall(r'id="([\w-]+)"[^>]* checked', page)


def comment_in(page: str) -> str:
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert found, "there is no form"
    return unescape(found[1])


def words_in(page: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
