"""SendGrid's Event Webhook: is it SendGrid's, and what does it tell. Nothing in here raises because of what was sent.

The vendor's verifier raises on hostile input, keeps no time limit, and takes the text instead of the bytes. Signed is
the timestamp followed by the body, without anything in between: so the timestamp must have ten digits exactly.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from channels.report import Report, instant_of, kind_of
from channels.sendgrid_payload import SEND_ARG
from vocabulary import News

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"
_LONGEST_SIGNATURE = 128
_TIMESTAMP = re.compile(r"[0-9]{10}")
_ID = re.compile(r"[!-~]{1,100}")
_REF = re.compile(r"[A-Za-z0-9_-]{1,100}")
_MESSAGE_ID = re.compile(r"[!-~]{1,200}")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}|[245][0-9]{2}")

_NEWS = {
    "processed": News.TAKEN,
    "deferred": News.DELAYED,
    "delivered": News.ARRIVED,
    "dropped": News.LOST,
    "bounce": News.LOST,
    "blocked": News.BLOCKED,
    "spamreport": News.SPAM,
}
"""Words that are not here, such as open and click, are kept and drive nothing: programs open mails too."""
_OBJECTIONS = frozenset({"spamreport", "unsubscribe", "group_unsubscribe"})
_DROPPED = {"bounced address": "bounced before", "invalid": "invalid", "unsubscribed address": "unsubscribed",
            "spam reporting address": "reported spam", "spam content": "spam content"}  # fmt: skip
"""Why SendGrid dropped a mail, from its list of reasons; other texts are not kept."""
_INVALID = frozenset({"bounced before", "invalid"})

Key = ec.EllipticCurvePublicKey


def event_key(text: str) -> Key:
    """From the base64 text that SendGrid's console shows. Raises ValueError for anything but a P-256 public key."""
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise ValueError("is not a public key in base64 as SendGrid shows it") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("is not a key of the curve P-256")
    return key


def is_signed(signatures: Sequence[str], stamps: Sequence[str], body: bytes, keys: Sequence[Key]) -> bool:
    """Whether one of `keys` signed these bytes. `signatures` and `stamps`: all headers of these names."""
    if len(signatures) != 1 or len(stamps) != 1 or len(signatures[0]) > _LONGEST_SIGNATURE:
        return False
    if not _TIMESTAMP.fullmatch(stamps[0]):
        return False
    try:
        signature = base64.b64decode(signatures[0], validate=True)
    except (binascii.Error, ValueError):
        return False
    signed = stamps[0].encode("ascii") + body
    return any(_fits(key, signature, signed) for key in keys)


def is_fresh(stamp: str, now: datetime, tolerance: timedelta) -> bool:
    """Whether a timestamp that `is_signed` has let through is near `now`, on either side."""
    return abs(now.timestamp() - int(stamp)) <= tolerance.total_seconds()


def _fits(key: Key, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


class NotEvents(ValueError):
    """The body is no JSON."""


def read_events(body: bytes, now: datetime) -> list[Report]:
    """What the body tells, each event once. Whatever is no event is passed over. Raises `NotEvents`."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise NotEvents from None
    reports = (_report(event, now) for event in (found if isinstance(found, list) else [found]))
    return list({report.event_id: report for report in reports if report is not None}.values())


def _report(event: Any, now: datetime) -> Report | None:
    kind = kind_of(event.get("event")) if isinstance(event, dict) else ""
    if not kind:
        return None
    blocked = kind == "bounce" and kind_of(event.get("type")) == "blocked"
    code = _code(kind, event)
    return Report(
        event_id=_event_id(event),
        kind=kind,
        news=_NEWS.get("blocked" if blocked else kind),
        ref=_text(event.get(SEND_ARG), _REF),
        provider_id=_provider_id(event),
        happened_at=instant_of(event.get("timestamp"), now),
        code="blocked" if blocked else code,
        address=_address(event.get("email")),
        invalid=(kind == "bounce" and not blocked) or (kind == "dropped" and code in _INVALID),
        objects=kind in _OBJECTIONS,
    )


def _event_id(event: Mapping[str, Any]) -> str:
    """SendGrid's own, without the padding that some of its servers add; else a hash of what the event says."""
    given = _text(event.get("sg_event_id"), _ID)
    if given is not None and given.rstrip("="):
        return given.rstrip("=")
    said = sorted((name, str(value)) for name, value in event.items() if isinstance(value, str | int | float))
    return "sha256:" + hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _provider_id(event: Mapping[str, Any]) -> str | None:
    """What SendGrid answered as X-Message-Id: the beginning of sg_message_id and of smtp-id. Late bounces have none."""
    given = _text(event.get("sg_message_id"), _MESSAGE_ID)
    if given is not None:
        return given.partition(".")[0] or None
    smtp = _text(event.get("smtp-id"), _MESSAGE_ID)
    return (smtp.strip("<>").partition("@")[0] or None) if smtp is not None else None


def _code(kind: str, event: Mapping[str, Any]) -> str | None:
    reason = event.get("reason")
    if kind == "dropped" and isinstance(reason, str) and reason.lower() in _DROPPED:
        return _DROPPED[reason.lower()]
    return _text(event.get("status"), _STATUS)


def _address(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= 320 and value.isprintable() else None


def _text(value: Any, form: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and form.fullmatch(value) else None
