"""SendGrid and Twilio as they post to us: signed, about messages that a store holds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Row, select

from models.tables import messages
from tasks.place import Place
from tests import seed
from tests.asgi import Reply, request
from tests.signing import ACCOUNT, TOKEN, SendGridKey, events_body, status_body, twilio_signature
from tests.web_site import Clock, Site, make_site

_NUMBERS = count(1)
KEY = SendGridKey()


@dataclass
class Providers:
    """Both providers, and the application that they post to."""

    site: Site
    key: SendGridKey = field(default_factory=lambda: KEY)

    @property
    def clock(self) -> Clock:
        return self.site.clock

    def tell(self, *events: dict[str, Any], **headers: str) -> Reply:
        """One signed post of SendGrid's."""
        body = events_body(events)
        return self.post(b"/hooks/sendgrid/events", body, self.key.headers(body, self.clock.now) | headers)

    def callback(self, ref: str, status: str, *, error: str | None = None, **more: str) -> Reply:
        """One signed callback of Twilio's."""
        body, path = status_body(status, error=error, **more), f"/hooks/twilio/status/{ref}"
        signature = twilio_signature(f"{self.site.place.settings.web_url}{path}", body)
        return self.post(path.encode(), body, {"x-twilio-signature": signature})

    def post(self, path: bytes, body: bytes, headers: dict[str, str]) -> Reply:
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        return request(self.site.app, "POST", path, b"", pairs, body)


def make_providers(place: Place, now: datetime = seed.ASKED_AT + timedelta(hours=1)) -> Providers:
    site = make_site(
        place,
        now,
        sendgrid_event_keys=(KEY.public,),
        twilio_auth_token=SecretStr(TOKEN),
        twilio_account_sid=ACCOUNT,
    )
    return Providers(site)


def event(kind: str, at: datetime, message: Row[Any] | None = None, **more: Any) -> dict[str, Any]:
    """An event as SendGrid writes it, about a message of ours; without one, about a mail that we do not know."""
    number = next(_NUMBERS)
    about = {"ac_send": message.ref, "ac_v": "1"} if message is not None else {}
    told = {
        "email": "ann@example.com",
        "timestamp": int(at.timestamp()),
        "event": kind,
        "category": ["aftercare"],
        "sg_event_id": f"event-{number:06d}",
        "sg_message_id": f"m{message.id if message else number}.recvd-1.0",
    }
    return told | about | more  # fmt: skip


def message_of(place: Place, case_id: int) -> Row[Any]:
    """The newest message of a case."""
    with place.store.read() as db:
        wanted = select(messages).where(messages.c.case_id == case_id).order_by(messages.c.id.desc()).limit(1)
        return db.execute(wanted).one()
