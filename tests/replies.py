"""Replies as SendGrid and Twilio post them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from itertools import count
from typing import Any

from sqlalchemy import Row, select

from models.tables import answers, cases, entries, escalations, replies, services, suppressions
from tests import seed
from tests.web_site import INBOUND_SECRET, TWILIO_TOKEN, Site
from vocabulary import LinkPurpose

SMS_PATH = "/hooks/twilio/sms"
MAIL_PATH = f"/hooks/sendgrid/inbound/{INBOUND_SECRET}"
DOMAIN = "reply.example.com"
_NUMBERS = count(1)


def sid() -> str:
    return f"SM{next(_NUMBERS):032x}"


def twilio_signature(url: str, fields: dict[str, str]) -> str:
    said = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(TWILIO_TOKEN.encode(), said.encode(), hashlib.sha1).digest()).decode()


def send_text(site: Site, sender: str, body: str, **more: str) -> Any:
    """A text message as Twilio posts it, signed for the address that the settings name."""
    fields = {"MessageSid": sid(), "From": sender, "To": "+493012345", "Body": body, "AccountSid": "AC1"} | more
    headers = {"x-twilio-signature": twilio_signature(site.place.settings.web_url + SMS_PATH, fields)}
    return site.client.post(SMS_PATH, data=fields, headers=headers)


def send_mail(
    site: Site, token: str | None, text: str | bytes | None, *, headers: str | None = "", to: str | None = None,
    sender: str = "a@example.com", message_id: str | None = None, files: Sequence[bytes] = (), path: str = MAIL_PATH,
    login: Any = None, **more: Any,
) -> Any:  # fmt: skip
    """A mail as Inbound Parse posts it."""
    number = message_id or f"<{next(_NUMBERS)}@example.com>"
    address = to or (f"reply+{token}@{DOMAIN}" if token else f"reply@{DOMAIN}")
    said = f"Message-ID: {number}\nDate: Tue, 6 Oct 2026 12:00:00 +0200\nFrom: {sender}\n{headers}"
    fields = {
        "headers": None if headers is None else said,
        "text": text,
        "from": sender,
        "to": address,
        "subject": "Re: How did we do?",
        "charsets": '{"text":"UTF-8"}',
        "envelope": json.dumps({"to": [address], "from": sender}),
        "attachments": str(len(files)),
    } | more
    parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in fields.items() if value is not None]
    parts += [(f"attachment{at}", (f"{at}.png", content)) for at, content in enumerate(files, 1)]
    return site.client.post(path, files=parts, auth=login)


def reply_token(site: Site, case: seed.Seeded, *, escalation_id: int | None = None) -> str:
    return seed.add_link(
        site.place, case.case_id, LinkPurpose.REPLY, at=site.clock.now, days=366, escalation_id=escalation_id
    )


def phone_of(site: Site, case: seed.Seeded) -> str:
    with site.store.read() as db:
        found = select(services.c.phone).where(services.c.id == case.service_id)
        return str(db.execute(found).scalar_one())


def rows(site: Site, table: Any) -> list[Row[Any]]:
    with site.store.read() as db:
        return list(db.execute(select(table).order_by(*table.primary_key.columns)))


def case_row(site: Site, case: seed.Seeded) -> Row[Any]:
    return next(row for row in rows(site, cases) if row.id == case.case_id)


def said(site: Site) -> list[tuple[Any, ...]]:
    return [(row.rating, row.comment, row.channel, row.version) for row in rows(site, answers)]


def kept(site: Site) -> list[tuple[Any, ...]]:
    """What each reply was understood as, and whether it waits for a person."""
    return [(row.understood, row.settled_at is None) for row in rows(site, replies)]


def events(site: Site) -> list[str]:
    return [row.event for row in rows(site, entries)]


def suppressed(site: Site) -> set[tuple[str, bool]]:
    """Channels, and whether for good."""
    return {(row.channel, row.until is None) for row in rows(site, suppressions)}


def concerns(site: Site) -> list[Row[Any]]:
    return rows(site, escalations)
